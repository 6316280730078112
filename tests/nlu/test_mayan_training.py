"""The Mayan training data keeps its promises: attested words, enough of each intent, and its state in plain words."""

import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from content.intents import CORE, INTENTS
from nlu.languages.attestation import read_attestation
from nlu.languages.letters import bare, words
from nlu.training_data import Utterance, read_training_data
from rumbo.languages import REVIEWED, mayan_locales, unattested_words
from rumbo.settings import ROOT

TRAINING = ROOT / "nlu" / "training"
LEAST = 12
LOCALES = ("cak", "ixl", "kek", "kjb", "mam", "quc")


def utterances(locale: str) -> tuple[Utterance, ...]:
    return read_training_data(TRAINING / locale).utterances


def test_each_of_the_six_languages_has_a_folder() -> None:
    assert mayan_locales() == list(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_each_file_of_ours_names_its_sources_and_that_no_speaker_has_reviewed_it(locale: str) -> None:
    for path in {*(TRAINING / locale).glob("*.yml")} - {TRAINING / locale / REVIEWED}:
        head = path.read_text("utf-8").split("nlu:")[0]
        assert re.search(rf"# Language: .+ \({locale}\)\. State: draft, no speaker has reviewed it\.", head)
        assert "# Vocabulary: " in head


@pytest.mark.parametrize("locale", LOCALES)
def test_every_core_intent_has_enough_utterances_or_says_why_not(locale: str) -> None:
    counts = Counter(utterance.intent for utterance in utterances(locale))
    text = (TRAINING / locale / "core.yml").read_text("utf-8")
    assert counts.keys() <= set(INTENTS)
    assert [intent for intent in CORE if counts[intent] < LEAST and f"# {intent}:" not in text] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_two_utterances_of_an_intent_differ_by_one_word_only(locale: str) -> None:
    by_shape: defaultdict[tuple[str, int], list[list[str]]] = defaultdict(list)
    for utterance in utterances(locale):
        spelt = words(bare(utterance.text))
        if len(spelt) > 2:
            by_shape[utterance.intent, len(spelt)].append(spelt)
    alike = [
        (first, second)
        for group in by_shape.values()
        for first, second in combinations(group, 2)
        if sum(a != b for a, b in zip(first, second, strict=True)) < 2
    ]
    assert alike == []


def test_no_word_of_ours_is_without_a_source() -> None:
    assert list(unattested_words()) == []


def test_an_invented_word_is_found_and_a_borrowed_one_or_a_number_is_not(tmp_path: Path) -> None:
    (tmp_path / "xxx.txt").write_text("# Attested somewhere.\nk'aslemal\nruk'\n", "utf-8")
    attestation = read_attestation("xxx", ["¿Dónde está el pasaporte?"], tmp_path)
    assert list(attestation.unattested("Kʼaslemal kaslemal ruk' pasaporte 12 DONDE")) == []
    assert list(attestation.unattested("k'aslema ruk k'as'lemal")) == ["k'aslema", "k'as'lemal"]
