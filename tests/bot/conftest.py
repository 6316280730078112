"""The real catalogue on a fixed day, and small fakes around a bot: a scripted interpreter and a turn log in a dict."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.conversation import Bot
from bot.interpretation import Entity, EntityKind, Interpretation, ScoredIntent
from bot.messages import Channel, InboundMessage
from bot.turns import Contact, DuplicateMessage, Turn
from content.checks import load_catalogue
from stores.locks import LocalSenderLocks
from stores.memory import MemorySessions

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

Recorded = list[tuple[Turn, Contact, bool]]


class ScriptedInterpreter:
    """Understands the texts of its script and nothing else."""

    def __init__(self, script: Mapping[str, Interpretation]) -> None:
        self._script = script

    def interpret(self, text: str, locale: str) -> Interpretation:
        return self._script.get(text, Interpretation(locale))


class DictTurnLog:
    """Keeps turns and contacts in dicts, and every call to `record` in a list."""

    def __init__(self, recorded: Recorded) -> None:
        self.turns: dict[str, Turn] = {}
        self.contacts = {"ana": Contact("ana", "es", NOW, was_told=True)}
        self._recorded = recorded

    def find_turn(self, message_id: str) -> Turn | None:
        return self.turns.get(message_id)

    def find_contact(self, sender: str) -> Contact | None:
        return self.contacts.get(sender)

    def record(self, turn: Turn, contact: Contact, *, erase: bool = False) -> None:
        if turn.id in self.turns:
            raise DuplicateMessage(turn.id)
        self._recorded.append((turn, contact, erase))
        if erase:
            self.turns = {id_: kept for id_, kept in self.turns.items() if kept.sender != turn.sender}
        self.turns[turn.id], self.contacts[contact.sender] = turn, contact


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """All the real content."""
    return load_catalogue(Path("content"), date(2026, 11, 24))


@pytest.fixture
def script() -> dict[str, Interpretation]:
    """What texts mean."""
    return {}


@pytest.fixture
def understand(script: dict[str, Interpretation]) -> Callable[..., None]:
    """Add to the script: `understand("pasaporte en xela", {"passport": 0.95}, places=["Quetzaltenango"])`."""

    def add(text: str, intents: Mapping[str, float], places: tuple[str, ...] = (), language: str | None = None) -> None:
        entities = [Entity(EntityKind.PLACE, place, place) for place in places]
        entities += [Entity(EntityKind.LANGUAGE, language, text)] if language else []
        ranked = tuple(ScoredIntent(name, confidence) for name, confidence in intents.items())
        script[text] = Interpretation("es", ranked, tuple(entities))

    return add


@pytest.fixture
def sessions() -> MemorySessions:
    """What is remembered for a while; time stands still."""
    return MemorySessions(3600, clock=lambda: 0.0)


@pytest.fixture
def recorded() -> Recorded:
    """Every turn that was committed, with its contact and whether it erased."""
    return []


@pytest.fixture
def bot(catalogue: Catalogue, script: dict[str, Interpretation], sessions: MemorySessions, recorded: Recorded) -> Bot:
    """A bot whose clock stands at NOW."""
    locks = LocalSenderLocks(1.0, pytest.fail)
    turns = DictTurnLog(recorded)
    return Bot(lambda: catalogue, ScriptedInterpreter(script), sessions, locks, turns, lambda: NOW)


@pytest.fixture
def write(bot: Bot) -> Callable[..., Turn]:
    """Send a message and return its turn. "ana" has had the notice; any other sender is new."""
    ids = count(1)

    def send(text: str, sender: str = "ana", channel: Channel = Channel.WHATSAPP, **rest: object) -> Turn:
        fields = {"id": f"SM{next(ids)}", "sender": sender, "channel": channel, "text": text, **rest}
        return bot.respond(InboundMessage(**fields))  # type: ignore[arg-type]  # tests name the fields

    return send
