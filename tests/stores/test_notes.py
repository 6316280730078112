"""What staff note of a conversation, and that it goes with the person, on SQLite and PostgreSQL."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, insert

from bot.turns import Contact, Turn
from stores.database import writing
from stores.notes import MAX_TAGS, NobodyThere, Noted, SqlNotes, TooManyTags
from stores.tables import feedback, reviews, second_opinions, ticket_messages, tickets
from stores.turns import SqlTurnLog
from tests.stores.test_forgetting import erasing, everything_in

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]
ANA = "ana-pseudonym"


@pytest.fixture
def notes(engine: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> SqlNotes:
    """Notes on a person who wrote once."""
    SqlTurnLog(engine).record(make_turn(), make_contact())
    return SqlNotes(engine, lambda: make_turn().at)


def test_a_conversation_is_flagged_assigned_tagged_and_done(notes: SqlNotes) -> None:
    assert notes.noted([ANA]) == {}
    notes.flag(ANA, True)
    notes.assign(ANA, "b@example.org")
    notes.add_tag(ANA, "niñez")
    notes.add_tag(ANA, "urgente")
    notes.add_tag(ANA, "urgente")
    notes.drop_tag(ANA, "niñez")
    notes.finish(ANA, True)
    assert notes.noted([ANA, "berta"]) == {ANA: Noted(True, True, "b@example.org", ("urgente",))}
    assert notes.used_tags() == ("urgente",)


def test_tags_have_a_limit(notes: SqlNotes) -> None:
    for number in range(MAX_TAGS):
        notes.add_tag(ANA, f"tag {number}")
    notes.add_tag(ANA, "tag 0")
    with pytest.raises(TooManyTags):
        notes.add_tag(ANA, "one more")


def test_nothing_is_noted_of_somebody_who_is_not_there(notes: SqlNotes) -> None:
    with pytest.raises(NobodyThere):
        notes.flag("berta", True)
    with pytest.raises(NobodyThere):
        notes.add_note("berta", "a@example.org", "hola")
    assert notes.noted(["berta"]) == {}


def test_erasing_a_person_leaves_nothing_of_what_was_noted(
    notes: SqlNotes, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    at = make_turn().at
    notes.add_note(ANA, "a@example.org", "nota-huella")
    notes.add_tag(ANA, "tag-huella")
    with writing(engine) as connection:
        row: dict[str, object] = {"turn_id": "SM1", "sender": ANA, "at": at}
        connection.execute(insert(feedback), row | {"answer": "feedback-huella", "helped": True})
        opinion = {"staff": "a@example.org", "verdict": "right", "use": "training", "locale": "es"}
        connection.execute(insert(reviews), row | opinion | {"utterance": "review-huella"})
        second = {"turn_id": "SM1", "asked_by": "second-huella", "at": at}
        connection.execute(insert(second_opinions), second)
        ticket = {"id": 1, "sender": ANA, "channel": "sms", "locale": "es", "turn_id": "SM1", "status": "ticket-huella"}
        connection.execute(insert(tickets), ticket | {"opened_at": at, "last_inbound_at": at})
        message = {"ticket_id": 1, "staff": "a@example.org", "text": "message-huella", "at": at, "status": "sent"}
        connection.execute(insert(ticket_messages), message)
    assert everything_in(engine).count("huella") == 7
    SqlTurnLog(engine).record(erasing(make_turn), make_contact(), erase=True)
    left = everything_in(engine)
    assert "huella" not in left
    assert left.count(ANA) == 2, "the contact and the wish itself, no more"
