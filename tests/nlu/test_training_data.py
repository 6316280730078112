"""The training data keeps its promises: every intent, enough of it, and no near-duplicates that flatter a score."""

from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from bot.spelling import words
from content.intents import CORE, INTENTS
from content.loader import read_content
from nlu.training_data import TrainingDataError, check_training, read_training_data
from rumbo.settings import ROOT

DATA = read_training_data(ROOT / "nlu" / "training" / "es")
LEAST, LEAST_CORE, LEAST_OUT_OF_SCOPE = 30, 60, 200


def test_every_intent_has_enough_utterances() -> None:
    counts = Counter(utterance.intent for utterance in DATA.utterances)
    least = {intent: LEAST_CORE if intent in CORE else LEAST for intent in INTENTS} | {
        "out_of_scope": LEAST_OUT_OF_SCOPE
    }
    assert {intent: counts[intent] for intent, number in least.items() if counts[intent] < number} == {}
    assert counts.keys() == set(INTENTS)


def test_no_utterance_stands_twice() -> None:
    counts = Counter(" ".join(words(utterance.text)) or utterance.text for utterance in DATA.utterances)
    assert [text for text, count in counts.items() if count > 1 and len(text.split()) > 2] == []


def test_no_two_utterances_of_an_intent_differ_by_one_word_only() -> None:
    by_shape: defaultdict[tuple[str, int], list[list[str]]] = defaultdict(list)
    for utterance in DATA.utterances:
        spelt = words(utterance.text)
        if len(spelt) > 2:
            by_shape[utterance.intent, len(spelt)].append(spelt)
    alike = [
        (" ".join(first), " ".join(second))
        for group in by_shape.values()
        for first, second in combinations(group, 2)
        if sum(a != b for a, b in zip(first, second, strict=True)) < 2
    ]
    assert alike == []


def test_no_utterance_is_read_by_rasa_as_a_literal_intent() -> None:
    assert [utterance for utterance in DATA.utterances if utterance.text.startswith("/")] == []


def test_every_name_of_a_place_leads_to_a_place() -> None:
    catalogue = read_content(ROOT / "content").catalogue()
    names = {*DATA.lookups["place"], *DATA.lookups["place_in_context"]}
    assert [name for name in names if not catalogue.places_named(name)] == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("nlu:\n- intent: greet\n  examples: |\n    - hola\n    buenas\n", 5, "must start with '- '"),
        ("nlu:\n- intent: greet\n", 2, "needs 'intent:' and 'examples: |'"),
        ("hola: 1\n", 1, "no 'nlu:' list"),
        ("nlu:\n\t- x", 2, "not valid YAML"),
    ],
    ids=["no-dash", "no-examples", "no-list", "tab"],
)
def test_a_mistake_names_file_line_and_mend(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "bad.yml").write_text(text, "utf-8")
    with pytest.raises(TrainingDataError, match=rf"bad\.yml:{line}: .*") as caught:
        read_training_data(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "nlu:\n- intent: pasport\n  examples: |\n    - hola\n",
            r"es/bad\.yml:4: no intent is called 'pasport'.*'passport'",
        ),
        (
            "nlu:\n- intent: passport\n  examples: |\n    - Mi carné\n- intent: greet\n  examples: |\n    - mi carné\n",
            r"es/bad\.yml:7: .* also stands under passport \(es/bad\.yml:4\)",
        ),
        ("nlu: []\n", "holds no utterances"),
    ],
    ids=["unknown-intent", "two-intents", "nothing"],
)
def test_training_refuses_what_would_teach_nonsense(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "bad.yml").write_text(text, "utf-8")
    with pytest.raises(TrainingDataError, match=said):
        check_training(tmp_path, INTENTS)


def test_the_real_training_data_has_no_mistake() -> None:
    assert len(check_training(ROOT / "nlu" / "training", INTENTS).utterances) > 10_000
