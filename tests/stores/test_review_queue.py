"""The queue of turns worth reading and the opinions on them, on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import MessageKind
from bot.reviews import Opinion, Reason, Use, Verdict
from bot.turns import Contact, Outcome, Turn
from stores.database import writing
from stores.reviews import SqlReviews, Waiting
from stores.tables import feedback
from stores.turns import SqlTurnLog
from tests.stores.conftest import NOW

MakeTurn = Callable[..., Turn]
Record = Callable[..., Turn]

PLAIN: dict[str, object] = {
    "kind": MessageKind.TEXT,
    "outcome": Outcome.ANSWERED,
    "source": Source.MODEL,
    "confidence": 0.9,
    "candidates": (("find_shelter", 0.9), ("food", 0.05)),
}
TIED = {"candidates": (("find_shelter", 0.62), ("food", 0.5)), "confidence": 0.62}


@pytest.fixture
def reviews(engine: Engine) -> SqlReviews:
    """The reviews of an empty database; a text with "zutano" in it is strange."""
    return SqlReviews(engine, lambda: NOW, lambda text, locale: "zutano" in text)


@pytest.fixture
def record(engine: Engine, make_turn: MakeTurn, make_contact: Callable[..., Contact]) -> Record:
    """Record a turn in which nothing is remarkable but what the keywords say."""

    def record(id: str, *, erase: bool = False, **changes: object) -> Turn:
        turn = make_turn(**(PLAIN | {"id": id} | changes))
        SqlTurnLog(engine).record(turn, make_contact(sender=turn.sender), erase=erase)
        return turn

    return record


def opinion(turn: Turn, staff: str = "ana", **changes: object) -> Opinion:
    fields: dict[str, object] = {
        "turn_id": turn.id,
        "sender": turn.sender,
        "staff": staff,
        "at": NOW,
        "verdict": Verdict.WRONG,
        "locale": "es",
        "intent": "passport",
    }
    return Opinion(**(fields | changes))  # type: ignore[arg-type]  # fields by name, checked by the tests themselves


def dislike(engine: Engine, turn: Turn) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(feedback), {"turn_id": turn.id, "sender": turn.sender, "helped": False, "at": NOW, "answer": None}
        )


def reasons(reviews: SqlReviews, staff: str = "ana") -> list[tuple[str, int]]:
    return [(place.reason.value, place.seq) for place in reviews.queue(staff).waiting]


def test_turns_wait_by_reason_and_then_the_newest_first(engine: Engine, reviews: SqlReviews, record: Record) -> None:
    record("1")
    record("2", text="un zutano muy raro")
    record("3", source=Source.LIGHT)
    record("4", confidence=0.59)
    record("5", **TIED)
    record("6", outcome=Outcome.UNKNOWN, confidence=None, candidates=())
    dislike(engine, record("7"))
    dislike(engine, record("8", outcome=Outcome.UNKNOWN, **{k: v for k, v in TIED.items() if k == "candidates"}))
    reviews.ask_second(record("9").id, "berta")
    record("10", confidence=0.6, candidates=(("a", 0.6), ("b", 0.4)))
    record("11", confidence=0.3)
    assert reasons(reviews) == [
        ("second", 9),
        ("did_not_help", 8),
        ("did_not_help", 7),
        ("fallback", 6),
        ("near_tie", 5),
        ("low_confidence", 11),
        ("low_confidence", 4),
        ("degraded", 3),
        ("drift", 2),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"kind": MessageKind.VOICE}, {"text": ""}, {"at": NOW - timedelta(days=30, seconds=1)}],
    ids=["no-text-message", "no-text", "too-old"],
)
def test_what_cannot_be_judged_does_not_wait(reviews: SqlReviews, record: Record, changes: dict[str, object]) -> None:
    record("1", **({"outcome": Outcome.UNKNOWN} | changes))
    assert reasons(reviews) == []


def test_an_erased_turn_leaves_the_queue_and_takes_no_opinion(reviews: SqlReviews, record: Record) -> None:
    turn = record("1", outcome=Outcome.UNKNOWN)
    record("2", erase=True)
    assert reasons(reviews) == []
    assert reviews.turn(1) is None
    assert not reviews.save(opinion(turn))


def test_the_next_place_lies_behind_the_one_before_and_within_its_reason(reviews: SqlReviews, record: Record) -> None:
    for number in range(3):
        record(f"u{number}", outcome=Outcome.UNKNOWN)
        record(f"l{number}", confidence=0.4)
    queue = reviews.queue("ana")
    assert queue.counts == {Reason.FALLBACK: 3, Reason.LOW_CONFIDENCE: 3}

    def walk(reason: Reason | None) -> Iterator[int]:
        place: Waiting | None = None
        while place := queue.first(reason, place):
            yield place.seq

    assert [*walk(None)] == [5, 3, 1, 6, 4, 2]
    assert [*walk(Reason.LOW_CONFIDENCE)] == [6, 4, 2]
    assert queue.first(None, Waiting(Reason.FALLBACK, 4)) == Waiting(Reason.FALLBACK, 3)


def test_a_judged_turn_leaves_every_queue_unless_a_second_opinion_is_wanted(
    reviews: SqlReviews, record: Record
) -> None:
    once, twice = record("1", outcome=Outcome.UNKNOWN), record("2", outcome=Outcome.UNKNOWN)
    reviews.ask_second(twice.id, "ana")
    assert reasons(reviews, "ana") == [("fallback", 2), ("fallback", 1)]
    assert reviews.save(opinion(once))
    assert reviews.save(opinion(twice))
    assert reasons(reviews, "ana") == []
    assert reasons(reviews, "berta") == [("second", 2)]
    assert reviews.save(opinion(twice, "berta"))
    assert reasons(reviews, "carla") == []


def test_an_opinion_reads_as_it_was_given_and_the_last_is_undone(reviews: SqlReviews, record: Record) -> None:
    first, second = record("1"), record("2", outcome=Outcome.UNKNOWN)
    given = opinion(first, entities=(Entity(EntityKind.PLACE, "Quetzaltenango", "xela"),), use=Use.TEST, utterance="a")
    assert reviews.save(given)
    assert reviews.save(opinion(second))
    assert reviews.reviewed("1").opinions == (given,)
    assert reviews.done_since("ana", NOW) == 2
    assert reviews.undo("ana") == 2
    assert reasons(reviews) == [("fallback", 2)]
    assert reviews.undo("berta") is None


def test_only_settled_turns_are_imported_once_and_their_texts_go(reviews: SqlReviews, record: Record) -> None:
    alone, open_, overruled = (record(str(number)) for number in range(3))
    used = {"use": Use.TRAINING, "utterance": "quiero pasaporte"}
    reviews.save(opinion(alone, **used))
    reviews.save(opinion(open_, **used))
    reviews.ask_second(open_.id, "ana")
    reviews.save(opinion(overruled, **used))
    reviews.save(opinion(overruled, "berta", intent="asylum"))
    assert [r.turn_id for r in reviews.to_import()] == ["0"]
    reviews.save(opinion(overruled, "carla", intent="asylum"))
    assert [(r.turn_id, r.accepted is not None) for r in reviews.to_import()] == [("0", True), ("2", False)]
    assert [r.turn_id for r in reviews.reviewed_twice()] == ["2"]
    reviews.close(["0", "2"])
    assert reviews.to_import() == ()
    assert reviews.reviewed("0").opinions[0].utterance is None
    assert reviews.undo("carla") is None
