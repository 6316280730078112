"""What the phone on the page sends: read from its JSON, checked, as a value."""

import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.messages import Channel, Coordinates

Member = TypeVar("Member", bound=enum.StrEnum)

SENDER = re.compile(r"\+5025550[0-9]{4}", re.ASCII)
"""The only numbers the simulator writes from, so that nobody erases or reads a real person's session with it."""


class PhoneKind(enum.StrEnum):
    """What a person can send with the phone."""

    TEXT = "text"
    LOCATION = "location"
    VOICE = "voice"
    IMAGE = "image"


@dataclass(frozen=True)
class PhoneMessage:
    """One message as it leaves the phone."""

    channel: Channel
    sender: str
    text: str = ""
    kind: PhoneKind = PhoneKind.TEXT
    location: Coordinates | None = None


class PhoneMessageInvalid(ValueError):
    """The page sent something that no phone sends; its text is a sentence for the page, in Spanish."""


def parse_phone_message(data: bytes) -> PhoneMessage:
    """Return the message in a JSON body, or raise PhoneMessageInvalid.

    >>> parse_phone_message(b'{"channel": "sms", "sender": "+50255500001", "kind": "text", "text": "menu"}').text
    'menu'
    """
    fields = _fields(data)
    channel = _member(Channel, fields.get("channel"), "El canal debe ser «sms» o «whatsapp».")
    kind = _member(PhoneKind, fields.get("kind", PhoneKind.TEXT), "No conocemos ese tipo de mensaje.")
    if kind is PhoneKind.LOCATION and channel is Channel.SMS:
        raise PhoneMessageInvalid("Un SMS no lleva ubicación: compártala por WhatsApp.")
    location = _coordinates(fields) if kind is PhoneKind.LOCATION else None
    return PhoneMessage(channel, _sender(fields), _text(fields), kind, location)


def _fields(data: bytes) -> Mapping[str, object]:
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PhoneMessageInvalid("El mensaje no es JSON válido.") from error
    if not isinstance(fields, dict):
        raise PhoneMessageInvalid("El mensaje debe ser un objeto JSON.")
    return fields


def _member(kinds: type[Member], value: object, otherwise: str) -> Member:
    if isinstance(value, str) and value in list(kinds):
        return kinds(value)
    raise PhoneMessageInvalid(otherwise)


def _sender(fields: Mapping[str, object]) -> str:
    sender = fields.get("sender")
    if isinstance(sender, str) and SENDER.fullmatch(sender):
        return sender
    raise PhoneMessageInvalid("El número debe ser de prueba: +5025550 y cuatro cifras.")


def _text(fields: Mapping[str, object]) -> str:
    text = fields.get("text", "")
    if not isinstance(text, str):
        raise PhoneMessageInvalid("El texto debe ser una cadena.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PhoneMessageInvalid("El texto tiene medio carácter: no se puede escribir en UTF-8.")
    return text


def _coordinates(fields: Mapping[str, object]) -> Coordinates:
    lat, lon = _degrees(fields.get("lat"), 90), _degrees(fields.get("lon"), 180)
    if lat is None or lon is None:
        raise PhoneMessageInvalid("La ubicación necesita una latitud y una longitud en grados.")
    return Coordinates(lat, lon)


def _degrees(value: object, limit: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -limit <= value <= limit:
        return None
    return float(value)
