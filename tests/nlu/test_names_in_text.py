"""Places, languages and countries are found however they are written, and not where they are not."""

import pytest

from bot.interpretation import EntityKind
from nlu.light import LightInterpreter
from nlu.training_data import read_training_data
from rumbo.settings import ROOT

LIGHT = LightInterpreter(read_training_data(ROOT / "nlu" / "training" / "es"))


def values(text: str, kind: EntityKind) -> tuple[str, ...]:
    return LIGHT.interpret(text, "es").values(kind)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("donde esta la oim en xela", "Quetzaltenango"),
        ("ofisina en huehue", "Huehuetenango"),
        ("estoi en tekun uman", "Ayutla"),
        ("Quezaltenago", "Quetzaltenango"),
        ("vivo en chimaltenngo", "Chimaltenango"),
        ("EN SAN MARCOS", "San Marcos"),
        ("soy de La Libertad", "La Libertad"),
        ("huehuetenanjo", "Huehuetenango"),
        ("estoy en tapachula", "Tapachula"),
        ("en la mesilla me quitaron todo", "La Mesilla"),
        ("bibo en coban", "Cobán"),
    ],
)
def test_finds_the_place(text: str, place: str) -> None:
    assert place in values(text, EntityKind.PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "quiero mi libertad",
        "no tengo esperanza",
        "gracias",
        "mi señora espera",
        "en el pueblo",
        "soy de guatemala",
        "concepcion",
    ],
)
def test_a_common_word_is_no_place(text: str) -> None:
    assert [p for p in values(text, EntityKind.PLACE) if p not in {"Concepción"}] == []


@pytest.mark.parametrize(
    ("text", "locale"), [("hablan k'iche'?", "quc"), ("en kekchi por favor", "kek"), ("MAM", "mam")]
)
def test_finds_the_language(text: str, locale: str) -> None:
    assert locale in values(text, EntityKind.LANGUAGE)


def test_finds_the_country() -> None:
    assert values("quiero ir a estados unidos", EntityKind.COUNTRY) == ("US",)


def test_the_light_classifier_knows_the_topic_and_says_it_is_light() -> None:
    meaning = LIGHT.interpret("cuanto cuesta el pasaporte", "es")
    assert meaning.intents[0].name == "passport"
    assert meaning.is_degraded


@pytest.mark.parametrize("text", ["", "   ", "😂", "a" * 5000, "\x00"])
def test_nonsense_is_no_accident(text: str) -> None:
    LIGHT.interpret(text, "es")
