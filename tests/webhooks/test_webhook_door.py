"""What is not Twilio's, or not a message, never reaches the bot."""

import json
from urllib.parse import urlencode

import pytest

from tests.webhooks.conftest import BASE_URL, FORM_TYPE, INBOUND, NEXT_TOKEN, STATUS, TOKEN, Edge, payload, sign

FORM = payload("sms")
SIGNED = sign(BASE_URL + INBOUND, FORM.items())


def test_what_twilio_signed_is_let_in(edge: Edge) -> None:
    assert edge.post(FORM).status_code == 200
    assert len(edge.bot.messages) == 1


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(None, id="no header"),
        pytest.param("", id="an empty header"),
        pytest.param("hola", id="not base64"),
        pytest.param("ñandú²", id="not ASCII"),
        pytest.param(SIGNED.swapcase(), id="a wrong one"),
        pytest.param(SIGNED[:-1], id="cut short"),
        pytest.param(f"{SIGNED},{SIGNED}", id="twice"),
        pytest.param(sign(BASE_URL + INBOUND, FORM.items(), ""), id="by the empty token"),
        pytest.param(sign(BASE_URL + INBOUND, FORM.items(), NEXT_TOKEN), id="by another token"),
        pytest.param(sign(BASE_URL + INBOUND, ()), id="without the fields"),
        pytest.param(sign(BASE_URL + "/twilio/other", FORM.items()), id="for another path"),
        pytest.param(sign(BASE_URL + INBOUND + "/", FORM.items()), id="for a slash more"),
        pytest.param(sign("https://evil.example" + INBOUND, FORM.items()), id="for another host"),
        pytest.param(sign("http://rumbo.example.org" + INBOUND, FORM.items()), id="for http, not https"),
        pytest.param(sign("https://rumbo.example.org:8443" + INBOUND, FORM.items()), id="for a port"),
    ],
)
@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_a_signature_that_does_not_fit_is_refused(edge: Edge, path: str, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    assert edge.client.post(path, data=FORM, headers=headers).status_code == 403
    assert edge.is_untouched


def test_a_signature_is_for_one_path_only(edge: Edge) -> None:
    assert edge.client.post(STATUS, data=FORM, headers={"X-Twilio-Signature": SIGNED}).status_code == 403
    assert edge.is_untouched


@pytest.mark.parametrize("host", ["http://localhost", "http://127.0.0.1:8000", "https://evil.example"])
def test_the_public_address_counts_whatever_host_is_asked_for(edge: Edge, host: str) -> None:
    headers = {"X-Twilio-Signature": SIGNED}
    assert edge.client.post(INBOUND, data=FORM, headers=headers, base_url=host).status_code == 200


@pytest.mark.parametrize(
    "spoof",
    [
        pytest.param({}, id="in Host"),
        pytest.param({"X-Forwarded-Host": "evil.example"}, id="in X-Forwarded-Host"),
        pytest.param({"Forwarded": "host=evil.example;proto=https"}, id="in Forwarded"),
    ],
)
def test_a_host_that_the_caller_names_is_not_believed(edge: Edge, spoof: dict[str, str]) -> None:
    headers = {"X-Twilio-Signature": sign("https://evil.example" + INBOUND, FORM.items())} | spoof
    told = edge.client.post(INBOUND, data=FORM, headers=headers, base_url="https://evil.example")
    assert told.status_code == 403
    assert edge.is_untouched


@pytest.mark.parametrize(
    ("base_url", "signed_for"),
    [
        pytest.param("http://rumbo.example.org", "http://rumbo.example.org", id="http"),
        pytest.param("https://rumbo.example.org", "https://rumbo.example.org:443", id="the port spelt out"),
        pytest.param("https://rumbo.example.org:8443", "https://rumbo.example.org:8443", id="another port"),
        pytest.param("https://rumbo.example.org:8443", "https://rumbo.example.org", id="another port, left out"),
    ],
)
def test_addresses_twilio_may_sign_for(base_url: str, signed_for: str) -> None:
    headers = {"X-Twilio-Signature": sign(signed_for + INBOUND, FORM.items())}
    assert Edge(base_url=base_url).client.post(INBOUND, data=FORM, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("signed", "asked", "status"),
    [
        pytest.param("?a=1&b=2", "?a=1&b=2", 200, id="signed"),
        pytest.param("?q=%C3%B1%20+", "?q=%C3%B1%20+", 200, id="signed as it is escaped"),
        pytest.param("?bodySHA256=abc", "?bodySHA256=abc", 200, id="a hash that only JSON has"),
        pytest.param("", "?a=1", 403, id="added"),
        pytest.param("?a=1", "", 403, id="taken away"),
        pytest.param("?a=1&b=2", "?b=2&a=1", 403, id="in another order"),
    ],
)
def test_the_query_string_is_part_of_what_is_signed(edge: Edge, signed: str, asked: str, status: int) -> None:
    headers = {"X-Twilio-Signature": sign(BASE_URL + INBOUND + signed, FORM.items())}
    told = edge.client.post(INBOUND + asked, data=urlencode(FORM), content_type=FORM_TYPE, headers=headers)
    assert told.status_code == status
    assert len(edge.bot.messages) == (status == 200)


@pytest.mark.parametrize(
    ("signed", "sent", "status"),
    [
        pytest.param("ab", "ab", 200, id="both signed"),
        pytest.param("ba", "ab", 200, id="in any order"),
        pytest.param("a", "ab", 403, id="one added"),
        pytest.param("ab", "a", 403, id="one dropped"),
        pytest.param("ab", "ac", 403, id="one changed"),
    ],
)
def test_all_values_of_a_repeated_field_are_signed(edge: Edge, signed: str, sent: str, status: int) -> None:
    def pairs(values: str) -> list[tuple[str, str]]:
        return [*FORM.items(), *(("Media", value) for value in values)]

    assert edge.post_bytes(urlencode(pairs(sent)).encode(), pairs(signed)).status_code == status


@pytest.mark.parametrize("name", ["MessageSid", "From", "Body"])
@pytest.mark.parametrize("value", ["otra cosa", None], ids=["another value", "the same value"])
def test_fields_that_say_what_the_message_is_come_once(edge: Edge, name: str, value: str | None) -> None:
    pairs = [*FORM.items(), (name, value or FORM[name])]
    assert edge.post_bytes(urlencode(pairs).encode(), pairs).status_code == 400
    assert edge.is_untouched


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Body": "otra cosa"}, id="the text"),
        pytest.param({"From": "+50255500043"}, id="the sender"),
        pytest.param({"Extra": "1"}, id="a field more"),
    ],
)
def test_a_form_changed_on_the_way_is_refused(edge: Edge, change: dict[str, str]) -> None:
    assert edge.post_bytes(urlencode(FORM | change).encode(), FORM.items()).status_code == 403
    assert edge.is_untouched


@pytest.mark.parametrize(
    ("token", "status"),
    [
        pytest.param(TOKEN, 200, id="the first"),
        pytest.param(NEXT_TOKEN, 200, id="the second"),
        pytest.param(TOKEN[::-1] + "0", 403, id="a third"),
        pytest.param(TOKEN + NEXT_TOKEN, 403, id="both in one"),
    ],
)
def test_two_tokens_hold_while_one_replaces_the_other(token: str, status: int) -> None:
    assert Edge(tokens=(TOKEN, NEXT_TOKEN)).post(FORM, token=token).status_code == status


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        pytest.param("Body", 1, id="Bod"),
        pytest.param("Body", 3, id="B"),
        pytest.param("From", 1, id="Fro"),
        pytest.param("MessageSid", 1, id="MessageSi"),
    ],
)
def test_letters_moved_from_a_name_to_its_value_fit_the_signature_and_are_refused(
    edge: Edge, name: str, letters: int
) -> None:
    form = payload("sms", Body="hola")
    moved = {key: value for key, value in form.items() if key != name}
    moved[name[:-letters]] = name[-letters:] + form[name]
    assert sign(BASE_URL, moved.items()) == sign(BASE_URL, form.items())
    assert edge.post(moved).status_code == 400
    assert edge.is_untouched


def test_bod_alone_is_refused(edge: Edge) -> None:
    assert edge.post({"Bod": "yhola"}).status_code == 400
    assert edge.is_untouched


@pytest.mark.parametrize(
    "sid",
    [
        pytest.param("", id="none"),
        pytest.param("SM" + "a" * 31, id="a digit less"),
        pytest.param("SM" + "a" * 33, id="a digit more"),
        pytest.param("sm" + "a" * 32, id="small letters"),
        pytest.param("AC" + "a" * 32, id="of an account"),
        pytest.param("SM" + "g" * 32, id="not hexadecimal"),
        pytest.param("SM" + "٣" * 32, id="another script's digits"),
        pytest.param("SM" + "a" * 32 + "\n", id="with a line end"),
        pytest.param(" SM" + "a" * 32, id="with a space"),
        pytest.param("SM" + "a" * 31 + "\x00", id="with a NUL"),
        pytest.param("' OR 1=1 --", id="with SQL"),
    ],
)
@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_ids_no_message_has_are_refused(edge: Edge, path: str, sid: str) -> None:
    assert edge.post(FORM | {"MessageSid": sid, "MessageStatus": "sent"}, path).status_code == 400
    assert edge.is_untouched


@pytest.mark.parametrize("name", ["MessageSid", "From", "Body"])
def test_what_every_message_has_must_be_there(edge: Edge, name: str) -> None:
    assert edge.post({key: value for key, value in FORM.items() if key != name}).status_code == 400
    assert edge.is_untouched


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("", id="none"),
        pytest.param("whatsapp:", id="a channel only"),
        pytest.param("+", id="a plus only"),
        pytest.param("+502555", id="six digits"),
        pytest.param("+" + "1" * 16, id="sixteen digits"),
        pytest.param("50255500042", id="eleven digits without a plus"),
        pytest.param("Claro", id="a name"),
        pytest.param("+5025550٠٠٤٢", id="another script's digits"),
        pytest.param("+50255500042\n", id="with a line end"),
        pytest.param("+50255500042\x00", id="with a NUL"),
        pytest.param("messenger:1234567", id="another channel"),
        pytest.param("WhatsApp:+50255500042", id="the channel in capitals"),
        pytest.param("whatsapp:whatsapp:+50255500042", id="the channel twice"),
        pytest.param("whatsapp:12345", id="a short code on WhatsApp"),
        pytest.param("US.1349A7", id="a business-scoped id by SMS"),
        pytest.param("whatsapp:USA.1349A7", id="a country of three letters"),
        pytest.param("whatsapp:US.", id="a country only"),
        pytest.param("whatsapp:US.13-49", id="a business-scoped id with a hyphen"),
        pytest.param("whatsapp:US." + "1" * 129, id="a business-scoped id too long"),
    ],
)
def test_senders_no_channel_has_are_refused(edge: Edge, sender: str) -> None:
    assert edge.post(FORM | {"From": sender}).status_code == 400
    assert edge.is_untouched


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("+1234567", id="seven digits"),
        pytest.param("+" + "1" * 15, id="fifteen digits"),
        pytest.param("123", id="a short code"),
        pytest.param("whatsapp:US." + "a" * 128, id="the longest business-scoped id"),
        pytest.param("whatsapp:GT.1", id="the shortest"),
    ],
)
def test_senders_at_the_edge_are_let_in(edge: Edge, sender: str) -> None:
    assert edge.post(FORM | {"From": sender}).status_code == 200


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_a_call_of_twilios(edge: Edge, path: str, method: str) -> None:
    told = edge.client.open(path, method=method)
    assert (told.status_code, sorted(told.allow)) == (405, ["OPTIONS", "POST"])
    assert edge.is_untouched


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps(FORM).encode(), id="a message"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"[" * 60_000, id="nested without end"),
        pytest.param(b'"\\ud800\\u0000"', id="a lone surrogate and a NUL"),
        pytest.param(b"\xff\xfe", id="not utf-8"),
    ],
)
@pytest.mark.parametrize("query", ["", "?bodySHA256=" + "0" * 64], ids=["bare", "with a hash"])
def test_json_is_never_a_message(edge: Edge, path: str, body: bytes, query: str) -> None:
    headers = {"X-Twilio-Signature": sign(BASE_URL + path + query, ())}
    signed = edge.client.post(path + query, data=body, content_type="application/json", headers=headers)
    unsigned = edge.client.post(path + query, data=body, content_type="application/json")
    assert signed.status_code in {400, 415}
    assert unsigned.status_code == 403
    assert edge.is_untouched
