"""Passing to a person: what a turn means for the sender's ticket, how long staff may answer, how a message goes out."""

import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.keywords import INTENT_OF, Command
from bot.messages import Channel
from bot.turns import Outcome, Turn

WHATSAPP_WINDOW = timedelta(hours=24)
"""After a person's last message, as WhatsApp allows free words; later only approved templates (error 63016)."""

MAX_WHATSAPP, MAX_SMS = 1000, 320
"""Characters staff may write in one message: Twilio takes 1,600 by either way, and advises 320 by SMS."""

_HELPED = {INTENT_OF[Command.HELPED]: True, INTENT_OF[Command.NOT_HELPED]: False}


def agreed(turn: Turn) -> bool:
    """Whether the person has just said yes to a person reading and answering.

    An answer that only tells whom to call is a handoff too, but bears its answer's name.
    """
    return turn.outcome is Outcome.HANDOFF and turn.answer is None


def helped(turn: Turn) -> bool | None:
    """Return what the person said to "did it help?", or None when the turn is no reply to that."""
    return _HELPED.get(turn.intent or "") if turn.outcome is Outcome.COMMAND else None


def window_left(channel: Channel, last_inbound_at: datetime, now: datetime) -> timedelta | None:
    """Return for how long staff may still write; zero or less when they may not, None where nothing limits it."""
    return last_inbound_at + WHATSAPP_WINDOW - now if channel is Channel.WHATSAPP else None


@dataclass(frozen=True)
class Addresses:
    """Where a message came from and went to, as the channel writes them; no `repr` shows them, hence no log."""

    person: str = field(repr=False)
    service: str = field(repr=False)


class Handoffs(Protocol):
    """Keeps the tickets of people who asked for a person."""

    def follow(self, turn: Turn, addresses: Addresses) -> None:
        """Open, keep or note what a committed turn means for its sender's ticket; again, with no effect.

        Raise StoreUnavailable.
        """
        ...


class Delivery(enum.StrEnum):
    """What became of an attempt to send."""

    SENT = "sent"
    """The channel has taken it."""
    UNKNOWN = "unknown"
    """It may have gone out: never sent again by itself."""
    FAILED = "failed"
    """It surely did not go out."""
    OPTED_OUT = "opted_out"
    """The channel knows that the person wants no messages."""
    WINDOW_SHUT = "window_shut"
    """The channel takes free words only within a day of the person's last message."""


@dataclass(frozen=True)
class SendResult:
    """What became of an attempt to send, the channel's id of the message and its error code where there is one."""

    delivery: Delivery
    sid: str | None = None
    error: str | None = None


class Outbox(Protocol):
    """Sends messages that are no reply to one just received."""

    def send(self, to: str, from_: str, text: str) -> SendResult:
        """Send once, and say what became of it; raises nothing that a channel can answer with."""
        ...
