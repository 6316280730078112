"""The list of conversations, one conversation, and what staff do with it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Engine

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import Channel, MessageKind
from bot.turns import Contact, Outcome, Turn
from console.permissions import Role
from stores.audit import AuditEntry, SqlAudit
from stores.notes import MAX_TAGS, SqlNotes
from stores.turns import SqlTurnLog
from tests.console.conftest import START, Visitor

LogIn = Callable[[Role], Visitor]
Say = Callable[..., None]
ANA = "7f3a09c2" * 4
PAGE = f"/conversations/{ANA}"
PHONE = "5555-1234"


@pytest.fixture
def say(engine: Engine) -> Say:
    """A function that records one more turn of Ana's, a minute after the last one."""
    log, numbers = SqlTurnLog(engine), count(1)

    def say(text: str, **changes: object) -> None:
        number = next(numbers)
        fields: dict[str, object] = {
            "id": f"SM{number}",
            "sender": ANA,
            "channel": Channel.SMS,
            "at": START - timedelta(days=1) + timedelta(minutes=number),
            "locale": "es",
            "kind": MessageKind.TEXT,
            "text": text,
            "outcome": Outcome.ANSWERED,
            "texts": ("Llame al 2410-0000.",),
            "intent": "passport",
            "confidence": 0.8125,
            "source": Source.LIGHT,
            "answer": "passport",
            "facts": ("police", "gone"),
            "entities": (Entity(EntityKind.PLACE, "gt-13", "huehue"),),
            "candidates": (("passport", 0.8125), ("national_id", 0.1)),
            "department": "Huehuetenango",
            "segments": 2,
            "took_ms": 84,
        }
        turn = Turn(**(fields | changes))  # type: ignore[arg-type]  # fields by name, checked by the tests themselves
        log.record(turn, Contact(turn.sender, turn.locale, turn.at))

    return say


def entries(engine: Engine) -> list[AuditEntry]:
    """Return what the audit says, oldest first, but for the way in."""
    rows = SqlAudit(engine).page()[::-1]
    return [row for row in rows if row.staff.endswith("example.org") and not row.action.startswith("login")]


def test_the_list_shows_masked_messages_under_the_name_of_a_pseudonym(log_in: LogIn, say: Say) -> None:
    say(f"me llamo Ana Caal, mi cel es {PHONE}")
    page = log_in(Role.VIEWER).get("/conversations").text
    assert "Persona 7F3A" in page
    assert "me llamo [nombre], mi cel es [teléfono]" in page
    assert PHONE not in page
    assert "Ana Caal" not in page


def test_messages_of_a_person_that_follow_each_other_stand_together(log_in: LogIn, say: Say) -> None:
    for sender in (ANA, ANA, "b" * 32, ANA):
        say("pasaporte", sender=sender)
    page = log_in(Role.VIEWER).get("/conversations").text
    assert re.findall(r"Persona \w{4}", page) == ["Persona 7F3A", "Persona BBBB", "Persona 7F3A"]


def test_words_are_found_without_accents_and_filters_narrow_the_list(log_in: LogIn, say: Say) -> None:
    say("quiero mi pasaporte", locale="quc")
    say("¿dónde está el albergue?", intent="shelter")
    visitor = log_in(Role.VIEWER)
    assert "albergue" in visitor.get("/conversations?q=dónde").text
    assert "pasaporte" not in visitor.get("/conversations?q=donde").text
    assert "quiero mi pasaporte" in visitor.get("/conversations?locale=quc&channel=sms&confidence=fair").text
    assert "quiero mi pasaporte" not in visitor.get("/conversations?channel=whatsapp").text
    day = (START - timedelta(days=1)).date().isoformat()
    assert "albergue" in visitor.get(f"/conversations?from={day}&to={day}&degraded=1&outcome=answered").text


@pytest.mark.parametrize("query", ["5555 1234", "55551", "ana@example.org", "me llamo Ana Caal"])
def test_nobody_is_looked_for_by_personal_data(log_in: LogIn, say: Say, query: str) -> None:
    say(f"{query} pasaporte")
    page = log_in(Role.REVIEWER).get(f"/conversations?q={query}").text
    assert "No se buscó" in page
    assert "Persona 7F3A" not in page


@pytest.mark.parametrize(
    "query",
    [
        *("before=x", "before=-1", f"after={'9' * 40}", "before=0", "after=99999999", "from=1-2-3&to=9999-12-31"),
        *("channel=fax", "confidence=0", "outcome=won", "feedback=maybe", "state=x", "locale=%00", "intent='--"),
        *("tag=%25", "q=%00%F0"),
    ],
)
def test_nonsense_in_the_address_of_the_list_breaks_nothing(log_in: LogIn, say: Say, query: str) -> None:
    say("hola")
    assert log_in(Role.VIEWER).get(f"/conversations?{query}").status_code == 200


def test_pages_of_the_list_follow_each_other(log_in: LogIn, say: Say) -> None:
    for number in range(45):
        say(f"numero{number}")
    visitor = log_in(Role.VIEWER)
    first = visitor.get("/conversations?channel=sms").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = visitor.get(older[1].replace("&amp;", "&")).text
    assert ("numero4<" in second, "numero5<" in second, "numero44<" in second) == (True, False, False)
    newer = re.search(r'href="([^"]+)" rel="prev"', second)
    assert newer
    assert "numero44<" in visitor.get(newer[1].replace("&amp;", "&")).text


def test_a_conversation_tells_all_of_a_turn_and_is_audited(log_in: LogIn, say: Say, engine: Engine) -> None:
    say(f"mi cel es {PHONE}")
    page = log_in(Role.VIEWER).get(PAGE).text
    for shown in ("[teléfono]", "Llame al 2410-0000.", "Pasaporte", "81%", "10%", "Policía Nacional Civil", "gone"):
        assert shown in page.replace("\xa0", ""), shown
    for shown in ("Huehuetenango", "84 ms", "Sin el modelo", "SMS", "https://emisorasunidas.com/"):
        assert shown in page, shown
    assert PHONE not in page
    assert [(e.staff, e.action, e.subject) for e in entries(engine)] == [
        ("viewer@example.org", "conversation.view", ANA)
    ]


def test_a_conversation_opens_at_a_turn_and_goes_on_both_ways(log_in: LogIn, say: Say) -> None:
    for number in range(100):
        say(f"numero{number}")
    page = log_in(Role.VIEWER).get(f"{PAGE}?turn=50").text
    assert 'id="t50"' in page
    assert f'href="{PAGE}?before=21" rel="prev"' in page
    assert f'href="{PAGE}?after=60" rel="next"' in page


@pytest.mark.parametrize("path", ["b" * 32, "%00", "%F0%9F%A7%AD", f"{ANA}%27"])
def test_who_is_not_there_is_not_found(log_in: LogIn, say: Say, engine: Engine, path: str) -> None:
    say("hola")
    visitor = log_in(Role.REVIEWER)
    assert visitor.get(f"/conversations/{path}").status_code == 404
    assert visitor.send(f"/conversations/{path}/state", {"change": "flag"}, page=PAGE).status_code == 404
    assert SqlNotes(engine, lambda: START).noted([path]) == {}


def test_personal_data_is_uncovered_once_for_a_reason_that_is_kept(log_in: LogIn, say: Say, engine: Engine) -> None:
    say(f"mi cel es {PHONE}")
    visitor = log_in(Role.REVIEWER)
    response = visitor.send(f"{PAGE}/uncover", {"reason": f"pidió que le llamen al {PHONE}"}, page=PAGE)
    assert response.status_code == 200
    assert PHONE in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert PHONE not in visitor.get(PAGE).text
    seen = [(entry.action, entry.subject, entry.detail) for entry in entries(engine)]
    assert ("conversation.uncover", ANA, "pidió que le llamen al [teléfono]") in seen


def test_nothing_is_uncovered_without_a_reason_or_the_right_to(log_in: LogIn, say: Say, engine: Engine) -> None:
    say(f"mi cel es {PHONE}")
    response = log_in(Role.REVIEWER).send(f"{PAGE}/uncover", {"reason": "porque sí"}, page=PAGE)
    assert response.status_code == 303
    viewer = log_in(Role.VIEWER)
    assert viewer.send(f"{PAGE}/uncover", {"reason": "quiero saber quién es"}, page=PAGE).status_code == 403
    assert "conversation.uncover" not in {entry.action for entry in entries(engine)}


def test_staff_flag_finish_assign_tag_and_note(log_in: LogIn, say: Say, engine: Engine) -> None:
    say("hola")
    visitor = log_in(Role.REVIEWER)
    forms: list[tuple[str, dict[str, object]]] = [
        ("state", {"change": "flag"}),
        ("state", {"change": "done"}),
        ("assign", {"assignee": "reviewer@example.org"}),
        ("tags", {"tag": "  Niñez   SOLA "}),
        ("tags", {"tag": "otra"}),
        ("tags", {"drop": "otra"}),
        ("notes", {"note": f"volver a llamar al {PHONE}"}),
    ]
    for path, form in forms:
        assert visitor.send(f"{PAGE}/{path}", form, page=PAGE).status_code == 303
    page = visitor.get(PAGE).text
    for shown in ("Con bandera", "Hecho", "<option selected>reviewer@example.org", "niñez sola", "[teléfono]"):
        assert shown in page, shown
    assert PHONE not in page
    assert "otra" not in SqlNotes(engine, lambda: START).used_tags()
    assert "Persona 7F3A" in visitor.get("/conversations?mine=1&state=done&flagged=1&tag=niñez+sola").text
    changes = [entry.action.removeprefix("conversation.") for entry in entries(engine) if "view" not in entry.action]
    assert changes == ["flag", "done", "assign", "tag", "tag", "untag", "note"]


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("state", {"change": "explode"}, 400),
        ("assign", {"assignee": "nobody@example.org"}, 400),
        ("tags", {"tag": "x" * 25}, 303),
        ("tags", {"tag": "5555 1234"}, 303),
        ("tags", {"tag": " "}, 303),
        ("notes", {"note": " "}, 303),
    ],
)
def test_what_makes_no_sense_is_not_noted(
    log_in: LogIn, say: Say, engine: Engine, path: str, form: dict[str, object], code: int
) -> None:
    say("hola")
    assert log_in(Role.REVIEWER).send(f"{PAGE}/{path}", form, page=PAGE).status_code == code
    assert SqlNotes(engine, lambda: START).noted([ANA]) == {}


def test_a_tag_too_many_is_refused(log_in: LogIn, say: Say, engine: Engine) -> None:
    say("hola")
    for number in range(MAX_TAGS):
        SqlNotes(engine, lambda: START).add_tag(ANA, f"tag {number}")
    visitor = log_in(Role.REVIEWER)
    visitor.send(f"{PAGE}/tags", {"tag": "one more"}, page=PAGE)
    assert "Quite una antes" in visitor.get(PAGE).text


def test_who_only_reads_changes_and_exports_nothing(log_in: LogIn, say: Say) -> None:
    say("hola")
    visitor = log_in(Role.VIEWER)
    for path in ("state", "assign", "tags", "notes"):
        assert visitor.send(f"{PAGE}/{path}", {"change": "flag"}, page=PAGE).status_code == 403
    assert visitor.send("/conversations/export", {"format": "csv"}, page="/conversations").status_code == 403
    assert "<textarea" not in visitor.get(PAGE).text


HOSTILE = ("<script>alert(1)</script>", '=HYPERLINK("https://example.org")', "\u202egnp.exe", "{{ 7 * 7 }}", '" onx="')


def test_hostile_texts_are_shown_as_text(log_in: LogIn, say: Say) -> None:
    for text in HOSTILE:
        say(text, texts=(text,), intent=text, locale=text, answer=text, facts=(text,), department=text)
    visitor = log_in(Role.REVIEWER)
    for path in ("/conversations", PAGE):
        page = visitor.get(path).text
        assert "<script>alert" not in page
        assert '" onx="' not in page
        assert "{{ 7 * 7 }}" in page
    assert "<bdi>\u202egnp.exe</bdi>" in visitor.get("/conversations").text


def test_an_export_holds_the_present_list_masked_and_harmless(log_in: LogIn, say: Say, engine: Engine) -> None:
    for text in (*HOSTILE, f"mi cel es {PHONE}"):
        say(text)
    say("otro", locale="quc")
    visitor = log_in(Role.REVIEWER)
    response = visitor.send("/conversations/export", {"format": "csv", "locale": "es"}, page="/conversations")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert [row[4] for row in rows[1:3]] == ["mi cel es [teléfono]", '" onx="']
    assert [row[4] for row in rows if "HYPERLINK" in row[4]] == ['\'=HYPERLINK("https://example.org")']
    assert (len(rows), rows[1][0], rows[1][2]) == (7, "Persona 7F3A", "SMS")
    assert [(entry.action, entry.detail) for entry in entries(engine)] == [("export.turns", "6 csv")]
    book = visitor.send("/conversations/export", {"format": "xlsx"}, page="/conversations")
    assert book.data.startswith(b"PK")
    assert visitor.send("/conversations/export", {"format": "exe"}, page="/conversations").status_code == 400
