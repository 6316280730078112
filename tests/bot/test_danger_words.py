"""Words of danger match as whole words, with gaps, the most pressing first."""

from dataclasses import replace

import pytest

from bot.catalogue import Catalogue
from bot.danger import ORDER, danger_in


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("AUXILIO", "emergency"),
        ("¡¡Auxilio!! por favor", "emergency"),
        ("ayer pedimos auxilios", None),
        ("desauxilio", None),
        ("mi hermano me golpeó", "gender_violence"),
        ("se perdió mi hijo", "child_protection"),
        ("se perdió mi pequeño y querido hijo", "child_protection"),
        ("se perdió mi cartera en el bus cuando iba con mi hijo", None),
        ("nos tienen encerrados en una casa", "trafficking"),
        ("quiero un pasaporte", None),
        ("", None),
        ("me violaron y me quieren matar", "emergency"),
        ("me violaron y nos tienen encerrados", "trafficking"),
        ("nos tienen encerradas y se llevaron a mi hija", "child_protection"),
    ],
)
def test_danger_is_found_as_words_in_a_row(catalogue: Catalogue, text: str, danger: str | None) -> None:
    assert danger_in(text, catalogue.locales) == danger


@pytest.mark.parametrize("intent", ORDER)
def test_each_phrase_is_danger_inside_a_long_message(catalogue: Catalogue, intent: str) -> None:
    for phrase in catalogue.words("es").danger[intent]:
        text = f"Buenas tardes, {phrase.replace('…', 'otro')}. ¿Qué hago?"
        assert danger_in(text, catalogue.locales) in ORDER[: ORDER.index(intent) + 1], phrase


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("a b", True),
        ("a x y z b", True),
        ("a w x y z b", False),
        ("b a", False),
        ("a w x y z a b", True),
        ("a w x a y z b", True),
        ("ab", False),
    ],
)
def test_a_gap_holds_up_to_three_words(catalogue: Catalogue, text: str, matches: bool) -> None:
    words = replace(catalogue.words("es"), danger={"emergency": ("a … b",)})
    assert (danger_in(text, {"es": words}) is not None) is matches


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("a x b y c", True),
        ("a b c", True),
        ("a x b", False),
        ("a x c", False),
        ("a", False),
        ("a x b w x y z c", False),
        ("a x b w x y z b y c", False),
        ("a b w x b z c", True),
    ],
)
def test_every_part_of_a_phrase_with_two_gaps_is_needed(catalogue: Catalogue, text: str, matches: bool) -> None:
    words = replace(catalogue.words("es"), danger={"emergency": ("a … b … c",)})
    assert (danger_in(text, {"es": words}) is not None) is matches
