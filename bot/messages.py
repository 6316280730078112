"""What a channel delivers, free of any vendor's form."""

import enum
from dataclasses import dataclass


class Channel(enum.StrEnum):
    """The two ways a person writes to the line."""

    SMS = "sms"
    WHATSAPP = "whatsapp"


class MessageKind(enum.Enum):
    """What the message is made of, beside or instead of text."""

    TEXT = "text"
    MEDIA = "media"
    VOICE = "voice"
    LOCATION = "location"
    EMPTY = "empty"


@dataclass(frozen=True)
class Coordinates:
    """Degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True)
class InboundMessage:
    """One message as it reached us. `sender` is a keyed pseudonym, never an address."""

    id: str
    sender: str
    channel: Channel
    text: str
    kind: MessageKind = MessageKind.TEXT
    location: Coordinates | None = None
    payload: str | None = None
    """The id of the button or list row that was pressed."""
    answered_by_carrier: bool = False
    """The channel has already answered this STOP, START or HELP; a second answer would be noise."""
