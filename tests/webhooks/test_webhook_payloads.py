"""Every form Twilio is known to post becomes the message it means."""

import re
from base64 import b64encode
from dataclasses import replace

import pytest

from bot.messages import Channel, Coordinates, InboundMessage, MessageKind
from tests.webhooks.conftest import PAYLOADS, Edge, payload, texts_of

SMS, WHATSAPP = Channel.SMS, Channel.WHATSAPP
HERE = Coordinates(15.3197, -91.4709)

MESSAGES = {
    "sms": InboundMessage("SM" + "a" * 32, "", SMS, "¿dónde está la OIM en Xela?"),
    "sms_stop": InboundMessage("SM" + "b" * 32, "", SMS, "STOP", answered_by_carrier=True),
    "whatsapp_text": InboundMessage("SM" + "c" * 32, "", WHATSAPP, "necesito un albergue 🙏"),
    "whatsapp_button": InboundMessage("SM" + "d" * 32, "", WHATSAPP, "Albergues", payload="answer:shelter"),
    "whatsapp_list": InboundMessage("SM" + "e" * 32, "", WHATSAPP, "Pedir refugio", payload="answer:asylum"),
    "whatsapp_location": InboundMessage("SM" + "f" * 32, "", WHATSAPP, "", MessageKind.LOCATION, HERE),
    "whatsapp_voice": InboundMessage("MM" + "1" * 32, "", WHATSAPP, "", MessageKind.VOICE),
    "whatsapp_image": InboundMessage("MM" + "2" * 32, "", WHATSAPP, "mi papel", MessageKind.MEDIA),
    "whatsapp_business_scoped": InboundMessage("SM" + "3" * 32, "", WHATSAPP, "hola"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_form_becomes_the_message_it_means(edge: Edge, name: str) -> None:
    assert replace(edge.hear(payload(name)), sender="") == MESSAGES[name]


def test_every_payload_kept_here_is_in_the_table() -> None:
    assert {file.stem for file in PAYLOADS.glob("*.json")} == MESSAGES.keys()


def test_the_bots_texts_come_back_in_order(edge: Edge) -> None:
    edge.bot.texts = ("Hola", "¿Qué necesita?")
    assert texts_of(edge.post(payload("sms"))) == ["Hola", "¿Qué necesita?"]


def test_fields_never_seen_before_do_no_harm(edge: Edge) -> None:
    assert edge.hear(payload("sms") | {"Zapato": "1", "bodySHA256": "x"}).text == MESSAGES["sms"].text


@pytest.mark.parametrize(
    ("said", "text", "is_answered"),
    [
        pytest.param("STOP", "STOP", True, id="STOP"),
        pytest.param("START", "START", True, id="START"),
        pytest.param("HELP", "HELP", True, id="HELP"),
        pytest.param("", "hola", False, id="none"),
    ],
)
def test_what_the_carrier_answered_is_marked(edge: Edge, said: str, text: str, is_answered: bool) -> None:
    message = edge.hear(payload("sms", Body="hola", OptOutType=said))
    assert (message.text, message.answered_by_carrier) == (text, is_answered)


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        pytest.param("1", MessageKind.VOICE, id="one"),
        pytest.param("10", MessageKind.VOICE, id="ten"),
        pytest.param("0", MessageKind.EMPTY, id="none"),
        pytest.param("", MessageKind.EMPTY, id="not said"),
        pytest.param("-1", MessageKind.EMPTY, id="less than none"),
        pytest.param("²", MessageKind.EMPTY, id="a digit int cannot read"),
        pytest.param("٣", MessageKind.EMPTY, id="another script's digit"),
        pytest.param("1e3", MessageKind.EMPTY, id="in powers"),
        pytest.param("9" * 5000, MessageKind.VOICE, id="more digits than int reads"),
    ],
)
def test_media_are_counted_without_trust(edge: Edge, count: str, kind: MessageKind) -> None:
    assert edge.hear(payload("whatsapp_voice", NumMedia=count)).kind == kind


@pytest.mark.parametrize(
    ("lat", "lon", "location"),
    [
        pytest.param("90", "180", Coordinates(90, 180), id="the far corner"),
        pytest.param("-90.0", "-180.0", Coordinates(-90, -180), id="the other corner"),
        pytest.param("90.0001", "0", None, id="beyond the pole"),
        pytest.param("0", "-180.0001", None, id="beyond the date line"),
        pytest.param("nan", "0", None, id="not a number"),
        pytest.param("0", "inf", None, id="without end"),
        pytest.param("9" * 5000, "0", None, id="longer than a float"),
        pytest.param("15.3", "", None, id="half"),
        pytest.param("15,3", "-91,4", None, id="with commas"),
        pytest.param("\x00", "²", None, id="rubbish"),
    ],
)
def test_only_places_on_earth_are_locations(edge: Edge, lat: str, lon: str, location: Coordinates | None) -> None:
    message = edge.hear(payload("whatsapp_location", Latitude=lat, Longitude=lon))
    assert message.location == location
    assert message.kind == (MessageKind.LOCATION if location else MessageKind.EMPTY)


def in_base64(data: bytes) -> str:
    return b64encode(data).decode()


WORDS = "Necesito ayuda para mi niña que está enferma".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(in_base64(WORDS), WORDS.decode(), id="words"),
        pytest.param(in_base64(WORDS + b"\nsegunda"), WORDS.decode() + "\nsegunda", id="two lines"),
        pytest.param(in_base64(WORDS + b"."), WORDS.decode() + ".", id="another padding"),
        pytest.param(in_base64(b"a " * 15), "a " * 15, id="40 characters"),
        pytest.param(in_base64(b"a " * 14 + b"a"), None, id="fewer than 40 before the padding"),
        pytest.param(in_base64(WORDS)[:-1], None, id="cut short"),
        pytest.param(in_base64(WORDS).rstrip("=") + " ok", None, id="a word after it"),
        pytest.param(in_base64(b"sinespacios" * 5), None, id="one long word inside"),
        pytest.param(in_base64(WORDS + b"\x00"), None, id="a NUL inside"),
        pytest.param(in_base64(b"\xff\xfe " * 15), None, id="not utf-8 inside"),
        pytest.param("a" * 40, None, id="one letter held down"),
        pytest.param("1234567890" * 4, None, id="forty digits"),
        pytest.param("ja" * 20, None, id="laughter"),
        pytest.param("https://example.org/" + "a" * 32, None, id="an address"),
        pytest.param("bGxldmFtZQ==", None, id="short base64"),
    ],
)
def test_only_what_is_surely_base64_is_decoded(edge: Edge, body: str, text: str | None) -> None:
    assert edge.hear(payload("sms", Body=body)).text == (body if text is None else text)


def test_a_pseudonym_holds_for_a_number_on_both_channels(edge: Edge) -> None:
    assert edge.hear(payload("sms")).sender == edge.hear(payload("whatsapp_text")).sender


def test_a_pseudonym_is_one_persons(edge: Edge) -> None:
    senders = {edge.hear(payload("sms", From=f"+5025550004{digit}")).sender for digit in range(10)}
    assert len(senders) == 10


def test_without_the_key_nobody_makes_a_pseudonym() -> None:
    senders = {Edge(key=key).hear(payload("sms")).sender for key in (b"k" * 32, b"k" * 33, b"l" * 32)}
    assert len(senders) == 3


@pytest.mark.parametrize("name", MESSAGES)
def test_nothing_of_an_address_or_a_name_reaches_the_bot(edge: Edge, name: str) -> None:
    message = edge.hear(payload(name))
    assert re.fullmatch(r"[0-9a-f]{32}", message.sender)
    for told in ("50255500042", "1349A7C0b2", "Ixchel", "api.twilio.com", "Parque central"):
        assert told not in repr(message)
