"""Judging turns in a browser without scripts: one press each, and the next one comes."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import Channel, MessageKind
from bot.reviews import Opinion, Verdict
from bot.turns import Contact, Outcome, Turn
from console.permissions import Role
from stores.database import reading
from stores.reviews import SqlReviews
from stores.tables import audit, reviews
from stores.turns import SqlTurnLog
from tests.console.conftest import START, Clock, Visitor

LogIn = Callable[[Role], Visitor]
Record = Callable[..., Turn]


@pytest.fixture
def record(engine: Engine) -> Record:
    """Record a turn that wants to be read."""

    def record(id: str, text: str = "kiero saver de mi tramite", **changes: object) -> Turn:
        fields: dict[str, object] = {
            "id": id,
            "sender": "7f3a09",
            "channel": Channel.SMS,
            "at": START,
            "locale": "es",
            "kind": MessageKind.TEXT,
            "text": text,
            "outcome": Outcome.ANSWERED,
            "texts": ("Esto es del pasaporte.",),
            "intent": "passport",
            "confidence": 0.41,
            "source": Source.MODEL,
            "candidates": (("passport", 0.41), ("national_id", 0.2), ("asylum", 0.1)),
        }
        turn = Turn(**(fields | changes))  # type: ignore[arg-type]  # fields by name, checked by the tests themselves
        SqlTurnLog(engine).record(turn, Contact(turn.sender, "es", START))
        return turn

    return record


@pytest.fixture
def reviewer(log_in: LogIn) -> Visitor:
    return log_in(Role.REVIEWER)


def kept(engine: Engine) -> list[dict[str, object]]:
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(reviews).order_by(reviews.c.id))]


@pytest.mark.parametrize(
    ("form", "verdict", "intent"),
    [
        ({"act": "right"}, "right", "passport"),
        ({"act": "wrong"}, "wrong", None),
        ({"act": "not_for_us"}, "not_for_us", "out_of_scope"),
        ({"pick": "passport"}, "right", "passport"),
        ({"pick": "asylum"}, "wrong", "asylum"),
        ({"act": "chosen", "topic": "dpi"}, "wrong", "national_id"),
    ],
    ids=["right", "wrong", "not-for-us", "first-candidate", "third-candidate", "other-topic"],
)
def test_one_press_keeps_an_opinion_without_the_persons_words_and_the_next_comes(
    reviewer: Visitor, record: Record, engine: Engine, form: dict[str, object], verdict: str, intent: str | None
) -> None:
    record("SM1"), record("SM2", "otro mensaje del todo")
    response = reviewer.send("/review/2", form)
    assert response.status_code == 303
    [row] = kept(engine)
    assert (row["turn_id"], row["verdict"], row["intent"], row["use"]) == ("SM2", verdict, intent, "none")
    assert row["utterance"] is None
    page = reviewer.get(response.headers["Location"]).text
    assert "kiero saver" in page
    assert "1 de 2 hoy" in page


def test_every_press_has_its_key(reviewer: Visitor, record: Record) -> None:
    record("SM1")
    assert set(re.findall(r'data-key="(.)"', reviewer.get("/review/").text)) == set("123rwnoteusj")


@pytest.mark.parametrize(("act", "use"), [("training", "training"), ("test", "test")])
def test_what_is_to_be_learnt_is_kept_scrubbed_as_the_reviewer_left_it(
    reviewer: Visitor, record: Record, engine: Engine, act: str, use: str
) -> None:
    record("SM1", "soy ana, mi cel 5555-1234 y kiero pasaporte")
    shown = re.search(r"<textarea[^>]*>([^<]*)</textarea>", reviewer.get("/review/").text)
    assert shown
    assert shown[1] == "soy ana, mi cel y kiero pasaporte"
    reviewer.send("/review/1", {"act": act, "topic": "", "utterance": "kiero  mi pasaporte ", "locale": "es"})
    [row] = kept(engine)
    assert (row["use"], row["utterance"], row["intent"], row["verdict"]) == (
        use,
        "kiero mi pasaporte",
        "passport",
        "right",
    )


REFUSED: dict[str, dict[str, object]] = {
    "número largo": {"act": "training", "utterance": "mi cel 55551234"},
    "arroba": {"act": "test", "utterance": "ana@example.org"},
    "corchetes": {"act": "training", "utterance": "[xela](place)"},
    "está vacío": {"act": "training", "utterance": " "},
    "Elija primero el tema": {"act": "chosen", "topic": ""},
    "tema no está en la lista": {"act": "chosen", "topic": "Autos"},
    "ya no existe": {"pick": "gone"},
    "no está entre los que la línea contesta": {"act": "right", "locale": "fr"},
    "Ese lugar, idioma o país": {"act": "right", "entity_kind": "place", "entity_value": "Xyz", "entity_text": "mi"},
    "país no está en la lista": {"act": "right", "entity_kind": "dog", "entity_value": "Xyz", "entity_text": "mi"},
    "Copie las palabras": {"act": "right", "entity_kind": "place", "entity_value": "Mixco", "entity_text": "no"},
}


def test_what_cannot_be_kept_is_told_and_nothing_is_lost(reviewer: Visitor, record: Record, engine: Engine) -> None:
    record("SM1")
    for said, form in REFUSED.items():
        typed = {"utterance": "lo que edité", **form}
        response = reviewer.send("/review/1", typed)
        assert response.status_code == 400
        assert said in response.text
        assert str(typed["utterance"]).strip() in response.text
    assert kept(engine) == []


def test_names_are_kept_by_their_canonical_value(reviewer: Visitor, record: Record, engine: Engine) -> None:
    record("SM1", "vivo en shela y hablo kiche", entities=(Entity(EntityKind.LANGUAGE, "quc", "kiche"),))
    form: dict[str, object] = {
        "act": "right",
        "entity_kind": ["language", "place", "country"],
        "entity_value": ["K'iche'", "quetzaltenango", ""],
        "entity_text": ["kiche", "shela", ""],
    }
    assert reviewer.send("/review/1", form).status_code == 303
    assert kept(engine)[0]["entities"] == [
        {"kind": "language", "value": "quc", "text": "kiche"},
        {"kind": "place", "value": "Quetzaltenango", "text": "shela"},
    ]


def test_an_unknown_turn_can_be_judged_but_needs_a_topic_to_be_learnt(
    reviewer: Visitor, record: Record, engine: Engine
) -> None:
    record("SM1", outcome=Outcome.UNKNOWN, intent=None, confidence=None, candidates=())
    refused = reviewer.send("/review/1", {"act": "training", "utterance": "algo"})
    assert refused.status_code == 400
    assert reviewer.send("/review/1", {"act": "right"}).status_code == 303
    assert kept(engine)[0]["verdict"] == "right"


def test_the_last_opinion_is_undone(reviewer: Visitor, record: Record, engine: Engine) -> None:
    record("SM1")
    reviewer.send("/review/1", {"act": "right"})
    assert reviewer.send("/review/undo", {}, page="/review/").headers["Location"] == "/review/1"
    assert kept(engine) == []
    assert reviewer.send("/review/undo", {}, page="/review/").headers["Location"] == "/review/"


def test_what_is_left_for_later_is_passed_over_until_the_end(reviewer: Visitor, record: Record) -> None:
    record("SM1", "el primero"), record("SM2", "el segundo")
    assert "el segundo" in reviewer.get("/review/?reason=low_confidence").text
    assert "el primero" in reviewer.get("/review/?reason=low_confidence&after=low_confidence-2").text
    assert "Llegó al final" in reviewer.get("/review/?after=low_confidence-1").text


def test_hostile_words_stay_words_and_numbers_stay_hidden(reviewer: Visitor, record: Record) -> None:
    record("SM0", "llame al 5555-1234")
    record("SM1", "<script>alert(1)</script> \u202eabc =HYPERLINK(1) 4444-1234")
    page = reviewer.get("/review/2").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "4444-1234" not in page
    assert "5555-1234" not in page


def test_odd_queries_show_the_queue_from_its_beginning(reviewer: Visitor) -> None:
    for query in ("reason=x", "after=drift-x", "after=%00", f"after=fallback-{'9' * 5000}"):
        page = reviewer.get(f"/review/?{query}")
        assert page.status_code == 200
        assert "No hay nada que revisar" in page.text


def test_an_odd_press_is_refused(reviewer: Visitor, record: Record) -> None:
    record("SM1")
    assert reviewer.send("/review/1", {"act": "eat"}).status_code == 400
    assert reviewer.send("/review/1", {}).status_code == 400


def test_a_turn_that_is_not_there_is_not_found(reviewer: Visitor, record: Record) -> None:
    record("SM1")
    for number in ("7", "99999999999999999999"):
        assert reviewer.get(f"/review/{number}").status_code == 404
        assert reviewer.send(f"/review/{number}", {"act": "right"}, page="/review/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_reviewers_come_in(log_in: LogIn, role: Role) -> None:
    visitor = log_in(role)
    assert visitor.get("/review/").status_code == 403
    assert visitor.get("/review/agreement").status_code == 403


def test_the_audit_knows_who_saw_and_judged_what_but_no_words(
    reviewer: Visitor, record: Record, engine: Engine
) -> None:
    record("SM1")
    reviewer.send("/review/1", {"act": "training", "utterance": "kiero saver"})
    with reading(engine) as connection:
        rows = connection.execute(select(audit).where(audit.c.action.like("review.%"))).all()
    assert {(row.staff, row.action, row.subject) for row in rows} == {
        ("reviewer@example.org", "review.view", "7f3a09"),
        ("reviewer@example.org", "review.save", "7f3a09"),
    }
    assert "kiero" not in "".join(row.detail for row in rows)


def opine(engine: Engine, clock: Clock, turn: Turn, staff: str, intent: str) -> None:
    opinion = Opinion(turn.id, turn.sender, staff, clock(), Verdict.WRONG, "es", intent)
    assert SqlReviews(engine, clock).save(opinion)


def test_a_second_opinion_is_blind_and_a_third_settles(
    reviewer: Visitor, log_in: LogIn, record: Record, engine: Engine, clock: Clock
) -> None:
    turn = record("SM1")
    assert reviewer.send("/review/1/second", {}, page="/review/1").headers["Location"] == "/review/1"
    assert reviewer.send("/review/1", {"act": "right"}).status_code == 303
    admin = log_in(Role.ADMIN)
    page = admin.get("/review/").text
    assert "Piden otra opinión" in page
    assert "Opiniones hasta ahora" not in page
    opine(engine, clock, turn, "berta@example.org", "asylum")

    mine = reviewer.get("/review/agreement").text
    assert "1 mensaje sin acuerdo" in mine
    assert "Le toca a otra persona" in mine
    assert reviewer.send("/review/1", {"act": "right"}, page="/review/agreement").status_code == 409
    assert 'href="/review/1"' in admin.get("/review/agreement").text
    assert "Su opinión decide" in admin.get("/review/1").text
    admin.send("/review/1", {"pick": "asylum"})
    assert "No hay desacuerdos por decidir" in admin.get("/review/agreement").text


def test_agreement_is_shown_overall_and_by_locale(
    reviewer: Visitor, record: Record, engine: Engine, clock: Clock
) -> None:
    for number, (first, second) in enumerate([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]):
        turn = record(f"SM{number}")
        opine(engine, clock, turn, "ana", first)
        opine(engine, clock, turn, "berta", second)
    page = " ".join(re.sub(r"<[^>]+>", " ", reviewer.get("/review/agreement").text).split())
    assert re.search(r"Español 4 75.?% 0[.,]50 Todos 4 75.?% 0[.,]50", page)
