"""From a message to a turn: the one way through, with nothing acknowledged before it is durable."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.catalogue import Catalogue
from bot.cleaning import clean
from bot.composing import Composer
from bot.dialogue import Dialogue, Step
from bot.interpretation import Interpretation, Interpreter, Source
from bot.languages import LanguageEar, NoEar
from bot.messages import Channel, InboundMessage
from bot.policy import Thresholds
from bot.rendering import SmsPolicy, cost_of, finish_sms, render
from bot.sessions import SenderLocks, Session, Sessions
from bot.turns import Contact, DuplicateMessage, Turn, TurnLog


@dataclass(frozen=True)
class Bot:
    """Answers messages. Everything it needs from outside is handed in."""

    catalogue: Callable[[], Catalogue]
    interpreter: Interpreter
    sessions: Sessions
    locks: SenderLocks
    turns: TurnLog
    now: Callable[[], datetime]
    sms: SmsPolicy = field(default_factory=SmsPolicy)
    thresholds: Thresholds = field(default_factory=Thresholds)
    ear: LanguageEar = field(default_factory=NoEar)
    hands_off: bool = False
    """Whether staff answer by the channel a person writes on; else people are told whom to call."""

    def respond(self, message: InboundMessage) -> Turn:
        """Return the turn of a message, committed. A message seen before gets its first turn again, with no effect."""
        arrived = self.now()
        with self.locks.hold(message.sender):
            seen = self.turns.find_turn(message.id)
            if seen is not None:
                return seen
            return self._take(message, arrived)

    def _take(self, message: InboundMessage, arrived: datetime) -> Turn:
        at = self.now()
        catalogue = self.catalogue()
        contact = self.turns.find_contact(message.sender) or Contact(message.sender, catalogue.default_locale, at)
        session = self.sessions.get(message.sender) or Session(contact.locale)
        heard = self.ear.hear(clean(message.text))
        step = Dialogue(
            *(self.interpreter, self.thresholds, catalogue, message, contact, session, at, heard),
            sms=self.sms,
            hands_off=self.hands_off,
        ).step()
        turn = self._turn(message, step, catalogue, at)
        turn = replace(turn, took_ms=max(0, round((self.now() - arrived) / timedelta(milliseconds=1))))
        told = replace(step.contact, was_told=step.contact.was_told or bool(turn.texts and step.tells_notice))
        try:
            self.turns.record(turn, told, erase=step.erase)
        except DuplicateMessage:
            return self.turns.find_turn(message.id) or turn
        self._keep(message.sender, step)
        return turn

    def _keep(self, sender: str, step: Step) -> None:
        if step.erase:
            self.sessions.forget(sender)
        else:
            self.sessions.put(sender, step.session)

    def _turn(self, message: InboundMessage, step: Step, catalogue: Catalogue, at: datetime) -> Turn:
        interpretation = step.interpretation
        texts = self._texts(message, step, catalogue, at)
        place = catalogue.places.get(step.session.place or "")
        return Turn(
            id=message.id,
            sender=message.sender,
            channel=message.channel,
            at=at,
            locale=step.session.locale,
            kind=message.kind,
            text="" if step.erase else clean(message.text),
            outcome=step.outcome,
            texts=texts,
            intent=step.intent,
            confidence=step.confidence,
            source=interpretation.source if interpretation else Source.NONE,
            answer=step.answer,
            facts=step.reply.facts if step.reply else (),
            entities=interpretation.entities if interpretation and not step.erase else (),
            candidates=_likeliest(interpretation) if not step.erase else (),
            department=place.department if place and not step.erase else None,
            segments=cost_of(texts).segments if message.channel is Channel.SMS else None,
            media=(step.reply.recording.id,) if step.reply and step.reply.recording else (),
        )

    def _texts(self, message: InboundMessage, step: Step, catalogue: Catalogue, at: datetime) -> tuple[str, ...]:
        if step.reply is None:
            return ()
        body = render(step.reply, message.channel, self.sms)
        if step.contact.was_told or not step.tells_notice:
            return (body,)
        notice = Composer(catalogue, at.date(), message.channel, step.session.locale).message("notice")
        notice = finish_sms(notice, self.sms) if message.channel is Channel.SMS else notice
        return (body, notice) if step.notice_last else (notice, body)


CANDIDATES = 3
"""Intents kept with a turn: enough for a reviewer to see what it was nearly taken for."""


def _likeliest(interpretation: Interpretation | None) -> tuple[tuple[str, float], ...]:
    intents = interpretation.intents[:CANDIDATES] if interpretation else ()
    return tuple((intent.name, round(intent.confidence, 4)) for intent in intents)
