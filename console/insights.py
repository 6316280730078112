"""What people need: plots and tables of counts, their files, and topics that nobody planned."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from threading import Lock

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from bot.catalogue import Catalogue
from bot.messages import Channel
from console import needs as asked
from console import running
from console.app import viewer
from console.export import MIMETYPES, WRITERS
from console.new_topics import NewTopic, find_topics
from console.periods import STRETCHES, USUAL, Stretch
from console.permissions import Permission, needs
from console.sections import Counts, Names, Section
from console.suppression import publish
from console.tabling import Table, exported, is_number, shown
from console.words import gettext
from stores.audit import SqlAudit
from stores.counts import day_of, roll_up
from stores.insights import (
    Wanted,
    count_failures,
    count_help,
    count_intents,
    count_outcomes,
    count_sms,
    count_times,
    read_unanswered,
)

SECTIONS: tuple[Callable[[Counts, Names], Section], ...] = (
    *(asked.topics, asked.locales, asked.channels, asked.departments, asked.helpful, asked.unanswered),
    *(running.times, running.sms, running.failures, running.due),
)


MESSAGES_READ = 5_000
"""The newest unanswered ones, from which new topics are made."""
MESSAGES_AGE = timedelta(days=30)
TOPICS_KEPT = timedelta(minutes=10)


@dataclass(frozen=True)
class Choice:
    """What somebody asked to see."""

    stretch: str = USUAL
    locale: str | None = None
    channel: str | None = None
    department: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether not everything is counted."""
        return bool(self.locale or self.channel or self.department)

    def query(self) -> dict[str, str]:
        """Return it as the values of an address."""
        chosen = {"range": self.stretch, "locale": self.locale, "channel": self.channel, "department": self.department}
        return {name: value for name, value in chosen.items() if value}


def read_choice(values: Mapping[str, str], catalogue: Catalogue) -> Choice:
    """Return what an address asks for; values that we do not know are passed over."""

    def known(name: str, choices: Iterable[str]) -> str | None:
        value = values.get(name)
        return value if value in set(choices) else None

    return Choice(
        known("range", STRETCHES) or USUAL,
        known("locale", catalogue.locales),
        known("channel", [channel.value for channel in Channel]),
        known("department", [name for names in departments(catalogue) for name in names]),
    )


def departments(catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """Return the departments of Guatemala, and the states of other countries, that places are in."""
    found = {(place.country == "GT", place.department) for place in catalogue.places.values() if place.department}
    inside = sorted(name for is_here, name in found if is_here)
    return inside, sorted(name for is_here, name in found if not is_here and name not in inside)


def create_insights(
    engine: Engine,
    catalogue: Callable[[], Catalogue],
    now: Callable[[], datetime],
    audit: SqlAudit,
    sms_price_usd: Decimal,
) -> Blueprint:
    """Return the blueprint of /insights. `sms_price_usd` is what a segment is assumed to cost."""
    insights = Blueprint("insights", __name__, url_prefix="/insights")
    kept = KeptTopics(engine, now)

    def sections(choice: Choice) -> list[Section]:
        today, names = day_of(now()), Names(catalogue())
        counts = read_counts(engine, choice, today, sms_price_usd)
        return [make(counts, names) for make in SECTIONS]

    @insights.get("", strict_slashes=False)
    @needs(Permission.READ)
    def show() -> ResponseReturnValue:
        choice = read_choice(request.args, catalogue())
        progress = roll_up(engine, now())
        today = day_of(now())
        stretch = STRETCHES[choice.stretch]
        return render_template(
            "console/insights.html",
            choice=choice,
            sections=sections(choice),
            is_behind=progress.is_behind,
            first=stretch.start(today),
            last=today,
            stretches=STRETCHES,
            locales={tag: words.name for tag, words in catalogue().locales.items()},
            channels=asked.CHANNELS,
            departments=departments(catalogue()),
            shown=shown,
            is_number=is_number,
            formats=tuple(WRITERS),
        )

    @insights.get("/new-topics")
    @needs(Permission.READ)
    def new_topics() -> ResponseReturnValue:
        topics, made = kept.read()
        return render_template("console/new_topics.html", topics=topics, made=made, publish=publish, shown=shown)

    @insights.get("/export/<name>.<kind>")
    @needs(Permission.READ)
    def export(name: str, kind: str) -> ResponseReturnValue:
        choice = read_choice(request.args, catalogue())
        roll_up(engine, now())
        tables = {table.name: table for section in sections(choice) for table in section.tables}
        if name == "new_topics":
            tables = {name: topics_table(kept.read()[0])}
        if name not in tables or kind not in WRITERS:
            abort(HTTPStatus.NOT_FOUND)
        detail = " ".join((kind, *(f"{key}={value}" for key, value in choice.query().items())))
        audit.record(viewer(), "export.counts", name, detail)
        return _file(tables[name], kind)

    return insights


def read_counts(engine: Engine, choice: Choice, today: date, sms_price_usd: Decimal) -> Counts:
    """Read all that the sections need."""
    stretch: Stretch = STRETCHES[choice.stretch]
    start = stretch.start(today)
    wanted = Wanted(stretch.grain, start, choice.locale, choice.channel, choice.department)
    return Counts(
        stretch.grain,
        stretch.steps(today),
        today,
        intents=count_intents(engine, wanted),
        outcomes=count_outcomes(engine, wanted),
        sms=count_sms(engine, wanted),
        times=count_times(engine, wanted),
        help=count_help(engine, start),
        failures=count_failures(engine, start),
        is_filtered=choice.is_filtered,
        sms_price_usd=sms_price_usd,
    )


class KeptTopics:
    """New topics, found when somebody asks and kept for some minutes: finding them takes a while."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._lock = Lock()
        self._topics: tuple[NewTopic, ...] = ()
        self._made: datetime | None = None

    def read(self) -> tuple[tuple[NewTopic, ...], datetime]:
        """Return the topics and when they were found."""
        with self._lock:
            now = self._now()
            if self._made is None or now - self._made > TOPICS_KEPT:
                messages = read_unanswered(self._engine, now - MESSAGES_AGE, limit=MESSAGES_READ)
                self._topics, self._made = find_topics(messages), now
            return self._topics, self._made


def topics_table(topics: Iterable[NewTopic]) -> Table:
    """Return the new topics as a table."""
    columns = (gettext("Palabras"), gettext("Mensajes"), gettext("Personas"), gettext("Ejemplo"))
    rows = [
        (", ".join(topic.words), publish(topic.messages), publish(topic.people), topic.example or "")
        for topic in topics
    ]
    return Table("new_topics", gettext("Temas nuevos"), columns, rows)


def _file(table: Table, kind: str) -> Response:
    write, mimetype = WRITERS[kind], MIMETYPES[kind]
    response = Response(write(table.columns, [list(map(exported, row)) for row in table.rows]), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=f"rumbo-{table.name}.{kind}")
    return response
