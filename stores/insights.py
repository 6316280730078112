"""What the page of needs shows, read from the rolling counts and from what is kept of answers and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Connection, Engine, String, Table, case, cast, func, literal, select

from bot.messages import Channel
from stores.counts import GUATEMALA
from stores.database import reading
from stores.tables import (
    daily_counts,
    daily_times,
    deliveries,
    feedback,
    period_intents,
    period_outcomes,
    turns,
)

FAILED = ("undelivered", "failed")


@dataclass(frozen=True)
class Wanted:
    """Which counts: from a day on, in steps of `grain` (day, week, month); None is everything."""

    grain: str
    start: date
    locale: str | None = None
    channel: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class IntentCount:
    """Turns of an intent in a step of time; "" where there was none."""

    day: date
    intent: str
    turns: int


@dataclass(frozen=True)
class OutcomeCount:
    """Turns of a kind; "" where something is not known."""

    channel: str
    locale: str
    department: str
    outcome: str
    turns: int


@dataclass(frozen=True)
class SmsCount:
    """Turns by SMS in a step of time, and the segments that the replies cost."""

    day: date
    turns: int
    segments: int


@dataclass(frozen=True)
class TimeCount:
    """Replies on a channel that took at most `up_to_ms`; 0 is beyond the last bound."""

    channel: str
    up_to_ms: int
    turns: int


@dataclass(frozen=True)
class HelpCount:
    """How often people said that an answer helped, of how often they said anything."""

    answer: str
    helped: int
    said: int


@dataclass(frozen=True)
class FailureCount:
    """Messages of a day that did not arrive, by Twilio's code; "" where it gave none."""

    day: date
    code: str
    messages: int


@dataclass(frozen=True)
class Unanswered:
    """What somebody wrote and got no answer to."""

    sender: str
    text: str


def count_intents(engine: Engine, wanted: Wanted) -> list[IntentCount]:
    """Return turns by step of time and intent."""
    table = daily_counts if wanted.grain == "day" else period_intents
    keys = (table.c.day, table.c.intent)
    query = select(*keys, func.sum(table.c.turns)).where(*_conditions(table, wanted)).group_by(*keys)
    with reading(engine) as connection:
        return [IntentCount(*row) for row in connection.execute(query)]


def count_outcomes(engine: Engine, wanted: Wanted) -> list[OutcomeCount]:
    """Return turns by channel, locale, department and outcome."""
    table = daily_counts if wanted.grain == "day" else period_outcomes
    keys = (table.c.channel, table.c.locale, table.c.department, table.c.outcome)
    query = select(*keys, func.sum(table.c.turns)).where(*_conditions(table, wanted)).group_by(*keys)
    with reading(engine) as connection:
        return [OutcomeCount(*row) for row in connection.execute(query)]


def count_sms(engine: Engine, wanted: Wanted) -> list[SmsCount]:
    """Return turns by SMS and their segments by step of time."""
    table = daily_counts if wanted.grain == "day" else period_outcomes
    sums = (func.sum(table.c.turns), func.sum(table.c.segments))
    conditions = (*_conditions(table, wanted), table.c.channel == Channel.SMS.value)
    with reading(engine) as connection:
        query = select(table.c.day, *sums).where(*conditions).group_by(table.c.day)
        return [SmsCount(*row) for row in connection.execute(query)]


def _conditions(table: Table, wanted: Wanted) -> list[ColumnElement[bool]]:
    """A table by periods holds every period twice, once a grain."""
    named = {"locale": wanted.locale, "channel": wanted.channel, "department": wanted.department}
    grain = [] if table is daily_counts else [table.c.grain == wanted.grain]
    chosen = [table.c[name] == value for name, value in named.items() if value is not None]
    return [*grain, table.c.day >= wanted.start, *chosen]


def count_times(engine: Engine, wanted: Wanted) -> list[TimeCount]:
    """Return replies by channel and bucket of time; locale and department are not kept with them."""
    keys = (daily_times.c.channel, daily_times.c.up_to_ms)
    query = select(*keys, func.sum(daily_times.c.turns)).where(daily_times.c.day >= wanted.start).group_by(*keys)
    if wanted.channel is not None:
        query = query.where(daily_times.c.channel == wanted.channel)
    with reading(engine) as connection:
        return [TimeCount(*row) for row in connection.execute(query)]


def count_help(engine: Engine, start: date) -> list[HelpCount]:
    """Return what people said of each answer since a day, whoever they were."""
    helped = func.sum(case((feedback.c.helped, 1), else_=0))
    query = (
        select(feedback.c.answer, helped, func.count())
        .where(feedback.c.at >= _midnight(start), feedback.c.answer.is_not(None))
        .group_by(feedback.c.answer)
    )
    with reading(engine) as connection:
        return [HelpCount(*row) for row in connection.execute(query)]


def count_failures(engine: Engine, start: date) -> list[FailureCount]:
    """Return by day and code the messages since a day that never arrived."""
    code = func.coalesce(deliveries.c.error_code, "")
    with reading(engine) as connection:
        day = _local_day(connection, deliveries.c.updated_at)
        query = (
            select(day, code, func.count())
            .where(_has_failed(), deliveries.c.updated_at >= _midnight(start))
            .group_by(day, code)
        )
        return [FailureCount(date.fromisoformat(row[0]), *row[1:]) for row in connection.execute(query)]


def _has_failed() -> ColumnElement[bool]:
    """Spelt with literals, as in the partial index: SQLite does not look for it behind a parameter."""
    return deliveries.c.status.in_([literal(status, literal_execute=True) for status in FAILED])


def _local_day(connection: Connection, moment: ColumnElement[datetime]) -> ColumnElement[str]:
    if connection.dialect.name == "sqlite":
        return func.date(moment, "-6 hours")
    return cast(func.date(func.timezone("America/Guatemala", moment)), String)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), GUATEMALA)


def read_unanswered(engine: Engine, since: datetime, *, limit: int) -> Sequence[Unanswered]:
    """Return the newest messages that were not understood or not for us, the newest first."""
    conditions = (turns.c.outcome == "unknown", turns.c.intent == "out_of_scope")
    first = select(turns.c.seq).where(turns.c.at >= since).order_by(turns.c.at).limit(1)
    with reading(engine) as connection:
        # From a turn on and not from a moment on: an index holds kinds by turn.
        seq = connection.execute(first).scalar()
        if seq is None:
            return []
        found = {
            row.seq: Unanswered(row.sender, row.text)
            for condition in conditions
            for row in connection.execute(
                select(turns.c.seq, turns.c.sender, turns.c.text)
                .where(condition, turns.c.seq >= seq, turns.c.text.is_not(None))
                .order_by(turns.c.seq.desc())
                .limit(limit)
            )
        }
    return [found[seq] for seq in sorted(found, reverse=True)[:limit]]
