"""Read the form that Twilio posts into a message of ours. What we do not need of it is dropped here."""

import base64
import binascii
import math
import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from bot.handoffs import Addresses
from bot.messages import Channel, Coordinates, InboundMessage, MessageKind
from bot.pseudonyms import pseudonym

WHATSAPP = "whatsapp:"
MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}", re.ASCII)
ADDRESS = re.compile(r"\+[0-9]{7,15}|[0-9]{3,8}", re.ASCII)
WHATSAPP_ADDRESS = re.compile(r"\+[0-9]{7,15}|[A-Za-z]{2}\.[A-Za-z0-9]{1,128}", re.ASCII)
"""WhatsApp senders may be business-scoped ids: a country, a dot, up to 128 letters and digits."""

BASE64_BODY = re.compile(r"(?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
OPT_OUT_TYPES = {"STOP", "START", "HELP"}
"""What Twilio's Advanced Opt-Out acts on; each is also the word that the core knows the command by."""
CORE_FIELDS = ("MessageSid", "From", "Body")


class FormInvalid(ValueError):
    """The form lacks what every message has. Names and values are not delimited in what Twilio signs, so a form that
    fits its signature can still be somebody's trick."""


def read_message(form: MultiDict[str, str], key: bytes) -> InboundMessage:
    """Return the message a form holds.

    Raise FormInvalid without a message id and a sender of the known shapes, or without anything that was said.
    """
    _require_core_fields(form)
    sid, address = form.get("MessageSid", ""), form.get("From", "")
    if not MESSAGE_SID.fullmatch(sid):
        raise FormInvalid("MessageSid")
    channel = Channel.WHATSAPP if address.startswith(WHATSAPP) else Channel.SMS
    number = address.removeprefix(WHATSAPP)
    if not (WHATSAPP_ADDRESS if channel is Channel.WHATSAPP else ADDRESS).fullmatch(number):
        raise FormInvalid("From")
    return InboundMessage(
        id=sid,
        sender=pseudonym(number, key),
        channel=channel,
        text=_text(form),
        kind=_kind(form),
        location=_location(form),
        payload=_payload(form),
        answered_by_carrier=bool(form.get("OptOutType")),
    )


def read_addresses(form: Mapping[str, str]) -> Addresses:
    """Return who wrote and to which of our addresses. Only tickets keep these, sealed."""
    return Addresses(form.get("From", ""), form.get("To", ""))


def _require_core_fields(form: MultiDict[str, str]) -> None:
    """Refuse what the signature cannot vouch for: a field whose name was cut elsewhere, or that comes twice.

    Twilio sends an empty Body too. Only where something else is said may it be missing, lest someone go unanswered.
    Of a field that comes twice the signature covers the values but not their order, so none of them is the one.
    """
    for name in CORE_FIELDS:
        if len(form.getlist(name)) > 1:
            raise FormInvalid(name)
    if "Body" not in form and not _text(form) and _kind(form) is MessageKind.EMPTY and not _payload(form):
        raise FormInvalid("Body")


def _text(form: Mapping[str, str]) -> str:
    """Return what was written, or what stands on the button that was pressed."""
    if form.get("OptOutType", "") in OPT_OUT_TYPES:
        return form["OptOutType"]
    body = form.get("Body", "")
    if body.strip():
        return _decoded(body) or body
    return form.get("ButtonText") or form.get("ListTitle") or body


def _payload(form: Mapping[str, str]) -> str | None:
    return form.get("ButtonPayload") or form.get("ListId") or None


def _decoded(body: str) -> str | None:
    """Return the text of a body that arrived in base64, as long SMS sometimes do.

    Only what is surely that is decoded: forty characters and more of the alphabet without a space, which become several
    printable words. No one writes so by hand.
    """
    if not BASE64_BODY.fullmatch(body):
        return None
    try:
        text = base64.b64decode(body, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    is_words = " " in text and all(character.isprintable() or character in "\n\r\t" for character in text)
    return text if is_words else None


def _kind(form: Mapping[str, str]) -> MessageKind:
    if _location(form):
        return MessageKind.LOCATION
    count = form.get("NumMedia", "0")
    if count.isascii() and count.isdecimal() and int(count[:6]) > 0:
        return MessageKind.VOICE if form.get("MediaContentType0", "").startswith("audio/") else MessageKind.MEDIA
    return MessageKind.TEXT if _text(form).strip() else MessageKind.EMPTY


def _location(form: Mapping[str, str]) -> Coordinates | None:
    try:
        lat, lon = float(form.get("Latitude", "")), float(form.get("Longitude", ""))
    except ValueError:
        return None
    is_on_earth = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    return Coordinates(lat, lon) if is_on_earth else None
