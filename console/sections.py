"""A section of the page of needs: what stands on top, its drawings and its tables; and what all sections share."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import LazyString, lazy_gettext
from markupsafe import Markup

from bot.catalogue import Catalogue
from console.periods import step_of
from console.plots import Bar, draw_bars, draw_columns
from console.suppression import drawn, publish
from console.tabling import Cell, Period, Table, period_words, shown
from console.words import gettext
from stores.insights import FailureCount, HelpCount, IntentCount, OutcomeCount, SmsCount, TimeCount

SHOWN_OVER_TIME = 8
"""Drawings over time in one section; what is less is added up in one more."""

BARS = 12
"""Bars of a drawing; its table has all."""

SMALL_WIDTH = 300

TOPICS: Mapping[str, LazyString] = {
    "aid": lazy_gettext("Ayuda, salud y albergues"),
    "conversation": lazy_gettext("Saludos y uso de la línea"),
    "danger": lazy_gettext("Peligro y violencia"),
    "documents": lazy_gettext("Documentos y viajes"),
    "family": lazy_gettext("Familia"),
    "work": lazy_gettext("Trabajo y regreso"),
}
"""The files of answers, in words."""


@dataclass(frozen=True)
class Plot:
    """A drawing, made when the page is; `caption` tells several of one section apart."""

    draw: Callable[[], Markup]
    caption: str | None = None


@dataclass(frozen=True)
class Section:
    """What is shown of one question. `sentence` says what it is and what is most notable in it."""

    id: str
    title: str
    sentence: str
    plots: Sequence[Plot] = ()
    tables: Sequence[Table] = ()
    note: str | None = None
    link: tuple[str, str] | None = None
    """An address and its words."""


@dataclass(frozen=True)
class Counts:
    """All that the sections are made from."""

    grain: str
    steps: Sequence[date]
    today: date
    intents: Sequence[IntentCount]
    outcomes: Sequence[OutcomeCount]
    sms: Sequence[SmsCount]
    times: Sequence[TimeCount]
    help: Sequence[HelpCount]
    failures: Sequence[FailureCount]
    is_filtered: bool
    sms_price_usd: Decimal


@dataclass(frozen=True)
class Names:
    """What things are called."""

    catalogue: Catalogue

    def intent(self, intent: str) -> str:
        """Return the title of an intent's answer, or the intent."""
        answer = self.catalogue.answer(intent, self.catalogue.default_locale)
        return answer.title if answer else intent or gettext("Sin tema")

    def topic(self, intent: str) -> str:
        """Return the topic of an intent, "" where it has none."""
        answer = self.catalogue.answer(intent, self.catalogue.default_locale)
        return answer.topic if answer else ""

    def locale(self, tag: str) -> str:
        """Return what speakers call their language."""
        words = self.catalogue.locales.get(tag)
        return words.name if words else tag or gettext("No se sabe")


def topic_words(topic: str) -> str:
    """Return a topic in words."""
    return str(TOPICS.get(topic, topic)) or gettext("Sin tema: menús, órdenes y lo que no se entendió")


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the largest first by what is shown of them; among equals by name, so that order tells no more."""
    return sorted(counts.items(), key=lambda item: (-drawn(item[1]), item[0]))


def count_bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return a bar for each name and count."""
    return [Bar(name, drawn(count), shown(publish(count))) for name, count in counts]


def bars_plot(label: str, bars: Sequence[Bar], caption: str | None = None) -> Sequence[Plot]:
    """Return the drawing of the first bars; nothing where all are empty."""
    few = bars[:BARS]
    return (Plot(lambda: draw_bars(label, few), caption),) if any(bar.length for bar in few) else ()


Steps = Mapping[tuple[date, str], int]
"""Counts by step of time and kind."""


def by_step(counts: Sequence[tuple[date, str, int]], grain: str) -> Counter[tuple[date, str]]:
    """Add up counts of days by the step they are in."""
    added: Counter[tuple[date, str]] = Counter()
    for day, kind, count in counts:
        added[(step_of(day, grain), kind)] += count
    return added


def totals(steps: Steps) -> Counter[str]:
    """Return the count of each kind over all steps."""
    added: Counter[str] = Counter()
    for (_, kind), count in steps.items():
        added[kind] += count
    return added


def plots_over_time(
    counts: Counts, steps: Steps, words: Callable[[str], str], kinds: Sequence[str], limit: int = SHOWN_OVER_TIME
) -> Sequence[Plot]:
    """Return a small drawing for each of the largest kinds and one for the rest, all to the same scale."""
    rows = {words(kind): [steps.get((day, kind), 0) for day in counts.steps] for kind in kinds[:limit]}
    rest = [sum(steps.get((day, kind), 0) for kind in kinds[limit:]) for day in counts.steps]
    if any(rest):
        rows[gettext("Lo demás")] = rest
    top = max((drawn(count) for row in rows.values() for count in row), default=0)
    return [_small_plot(counts, name, row, top) for name, row in rows.items() if any(map(drawn, row))]


def _small_plot(counts: Counts, name: str, row: Sequence[int], top: int) -> Plot:
    bars = count_bars(list(zip(step_words(counts), row, strict=True)))
    caption = gettext("%(name)s: %(number)s", name=name, number=shown(publish(sum(row))))
    return Plot(lambda: draw_columns(caption, bars, top=top, width=SMALL_WIDTH), caption)


def step_words(counts: Counts) -> list[str]:
    """Return every step of time as an axis names it."""
    grain = "day" if counts.grain == "week" else counts.grain
    return [period_words(Period(day, grain)) for day in counts.steps]


def table_over_time(
    name: str, title: str, counts: Counts, steps: Steps, words: Callable[[str], str], kinds: Sequence[str]
) -> Table:
    """Return a row for each step of time, the newest first, and a column for each kind."""
    rows: list[Sequence[Cell]] = [
        (Period(day, counts.grain), *(publish(steps.get((day, kind), 0)) for kind in kinds))
        for day in reversed(counts.steps)
    ]
    return Table(name, title, (gettext("Fecha"), *map(words, kinds)), rows)
