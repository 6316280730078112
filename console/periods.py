"""The stretches of time a page of counts can show, and their steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import LazyString, lazy_gettext

from stores.counts import month_of, week_of

MONTHS = 12
WEEKS = 13


@dataclass(frozen=True)
class Stretch:
    """A stretch of time up to today, of whole steps."""

    label: LazyString
    grain: str
    start: Callable[[date], date]
    """The first day, given today."""

    def steps(self, today: date) -> list[date]:
        """Return the first day of every step.

        >>> [day.month for day in STRETCHES["365"].steps(date(2026, 2, 28))]
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2]
        """
        first = self.start(today)
        days = (first + timedelta(days=number) for number in range((today - first).days + 1))
        return [day for day in days if step_of(day, self.grain) == day]


def step_of(day: date, grain: str) -> date:
    """Return the first day of the step that a day is in."""
    return {"day": day, "week": week_of(day), "month": month_of(day)}[grain]


def _a_year_of_months(today: date) -> date:
    is_december = today.month == MONTHS
    return date(today.year, 1, 1) if is_december else date(today.year - 1, today.month + 1, 1)


STRETCHES = {
    "7": Stretch(lazy_gettext("7 días"), "day", lambda today: today - timedelta(days=6)),
    "30": Stretch(lazy_gettext("30 días"), "day", lambda today: today - timedelta(days=29)),
    "90": Stretch(lazy_gettext("90 días"), "week", lambda today: week_of(today) - timedelta(weeks=WEEKS - 1)),
    "365": Stretch(lazy_gettext("12 meses"), "month", _a_year_of_months),
}
"""By their name in addresses."""

USUAL = "30"
