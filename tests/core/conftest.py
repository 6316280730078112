"""A bot on the real content, with a scripted understanding and state in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import pytest

from bot.catalogue import Catalogue
from bot.conversation import Bot
from bot.interpretation import Entity, EntityKind, Interpretation, ScoredIntent
from bot.messages import Channel, InboundMessage
from bot.turns import Turn
from content.checks import load_catalogue
from rumbo.settings import ROOT
from stores.locks import LocalSenderLocks
from stores.memory import MemorySessions, MemoryTurnLog

TODAY = date(2026, 11, 24)


@dataclass
class Scripted:
    """Understands just what it was told to."""

    meanings: dict[str, tuple[ScoredIntent, ...]] = field(default_factory=dict)
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def interpret(self, text: str, locale: str) -> Interpretation:
        named = tuple(Entity(EntityKind.PLACE, name, name) for name in self.places.get(text, ()))
        return Interpretation(locale, self.meanings.get(text, ()), named)


@dataclass
class Person:
    """Someone who writes to the line."""

    bot: Bot
    mind: Scripted
    channel: Channel = Channel.WHATSAPP
    sender: str = "someone"
    _ids: "count[int]" = field(default_factory=count)

    def means(self, text: str, *intents: tuple[str, float], places: tuple[str, ...] = ()) -> None:
        self.mind.meanings[text] = tuple(ScoredIntent(name, confidence) for name, confidence in intents)
        self.mind.places[text] = places

    def writes(self, text: str, **more: object) -> Turn:
        return self.bot.respond(self.message(text, **more))

    def message(self, text: str, **more: object) -> InboundMessage:
        fields = {
            "id": f"SM{next(self._ids):032x}",
            "sender": self.sender,
            "channel": self.channel,
            "text": text,
        } | more
        return InboundMessage(**fields)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "content", TODAY)


@pytest.fixture
def meet(catalogue: Catalogue) -> Callable[..., Person]:
    """Return a way to meet a new person, on a channel, who has or has not had the notice."""

    def meet_on(channel: Channel = Channel.WHATSAPP, *, known: bool = True) -> Person:
        mind = Scripted()
        bot = Bot(
            catalogue=lambda: catalogue,
            interpreter=mind,
            sessions=MemorySessions(3600),
            locks=LocalSenderLocks(1, lambda _: None),
            turns=MemoryTurnLog(),
            now=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC),
        )
        person = Person(bot, mind, channel)
        if known:
            person.writes("menu")
            bot.sessions.forget(person.sender)
        return person

    return meet_on
