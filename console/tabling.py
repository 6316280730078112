"""The tables of a page: cells as values, how each is shown, and how it leaves in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import format_currency, format_date, format_decimal, format_percent

from console import export
from console.suppression import SMALL
from console.words import gettext

NOTHING = "–"


@dataclass(frozen=True)
class Share:
    """A part of a whole, 0 to 1; None where it must not be shown."""

    value: float | None


@dataclass(frozen=True)
class Period:
    """A day, or the first day of a week or a month."""

    day: date
    grain: str


Cell = str | int | Decimal | date | Share | Period | None
"""Text, a count, dollars, a day, a share, a step of time, or nothing to tell."""


@dataclass(frozen=True)
class Table:
    """Numbers with a name for addresses and a title for people. The first cell of a row names it."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def shown(cell: Cell) -> str:
    """Return a cell as people of the chosen language read it."""
    match cell:
        case None:
            return NOTHING
        case Period():
            return period_words(cell)
        case Share():
            return NOTHING if cell.value is None else str(format_percent(cell.value))
        case Decimal():
            return str(format_currency(cell, "USD"))
        case int():
            return str(format_decimal(cell))
        case date():
            return str(format_date(cell, "medium"))
    return cell


def is_number(cell: Cell) -> bool:
    """Whether a cell stands at the right of its column: numbers, and what stands for a hidden one."""
    return cell is None or cell == SMALL or isinstance(cell, int | Decimal | Share)


def exported(cell: Cell) -> export.Value:
    """Return a cell as a file holds it: numbers as numbers, a step of time by its first day."""
    match cell:
        case Period():
            return cell.day
        case Share():
            return cell.value
    return cell


def period_words(period: Period) -> str:
    """Return a step of time in words."""
    if period.grain == "month":
        return str(format_date(period.day, "MMM y"))
    day = str(format_date(period.day, "d MMM"))
    return gettext("semana del %(day)s", day=day) if period.grain == "week" else day
