"""The page's JSON becomes a message, or a sentence that says why not."""

import json

import pytest

from bot.messages import Channel, Coordinates
from console.phone_message import PhoneKind, PhoneMessage, PhoneMessageInvalid, parse_phone_message

SENDER = "+50255500042"


def as_json(**fields: object) -> bytes:
    return json.dumps({"channel": "whatsapp", "sender": SENDER, "kind": "text", "text": "menu"} | fields).encode()


def test_a_text_is_taken_as_it_is() -> None:
    expected = PhoneMessage(Channel.SMS, SENDER, "uno\ndos  <b>🙂")
    assert parse_phone_message(as_json(channel="sms", text="uno\ndos  <b>🙂")) == expected


def test_a_location_is_taken_with_its_degrees() -> None:
    message = parse_phone_message(as_json(kind="location", text="", lat=-90, lon=180.0))
    assert (message.kind, message.location) == (PhoneKind.LOCATION, Coordinates(-90.0, 180.0))


@pytest.mark.parametrize("kind", ["voice", "image"])
def test_files_need_no_text(kind: str) -> None:
    assert parse_phone_message(json.dumps({"channel": "sms", "sender": SENDER, "kind": kind}).encode()).kind == kind


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"\xff\xfe\x00", id="not utf-8"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"[]", id="a list"),
        pytest.param(as_json(channel="email"), id="another channel"),
        pytest.param(as_json(channel=["sms"]), id="channel of another type"),
        pytest.param(as_json(kind="sticker"), id="another kind"),
        pytest.param(as_json(text=7), id="text of another type"),
        pytest.param(as_json(text="\ud83d"), id="half an emoji"),
        pytest.param(as_json(sender=None), id="no sender"),
        pytest.param(as_json(sender="+50241234567"), id="a number someone may have"),
        pytest.param(as_json(sender=SENDER + "\n"), id="sender with a line end"),
        pytest.param(as_json(sender="+5025550٠٠٤٢"), id="sender in other digits"),
        pytest.param(as_json(kind="location", lat=15.3), id="half a location"),
        pytest.param(as_json(kind="location", lat=90.1, lon=0), id="beyond the pole"),
        pytest.param(as_json(kind="location", lat=float("nan"), lon=0), id="not a number"),
        pytest.param(as_json(kind="location", lat=True, lon=0), id="a truth value"),
        pytest.param(as_json(kind="location", channel="sms", lat=15.3, lon=-91.4), id="a location by sms"),
    ],
)
def test_what_no_phone_sends_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(PhoneMessageInvalid, match=r"^[A-ZÁÉÍÓÚ].+\.$"):
        parse_phone_message(data)
