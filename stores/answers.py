"""How often each answer was sent, and how often people said that it helped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, case, func, select

from bot.turns import Outcome
from stores.database import reading
from stores.tables import daily_counts, feedback

SENT = (Outcome.ANSWERED, Outcome.HANDOFF)
"""Outcomes of a turn whose reply is the answer to its intent."""


@dataclass(frozen=True)
class Use:
    """What became of an answer in some time."""

    sent: int = 0
    opinions: int = 0
    helped: int = 0


def uses_since(engine: Engine, since: datetime) -> Mapping[str, Use]:
    """Return the use of each answer by its name; raise StoreUnavailable."""
    sent = (
        select(daily_counts.c.intent, func.sum(daily_counts.c.turns))
        .where(daily_counts.c.day >= since.date(), daily_counts.c.outcome.in_(SENT))
        .group_by(daily_counts.c.intent)
    )
    helped = func.sum(case((feedback.c.helped, 1), else_=0))
    said = (
        select(feedback.c.answer, func.count(), helped)
        .where(feedback.c.at >= since, feedback.c.answer.is_not(None))
        .group_by(feedback.c.answer)
    )
    with reading(engine) as connection:
        times = {intent: int(count) for intent, count in connection.execute(sent)}
        opinions = {answer: (int(count), int(yes)) for answer, count, yes in connection.execute(said)}
    return {name: Use(times.get(name, 0), *opinions.get(name, (0, 0))) for name in {*times, *opinions}}
