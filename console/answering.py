"""Answering a person: what stands against it, how the message will arrive, and what is done when it is sent."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.catalogue import Catalogue
from bot.cleaning import clean
from bot.composing import Composer, Reply
from bot.handoffs import MAX_SMS, MAX_WHATSAPP, Delivery, Outbox, SendResult, window_left
from bot.keywords import Command
from bot.messages import Channel
from bot.rendering import SmsPolicy, finish_sms, render
from bot.sessions import Choice, SenderLocks, Session, Sessions, TargetKind
from console.reply_warnings import Warned, known_numbers, warnings_of
from stores.tickets import SqlTickets, Ticket

MAX_CHARACTERS = {Channel.WHATSAPP: MAX_WHATSAPP, Channel.SMS: MAX_SMS}
WHATSAPP = "whatsapp:"


class Refusal(enum.StrEnum):
    """Why a message is not sent."""

    CLOSED = "closed"
    OPTED_OUT = "opted_out"
    WINDOW_SHUT = "window_shut"
    NO_ADDRESS = "no_address"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TWICE = "twice"


@dataclass(frozen=True)
class Draft:
    """A reply as it will arrive, and what to look at before it is sent."""

    words: str
    """As staff wrote it, made safe to send."""
    text: str
    """As the phone shows it."""
    warnings: tuple[Warned, ...]


class Unsent:
    """The outbox of development: nothing leaves the machine, and each message counts as sent."""

    def send(self, to: str, from_: str, text: str) -> SendResult:
        """Do nothing."""
        return SendResult(Delivery.SENT)


@dataclass(frozen=True)
class Desk:
    """What staff answer people with."""

    tickets: SqlTickets
    outbox: Outbox
    sessions: Sessions
    """Keeps the question that a ticket is closed with for as long as a person may take to answer it."""
    locks: SenderLocks
    catalogue: Callable[[], Catalogue]
    now: Callable[[], datetime]
    sms: SmsPolicy = field(default_factory=SmsPolicy)
    outbound_from: str | None = None
    """Our address to send from; without it, the one the person wrote to."""

    @property
    def sends_nothing(self) -> bool:
        """Whether this is development, where nothing leaves."""
        return isinstance(self.outbox, Unsent)

    def window_left(self, ticket: Ticket) -> timedelta | None:
        """Return for how long a ticket's person may still be written to; None where nothing limits it."""
        return window_left(ticket.channel, ticket.last_inbound_at, self.now())

    def refusal(self, ticket: Ticket) -> Refusal | None:
        """Return why nothing can be sent to a ticket's person, or None when it can."""
        left = self.window_left(ticket)
        if ticket.opted_out:
            return Refusal.OPTED_OUT
        if ticket.is_closed:
            return Refusal.CLOSED
        return Refusal.WINDOW_SHUT if left is not None and left <= timedelta() else None

    def canned(self, ticket: Ticket, id_: str) -> str:
        """Return the words of a canned answer for a ticket's channel; none for an id we do not know."""
        canned = self.catalogue().canned.get(id_)
        return self._composer(ticket).canned(canned) if canned else ""

    def draft(self, ticket: Ticket, words: str) -> Draft:
        """Return how words will arrive."""
        words = clean(words, MAX_WHATSAPP * 2)
        reply = Reply((self._composer(ticket).message("handoff_reply", text=words),))
        return Draft(words, self._as_sent(ticket, reply), warnings_of(words, known_numbers(self.catalogue())))

    def send(self, ticket: Ticket, staff: str, draft: Draft) -> SendResult | Refusal:
        """Send a reply once, or say why not."""
        if not draft.words:
            return Refusal.EMPTY
        if len(draft.words) > MAX_CHARACTERS[ticket.channel]:
            return Refusal.TOO_LONG
        return self.refusal(ticket) or self._send(ticket, staff, draft.text)

    def close(self, ticket: Ticket, staff: str) -> SendResult | Refusal:
        """End a ticket, asking the person whether it helped where they can still be written to."""
        sent = self.refusal(ticket) or self._ask_if_it_helped(ticket, staff)
        self.tickets.close(ticket)
        return sent

    def _ask_if_it_helped(self, ticket: Ticket, staff: str) -> SendResult | Refusal:
        composer = self._composer(ticket)
        yes = Choice(composer.message("yes_helped"), TargetKind.COMMAND, Command.HELPED.value)
        no = Choice(composer.message("not_helped"), TargetKind.COMMAND, Command.NOT_HELPED.value)
        reply = Reply((composer.message("handoff_closed"),), (yes, no))
        # The digits must mean this before the person can send one.
        before = self._offer(ticket, reply.choices)
        sent = self._send(ticket, staff, self._as_sent(ticket, reply))
        if not _may_have_arrived(sent):
            self._offer(ticket, before)
        return sent

    def _offer(self, ticket: Ticket, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """Let the person's next digits mean these choices; return what they meant before.

        The lock is not held while a message goes out: no message of the person may wait for that.
        """
        with self.locks.hold(ticket.sender):
            session = self.sessions.get(ticket.sender) or Session(ticket.locale)
            self.sessions.put(ticket.sender, replace(session, choices=choices))
        return session.choices

    def _send(self, ticket: Ticket, staff: str, text: str) -> SendResult | Refusal:
        addresses = self.tickets.addresses(ticket)
        if addresses is None:
            return Refusal.NO_ADDRESS
        message_id = self.tickets.write_down(ticket, staff, text)
        if message_id is None:
            return Refusal.TWICE
        sent = self.outbox.send(addresses.person, self._service(ticket, addresses.service), text)
        self.tickets.note_sent(ticket, message_id, sent)
        return sent

    def _service(self, ticket: Ticket, written_to: str) -> str:
        ours = self.outbound_from
        if ours is None:
            return written_to
        return f"{WHATSAPP}{ours}" if ticket.channel is Channel.WHATSAPP and ours.startswith("+") else ours

    def _as_sent(self, ticket: Ticket, reply: Reply) -> str:
        text = render(reply, ticket.channel, self.sms)
        return finish_sms(text, self.sms) if ticket.channel is Channel.SMS else text

    def _composer(self, ticket: Ticket) -> Composer:
        return Composer(self.catalogue(), self.now().date(), ticket.channel, ticket.locale)


def _may_have_arrived(sent: SendResult | Refusal) -> bool:
    return isinstance(sent, SendResult) and sent.delivery in {Delivery.SENT, Delivery.UNKNOWN}
