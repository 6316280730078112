"""Fill a SQLite database as a year of a busy line would: `python -m benchmarks.console_seed FILE [TURNS]`.

What people write comes from the training utterances, what the line answers from the content. A few senders write a
lot, most little; most is Spanish; some intents are asked all the time and some hardly ever. The same every time.
"""

import json
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot.catalogue import Catalogue
from bot.messages import Channel
from content.checks import load_catalogue
from nlu.training_data import Utterance, read_training_data
from stores.database import make_engine, upgrade
from stores.search import words_in
from stores.tables import turns

TURNS = 1_000_000
BATCH = 20_000
YEAR = timedelta(days=365)
LOCALES = {"es": 800, "quc": 60, "kek": 50, "mam": 40, "cak": 30, "kjb": 15, "ixl": 5}
"""Of a thousand messages."""
DEPARTMENTS = ("Guatemala", "Huehuetenango", "San Marcos", "Quetzaltenango", "Alta Verapaz", "Quiché", None, None)
BEFORE = ("", "", "", "buenas tardes ", "disculpe ", "hola ", "una pregunta ", "por favor ")
AFTER = ("", "", "", " gracias", " es urgente", " para mi hijo", " me llamo Ana Caal", " mi número es 5555 1234")
MENU = "1=Servicios 2=Documentos 3=Viajar 4=Familia"
FEW = 20
"""Messages a person writes in a row while nearly nobody else does."""


@dataclass(frozen=True)
class Sources:
    """What messages and replies are made of."""

    utterances: dict[str, list[Utterance]]
    """By locale."""
    catalogue: Catalogue


def main() -> None:
    """Make the file anew."""
    path, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else TURNS
    began = time.monotonic()
    seed(path, count)
    print(f"{count:,} turns in {path} ({path.stat().st_size / 1e9:.2f} GB, {time.monotonic() - began:.0f} s)")


def seed(path: Path, count: int, now: datetime | None = None) -> None:
    """Make a database of `count` turns that end now. Indexes are built at the end: that takes a tenth of the time."""
    path.unlink(missing_ok=True)
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with sqlite3.connect(path, isolation_level=None) as plain:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "temp_store = MEMORY"):
            plain.execute(f"PRAGMA {pragma}")
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'turns' AND sql IS NOT NULL"
        indexes = plain.execute(named).fetchall()
        for name, _ in indexes:
            plain.execute(f"DROP INDEX {name}")
        _fill(plain, count, now or datetime.now(UTC))
        for _, statement in indexes:
            plain.execute(statement)
        plain.execute("PRAGMA journal_mode = WAL")
    plain.close()


def _fill(plain: sqlite3.Connection, count: int, now: datetime) -> None:
    chance = random.Random(5)
    columns = [column.name for column in turns.columns]
    into = f"INSERT INTO turns ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    plain.execute("CREATE TEMP TABLE words (word TEXT, seq INTEGER)")
    made = _turns(chance, count, now - YEAR)
    for start in range(0, count, BATCH):
        rows = [next(made) for _ in range(min(BATCH, count - start))]
        plain.execute("BEGIN")
        plain.executemany(into, [[row[name] for name in columns] for row in rows])
        words = ((word, row["seq"]) for row in rows for word in row["words"])
        plain.executemany("INSERT INTO words VALUES (?, ?)", words)
        plain.executemany("INSERT INTO feedback VALUES (?, ?, ?, ?, ?)", _feedback(chance, rows))
        plain.execute("COMMIT")
    plain.execute("INSERT INTO turn_words SELECT DISTINCT word, seq FROM words ORDER BY word, seq")
    _add_notes(plain, chance)


def _turns(chance: random.Random, count: int, start: datetime) -> Iterator[dict[str, Any]]:
    sources, step = _sources(), YEAR / count
    intents = _by_share(sources)
    active = [f"{chance.getrandbits(128):032x}" for _ in range(FEW)]
    known = list(active)
    locale_of: dict[str, str] = {}
    for seq in range(1, count + 1):
        at = start + seq * step
        sender = _sender(chance, active, known)
        locale = locale_of.setdefault(sender, chance.choices(list(LOCALES), list(LOCALES.values()))[0])
        utterance = chance.choices(intents[locale][0], cum_weights=intents[locale][1])[0]
        yield _turn(chance, sources.catalogue, seq, at, sender, locale, utterance)


def _sender(chance: random.Random, active: list[str], known: list[str]) -> str:
    """Return who writes next: mostly one of those who just wrote, else somebody new or somebody who comes back."""
    if chance.random() < 0.3:
        is_new = chance.random() < 0.3
        sender = f"{chance.getrandbits(128):032x}" if is_new else known[int(len(known) * chance.random() ** 3)]
        if is_new:
            known.append(sender)
        active[chance.randrange(FEW)] = sender
        return sender
    return chance.choice(active)


def _sources() -> Sources:
    root = Path(__file__).resolve().parents[1]
    utterances = {locale: list(read_training_data(root / "nlu/training" / locale).utterances) for locale in LOCALES}
    return Sources(utterances, load_catalogue(root / "content", datetime.now(UTC).date()))


def _by_share(sources: Sources) -> dict[str, tuple[list[Utterance], list[float]]]:
    """Return the utterances of each locale and their weights, added up: the intents follow Zipf's law."""
    names = sorted({u.intent for u in sources.utterances["es"]})
    rank = {name: place for place, name in enumerate(random.Random(7).sample(names, len(names)), 1)}
    shares = {}
    for locale, found in sources.utterances.items():
        many = Counter(utterance.intent for utterance in found)
        weights = (1 / rank.get(u.intent, len(rank)) / many[u.intent] for u in found)
        shares[locale] = (found, list(accumulate(weights)))
    return shares


def _turn(
    chance: random.Random, catalogue: Catalogue, seq: int, at: datetime, sender: str, locale: str, said: Utterance
) -> dict[str, Any]:
    channel = Channel.WHATSAPP if chance.random() < 0.7 else Channel.SMS
    before, after = chance.choice(BEFORE), chance.choice(AFTER)
    confidence = round(min(0.999, chance.betavariate(5, 1.3)), 4)
    answer = catalogue.answer(said.intent, locale)
    outcome = _outcome(chance, confidence, said.intent)
    text = answer.wording.on(channel) if answer and outcome == "answered" else MENU
    return {
        "id": f"SM{seq:032x}",
        "seq": seq,
        "channel": channel.value,
        "at": at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "sender": sender,
        "locale": locale,
        "kind": "text" if chance.random() < 0.97 else "voice",
        "text": f"{before}{said.text}{after}",
        "outcome": outcome,
        "texts": json.dumps([text]),
        "intent": said.intent,
        "confidence": confidence,
        "source": "light" if chance.random() < 0.02 else "model",
        "answer": said.intent if outcome == "answered" else None,
        "facts": json.dumps(["police"] if chance.random() < 0.3 else []),
        "entities": "[]",
        "candidates": json.dumps([[said.intent, confidence], ["shelter", round((1 - confidence) / 2, 4)]]),
        "department": chance.choice(DEPARTMENTS),
        "segments": 1 + len(text) // 153 if channel is Channel.SMS else None,
        "took_ms": int(chance.lognormvariate(4.3, 0.7)),
        "words": _words(before) | _words(said.text) | _words(after),
    }


def _outcome(chance: random.Random, confidence: float, intent: str) -> str:
    if intent == "human_agent":
        return "handoff"
    if confidence < 0.5:
        return chance.choice(("unknown", "clarified", "clarified"))
    return "answered" if chance.random() < 0.95 else "menu"


@cache
def _words(text: str) -> frozenset[str]:
    return words_in(text)


def _feedback(chance: random.Random, rows: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if row["answer"] and chance.random() < 0.06:
            yield row["id"], row["sender"], row["answer"], chance.random() < 0.85, row["at"]


def _add_notes(plain: sqlite3.Connection, chance: random.Random) -> None:
    """Staff looked at a few thousand conversations."""
    senders = [row[0] for row in plain.execute("SELECT DISTINCT sender FROM turns WHERE seq % 100 = 0 LIMIT 4000")]
    colleagues = ("reviewer@example.org", "viewer@example.org", None, None)
    rows = [
        (sender, chance.random() < 0.6, chance.random() < 0.02, chance.choice(colleagues), '["urgente"]', "2026-11-01")
        for sender in senders
    ]
    columns = "sender, is_done, is_flagged, assignee, tags, updated_at"
    plain.executemany(f"INSERT INTO conversations ({columns}) VALUES (?, ?, ?, ?, ?, ? || ' 00:00:00.000000')", rows)


if __name__ == "__main__":
    main()
