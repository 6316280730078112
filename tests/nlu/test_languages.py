"""The line hears which language a person writes, also without apostrophes, mixed, and over several messages."""

import json
import lzma
import time
from pathlib import Path

import pytest

from bot.languages import Heard, MarkedWord, add_evidence
from nlu.evaluation import ExamplesInvalid, read_examples
from nlu.languages.evaluation import evaluate_languages, read_texts
from nlu.languages.identifier import PROFILE, language_identifier
from nlu.languages.letters import bare, fold, without_accents, without_apostrophes, words
from nlu.training_data import read_training_data
from rumbo.settings import ROOT

EAR = language_identifier()
MAYAN = sorted(path.name for path in (ROOT / "nlu" / "training").iterdir() if path.is_dir() and path.name != "es")


def test_every_apostrophe_is_one_and_each_mark_can_be_left_out() -> None:
    assert {fold(f"K{mark}iche{mark}") for mark in "'’‘ʼꞌ`´ˈ"} == {"k'iche'"}
    assert without_apostrophes("ruk'u'x") == "rukux"
    assert without_accents("Achkë n̈i mañana") == "achke ni mañana"
    assert bare("k'ïy") == "kiy"
    assert words("¡Aaaaay, ma'xh!") == ["aay", "ma'xh"]


@pytest.mark.parametrize("locale", MAYAN)
def test_our_own_mayan_sentences_are_heard_as_mayan_and_mostly_as_their_language(locale: str) -> None:
    texts = [u.text for u in read_training_data(ROOT / "nlu" / "training" / locale).utterances]
    longer = [text for text in texts if len(words(text)) >= 3]
    heard = [EAR.hear(text) for text in longer]
    assert sum(h.mayan > 0.5 for h in heard) / len(heard) >= 0.9
    assert sum(h.language == locale for h in heard) / len(heard) >= 0.75


def test_spanish_in_every_spelling_is_spanish() -> None:
    texts = [
        e.text for name in ("heldout_es", "heldout_es_hard") for e in read_examples(ROOT / f"tests/nlu/{name}.tsv")
    ]
    heard = [EAR.hear(text).language for text in texts if len(words(text)) > 2]
    assert sum(language == "es" for language in heard) / len(heard) >= 0.98


def test_a_mayan_frame_with_a_spanish_noun_is_mayan_and_marked_by_word() -> None:
    heard = EAR.hear("b'ar wank li casa del migrante")
    assert heard.language == "kek"
    assert [word.language for word in heard.words] == ["kek", "kek", "kek", "es", "es", "es"]


def test_nothing_is_heard_in_numbers_and_signs_and_little_in_one_word() -> None:
    assert EAR.hear("12 ?? 👍").language is None
    assert Heard({"quc": 0.38, "cak": 0.37, "es": 0.25}, (MarkedWord("maltyox", "quc"),)).language is None


def test_evidence_adds_up_over_messages() -> None:
    unclear = Heard({"quc": 0.45, "cak": 0.40, "es": 0.15}, (MarkedWord("a", "quc"),))
    once = add_evidence({}, unclear)
    often = add_evidence(add_evidence(once, unclear), unclear)
    assert once["quc"] < 0.5 < often["quc"]
    assert add_evidence(often, Heard({})) == often
    assert sum(often.values()) == pytest.approx(1)


def test_a_message_takes_less_than_a_millisecond() -> None:
    texts = [e.text for e in read_examples(ROOT / "tests/nlu/heldout_es.tsv")]
    times = []
    for text in texts:
        start = time.perf_counter()
        EAR.hear(text)
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.001


def test_the_profile_holds_figures_only() -> None:
    assert PROFILE.stat().st_size < 600_000
    with lzma.open(PROFILE) as file:
        head = json.loads(file.readline())
        runs = file.readline().decode().split("\t")
    assert len(head["languages"]) == 17
    assert max(map(len, runs)) <= 6  # five letters, and the line's end


def test_the_measure_counts_an_abstention_as_not_right(tmp_path: Path) -> None:
    file = tmp_path / "texts.tsv"
    file.write_text("locale\ttext\nes\tbuenos días, ¿dónde queda la oficina?\nquc\t123\n", "utf-8")
    figures = evaluate_languages(EAR, read_texts(file))
    assert (figures["n"], figures["accuracy"], figures["abstained"], figures["macro_f1"]) == (2, 0.5, 0.5, 0.5)
    assert figures["confusions"] == [{"locale": "quc", "heard": None, "n": 1}]
    assert figures["by_words"]["6+"] == {"n": 1, "accuracy": 1.0}
    assert {"without_apostrophes", "without_accents", "without_both"} <= figures.keys()
    (tmp_path / "bad.tsv").write_text("lang\ttext\n", "utf-8")
    with pytest.raises(ExamplesInvalid, match="header lacks locale"):
        read_texts(tmp_path / "bad.tsv")
