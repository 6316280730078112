"""The privacy room: a person is found by a number that leaves no trace, handed what is held, and erased."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, select

from bot.messages import Channel, MessageKind
from bot.pseudonyms import pseudonym
from bot.turns import Contact, Outcome, Turn
from console.app import ConsoleParts
from console.permissions import Role
from console.person_copy import TABLES
from stores.database import reading
from stores.persons import PERSONAL
from stores.retention import Ages, rules
from stores.tables import audit
from stores.turns import SqlTurnLog
from tests.console.conftest import SENDER_KEY, START, Visitor

LogIn = Callable[[Role], Visitor]

NUMBER = "+50255501234"
ANA = pseudonym(NUMBER, SENDER_KEY)
PERSON = f"/privacy/person/{ANA}"
HOSTILE = "<script>alert(1)</script> =HYPERLINK(1) \u202egnp.exe"


@pytest.fixture
def ana(engine: Engine) -> str:
    """A person who wrote something hostile, and sent a photo."""
    log = SqlTurnLog(engine)
    for id_, kind in (("SM1", MessageKind.TEXT), ("MM2", MessageKind.MEDIA)):
        turn = Turn(id_, ANA, Channel.WHATSAPP, START, "es", kind, HOSTILE, Outcome.ANSWERED, ("Buenos días",))
        log.record(turn, Contact(ANA, "es", START))
    return ANA


def acts(engine: Engine) -> list[tuple[str, str | None]]:
    """Return what the audit says was done, and to whom."""
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(row.action, row.subject) for row in rows if row.action.startswith("person.")]


@pytest.mark.parametrize("written", ["5550 1234", "+502 5550-1234", "(00502) 5550.1234"])
def test_a_number_leads_to_its_person_however_it_is_written(
    log_in: LogIn, engine: Engine, ana: str, written: str
) -> None:
    response = log_in(Role.ADMIN).send("/privacy/find", {"number": written}, page="/privacy")
    assert urlsplit(response.headers["Location"]).path == PERSON
    assert acts(engine) == [("person.find", ana)]


@pytest.mark.parametrize("written", ["5550 9999", "555", "hola", "", "9" * 200])
def test_a_number_of_nobody_leads_back(log_in: LogIn, ana: str, written: str) -> None:
    response = log_in(Role.ADMIN).send("/privacy/find", {"number": written}, page="/privacy")
    assert (response.status_code, response.headers["Location"]) == (303, "/privacy")


def test_a_number_stands_in_no_page_no_address_and_no_row(
    log_in: LogIn, engine: Engine, parts: ConsoleParts, ana: str
) -> None:
    visitor = log_in(Role.ADMIN)
    response = visitor.send("/privacy/find", {"number": "5550 1234"}, page="/privacy")
    assert "5550" not in response.headers["Location"] + visitor.get(PERSON).text
    with reading(engine) as connection:
        assert not [row for row in connection.execute(select(audit)).all() if "5550" in str(row)]
    kept = [parts.redis.get(key) for key in parts.redis.scan_iter()]
    assert kept
    assert not [value for value in kept if "1234" in str(value)]


def test_the_page_counts_and_shows_no_word_of_the_person(log_in: LogIn, engine: Engine, ana: str) -> None:
    page = log_in(Role.ADMIN).get(PERSON).text
    assert "Mensajes y respuestas" in page
    assert "HYPERLINK" not in page
    assert acts(engine) == [("person.view", ana)]


def test_a_copy_holds_every_word_and_is_noted(log_in: LogIn, engine: Engine, ana: str) -> None:
    visitor = log_in(Role.ADMIN)
    machine, human = visitor.get(f"{PERSON}/export.json"), visitor.get(f"{PERSON}/export.txt")
    assert [turn["text"] for turn in json.loads(machine.text)["held"]["turns"]] == [HOSTILE, HOSTILE]
    assert f"Texto: \u2068{HOSTILE}\u2069" in human.text, "an override of direction ends with the text that holds it"
    assert human.content_type.startswith("text/plain")
    assert f'attachment; filename="persona-{ana[:4].upper()}-2026-11-24.txt"' == human.headers["Content-Disposition"]
    assert acts(engine) == [("person.export", ana)] * 2


def test_nothing_is_erased_without_the_letters_of_the_person(log_in: LogIn, engine: Engine, ana: str) -> None:
    visitor = log_in(Role.ADMIN)
    visitor.send(f"{PERSON}/erase", {"confirm": "BORRAR"}, page=PERSON)
    assert SqlTurnLog(engine).find_contact(ana) is not None
    visitor.send(f"{PERSON}/erase", {"confirm": ana[:4]}, page=PERSON)
    assert SqlTurnLog(engine).find_contact(ana) is None
    assert ("person.erase", ana) in acts(engine)
    assert "No se guarda nada de esta persona." in visitor.get(PERSON).text


def test_media_waits_for_an_account_and_the_page_says_so(log_in: LogIn, ana: str) -> None:
    visitor = log_in(Role.ADMIN)
    visitor.send(f"{PERSON}/erase", {"confirm": ana[:4]}, page=PERSON)
    page = visitor.get("/privacy").text
    assert "MM2" in page
    assert "TWILIO_ACCOUNT_SID" in page


def test_every_table_and_step_has_a_name_for_people() -> None:
    steps = {rule.name for rule in rules(Ages(), START)}
    assert {table.name for table in PERSONAL} | steps == set(TABLES)


@pytest.mark.parametrize("path", ["/privacy", PERSON, f"{PERSON}/export.json"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_admins_come_in(log_in: LogIn, path: str, role: Role) -> None:
    assert log_in(role).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/privacy/person/x", "/privacy/person/" + "G" * 32, f"{PERSON}/export.exe"])
def test_what_is_no_pseudonym_is_not_found(log_in: LogIn, path: str) -> None:
    assert log_in(Role.ADMIN).get(path).status_code == 404
