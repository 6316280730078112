"""Rolling counts: turns are added up once, by day and kind, and the counts stay when the turns are gone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, select, update

from stores.database import insert_into, reading, writing
from stores.tables import counted_up_to, daily_counts, daily_times, period_intents, period_outcomes, turns

GUATEMALA = timezone(timedelta(hours=-6))
"""Without summer time since 2006."""

SETTLED = timedelta(seconds=60)
"""Age from which turns are counted. PostgreSQL numbers a turn before it commits, so that for a moment one may be
missing below another; none takes a minute, since waiting for a lock ends after seconds."""

BATCH = 1000
"""Turns in one transaction: SQLite has one writer at a time, and a reply must not wait for this one."""

A_REQUEST = 2_000
"""Turns counted while somebody waits for a page."""

BUCKETS_MS = (50, 100, 250, 500, 1000, 2500, 5000)
"""Upper bounds of the buckets of time; beyond the last is 0."""

WHAT = "turns"

COLUMNS = (
    *(turns.c.seq, turns.c.at, turns.c.sender, turns.c.channel, turns.c.locale, turns.c.intent, turns.c.outcome),
    *(turns.c.source, turns.c.department, turns.c.segments, turns.c.took_ms),
)

Key = tuple[object, ...]


@dataclass(frozen=True)
class Progress:
    """How many turns were looked at, and whether more are waiting."""

    seen: int
    is_behind: bool


def day_of(at: datetime) -> date:
    """Return the day in Guatemala."""
    return at.astimezone(GUATEMALA).date()


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """Return the first of a day's month."""
    return day.replace(day=1)


GRAINS = {"week": week_of, "month": month_of}


def bucket_of(took_ms: int) -> int:
    """Return the upper bound of the bucket a time falls in, 0 beyond the last.

    >>> bucket_of(50), bucket_of(51), bucket_of(5001)
    (50, 100, 0)
    """
    return next((bound for bound in BUCKETS_MS if took_ms <= bound), 0)


def roll_up(engine: Engine, now: datetime, *, at_most: int = A_REQUEST) -> Progress:
    """Count turns that were not counted yet. Several processes may do so at once: each turn is counted once.

    Raise StoreUnavailable; what was counted until then stays counted.
    """
    seen = 0
    while (is_behind := _has_news(engine, now - SETTLED)) and seen < at_most:
        seen += _count_batch(engine, now - SETTLED)
    return Progress(seen, is_behind)


def roll_up_all(engine: Engine, now: datetime) -> int:
    """Count all that is to be counted and return how many turns there were. To be called before turns are emptied."""
    seen = 0
    while (progress := roll_up(engine, now)).seen:
        seen += progress.seen
    return seen


def _has_news(engine: Engine, until: datetime) -> bool:
    """Look without the write lock, which most of the time is not needed."""
    mark = select(counted_up_to.c.seq).where(counted_up_to.c.what == WHAT)
    with reading(engine) as connection:
        seq = connection.execute(mark).scalar() or 0
        first = connection.execute(select(turns.c.at).where(turns.c.seq > seq).order_by(turns.c.seq).limit(1)).scalar()
    return first is not None and first <= until


def _count_batch(engine: Engine, until: datetime) -> int:
    with writing(engine) as connection:
        mark = _lock_mark(connection)
        wanted = select(*COLUMNS).where(turns.c.seq > mark).order_by(turns.c.seq).limit(BATCH)
        # In the order of `seq`, and no further than the first that is too young: nothing may be passed over.
        rows: list[Row[Any]] = list(takewhile(lambda row: row.at <= until, connection.execute(wanted)))
        if rows:
            _add_up(connection, [row for row in rows if row.sender is not None])
            moved = update(counted_up_to).where(counted_up_to.c.what == WHAT).values(seq=rows[-1].seq)
            connection.execute(moved)
    return len(rows)


def _lock_mark(connection: Connection) -> int:
    """Return the last turn counted, and keep every other process from counting until we commit."""
    first = insert_into(connection, counted_up_to).values(what=WHAT, seq=0)
    connection.execute(first.on_conflict_do_nothing(index_elements=["what"]))
    locked = select(counted_up_to.c.seq).where(counted_up_to.c.what == WHAT).with_for_update()
    mark: int = connection.execute(locked).scalar_one()
    return mark


def _add_up(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Add turns to every count; tombstones are left out, for nobody knows any more what they were."""
    _add(connection, daily_counts, _tally(_by_day(row) for row in rows))
    _add(connection, daily_times, _tally(_time(row) for row in rows if row.took_ms is not None))
    _add(connection, period_intents, _tally(_by_period(row, row.intent, grain) for row in rows for grain in GRAINS))
    _add(connection, period_outcomes, _tally(_by_period(row, row.outcome, grain) for row in rows for grain in GRAINS))


Counted = tuple[Key, int]
"""What a turn is counted as, and its segments."""


def _by_day(row: Row[Any]) -> Counted:
    kinds = (row.channel, row.locale, row.intent, row.outcome, row.source, row.department)
    return (day_of(row.at), *(kind or "" for kind in kinds)), row.segments or 0


def _by_period(row: Row[Any], value: str | None, grain: str) -> Counted:
    kinds = (row.channel, row.locale, row.department, value)
    return (grain, GRAINS[grain](day_of(row.at)), *(kind or "" for kind in kinds)), row.segments or 0


def _time(row: Row[Any]) -> Counted:
    return (day_of(row.at), row.channel, bucket_of(row.took_ms)), 0


def _tally(counted: Iterable[Counted]) -> Mapping[Key, tuple[int, int]]:
    number: Counter[Key] = Counter()
    segments: Counter[Key] = Counter()
    for key, billed in counted:
        number[key] += 1
        segments[key] += billed
    return {key: (number[key], segments[key]) for key in number}


def _add(connection: Connection, table: Table, tally: Mapping[Key, tuple[int, int]]) -> None:
    """Add to the rows of a table, whose columns are its key, then `turns`, then perhaps `segments`."""
    if not tally:
        return
    names = [column.name for column in table.columns]
    # In one order, lest two writers meet crosswise.
    rows = [dict(zip(names, (*key, *sums), strict=False)) for key, sums in sorted(tally.items(), key=str)]
    insert = insert_into(connection, table)
    sums = {name: table.c[name] + insert.excluded[name] for name in ("turns", "segments") if name in table.c}
    key_names = [column.name for column in table.primary_key.columns]
    connection.execute(insert.on_conflict_do_update(index_elements=key_names, set_=sums), rows)
