"""What the page says of a reply under its bubble: segments, alphabet, length and an assumed price."""

from dataclasses import dataclass
from decimal import Decimal

from bot.gsm7 import Encoding, count_segments, encoding_of
from bot.messages import Channel


@dataclass(frozen=True)
class PricedMessage:
    """A message of the line; WhatsApp knows no segments."""

    text: str
    characters: int
    segments: int | None = None
    encoding: Encoding | None = None
    cost_usd: str | None = None
    """A decimal number as text: money is not a float."""
    media: tuple[str, ...] = ()
    """Where the page finds what comes with it."""


def price_message(text: str, channel: Channel, segment_usd: Decimal) -> PricedMessage:
    """Return a message with what it costs by a channel."""
    if channel is not Channel.SMS:
        return PricedMessage(text, len(text))
    segments = count_segments(text)
    return PricedMessage(text, len(text), segments, encoding_of(text), format(segments * segment_usd, "f"))
