"""Finding turns by words: however people spell, on either database, and nothing of what was erased."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from bot.turns import Contact, Turn
from stores.database import reading
from stores.search import matches
from stores.tables import turn_words, turns
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]

TEXTS = {
    "SM1": "Necesito mi pasaporte, ¿dónde está la oficina?",
    "SM2": "La katch\u02bcaw pa K\u2019iche\u2019",
    "SM3": "pasaporte",
    "SM4": "🧭",
}


def found(engine: Engine, query: str) -> list[str]:
    """Return the ids of the turns a search finds."""
    condition = matches(query)
    assert condition is not None
    with reading(engine) as connection:
        return list(connection.execute(select(turns.c.id).where(condition).order_by(turns.c.seq)).scalars())


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("pasaporte", ["SM1", "SM3"]),
        ("PASAPÓRTE", ["SM1", "SM3"]),
        ("nesesito", ["SM1"]),
        ("dónde pasaporte", ["SM1"]),
        ("quiche", ["SM2"]),
        ("katch'aw", ["SM2"]),
        ("pasap", ["SM1", "SM3"]),
        ("pasap dónde", []),
        ("visa", []),
        ("100% _ *", []),
    ],
)
def test_turns_are_found_however_the_words_are_spelt(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact, query: str, ids: list[str]
) -> None:
    log = SqlTurnLog(engine)
    for id_, text in TEXTS.items():
        log.record(make_turn(id=id_, text=text), make_contact())
    assert found(engine, query) == ids


def test_a_query_of_no_words_is_no_search() -> None:
    assert matches("¿? ...") is None


def test_an_erased_message_is_found_no_more_and_leaves_no_word(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    log = SqlTurnLog(engine)
    log.record(make_turn(id="SM1", text="pasaporte"), make_contact())
    log.record(make_turn(id="SM2", text=""), make_contact(), erase=True)
    assert found(engine, "pasaporte") == []
    with reading(engine) as connection:
        assert connection.execute(select(turn_words)).all() == []
