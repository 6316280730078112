"""Find turns as staff look for them: newest first, page by page, in time however rare what they look for is.

Turns are gone through in windows of `seq`, from the newest back, along one index that holds all that is filtered by.
When the time is up before a page is full, the page says how far it looked and goes on from there when asked.
"""

import enum
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Text, cast, func, or_, select

from bot.interpretation import Source
from bot.messages import Channel
from bot.turns import Outcome, Turn
from stores.database import reading
from stores.rows import read_turn
from stores.search import matches
from stores.tables import conversations, feedback, tickets, turns

PAGE_SIZE = 40
SECONDS = 0.15
"""How long a page may look for its turns; a window is not begun that would take longer, as the last one went."""
FIRST_WINDOW, GROWTH, WIDEST = 20_000, 4, 250_000
"""Turns gone through at first, how much wider each next window is, and the widest.

What is common is found at once, and no one window takes long.
"""
SKEW = timedelta(hours=1)
"""Turns are recorded in nearly the order of their times; no two are out of order by more."""
SURE, FAIR = 0.9, 0.6


class Band(enum.StrEnum):
    """How confident the understanding was."""

    SURE = "sure"
    FAIR = "fair"
    LOW = "low"


@dataclass(frozen=True)
class Filters:
    """What turns are looked for; None, "" and False ask for nothing."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """From this moment on a turn is too new."""
    channel: Channel | None = None
    locale: str | None = None
    intent: str | None = None
    band: Band | None = None
    outcome: Outcome | None = None
    """A handoff is also a turn that has a ticket."""
    is_degraded: bool = False
    helped: bool | None = None
    is_flagged: bool = False
    assignee: str | None = None
    is_done: bool | None = None
    """False finds what staff noted something of and did not mark as done."""
    tag: str | None = None


@dataclass(frozen=True)
class Found:
    """A turn, where it stands among all, and whether its answer helped, if the person said."""

    seq: int
    turn: Turn
    helped: bool | None = None


@dataclass(frozen=True)
class Page:
    """Turns, newest first, and where the pages beside it begin: older ones are `before`, newer ones `after`."""

    turns: tuple[Found, ...]
    older: int | None = None
    newer: int | None = None
    looked_until: datetime | None = None
    """Set when time ran out: no turn beyond this moment was looked at."""


@dataclass(frozen=True)
class _Span:
    """Turns from the first to the last `seq`, and from which end they are gone through."""

    first: int
    last: int
    is_upwards: bool = False


@dataclass(frozen=True)
class _Catch:
    """Some turns' `seq` in the order they were found, and the one at which time ran out."""

    seqs: list[int]
    stopped_at: int | None = None


class SqlConversations:
    """Turns in SQL, for staff. Tombstones are never among them. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock

    def find(
        self,
        filters: Filters,
        *,
        before: int | None = None,
        after: int | None = None,
        size: int = PAGE_SIZE,
        seconds: float = SECONDS,
    ) -> Page:
        """Return the newest turns, the newest `before` one, or the oldest `after` one."""
        with reading(self._engine) as connection:
            span = _span(connection, filters, before, after)
            catch = self._catch(connection, filters, span, size + 1, seconds)
            if span.is_upwards and len(catch.seqs) <= size and catch.stopped_at is None:
                span = _span(connection, filters, None, None)
                catch, before = self._catch(connection, filters, span, size + 1, seconds), None
            shown = catch.seqs[:size]
            page = Page(_load(connection, sorted(shown, reverse=True)))
            further = shown[-1] if len(catch.seqs) > size else _past(catch.stopped_at, span)
            until = None if len(catch.seqs) > size else _time_of(connection, catch.stopped_at)
        if span.is_upwards:
            return replace(page, newer=further, older=shown[0] if shown else (after or 0) + 1, looked_until=until)
        newest = shown[0] if shown else (before or 1) - 1
        return replace(page, older=further, newer=newest if before else None, looked_until=until)

    def each(self, filters: Filters, *, size: int, seconds: float) -> Iterator[Found]:
        """Yield the newest turns, at most `size`, read in pages so that few are held at once."""
        with reading(self._engine) as connection:
            seqs = self._catch(connection, filters, _span(connection, filters, None, None), size, seconds).seqs
            for start in range(0, len(seqs), PAGE_SIZE * 5):
                yield from _load(connection, seqs[start : start + PAGE_SIZE * 5])

    def _catch(self, connection: Connection, filters: Filters, span: _Span, wanted: int, seconds: float) -> _Catch:
        began = previous = self._clock()
        found: list[int] = []
        pace = 0.0
        for low, high in _windows(span):
            is_late = previous - began + pace * (high - low + 1) > seconds
            if is_late and pace:
                return _Catch(found, low if span.is_upwards else high)
            found += _within(connection, filters, replace(span, first=low, last=high), wanted - len(found))
            if len(found) >= wanted:
                break
            now = self._clock()
            pace, previous = (now - previous) / (high - low + 1), now
        return _Catch(found)

    def talk(
        self,
        sender: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        size: int = PAGE_SIZE,
    ) -> Page:
        """Return the turns of a sender: the newest, those beside a cursor, or those around one turn."""
        theirs = select(turns.c.seq).where(turns.c.sender == sender)
        with reading(self._engine) as connection:
            if around is not None:
                before = _end_after(connection, theirs, around, size // 4) + 1
            shown = _beside(connection, theirs, before, after, size)
            if not shown:
                return Page(())
            has_older = connection.execute(theirs.where(turns.c.seq < shown[-1]).limit(1)).first()
            has_newer = connection.execute(theirs.where(turns.c.seq > shown[0]).limit(1)).first()
            loaded = _load(connection, shown)
        return Page(loaded, shown[-1] if has_older else None, shown[0] if has_newer else None)

    def locales(self) -> tuple[str, ...]:
        """Return the locales that turns are in, in the order of their tags."""
        found: list[str] = []
        with reading(self._engine) as connection:
            # A loose index scan: a DISTINCT would read all entries of the index.
            after = select(func.min(turns.c.locale))
            while locale := connection.execute(after.where(turns.c.locale > (found[-1] if found else ""))).scalar():
                found.append(locale)
        return tuple(found)


def _span(connection: Connection, filters: Filters, before: int | None, after: int | None) -> _Span:
    """Return where to look: between the cursors and, as times and `seq` go together, between the dates."""
    last = connection.execute(select(func.max(turns.c.seq))).scalar() or 0
    first, last = (after or 0) + 1, min(last, before - 1) if before is not None else last
    if filters.until:
        edge = connection.execute(select(func.max(turns.c.at)).where(turns.c.at < filters.until)).scalar()
        near = turns.c.at.between(edge - SKEW, edge) if edge else None
        newest = connection.execute(select(func.max(turns.c.seq)).where(near)).scalar() if near is not None else 0
        last = min(last, newest or 0)
    if filters.since:
        edge = connection.execute(select(func.min(turns.c.at)).where(turns.c.at >= filters.since)).scalar()
        near = turns.c.at.between(edge, edge + SKEW) if edge else None
        oldest = connection.execute(select(func.min(turns.c.seq)).where(near)).scalar() if near is not None else None
        first = max(first, oldest if oldest is not None else last + 1)
    return _Span(first, last, is_upwards=after is not None)


def _end_after(connection: Connection, theirs: Select[int], seq: int, count: int) -> int:
    """Return the last of the few turns that follow one."""
    following = theirs.where(turns.c.seq > seq).order_by(turns.c.seq).limit(count)
    return max(connection.execute(following).scalars(), default=seq)


def _beside(connection: Connection, theirs: Select[int], before: int | None, after: int | None, size: int) -> list[int]:
    """Return the turns next to a cursor, or the newest, newest first."""
    if after is not None:
        upwards = theirs.where(turns.c.seq > after).order_by(turns.c.seq).limit(size)
        return sorted(connection.execute(upwards).scalars(), reverse=True)
    limited = theirs if before is None else theirs.where(turns.c.seq < before)
    return list(connection.execute(limited.order_by(turns.c.seq.desc()).limit(size)).scalars())


def _windows(span: _Span) -> Iterator[tuple[int, int]]:
    """Yield stretches of the span, each wider than the one before.

    >>> list(_windows(_Span(1, 200_000)))
    [(180001, 200000), (100001, 180000), (1, 100000)]
    """
    first, last, width = span.first, span.last, FIRST_WINDOW
    while first <= last:
        if span.is_upwards:
            yield first, min(last, first + width - 1)
            first += width
        else:
            yield max(first, last - width + 1), last
            last -= width
        width = min(width * GROWTH, WIDEST)


def _within(connection: Connection, filters: Filters, window: _Span, limit: int) -> Sequence[int]:
    order = turns.c.seq.asc() if window.is_upwards else turns.c.seq.desc()
    wanted = select(turns.c.seq).where(*_conditions(filters, window)).order_by(order).limit(limit)
    return connection.execute(wanted).scalars().all()


def _past(stopped_at: int | None, span: _Span) -> int | None:
    """Return the cursor that goes on where time ran out."""
    if stopped_at is None:
        return None
    return stopped_at - 1 if span.is_upwards else stopped_at + 1


def _time_of(connection: Connection, seq: int | None) -> datetime | None:
    if seq is None:
        return None
    return connection.execute(
        select(turns.c.at).where(turns.c.seq <= seq).order_by(turns.c.seq.desc()).limit(1)
    ).scalar()


def _load(connection: Connection, seqs: Sequence[int]) -> tuple[Found, ...]:
    """Return turns in the order of their `seq` given."""
    rows = connection.execute(
        select(turns, feedback.c.helped)
        .outerjoin(feedback, feedback.c.turn_id == turns.c.id)
        .where(turns.c.seq.in_(seqs), turns.c.sender.is_not(None))
    ).all()
    by_seq = {row.seq: Found(row.seq, read_turn(row), row.helped) for row in rows}
    return tuple(by_seq[seq] for seq in seqs if seq in by_seq)


def _conditions(filters: Filters, window: _Span) -> Iterator[ColumnElement[bool]]:
    seqs = (window.first, window.last)
    yield turns.c.seq.between(*seqs)
    yield turns.c.locale.is_not(None)  # A tombstone has none.
    for column, value in (
        (turns.c.channel, filters.channel),
        (turns.c.locale, filters.locale),
        (turns.c.intent, filters.intent),
        (turns.c.source, Source.LIGHT if filters.is_degraded else None),
    ):
        if value is not None:
            yield _only(column) == str(value)
    if filters.since:
        yield _only(turns.c.at) >= filters.since
    if filters.until:
        yield _only(turns.c.at) < filters.until
    if filters.band:
        yield _in_band(filters.band)
    if filters.outcome:
        yield _came_to(filters.outcome)
    if (found := matches(filters.words, seqs)) is not None:
        yield found
    if filters.helped is not None:
        yield turns.c.seq.in_(_said(filters.helped, window))
    if noted := list(_noted(filters)):
        senders = select(conversations.c.sender).where(*noted)
        theirs = select(turns_too.c.seq).where(turns_too.c.sender.in_(senders), _only(turns_too.c.seq).between(*seqs))
        yield turns.c.seq.in_(theirs)


def _said(helped: bool, window: _Span) -> Select[int]:
    """Return the turns of a window whose answer helped, or did not: of a narrow one by its turns, else by feedback."""
    is_narrow = window.last - window.first < FIRST_WINDOW
    seq = turns_too.c.seq if is_narrow else _only(turns_too.c.seq)
    said = select(turns_too.c.seq).join(feedback, feedback.c.turn_id == turns_too.c.id)
    return said.where(feedback.c.helped == helped, seq.between(window.first, window.last))


turns_too = turns.alias()
"""To name turns by their id or sender, and leave the list itself to its index."""


def _only(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as a value, which no index is looked up by.

    SQLite keeps no statistics here, and would rather read 300,000 turns of an intent than go along one index.
    """
    return func.coalesce(column, column)


def _in_band(band: Band) -> ColumnElement[bool]:
    confidence = _only(turns.c.confidence)
    at_least = {Band.SURE: SURE, Band.FAIR: FAIR, Band.LOW: 0.0}[band]
    below = {Band.SURE: 2.0, Band.FAIR: SURE, Band.LOW: FAIR}[band]
    return (confidence >= at_least) & (confidence < below)


def _came_to(outcome: Outcome) -> ColumnElement[bool]:
    is_it = _only(turns.c.outcome) == str(outcome)
    if outcome is not Outcome.HANDOFF:
        return is_it
    return or_(is_it, turns.c.seq.in_(select(turns_too.c.seq).join(tickets, tickets.c.turn_id == turns_too.c.id)))


def _noted(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.is_flagged:
        yield conversations.c.is_flagged
    if filters.assignee:
        yield conversations.c.assignee == filters.assignee
    if filters.is_done is not None:
        yield conversations.c.is_done == filters.is_done
    if filters.tag:
        # As JSON writes it; a tag holds no quotes (`stores.notes`).
        yield cast(conversations.c.tags, Text).contains(json.dumps(filters.tag), autoescape=True)
