"""The edge as its callers meet it: a signed form in, TwiML out, and nothing of a person anywhere else."""

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.cleaning import is_writable
from bot.errors import StoreUnavailable
from bot.messages import Channel, Coordinates, InboundMessage, MessageKind
from bot.turns import Outcome, Turn
from webhooks.app import WebhookSettings, create_app
from webhooks.metrics import Metrics

BASE = "https://rumbo.example.org"
TOKEN, NEXT = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
KEY = b"k" * 32
SID = "SM" + "0a" * 16
SMS = {"MessageSid": SID, "From": "+50255500001", "To": "+50255500000", "Body": "hola", "NumMedia": "0"}
WHATSAPP = SMS | {"From": "whatsapp:+50255500001", "ProfileName": "Ana", "WaId": "50255500001"}
INBOUND, STATUS = "/twilio/inbound", "/twilio/status"
FORM = "application/x-www-form-urlencoded"


@dataclass
class ScriptedBot:
    """Remembers messages and answers with set texts, or with an error."""

    texts: tuple[str, ...] = ("Hola",)
    error: Exception | None = None
    heard: list[InboundMessage] = field(default_factory=list)

    def respond(self, message: InboundMessage) -> Turn:
        self.heard.append(message)
        if self.error:
            raise self.error
        at = datetime(2026, 11, 24, tzinfo=UTC)
        return Turn(
            message.id, message.sender, message.channel, at, "es", message.kind, message.text, Outcome.MENU, self.texts
        )


@dataclass
class ScriptedDeliveries:
    """Remembers statuses."""

    error: Exception | None = None
    told: list[tuple[str, str, str | None]] = field(default_factory=list)

    def advance(self, sid: str, status: str, error_code: str | None) -> None:
        if self.error:
            raise self.error
        self.told.append((sid, status, error_code))


@dataclass
class Caller:
    """Twilio, or somebody who would like to be."""

    bot: ScriptedBot = field(default_factory=ScriptedBot)
    deliveries: ScriptedDeliveries = field(default_factory=ScriptedDeliveries)
    ready: Mapping[str, bool] = field(default_factory=lambda: {"database": True, "nlu": True})

    def __post_init__(self) -> None:
        settings = WebhookSettings((TOKEN, NEXT), BASE, KEY)
        app = create_app(settings, self.bot, self.deliveries, lambda: self.ready, Metrics())
        self.client = app.test_client()

    def post(
        self,
        form: Mapping[str, str] | MultiDict[str, str],
        path: str = INBOUND,
        *,
        signed: Mapping[str, str] | None = None,
        url: str = BASE,
        token: str = TOKEN,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Post a form, signed as it is unless `signed` says what was signed instead."""
        signature = RequestValidator(token).compute_signature(url + path, form if signed is None else signed)
        pairs = list(form.items(multi=True)) if isinstance(form, MultiDict) else list(form.items())
        named = {"X-Twilio-Signature": signature, **(headers or {})}
        return self.client.post(path, data=urlencode(pairs), content_type=FORM, headers=named)

    def heard(self, form: Mapping[str, str]) -> InboundMessage:
        assert self.post(form).status_code == 200
        return self.bot.heard[-1]


@pytest.fixture
def caller() -> Caller:
    return Caller()


def bodies(response: TestResponse) -> list[str]:
    return [message.text or "" for message in ElementTree.fromstring(response.data).iter("Message")]


@pytest.mark.parametrize(
    ("tokens", "url", "key"),
    [
        ((), BASE, KEY),
        (("",), BASE, KEY),
        ((TOKEN, " "), BASE, KEY),
        ((TOKEN,), "rumbo.example.org", KEY),
        ((TOKEN,), "ftp://rumbo.example.org", KEY),
        ((TOKEN,), "https://", KEY),
        ((TOKEN,), "https://rumbo.example.org:99999", KEY),
        ((TOKEN,), "https://rumbo.example.org:x", KEY),
        ((TOKEN,), "https://[", KEY),
        ((TOKEN,), "https://rumbo.example.org /", KEY),
        ((TOKEN,), BASE, b"k" * 15),
    ],
    ids=["none", "empty", "blank second", "bare", "ftp", "no host", "port", "port text", "bracket", "space", "key"],
)
def test_open_doors_are_refused_at_start(tokens: tuple[str, ...], url: str, key: bytes) -> None:
    with pytest.raises(ValueError, match=r"TWILIO_AUTH_TOKEN|PUBLIC_BASE_URL|RUMBO_SECRET_KEY"):
        create_app(WebhookSettings(tokens, url, key), ScriptedBot(), ScriptedDeliveries(), dict, Metrics())


def test_either_token_opens_and_a_slash_after_the_base_url_does_no_harm() -> None:
    app = create_app(
        WebhookSettings((TOKEN, NEXT), BASE + "/", KEY), ScriptedBot(), ScriptedDeliveries(), dict, Metrics()
    )
    for token in (TOKEN, NEXT):
        headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(BASE + INBOUND, SMS)}
        assert app.test_client().post(INBOUND, data=SMS, headers=headers).status_code == 200


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize(
    "how",
    [
        {"token": "x" * 32},
        {"url": "http://rumbo.example.org"},
        {"url": "https://evil.example", "headers": {"Host": "evil.example"}},
        {"signed": SMS | {"Body": "adios"}},
        {"headers": {"X-Twilio-Signature": ""}},
        {"headers": {"X-Twilio-Signature": "ñ"}},
    ],
    ids=["token", "http", "host", "other body", "no header", "not ascii"],
)
def test_the_wrong_signature_is_refused(caller: Caller, path: str, how: dict[str, object]) -> None:
    assert caller.post(SMS, path, **how).status_code == 403  # type: ignore[arg-type]  # a table of keywords
    assert caller.bot.heard == []


def test_the_query_is_signed_too(caller: Caller) -> None:
    assert caller.post(SMS, INBOUND + "?a=1&b=%20").status_code == 200


def test_every_value_of_a_repeated_field_is_signed_but_none_of_a_core_field_is_believed(caller: Caller) -> None:
    media = MultiDict([*SMS.items(), ("X", "2"), ("X", "1")])
    assert caller.post(media).status_code == 200
    assert caller.post(MultiDict([*SMS.items(), ("Body", "adios")])).status_code == 400


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("Body", {"Bod": "yhola"}),
        ("Body", {"ApiVersion": "2010-04-01Bodyhola"}),
        ("From", {"Fro": "m+50255500001"}),
        ("MessageSid", {"MessageSi": "d" + SID}),
    ],
    ids=["body", "body in another value", "from", "sid"],
)
def test_a_field_cut_elsewhere_is_refused_though_it_signs_the_same(
    caller: Caller, name: str, moved: dict[str, str]
) -> None:
    whole = SMS | ({"ApiVersion": "2010-04-01"} if "ApiVersion" in moved else {})
    cut = {key: value for key, value in whole.items() if key != name} | moved
    signature = RequestValidator(TOKEN).compute_signature(BASE + INBOUND, cut)
    assert caller.post(cut, headers={"X-Twilio-Signature": signature}).status_code == 400
    assert caller.bot.heard == []


@pytest.mark.parametrize("sid", ["", "SM", "XX" + "0" * 32, SID + "\n", "SM" + "٣" * 32])
def test_a_message_without_a_proper_sid_is_refused(caller: Caller, sid: str) -> None:
    response = caller.post(SMS | {"MessageSid": sid})
    assert (response.status_code, bodies(response), caller.bot.heard) == (400, [], [])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("+1234567", 200),
        ("+123456", 400),
        ("+" + "1" * 15, 200),
        ("+" + "1" * 16, 400),
        ("123", 200),
        ("12", 400),
        ("12345678", 200),
        ("123456789", 400),
        ("whatsapp:US." + "a1" * 64, 200),
        ("whatsapp:US." + "a" * 129, 400),
        ("whatsapp:12345", 400),
        ("US.123", 400),
        ("", 400),
    ],
)
def test_senders_have_known_shapes(caller: Caller, address: str, status: int) -> None:
    assert caller.post(SMS | {"From": address}).status_code == status


def test_one_number_is_one_keyed_sender_on_both_channels(caller: Caller) -> None:
    sms, whatsapp = caller.heard(SMS), caller.heard(WHATSAPP)
    assert (sms.channel, whatsapp.channel) == (Channel.SMS, Channel.WHATSAPP)
    assert sms.sender == whatsapp.sender
    assert len(sms.sender) == 32
    assert "5550" not in sms.sender
    assert "Ana" not in repr(whatsapp)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, MessageKind.TEXT),
        ({"Body": " "}, MessageKind.EMPTY),
        ({"Body": "", "ButtonText": "Menú"}, MessageKind.TEXT),
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, MessageKind.VOICE),
        ({"NumMedia": "2", "MediaContentType0": "image/jpeg"}, MessageKind.MEDIA),
        ({"NumMedia": "²"}, MessageKind.TEXT),
        ({"NumMedia": "-1"}, MessageKind.TEXT),
        ({"NumMedia": "9" * 5000}, MessageKind.MEDIA),
        ({"Latitude": "14.6", "Longitude": "-90.5"}, MessageKind.LOCATION),
        ({"Latitude": "nan", "Longitude": "0"}, MessageKind.TEXT),
        ({"Latitude": "90.1", "Longitude": "0"}, MessageKind.TEXT),
        ({"Latitude": "x", "Longitude": "0"}, MessageKind.TEXT),
    ],
)
def test_kinds(caller: Caller, fields: dict[str, str], kind: MessageKind) -> None:
    assert caller.heard(WHATSAPP | fields).kind is kind


def test_a_location_needs_no_body(caller: Caller) -> None:
    form = {name: value for name, value in WHATSAPP.items() if name != "Body"}
    heard = caller.heard(form | {"Latitude": "14.6", "Longitude": "-90.5"})
    assert heard.location == Coordinates(14.6, -90.5)


@pytest.mark.parametrize(
    ("fields", "text", "payload"),
    [
        ({"Body": "", "ButtonText": "Menú", "ButtonPayload": "menu:main"}, "Menú", "menu:main"),
        ({"Body": "", "ListTitle": "DPI", "ListId": "answer:dpi"}, "DPI", "answer:dpi"),
        ({"Body": "Sí", "ButtonText": "No", "ButtonPayload": "x"}, "Sí", "x"),
    ],
    ids=["button", "list", "body first"],
)
def test_buttons_and_rows(caller: Caller, fields: dict[str, str], text: str, payload: str) -> None:
    heard = caller.heard(WHATSAPP | fields)
    assert (heard.text, heard.payload) == (text, payload)


@pytest.mark.parametrize("kind", ["STOP", "START", "HELP"])
def test_what_the_carrier_answered_is_named_as_such(caller: Caller, kind: str) -> None:
    heard = caller.heard(SMS | {"OptOutType": kind, "Body": "baja"})
    assert (heard.text, heard.answered_by_carrier) == (kind, True)


LONG = "¿Dónde queda la oficina de la OIM en Quetzaltenango? Necesito sacar mi pasaporte."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (base64.b64encode(LONG.encode()).decode(), LONG),
        (base64.b64encode(b"hola mundo").decode(), "aG9sYSBtdW5kbw=="),
        (base64.b64encode(b"x" * 60).decode(), base64.b64encode(b"x" * 60).decode()),
        ("a" * 80, "a" * 80),
        (base64.b64encode(b"\xff " * 40).decode(), base64.b64encode(b"\xff " * 40).decode()),
    ],
    ids=["text", "short", "no spaces", "letters", "not utf-8"],
)
def test_base64_is_decoded_only_when_it_is_surely_that(caller: Caller, body: str, text: str) -> None:
    assert caller.heard(SMS | {"Body": body}).text == text


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"x" * 100_000, {413}),
        (b"a=b&" * 100_000, {413}),
        (b"&".join(b"%x=" % number for number in range(11_000)), {403}),
        (b"Body=%FF%FE%ED%A0%80", {403}),
        (b"Body=\xff\xfe", {403}),
    ],
    ids=["100 kB", "100,000 fields", "many fields", "bad percent", "bad bytes"],
)
def test_hostile_bodies(caller: Caller, path: str, body: bytes, statuses: set[int]) -> None:
    response = caller.client.post(path, data=body, content_type=FORM, headers={"X-Twilio-Signature": "x"})
    assert response.status_code in statuses


def test_twenty_thousand_signed_fields_are_no_server_error(caller: Caller) -> None:
    tiny = MultiDict([*SMS.items(), *(("", "") for _ in range(20_000))])
    assert caller.post(tiny).status_code < 500


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_other_methods_and_content_types(caller: Caller, path: str) -> None:
    got = caller.client.get(path)
    assert (got.status_code, "POST" in got.headers["Allow"]) == (405, True)
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(BASE + path, {})}
    assert caller.client.post(path, json={"Body": "hola"}, headers=headers).status_code == 415
    assert caller.client.post(path, json={"Body": "hola"}).status_code == 403


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "\x0b\x1f", "\ud800x", "Z͑ͫ̓ͪ̂A̴̵", "😂" * 9, "مساعدة", "²", "\ufffe\uffff", "]]>", "<Message>&amp;"],
    ids=["nul", "control", "surrogate", "zalgo", "emoji", "rtl", "superscript", "nonchar", "cdata", "tag"],
)
def test_any_reply_is_valid_twiml(text: str) -> None:
    caller = Caller(ScriptedBot((text,)))
    cleaned = "".join(filter(is_writable, text))
    first, second = caller.post(SMS), caller.post(SMS)
    assert bodies(first) == ([cleaned] if cleaned else [])
    assert (first.data, first.content_type) == (second.data, "text/xml; charset=utf-8")


@given(st.lists(st.text(st.characters()), max_size=3))
def test_no_reply_breaks_the_twiml(texts: list[str]) -> None:
    cleaned = ["".join(filter(is_writable, text)) for text in texts]
    assert bodies(Caller(ScriptedBot(tuple(texts))).post(SMS)) == [text for text in cleaned if text]


def test_what_breaks_is_counted_and_says_nothing_of_the_person(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caller.bot.error = RuntimeError("calabaza +50255500001")
    with caplog.at_level(logging.DEBUG):
        response = caller.post(SMS | {"Body": "calabaza"})
    metrics = caller.client.get("/metrics").text
    assert (response.status_code, bodies(response)) == (500, [])
    assert 'rumbo_errors_total{type="RuntimeError"} 1.0' in metrics
    for said in (caplog.text, response.text, metrics):
        assert "calabaza" not in said
        assert "5550" not in said
    assert "RuntimeError at test_twilio_edge_contract.py:" in caplog.text


def test_without_a_store_the_fallback_url_may_speak_but_a_status_is_only_counted() -> None:
    caller = Caller(ScriptedBot(error=StoreUnavailable()), ScriptedDeliveries(StoreUnavailable()))
    assert caller.post(SMS).status_code == 503
    assert caller.post({"MessageSid": SID, "MessageStatus": "sent"}, STATUS).status_code == 204
    assert 'rumbo_store_errors_total{event="status.lost"} 1.0' in caller.client.get("/metrics").text


def test_statuses_reach_the_deliveries(caller: Caller) -> None:
    failed = {"MessageSid": SID, "MessageStatus": "failed", "ErrorCode": "30003"}
    assert caller.post(failed, STATUS).status_code == 204
    assert caller.post(failed | {"ErrorCode": "x\x00"}, STATUS).status_code == 204
    assert caller.post(failed | {"MessageSid": "no"}, STATUS).status_code == 400
    assert caller.deliveries.told == [(SID, "failed", "30003"), (SID, "failed", None)]


@pytest.mark.parametrize(
    ("parts", "status"),
    [({"database": True, "nlu": False}, 200), ({"database": False, "nlu": True}, 503)],
    ids=["no nlu", "no database"],
)
def test_readiness(parts: dict[str, bool], status: int) -> None:
    response = Caller(ready=parts).client.get("/health/ready")
    assert (response.status_code, response.json) == (status, parts)


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", INBOUND])
def test_every_response_carries_the_security_headers(caller: Caller, path: str) -> None:
    headers = caller.client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["Cache-Control"] == "no-store"


def test_a_large_body_is_refused_for_its_size_before_anyone_reads_it(caller: Caller) -> None:
    response = caller.client.post(INBOUND, data=b"x" * 100_000, content_type="application/json")
    assert response.status_code == 413
    assert 'rumbo_refused_total{reason="size"} 1.0' in caller.client.get("/metrics").text
