"""The figures mean what their names say."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.interpretation import Interpretation, ScoredIntent
from content.checks import load_catalogue
from nlu.evaluation import (
    Bin,
    Decision,
    Example,
    ExamplesInvalid,
    Risk,
    calibration_error,
    interval,
    read_examples,
    reliability,
    risk_at,
    risk_of_line,
    summarise,
    write_rows,
)
from nlu.topics import TOPICS, read_topics, summarise_topics
from rumbo.evaluating import Evaluator, is_plan, read_rankings, trained_intents
from rumbo.models import RASA_PYTHON, rasa_environment
from rumbo.settings import ROOT, read_settings
from rumbo.wiring import now


def decision(expected: str, predicted: str | None, locale: str = "es", register: str = "") -> Decision:
    return Decision(Example(expected, "texto", locale, register), predicted, 0.9, "model")


def held(confidence: float, right: bool, predicted: str | None = None) -> Decision:
    return Decision(Example("a", "texto"), predicted, None, "model", ScoredIntent("a" if right else "b", confidence))


def test_a_question_back_is_neither_right_nor_wrong() -> None:
    summary = summarise([decision("a", "a"), decision("a", "b"), decision("b", None), decision("b", "b")])
    assert (summary["accuracy"], summary["answered_wrong"], summary["clarified"]) == (0.5, 0.25, 0.25)
    assert summary["intents"]["a"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "n": 2}
    assert summary["intents"]["b"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}


def test_an_intent_that_nobody_expected_has_no_line_but_spoils_the_accuracy() -> None:
    summary = summarise([decision("a", "z"), decision("a", "a")])
    assert summary["intents"].keys() == {"a"}
    assert summary["accuracy"] == 0.5


def test_groups_are_measured_by_themselves() -> None:
    summary = summarise(
        [decision("a", "a", "es", "sms"), decision("a", "b", "quc", "sms"), decision("b", "b", "quc", "caps")]
    )
    assert summary["by_locale"] == {
        "es": {"n": 1, "accuracy": 1.0, "macro_f1": 1.0, "answered_wrong": 0.0, "clarified": 0.0},
        "quc": {"n": 2, "accuracy": 0.5, "macro_f1": 0.3333, "answered_wrong": 0.5, "clarified": 0.0},
    }
    assert {name: shares["n"] for name, shares in summary["by_register"].items()} == {"caps": 1, "sms": 2}


def test_the_macro_f1_of_a_group_is_over_its_own_intents() -> None:
    summary = summarise([decision("a", "a", "es"), decision("b", None, "mam")])
    assert summary["macro_f1"] == 0.5
    assert summary["by_locale"]["es"]["macro_f1"] == 1.0


def test_examples_without_a_register_are_in_no_group() -> None:
    assert summarise([decision("a", "a")])["by_register"] == {}


def test_confusions_name_wrong_answers_most_first() -> None:
    summary = summarise(
        [decision("a", "b"), decision("c", "d"), decision("c", "d"), decision("a", None), decision("a", "a")]
    )
    assert summary["confusions"] == [
        {"expected": "c", "predicted": "d", "n": 2},
        {"expected": "a", "predicted": "b", "n": 1},
    ]


def test_refusals_are_measured_on_both_sides() -> None:
    rows = [decision("out_of_scope", "out_of_scope"), decision("out_of_scope", None), decision("a", "out_of_scope")]
    assert summarise([*rows, *[decision("a", "a")] * 3])["out_of_scope"] == {"recall": 0.5, "refused": 0.25}
    assert summarise([decision("a", "a")])["out_of_scope"] == {"recall": None, "refused": 0.0}


def test_reliability_sets_confidence_against_the_share_right() -> None:
    decisions = [held(0.625, True), held(0.6875, False), held(1.0, True), decision("a", "a")]
    assert reliability(decisions) == [Bin(0.6, 0.7, 2, 0.65625, 0.5), Bin(0.9, 1.0, 1, 1.0, 1.0)]
    assert calibration_error(decisions) == pytest.approx((2 * 0.15625 + 0) / 3)


def test_a_higher_threshold_answers_less() -> None:
    decisions = [held(0.9, True), held(0.5, False), held(0.49, True), decision("a", None)]
    assert risk_at(decisions, 0.5) == Risk(0.5, 0.5)
    assert risk_at(decisions, 0.51) == Risk(0.25, 0.0)
    assert risk_at(decisions, 0.95) == Risk(0.0, None)


def test_the_lines_own_point_counts_what_it_answered() -> None:
    answered = [held(0.1, False, "a"), held(0.9, True, "b")]
    assert risk_of_line([*answered, held(0.9, True), held(0.9, True)]) == Risk(0.5, 0.5)
    assert risk_of_line([held(0.9, True)]) == Risk(0.0, None)


def test_the_interval_is_wilsons() -> None:
    assert [round(end, 4) for end in interval(0.5, 100)] == [0.4038, 0.5962]
    assert interval(1.0, 10)[1] == 1.0
    assert interval(0.0, 10)[0] == 0.0


def test_reads_a_table_with_quotes_in_it(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text('intent\ttext\ngreet\t"hola\n', "utf-8")
    assert read_examples(file) == [Example("greet", '"hola')]


def test_reads_locale_and_register_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("text\tlocale\tregister\tintent\nsaqirik\tquc\tplain\tgreet\nhola\t\t\tgreet\n", "utf-8")
    assert read_examples(file) == [Example("greet", "saqirik", "quc", "plain"), Example("greet", "hola", "es", "")]


@pytest.mark.parametrize(("text", "said"), [("intent,text\n", "lacks"), ("intent\ttext\n", "no rows")])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text(text, "utf-8")
    with pytest.raises(ExamplesInvalid, match=said):
        read_examples(file)


def test_writes_a_row_a_message(tmp_path: Path) -> None:
    write_rows(tmp_path / "out.tsv", [decision("a", None)])
    assert (tmp_path / "out.tsv").read_text("utf-8").splitlines()[1].split("\t") == [
        "texto",
        "a",
        "",
        "0.9000",
        "clarified",
    ]


# --- through the real bot


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    catalogue: Catalogue = load_catalogue(ROOT / "content", now().date())
    return Evaluator(read_settings(), catalogue, lambda _: None)


def ranked(*intents: tuple[str, float]) -> Interpretation:
    return Interpretation("es", tuple(ScoredIntent(name, confidence) for name, confidence in intents))


def test_keywords_and_thresholds_decide_while_the_models_word_is_kept(evaluator: Evaluator) -> None:
    pairs = [
        (Example("passport", "quiero mi pasaporte"), ranked(("passport", 0.9), ("shelter", 0.05))),
        (Example("menu", "menu"), ranked(("shelter", 0.8), ("menu", 0.1))),
        (Example("passport", "eso"), ranked(("passport", 0.3), ("national_id", 0.29))),
    ]
    decisions = list(evaluator.decide(pairs))
    assert [d.predicted for d in decisions] == ["passport", "menu", None]
    assert [d.top.name for d in decisions if d.top] == ["passport", "shelter", "passport"]


def test_each_message_comes_from_a_stranger(evaluator: Evaluator) -> None:
    """A place that the first message asked for is not what the second answers, and a locale is no hint."""
    asks = (Example("iom_offices", "dónde hay oficina"), ranked(("iom_offices", 0.95)))
    place = (Example("iom_offices", "xela", "mam"), ranked(("greet", 0.2)))
    alone, after = list(evaluator.decide([place])), list(evaluator.decide([asks, place]))
    assert after[1:] == alone


@pytest.mark.parametrize(("text", "is_one"), [("authors", 1), ("mayan", 1), ("2", 1), ("1", 0), ("voices", 0), ("", 0)])
def test_a_plan_is_a_name_or_a_number_of_folds(text: str, is_one: bool) -> None:
    assert is_plan(text) == is_one


def test_rankings_carry_the_locale_and_the_author(tmp_path: Path) -> None:
    ranking = [{"name": "greet", "confidence": 0.75}]
    row = {"intent": "greet", "text": "saqirik", "locale": "quc", "register": "core", "entities": []}
    (tmp_path / "rankings.jsonl").write_text(json.dumps({**row, "intent_ranking": ranking}) + "\n", "utf-8")
    [(example, interpretation)] = read_rankings(tmp_path / "rankings.jsonl")
    assert example == Example("greet", "saqirik", "quc", "core")
    assert interpretation.intents == (ScoredIntent("greet", 0.75),)
    assert interpretation.locale == "es"


# --- what is left out; in Rasa's environment, without training anything

TRAINING = {
    "es/aid.yml": {"shelter": ["dónde duermo", "busco albergue hoy", "un techo por favor", "cama para dos niños"]},
    "es/names.yml": {"greet": ["hola", "buenas tardes a todos", "qué tal señores", "muy buen día"]},
    "es/voices/mother.yml": {"shelter": ["mis hijos y yo dormimos afuera"], "greet": ["buenas joven"]},
    "es/voices/farmer.yml": {"greet": ["buen día le dé dios"]},
    "quc/core.yml": {"greet": ["saqirik nan", "saqirik nan ab", "xb'eqij tat", "la utz awach", "jas kab'ij chwe"]},
}
LEFT_OUT = """
import json, sys
from pathlib import Path
from nlu.crossvalidate import author_of, folds_of, write_training
from nlu.training_data import read_training_data
root = Path(sys.argv[1])
data = read_training_data(root / "training")
folds = {plan: folds_of(plan, data.utterances) for plan in ("authors", "mayan", "2")}
(root / "seen").mkdir()
write_training(data, folds["authors"][0].left_out, root / "seen" / "fold.yml")
seen = read_training_data(root / "seen")
texts = {
    plan: [[(data.utterances[at].text, author_of(data.utterances[at])) for at in fold.left_out] for fold in folds]
    for plan, folds in folds.items()
}
learnt = [u.text for u in seen.utterances]
print(json.dumps({**texts, "learnt": learnt, "lookups": seen.lookups, "synonyms": seen.synonyms}))
"""


@pytest.fixture(scope="module")
def left_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not RASA_PYTHON.exists():
        pytest.skip("Rasa's environment is not installed")
    root = tmp_path_factory.mktemp("left-out")
    for name, intents in TRAINING.items():
        file = root / "training" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("nlu:\n" + "".join(_block("intent", i, texts) for i, texts in intents.items()), "utf-8")
    with (root / "training" / "es" / "names.yml").open("a", encoding="utf-8") as file_of_names:
        file_of_names.write(_block("lookup", "place", ["xela", 'tecún: "umán"']) + _block("synonym", "GT", ["guate"]))
    command = [str(RASA_PYTHON), "-W", "ignore", "-c", LEFT_OUT, str(root)]
    done = subprocess.run(command, cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def _block(kind: str, name: str, texts: Sequence[str]) -> str:
    return f"- {kind}: {name}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)


def test_each_author_is_left_out_whole(left_out: dict[str, Any]) -> None:
    assert left_out["authors"] == [
        [["buen día le dé dios", "farmer"]],
        [["mis hijos y yo dormimos afuera", "mother"], ["buenas joven", "mother"]],
    ]


def test_the_model_learns_everything_else_of_every_locale_and_every_name(left_out: dict[str, Any]) -> None:
    all_texts = {text for intents in TRAINING.values() for texts in intents.values() for text in texts}
    assert set(left_out["learnt"]) == all_texts - {"buen día le dé dios"}
    assert left_out["lookups"] == {"place": ["xela", 'tecún: "umán"']}
    assert left_out["synonyms"] == {"guate": "GT"}


def test_mayan_utterances_alike_are_left_out_together_and_all_once(left_out: dict[str, Any]) -> None:
    folds = [{text for text, _ in fold} for fold in left_out["mayan"]]
    assert sorted(text for fold in folds for text in fold) == sorted(TRAINING["quc/core.yml"]["greet"])
    assert len([fold for fold in folds if fold & {"saqirik nan", "saqirik nan ab"}]) == 1


def test_folds_by_number_leave_out_spanish_and_name_the_author(left_out: dict[str, Any]) -> None:
    assert len(left_out["2"]) == 2
    authors = {text: author for fold in left_out["2"] for text, author in fold}
    assert len(authors) == 11
    assert (authors["dónde duermo"], authors["buenas joven"]) == ("by topic", "mother")


# --- coarse topics


def test_every_topic_leads_to_intents_of_ours() -> None:
    known = {intent for intents in trained_intents().values() for intent in intents}
    assert {intent for intents in TOPICS.values() for intent in intents} - known == set()


def test_topics_that_none_of_our_intents_answers_are_not_measured(tmp_path: Path) -> None:
    file = tmp_path / "topics.tsv"
    file.write_text("lang\ttopic\ttext\tes\tsource\nquc\tgreeting\tsaqirik\tx\ty\nquc\task_price\tz\tx\ty\n", "utf-8")
    assert read_topics(file) == [Example("greeting", "saqirik", "quc")]


def test_topics_are_counted_in_all_and_apart() -> None:
    decisions = [
        decision("documents", "national_id", "mam"),
        decision("documents", "shelter", "mam"),
        decision("greeting", None, "agu"),
        decision("school", "education", "agu"),
    ]
    figures = summarise_topics(decisions, {"mam": frozenset({"passport"}), "quc": frozenset({"greet"})})
    assert figures["all"] == {"n": 4, "right": 2, "question_back": 1, "wrong": 1}
    assert figures["answered_languages"] == {"n": 2, "right": 1, "question_back": 0, "wrong": 1}
    assert figures["learnt_topics"] == {"n": 3, "right": 1, "question_back": 1, "wrong": 1}
    assert figures["answered_languages_learnt_topics"]["n"] == 2
    assert figures["by_language"]["agu"] == {"n": 2, "right": 1, "question_back": 1, "wrong": 0}
