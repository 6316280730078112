"""The form that Twilio would post to the webhook for a message from the phone on the page.

Fields as in Twilio's "Webhook request" reference for SMS and WhatsApp.
"""

import uuid

from bot.gsm7 import count_segments
from bot.messages import Channel
from console.phone_message import PhoneKind, PhoneMessage

LINE = "+50255500000"
"""The number that the simulated people write to."""

ACCOUNT = "AC" + "0" * 32
PROFILE_NAME = "Persona de prueba"

CONTENT_TYPES = {PhoneKind.VOICE: "audio/ogg", PhoneKind.IMAGE: "image/jpeg"}
MESSAGE_TYPES = {
    PhoneKind.TEXT: "text",
    PhoneKind.LOCATION: "location",
    PhoneKind.VOICE: "audio",
    PhoneKind.IMAGE: "image",
}


def build_form(message: PhoneMessage, *, line: str = LINE) -> dict[str, str]:
    """Return the fields Twilio posts for a message; every call is a new message, with its own MessageSid."""
    sid = "SM" + uuid.uuid4().hex
    return {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ACCOUNT,
        "From": _address(message.channel, message.sender),
        "To": _address(message.channel, line),
        "Body": message.text,
        "NumMedia": "0",
        "NumSegments": str(count_segments(message.text) if message.channel is Channel.SMS else 1),
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        **_whatsapp(message),
        **_location(message),
        **_media(message, sid),
    }


def _address(channel: Channel, number: str) -> str:
    return f"whatsapp:{number}" if channel is Channel.WHATSAPP else number


def _whatsapp(message: PhoneMessage) -> dict[str, str]:
    if message.channel is not Channel.WHATSAPP:
        return {}
    return {
        "ProfileName": PROFILE_NAME,
        "WaId": message.sender.removeprefix("+"),
        "MessageType": MESSAGE_TYPES[message.kind],
    }


def _location(message: PhoneMessage) -> dict[str, str]:
    if message.location is None:
        return {}
    return {"Latitude": str(message.location.lat), "Longitude": str(message.location.lon)}


def _media(message: PhoneMessage, sid: str) -> dict[str, str]:
    """Name a file at Twilio as it would; there is none."""
    content_type = CONTENT_TYPES.get(message.kind)
    if content_type is None:
        return {}
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/ME{uuid.uuid4().hex}"
    return {"NumMedia": "1", "MediaContentType0": content_type, "MediaUrl0": url}
