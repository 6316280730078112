"""The turns worth reading and what reviewers made of them, in SQL."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import MessageKind
from bot.reviews import LOW, NEAR, Opinion, Reason, Use, Verdict, settled
from bot.turns import Outcome, Turn
from stores.database import insert_into, reading, writing
from stores.rows import read_turn
from stores.tables import feedback, reviews, second_opinions, turns

WINDOW = 5_000
"""The newest turns among which the queue looks: more would wait than people can read, and take longer to find."""
DRIFT_WINDOW = 1_000
"""The newest turns whose words are compared with the training data."""
BATCH = 500
"""Turns named in one statement."""
SECONDS = 200
"""The newest wishes for a second opinion that are listed."""
NEWEST = timedelta(days=30)

IsStrange = Callable[[str, str], bool]
"""Whether a text is in words unknown in a locale."""


@dataclass(frozen=True)
class Waiting:
    """A place in the queue."""

    reason: Reason
    seq: int

    @property
    def order(self) -> tuple[int, int]:
        """The most pressing reason comes first, then the newest turn."""
        return self.reason.priority, -self.seq


@dataclass(frozen=True)
class Queue:
    """What waits for one reviewer, in order."""

    waiting: tuple[Waiting, ...]

    @property
    def counts(self) -> Counter[Reason]:
        """How many wait for each reason."""
        return Counter(place.reason for place in self.waiting)

    def first(self, reason: Reason | None = None, after: Waiting | None = None) -> Waiting | None:
        """Return the first place, of a reason and behind another place if they are given."""
        wanted = (p for p in self.waiting if reason in {None, p.reason} and (after is None or p.order > after.order))
        return next(wanted, None)

    def reason_of(self, seq: int) -> Reason | None:
        """Return why a turn waits, if it does."""
        return next((place.reason for place in self.waiting if place.seq == seq), None)


@dataclass(frozen=True)
class Reviewed:
    """All opinions on one turn, in the order they were given."""

    turn_id: str
    opinions: tuple[Opinion, ...]
    wants_second: bool = False

    @property
    def label(self) -> str | None:
        """The label that counts; None while the turn is open."""
        return settled(self.opinions, wants_second=self.wants_second)

    @property
    def accepted(self) -> Opinion | None:
        """The opinion whose utterance is to be used: the latest of those that were not overruled."""
        fitting = [o for o in self.opinions if o.label == self.label and o.use is not Use.NONE and o.utterance]
        return fitting[-1] if self.label and fitting else None


class SqlReviews:
    """Keeps the queue and the opinions."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], is_strange: IsStrange = lambda *_: False) -> None:
        self._engine, self._now, self._is_strange = engine, now, is_strange

    def queue(self, staff: str) -> Queue:
        """Return what waits for a reviewer among the newest turns: what nobody judged, and second opinions."""
        with reading(self._engine) as connection:
            newest = connection.execute(select(func.max(turns.c.seq))).scalar() or 0
            window = connection.execute(_unjudged(newest - WINDOW)).all()
            seconds = _seqs(connection, [row.turn_id for row in connection.execute(_wanting_second(staff)).all()])
        since = self._now() - NEWEST
        recent = [row for row in window if row.at >= since]
        strange = {row.seq for row in recent if not row.reason and self._is_drift(row, newest)}
        places = {row.seq: Waiting(Reason(row.reason), row.seq) for row in recent if row.reason}
        places |= {seq: Waiting(Reason.DRIFT, seq) for seq in strange}
        places |= {seq: Waiting(Reason.SECOND, seq) for seq in seconds.values()}
        return Queue(tuple(sorted(places.values(), key=lambda place: place.order)))

    def _is_drift(self, row: Row[Any], newest: int) -> bool:
        # Commands have no confidence: they were not understood by their words.
        is_read = row.seq > newest - DRIFT_WINDOW and row.confidence is not None
        return is_read and self._is_strange(row.text, row.locale)

    def turn(self, seq: int) -> Turn | None:
        """Return a turn that can be judged: with a text, and not erased."""
        with reading(self._engine) as connection:
            row = connection.execute(select(turns).where(turns.c.seq == seq, _has_text())).one_or_none()
        return read_turn(row) if row else None

    def before(self, seq: int, sender: str, count: int = 2) -> tuple[Turn, ...]:
        """Return the turns of the same person just before one, the oldest first."""
        wanted = select(turns).where(turns.c.sender == sender, turns.c.seq < seq).order_by(turns.c.seq.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(count)).all()
        return tuple(read_turn(row) for row in reversed(rows))

    def save(self, opinion: Opinion) -> bool:
        """Keep an opinion in place of an earlier one of the same person; return False when the turn is gone."""
        row = _opinion_row(opinion)
        with writing(self._engine) as connection:
            # The turn is held so that an erasure comes wholly before, and is noticed, or wholly after.
            held = select(turns.c.id).where(turns.c.id == opinion.turn_id, turns.c.sender == opinion.sender)
            if connection.execute(held.with_for_update(read=True)).one_or_none() is None:
                return False
            statement = insert_into(connection, reviews).values(row)
            kept = {name: statement.excluded[name] for name in row if name not in {"turn_id", "staff"}}
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["turn_id", "staff"], set_=kept, where=reviews.c.imported_at.is_(None)
                )
            )
        return True

    def undo(self, staff: str) -> int | None:
        """Take back somebody's last opinion unless it was imported; return the place of its turn."""
        last = select(func.max(reviews.c.id)).where(reviews.c.staff == staff).scalar_subquery()
        with writing(self._engine) as connection:
            gone = delete(reviews).where(reviews.c.id == last, reviews.c.imported_at.is_(None))
            turn_id = connection.execute(gone.returning(reviews.c.turn_id)).scalar()
            return connection.execute(select(turns.c.seq).where(turns.c.id == turn_id)).scalar() if turn_id else None

    def ask_second(self, turn_id: str, staff: str) -> None:
        """Ask that somebody else look at a turn too."""
        row = {"turn_id": turn_id, "asked_by": staff, "at": self._now()}
        with writing(self._engine) as connection:
            connection.execute(insert_into(connection, second_opinions).values(row).on_conflict_do_nothing())

    def wants_second(self, turn_id: str) -> bool:
        """Whether a second opinion was asked for."""
        with reading(self._engine) as connection:
            wanted = select(second_opinions.c.turn_id).where(second_opinions.c.turn_id == turn_id)
            return connection.execute(wanted).one_or_none() is not None

    def done_since(self, staff: str, since: datetime) -> int:
        """Return how many opinions somebody gave since a moment."""
        counted = select(func.count()).where(reviews.c.staff == staff, reviews.c.at >= since)
        with reading(self._engine) as connection:
            return int(connection.execute(counted).scalar_one())

    def reviewed(self, turn_id: str) -> Reviewed:
        """Return all opinions on a turn."""
        found = self._reviewed(reviews.c.turn_id == turn_id)
        return found[0] if found else Reviewed(turn_id, ())

    def reviewed_twice(self) -> tuple[Reviewed, ...]:
        """Return the turns that two people or more judged."""
        several = select(reviews.c.turn_id).group_by(reviews.c.turn_id).having(func.count() > 1)
        return self._reviewed(reviews.c.turn_id.in_(several))

    def seqs(self, turn_ids: Sequence[str]) -> dict[str, int]:
        """Return the places of turns that were not erased."""
        with reading(self._engine) as connection:
            batches = (turn_ids[start : start + BATCH] for start in range(0, len(turn_ids), BATCH))
            return {turn_id: seq for batch in batches for turn_id, seq in _seqs(connection, batch).items()}

    def to_import(self) -> tuple[Reviewed, ...]:
        """Return the settled turns of which something is to be used and nothing has been imported."""
        used = (reviews.c.use != Use.NONE.value) & reviews.c.imported_at.is_(None) & reviews.c.utterance.is_not(None)
        found = self._reviewed(reviews.c.turn_id.in_(select(reviews.c.turn_id).where(used)))
        return tuple(reviewed for reviewed in found if reviewed.label)

    def close(self, turn_ids: Iterable[str]) -> None:
        """Mark the opinions on turns as imported and empty their utterances: they stand in the repo now, or nowhere."""
        ids = sorted(turn_ids)
        with writing(self._engine) as connection:
            for start in range(0, len(ids), BATCH):
                of_turns = reviews.c.turn_id.in_(ids[start : start + BATCH])
                connection.execute(update(reviews).where(of_turns).values(imported_at=self._now(), utterance=None))

    def _reviewed(self, condition: ColumnElement[bool]) -> tuple[Reviewed, ...]:
        asked = second_opinions.c.turn_id.label("asked")
        joined = reviews.outerjoin(second_opinions, second_opinions.c.turn_id == reviews.c.turn_id)
        wanted = select(reviews, asked).select_from(joined).where(condition).order_by(reviews.c.turn_id, reviews.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        groups = ((turn_id, [*group]) for turn_id, group in groupby(rows, key=lambda row: str(row.turn_id)))
        return tuple(Reviewed(i, tuple(map(_read_opinion, group)), group[0].asked is not None) for i, group in groups)


def _has_text() -> ColumnElement[bool]:
    # Told by the text, so that a tombstone, whose sender and kind are gone too, never counts.
    return and_(turns.c.kind == MessageKind.TEXT.value, turns.c.text != "", turns.c.sender.is_not(None))


def _reason() -> Case[str | None]:
    """Return the first reason that a turn's own row and feedback give."""
    unhelpful = select(literal(1)).where(feedback.c.turn_id == turns.c.id, ~feedback.c.helped).exists()
    first, second = (turns.c.candidates[(place, 1)].as_float() for place in (0, 1))
    return case(
        (unhelpful, Reason.DID_NOT_HELP.value),
        (turns.c.outcome == Outcome.UNKNOWN.value, Reason.FALLBACK.value),
        (first - second < NEAR, Reason.NEAR_TIE.value),
        (turns.c.confidence < LOW, Reason.LOW_CONFIDENCE.value),
        (turns.c.source == Source.LIGHT.value, Reason.DEGRADED.value),
    )


def _unjudged(floor: int) -> Select[tuple[int, datetime, str, str, float, str]]:
    """Select what nobody judged, behind a place in the log.

    By place alone: with a condition on the time too, SQLite reads a month by the index of times.
    """
    is_judged = select(literal(1)).where(reviews.c.turn_id == turns.c.id).exists()
    columns = (turns.c.seq, turns.c.at, turns.c.text, turns.c.locale, turns.c.confidence)
    return select(*columns, _reason().label("reason")).where(turns.c.seq > floor, _has_text(), ~is_judged)


def _wanting_second(staff: str) -> Select[tuple[str]]:
    """Select the ids of turns that somebody passed on. The asker sees one again only when a colleague has judged it."""
    asked = second_opinions.c
    given = select(func.count()).where(reviews.c.turn_id == asked.turn_id).scalar_subquery()
    mine = select(literal(1)).where(reviews.c.turn_id == asked.turn_id, reviews.c.staff == staff).exists()
    wanted = select(asked.turn_id).where(given < 2, ~mine, or_(asked.asked_by != staff, given > 0))
    return wanted.order_by(asked.at.desc()).limit(SECONDS)


def _seqs(connection: Connection, turn_ids: Sequence[str]) -> dict[str, int]:
    # In a statement of its own: joined, SQLite reads all turns to find a few.
    wanted = select(turns.c.id, turns.c.seq).where(turns.c.id.in_(turn_ids), _has_text())
    return {row.id: row.seq for row in connection.execute(wanted).all()}


def _opinion_row(opinion: Opinion) -> dict[str, Any]:
    return asdict(opinion) | {
        "verdict": opinion.verdict.value,
        "use": opinion.use.value,
        "entities": [{**asdict(entity), "kind": entity.kind.value} for entity in opinion.entities],
    }


def _read_opinion(row: Row[Any]) -> Opinion:
    return Opinion(
        turn_id=row.turn_id,
        sender=row.sender,
        staff=row.staff,
        at=row.at,
        verdict=Verdict(row.verdict),
        locale=row.locale,
        intent=row.intent,
        entities=tuple(Entity(EntityKind(e["kind"]), e["value"], e["text"]) for e in row.entities or ()),
        use=Use(row.use),
        utterance=row.utterance,
    )
