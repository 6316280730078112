"""The form for a message is the one Twilio would post."""

import re

import pytest

from bot.messages import Channel, Coordinates
from console.phone_message import PhoneKind, PhoneMessage
from console.twilio_form import build_form

SENDER = "+50255500042"
BY_SMS = PhoneMessage(Channel.SMS, SENDER, "¿dónde está la OIM en Xela?")
BY_WHATSAPP = PhoneMessage(Channel.WHATSAPP, SENDER, "menu")


def test_an_sms_carries_the_core_fields_and_nothing_of_whatsapp() -> None:
    form = build_form(BY_SMS)
    sid = form["MessageSid"]
    assert form == {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": SENDER,
        "To": "+50255500000",
        "Body": "¿dónde está la OIM en Xela?",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }


def test_every_form_is_a_new_message() -> None:
    first, second = build_form(BY_SMS)["MessageSid"], build_form(BY_SMS)["MessageSid"]
    assert first != second
    assert re.fullmatch(r"SM[0-9a-f]{32}", first)


def test_whatsapp_names_the_channel_in_both_addresses_and_the_person() -> None:
    form = build_form(BY_WHATSAPP, line="+50255509999")
    assert (form["From"], form["To"]) == (f"whatsapp:{SENDER}", "whatsapp:+50255509999")
    assert (form["WaId"], form["MessageType"]) == ("50255500042", "text")
    assert form["ProfileName"]


@pytest.mark.parametrize(
    ("channel", "text", "segments"),
    [
        pytest.param(Channel.SMS, "a" * 160, "1", id="sms, one full segment"),
        pytest.param(Channel.SMS, "a" * 161, "2", id="sms, one character more"),
        pytest.param(Channel.SMS, "", "1", id="sms, empty"),
        pytest.param(Channel.WHATSAPP, "a" * 161, "1", id="whatsapp knows no segments"),
    ],
)
def test_segments_are_counted_for_sms_only(channel: Channel, text: str, segments: str) -> None:
    assert build_form(PhoneMessage(channel, SENDER, text))["NumSegments"] == segments


def test_a_location_brings_its_degrees() -> None:
    here = PhoneMessage(Channel.WHATSAPP, SENDER, kind=PhoneKind.LOCATION, location=Coordinates(15.3197, -91.4709))
    form = build_form(here)
    assert (form["Latitude"], form["Longitude"]) == ("15.3197", "-91.4709")
    assert (form["MessageType"], form["Body"], form["NumMedia"]) == ("location", "", "0")


@pytest.mark.parametrize(
    ("kind", "content_type", "message_type"),
    [(PhoneKind.VOICE, "audio/ogg", "audio"), (PhoneKind.IMAGE, "image/jpeg", "image")],
)
def test_a_file_is_named_where_twilio_would_keep_it(kind: PhoneKind, content_type: str, message_type: str) -> None:
    form = build_form(PhoneMessage(Channel.WHATSAPP, SENDER, kind=kind))
    assert (form["NumMedia"], form["MediaContentType0"], form["MessageType"]) == ("1", content_type, message_type)
    assert form["MediaUrl0"].startswith(f"https://api.twilio.com/2010-04-01/Accounts/{form['AccountSid']}/Messages/")


def test_text_has_no_media() -> None:
    assert not {"MediaUrl0", "MediaContentType0", "Latitude"} & build_form(BY_WHATSAPP).keys()
