"""How a turn and a contact lie in their rows, and how they are read back."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import Channel, MessageKind
from bot.turns import Contact, Outcome, Turn
from stores.tables import turns

KEPT_IN_TOMBSTONE = {"id", "seq", "channel", "at"}

EMPTIED = {column.name: None for column in turns.columns if column.name not in KEPT_IN_TOMBSTONE}
"""What to write over a turn so that only its tombstone stays."""


def turn_row(turn: Turn) -> dict[str, Any]:
    """Return the columns of a turn, all but `seq`."""
    return asdict(turn) | {
        "candidates": [list(candidate) for candidate in turn.candidates],
        "channel": turn.channel.value,
        "kind": turn.kind.value,
        "outcome": turn.outcome.value,
        "source": turn.source.value,
        "entities": [asdict(entity) for entity in turn.entities],
    }


def read_turn(row: Row[Any]) -> Turn:
    """Return the turn of a row of `turns`. A tombstone reads as a silent, empty turn of nobody, in no known locale."""
    if row.sender is None:
        return Turn(row.id, "", Channel(row.channel), row.at, "und", MessageKind.EMPTY, "", Outcome.SILENT, ())
    return Turn(
        id=row.id,
        sender=row.sender,
        channel=Channel(row.channel),
        at=row.at,
        locale=row.locale,
        kind=MessageKind(row.kind),
        text=row.text,
        outcome=Outcome(row.outcome),
        texts=tuple(row.texts),
        intent=row.intent,
        confidence=row.confidence,
        source=Source(row.source),
        answer=row.answer,
        facts=tuple(row.facts),
        entities=tuple(Entity(EntityKind(e["kind"]), e["value"], e["text"]) for e in row.entities),
        candidates=tuple((name, confidence) for name, confidence in row.candidates or ()),
        department=row.department,
        segments=row.segments,
        took_ms=row.took_ms,
        media=tuple(row.media or ()),
    )


def read_contact(row: Row[Any]) -> Contact:
    """Return the contact of a row of `contacts`."""
    return Contact(
        sender=row.sender,
        locale=row.locale,
        first_seen=row.first_seen,
        was_told=row.was_told,
        opted_out=row.opted_out,
        speaks=row.speaks,
        was_asked_language=row.was_asked_language,
    )
