"""The page of needs: what it shows, what it hides, and what leaves it as a file."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count, islice

import pytest
from flask import Flask
from sqlalchemy import Engine, insert

from bot.catalogue import Catalogue
from bot.interpretation import Source
from bot.messages import Channel, MessageKind
from bot.turns import Outcome, Turn
from console.insights import TOPICS_KEPT
from console.permissions import Role
from console.running import due
from console.sections import Counts, Names
from stores.audit import SqlAudit
from stores.counts import roll_up_all
from stores.database import writing
from stores.deliveries import SqlDeliveries
from stores.rows import turn_row
from stores.tables import feedback, turns
from stores.tombstones import empty_turns
from tests.console.conftest import START, Clock, Visitor

LogIn = Callable[[Role], Visitor]
Ask = Callable[..., None]

AT = START - timedelta(hours=2)
TABLES = (
    *("topics", "questions", "locales", "channels", "departments", "helpful", "unanswered", "new_topics"),
    *("times", "times_by_channel", "sms", "failures", "failures_by_date"),
)
STYLED = re.compile(r"<(script|style)\b|\sstyle=|\son\w+=")


@pytest.fixture
def ask(engine: Engine) -> Ask:
    """A function that puts so many turns alike in the log, each of a person of their own."""
    numbers = count(1)

    def ask(number: int, **changes: object) -> None:
        rows = []
        for seq in islice(numbers, number):
            fields: dict[str, object] = {
                "id": f"SM{seq}",
                "sender": f"{seq:08x}",
                "channel": Channel.WHATSAPP,
                "at": AT,
                "locale": "es",
                "kind": MessageKind.TEXT,
                "text": "pasaporte",
                "outcome": Outcome.ANSWERED,
                "texts": ("Cita gratis.",),
                "intent": "passport",
                "source": Source.MODEL,
                "took_ms": 90,
            }
            turn = Turn(**(fields | changes))  # type: ignore[arg-type]  # fields by name, as in tests/stores
            rows.append(turn_row(turn) | {"seq": seq})
        with writing(engine) as connection:
            connection.execute(insert(turns), rows)

    return ask


@pytest.fixture
def visitor(log_in: LogIn) -> Visitor:
    """Somebody who may only read."""
    return log_in(Role.VIEWER)


def rows(visitor: Visitor, table: str, query: str = "") -> list[list[str]]:
    """Return the rows of a table as its CSV has them, without the names of its columns."""
    response = visitor.get(f"/insights/export/{table}.csv{query}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))[1:]


def section(page: str, id_: str) -> str:
    """Return a section of the page without its tags."""
    found = re.search(rf'<h2 id="{id_}">.*?</section>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_page_says_what_is_asked_most(visitor: Visitor, ask: Ask) -> None:
    ask(1204)
    ask(12, intent="shelter", locale="mam", department="Petén")
    page = visitor.get("/insights").text
    assert "Lo más preguntado: Pasaporte (1,205)." in section(page, "topics")
    assert "Petén (10)" in section(page, "departments")
    assert "En idiomas mayas llega 1" in section(page, "locales")
    assert "tardó a lo sumo 100 ms" in section(page, "times")


def test_an_empty_line_has_a_page_too(visitor: Visitor) -> None:
    for stretch in ("7", "30", "90", "365"):
        page = visitor.get(f"/insights?range={stretch}")
        assert page.status_code == 200
        assert "Todavía no hay preguntas" in page.text
        assert "<svg" not in page.text


@pytest.mark.parametrize("stretch", ["7", "30", "90", "365"])
def test_every_drawing_and_table_is_there_for_every_stretch(
    visitor: Visitor, ask: Ask, engine: Engine, stretch: str
) -> None:
    ask(9)
    ask(9, outcome=Outcome.UNKNOWN, intent=None, text="cuando pagan el bono")
    ask(9, channel=Channel.SMS, segments=2)
    for number in range(6):
        SqlDeliveries(engine, lambda: AT).advance(f"SM{number}", "failed", "30003")
    response = visitor.get(f"/insights?range={stretch}")
    assert response.status_code == 200
    assert response.text.count("<svg") >= 6
    assert response.text.count('role="img" aria-label="') == response.text.count("<svg")
    for table in TABLES:
        rows(visitor, table, f"?range={stretch}")


def test_counts_under_five_are_nowhere_and_totals_do_not_tell_them(visitor: Visitor, ask: Ask) -> None:
    ask(20)
    ask(3, locale="mam", intent="gender_violence", channel=Channel.SMS, department="Petén", segments=1, took_ms=9000)
    assert rows(visitor, "locales") == [["Español", "20"], ["Mam", "<5"]]
    assert rows(visitor, "questions")[1][-1] == "<5"
    assert rows(visitor, "departments") == [["No se sabe", "20"], ["Petén", "<5"]]
    assert rows(visitor, "unanswered")[1] == ["Mam", "<5", "0", "", "0", ""]
    assert [row[1:] for row in rows(visitor, "sms") if row[1] != "0"] == [["<5", "", ""]]
    assert rows(visitor, "times")[-1] == ["más de 5 s", "<5"]
    shown = visitor.get("/insights").text
    numbers = set(re.findall(r">(\d[\d,]*)<", shown))
    assert {number for number in numbers if int(number.replace(",", "")) % 5} == set()


def test_a_share_of_few_is_not_shown(visitor: Visitor, ask: Ask) -> None:
    ask(20)
    ask(20, outcome=Outcome.UNKNOWN, intent=None)
    ask(4, locale="mam", outcome=Outcome.UNKNOWN, intent=None)
    assert [row[3] for row in rows(visitor, "unanswered")] == ["0.5", ""]


def test_filters_narrow_the_counts_and_unknown_values_are_passed_over(visitor: Visitor, ask: Ask) -> None:
    ask(10)
    ask(30, locale="mam", department="Petén")
    ask(15, channel=Channel.SMS)
    assert rows(visitor, "locales", "?locale=mam&department=Pet%C3%A9n&channel=whatsapp") == [["Mam", "30"]]
    assert rows(visitor, "channels", "?locale=es") == [["SMS", "15"], ["WhatsApp", "10"]]
    odd = "?range=%00&locale='OR 1=1&channel[]=x&department=<script>alert(1)</script>&page=-1"
    page = visitor.get(f"/insights{odd}")
    assert page.status_code == 200
    assert "alert(1)" not in page.text
    assert rows(visitor, "locales", odd) == [["Mam", "30"], ["Español", "25"]]


def test_days_out_of_the_stretch_are_left_out(visitor: Visitor, ask: Ask) -> None:
    ask(10)
    ask(20, at=AT - timedelta(days=10))
    assert rows(visitor, "channels", "?range=7") == [["WhatsApp", "10"]]
    for stretch in ("30", "90", "365"):
        assert rows(visitor, "channels", f"?range={stretch}") == [["WhatsApp", "30"]]


def test_counts_outlive_the_texts(visitor: Visitor, ask: Ask, engine: Engine) -> None:
    ask(10, at=AT - timedelta(days=20))
    roll_up_all(engine, START)
    with writing(engine) as connection:
        empty_turns(connection, turns.c.at < START, START)
    assert rows(visitor, "channels") == [["WhatsApp", "10"]]


def test_what_helped_is_shown_by_answer(visitor: Visitor, engine: Engine) -> None:
    said = [("passport", number < 8) for number in range(20)] + [("shelter", True)] * 3
    with writing(engine) as connection:
        for number, (answer, helped) in enumerate(said):
            row = {"turn_id": f"SM{number}", "sender": "ana", "answer": answer, "helped": helped, "at": AT}
            connection.execute(insert(feedback), row)
    assert rows(visitor, "helpful") == [["Pasaporte", "20", "0.5"], ["Dónde dormir", "<5", ""]]
    assert "Pasaporte, 50" in section(visitor.get("/insights").text, "helpful")


def test_segments_and_their_cost_are_shown_where_enough_people_wrote(visitor: Visitor, ask: Ask) -> None:
    ask(10, channel=Channel.SMS, segments=3)
    assert "30 segmentos: unos USD1.50" in section(visitor.get("/insights").text, "sms").replace("\xa0", "")
    day = (AT - timedelta(hours=6)).date().isoformat()
    assert [row for row in rows(visitor, "sms") if row[1] != "0"] == [[day, "10", "30", "1.50"]]


def test_failures_are_told_in_words(visitor: Visitor, engine: Engine) -> None:
    for number in range(7):
        SqlDeliveries(engine, lambda: AT).advance(f"SM{number}", "undelivered", "30003")
    SqlDeliveries(engine, lambda: AT).advance("SM-odd", "failed", "12345")
    assert rows(visitor, "failures") == [
        ["Apagado o fuera de alcance", "30003", "5"],
        ["Código 12345", "12345", "<5"],
    ]


@pytest.mark.parametrize(("days", "is_due"), [(-15, False), (-14, True), (0, True), (1, True)])
def test_facts_are_due_from_two_weeks_before_their_day(
    console: Flask, catalogue: Catalogue, days: int, is_due: bool
) -> None:
    first = min((fact for fact in catalogue.facts.values()), key=lambda fact: fact.validity.review_by)
    today = first.validity.review_by + timedelta(days=days)
    counts = Counts("day", [today], today, (), (), (), (), (), (), is_filtered=False, sms_price_usd=Decimal(0))
    with console.test_request_context():
        section = due(counts, Names(catalogue))
    assert bool(section.tables) is is_due
    assert ("Ningún dato" in section.sentence) is not is_due


def test_drawings_carry_no_style_and_no_script(visitor: Visitor, ask: Ask) -> None:
    ask(30)
    response = visitor.get("/insights")
    drawings = re.findall(r"<svg.*?</svg>", response.text, re.S)
    assert drawings
    assert not [drawing for drawing in drawings if STYLED.search(drawing)]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_every_file_that_leaves_is_audited_before(visitor: Visitor, engine: Engine, ask: Ask) -> None:
    ask(9)
    response = visitor.get("/insights/export/questions.xlsx?range=7&locale=es")
    assert response.headers["Content-Disposition"] == "attachment; filename=rumbo-questions.xlsx"
    (entry,) = SqlAudit(engine).page(action="export.counts")
    assert (entry.staff, entry.action, entry.subject, entry.detail) == (
        "viewer@example.org",
        "export.counts",
        "questions",
        "xlsx range=7 locale=es",
    )


@pytest.mark.parametrize("path", ["nothing.csv", "questions.exe", "questions", "..%2Fetc.csv"])
def test_files_that_are_not_there_are_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(f"/insights/export/{path}").status_code == 404


def test_new_topics_show_hostile_words_as_words(visitor: Visitor, ask: Ask) -> None:
    ask(6, outcome=Outcome.UNKNOWN, intent=None, text="=HYPERLINK(bono) <script>bono</script> \u202e")
    page = visitor.get("/insights/new-topics")
    assert "<script>bono" not in page.text
    assert "&lt;script&gt;bono" in page.text
    (row,) = rows(visitor, "new_topics")
    assert row[1:3] == ["5", "5"]
    assert row[3].startswith("'=HYPERLINK")


def test_new_topics_are_found_anew_after_some_minutes(visitor: Visitor, ask: Ask, clock: Clock) -> None:
    nothing = "Todavía no hay nada"
    assert nothing in visitor.get("/insights/new-topics").text
    ask(6, outcome=Outcome.UNKNOWN, intent=None, text="precio del dolar")
    assert nothing in visitor.get("/insights/new-topics").text
    clock.move(seconds=TOPICS_KEPT.total_seconds() + 1)
    assert "dolar" in visitor.get("/insights/new-topics").text


def test_who_reads_english_reads_numbers_the_english_way(visitor: Visitor, ask: Ask) -> None:
    ask(1204)
    visitor.send("/language", {"language": "en"}, page="/insights")
    assert "1,205" in visitor.get("/insights").text
