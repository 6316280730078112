"""What a locale lacks is said in the default one, never left out."""

from dataclasses import replace

import pytest

from bot.catalogue import Catalogue, State, Wording


@pytest.fixture
def two(catalogue: Catalogue) -> Catalogue:
    """The real catalogue with a second locale that has one answer and one message."""
    greeting = replace(catalogue.answers["es", "greet"], locale="xx", title="Otro saludo")
    nothing, reviewed = {"empty": Wording("Nada", "Nada")}, {"empty": State.REVIEWED}
    words = replace(catalogue.words("es"), locale="xx", messages=nothing, states=reviewed)
    return replace(
        catalogue,
        answers={**catalogue.answers, ("xx", "greet"): greeting},
        locales={**catalogue.locales, "xx": words},
    )


@pytest.mark.parametrize(("intent", "locale"), [("greet", "xx"), ("passport", "es")])
def test_an_answer_is_in_the_locale_when_it_has_one(two: Catalogue, intent: str, locale: str) -> None:
    answer = two.answer(intent, "xx")
    assert answer is not None
    assert answer.locale == locale


def test_no_locale_answers_what_nobody_wrote(two: Catalogue) -> None:
    assert two.answer("gone", "xx") is None


def test_a_message_is_in_the_locale_when_it_has_it(two: Catalogue) -> None:
    assert two.message("empty", "xx").sms == "Nada"
    assert two.message("unknown", "xx") == two.message("unknown", "es")


def test_the_words_of_an_unknown_locale_are_the_default_ones(two: Catalogue) -> None:
    assert two.words("xx").locale == "xx"
    assert two.words("yy").locale == "es"


@pytest.mark.parametrize(
    ("name", "ids"),
    [("  la LIBERTAD ", ["m1311", "m1705"]), ("quetzaltenango", ["d-m901", "m901"]), ("Peten", ["d-m1701"]), ("", [])],
)
def test_a_place_is_found_by_name_however_written_departments_first(
    catalogue: Catalogue, name: str, ids: list[str]
) -> None:
    assert [place.id for place in catalogue.places_named(name)] == ids
