"""What reviewers accepted comes into the training data as a change that every other test of the data lets pass."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.interpretation import Entity, EntityKind
from bot.reviews import Opinion, Use, Verdict
from nlu.evaluation import Example, read_examples
from nlu.training_data import TrainingDataError, check_training
from rumbo.importing import Importer, Places, write

DAY = date(2026, 11, 24)
TRAINING = {
    "es/core.yml": """version: "3.1"
nlu:
- intent: passport
  examples: |
    - quiero sacar mi pasaporte
    - cuánto cuesta el pasaporte de adulto
    - quiero hacer cita
    - quiero una cita mañana
    - quiero la cita
- intent: asylum
  examples: |
    - pido refugio en México
- lookup: place
  examples: |
    - Quetzaltenango
- lookup: language
  examples: |
    - k'iche'
- synonym: Quetzaltenango
  examples: |
    - xela
- synonym: quc
  examples: |
    - quiché
""",
    "quc/core.yml": """version: "3.1"
nlu:
- intent: passport
  examples: |
    - kwaj nu pasaporte
""",
}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A small training folder, and a file of tests."""
    for name, text in TRAINING.items():
        path = tmp_path / "training" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "heldout_es.tsv").write_text("intent\ttext\npassport\tdonde tramito pasaporte\n", "utf-8")
    return Places(tmp_path / "training", tmp_path / "tests", frozenset({"passport", "asylum"}))


def accepted(utterance: str, intent: str | None = "passport", **changes: object) -> Opinion:
    fields: dict[str, object] = {
        "turn_id": f"SM {utterance}",
        "sender": "7f3a",
        "staff": "ana@example.org",
        "at": datetime(2026, 11, 23, tzinfo=UTC),
        "verdict": Verdict.WRONG,
        "locale": "es",
        "intent": intent,
        "use": Use.TRAINING,
        "utterance": utterance,
    }
    return Opinion(**(fields | changes))  # type: ignore[arg-type]  # fields by name, checked by the tests themselves


def carry_out(places: Places, *opinions: Opinion) -> None:
    write(places, Importer(places).plan(opinions).files(places, DAY))


def test_utterances_are_added_at_the_end_of_a_file_that_says_whence_and_by_nobodys_name(places: Places) -> None:
    carry_out(places, accepted("nesesito el pasaporte urjente"), accepted("no puedo volver a mi país", "asylum"))
    carry_out(places, accepted("mi pasaporte se venció ayer"))
    text = places.training_file("es").read_text("utf-8")
    assert text.endswith(
        """nlu:
# From reviews, 2026-11-24.
- intent: asylum
  examples: |
    - no puedo volver a mi país
- intent: passport
  examples: |
    - nesesito el pasaporte urjente
# From reviews, 2026-11-24.
- intent: passport
  examples: |
    - mi pasaporte se venció ayer
"""
    )
    assert "7f3a" not in text
    assert "ana@" not in text
    learnt = check_training(places.training, places.intents).utterances
    assert ("passport", "mi pasaporte se venció ayer") in {(u.intent, u.text) for u in learnt}


def test_tests_are_added_in_the_form_of_the_held_out_ones(places: Places) -> None:
    carry_out(places, accepted('dicen "pasaporte"', use=Use.TEST), accepted("kwaj wuj", use=Use.TEST, locale="quc"))
    carry_out(places, accepted("otro pasaporte más", use=Use.TEST))
    assert read_examples(places.test_file("es")) == [
        Example("passport", 'dicen "pasaporte"', "es", "reviewed"),
        Example("passport", "otro pasaporte más", "es", "reviewed"),
    ]
    assert [example.locale for example in read_examples(places.test_file("quc"))] == ["quc"]


@pytest.mark.parametrize(
    ("opinion", "why", "is_done"),
    [
        (accepted("QUIERO sacar mi pasaportee"), None, None),
        (accepted("QUIERO sacar mi pasaporte!!"), "learns it already", True),
        (accepted("quiero sacar mi pasaporte", "asylum"), "stands under passport (core.yml:5)", False),
        (accepted("quiero renovar mi pasaporte"), "one word only", True),
        (accepted("Dónde tramito pasaporte"), "is a test already", True),
        (accepted("donde tramito pasaporte", use=Use.TEST), "is a test already", True),
        (accepted("quiero sacar mi pasaporte", use=Use.TEST), "learns it already", True),
        (accepted("algo nuevo del todo", "gone"), "no intent is called 'gone'", False),
        (accepted("algo nuevo del todo", locale="chj"), "no training data in chj", False),
        (accepted("mi cel es 55551234"), "may tell of a person", False),
        (accepted("una línea\n- otra"), "no plain line", False),
    ],
)
def test_what_adds_nothing_or_would_spoil_something_stays_out(
    places: Places, opinion: Opinion, why: str | None, is_done: bool | None
) -> None:
    plan = Importer(places).plan([opinion])
    if why is None:
        # "pasaportee" sounds otherwise, but differs by that word only.
        why, is_done = "one word only", True
    [left] = plan.left
    assert why in left.why
    assert left.is_done is is_done
    assert plan.is_empty
    assert plan.done == ([opinion.turn_id] if is_done else [])


def test_what_was_accepted_stands_in_the_way_of_its_like(places: Places) -> None:
    plan = Importer(places).plan(
        [accepted("me urge el documento"), accepted("ME URGE el documento"), accepted("me urge el documento", "asylum")]
    )
    assert [len(plan.training), [left.is_done for left in plan.left]] == [1, [True, False]]


@pytest.mark.parametrize(
    ("entity", "added"),
    [
        (Entity(EntityKind.PLACE, "Quetzaltenango", "Xelajú"), True),
        (Entity(EntityKind.LANGUAGE, "quc", "lengua maya"), True),
        (Entity(EntityKind.COUNTRY, "NO", "noruega"), True),
        (Entity(EntityKind.PLACE, "Quetzaltenango", "xela"), False),
        (Entity(EntityKind.PLACE, "Quetzaltenango", "cita"), False),
        (Entity(EntityKind.PLACE, "Quetzaltenango", "xe"), False),
        (Entity(EntityKind.PLACE, "Atlantis", "atlántida"), False),
    ],
    ids=["place", "language", "country", "known", "common-word", "short", "no-place-of-ours"],
)
def test_a_new_spelling_of_a_name_is_learnt(places: Places, entity: Entity, added: bool) -> None:
    carry_out(places, accepted("el trámite en xelajú es lento", entities=(entity,)))
    synonyms = check_training(places.training, places.intents).synonyms
    assert (synonyms.get(entity.text.casefold()) == entity.value) is (added or entity.text == "xela")


def test_a_mistake_puts_every_file_back(places: Places) -> None:
    carry_out(places, accepted("mi pasaporte se venció ayer"))
    path = places.training_file("es")
    before = path.read_text("utf-8")
    with pytest.raises(TrainingDataError):
        write(places, {path: before + "  - broken\n", places.training_file("quc"): before})
    assert path.read_text("utf-8") == before
    assert not places.training_file("quc").exists()


def test_the_real_training_data_takes_an_utterance(tmp_path: Path, real_training: Callable[[Path], Places]) -> None:
    places = real_training(tmp_path)
    carry_out(places, accepted("fíjese que el cartoncito ese para viajar ya no me sirve porque el chucho lo mordió"))
    added = check_training(places.training, places.intents).utterances
    assert any("chucho lo mordió" in utterance.text for utterance in added)
