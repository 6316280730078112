"""A model that loses is not taken without a word, and any kept model can be gone back to."""

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.reviews import Opinion, Use, Verdict
from nlu.evaluation import Decision, Example, read_examples
from nlu.light import LightInterpreter
from nlu.training_data import TrainingDataError, read_training_data
from rumbo.importing import Importer, Places
from rumbo.kept_models import KeptModels, ModelMissing, Score
from rumbo.taking import Bench, Change, compare, summary, take

DAY = date(2026, 11, 24)


@dataclass
class LightBench:
    """Trains and measures light classifiers, which takes no time; the archives are empty."""

    places: Places
    models: KeptModels
    trained: dict[Path, LightInterpreter] = field(default_factory=dict)

    def present(self) -> Path:
        digest = hash(tuple(sorted(p.read_text("utf-8") for p in self.places.training.rglob("*.yml"))))
        return self.models.folder / f"m{digest:x}.tar.gz"

    def train(self) -> Path:
        path = self.present()
        if path not in self.trained:
            self.models.folder.mkdir(exist_ok=True)
            path.touch()
            self.trained[path] = LightInterpreter(read_training_data(self.places.training))
        return path

    def measure(self, model: Path) -> list[Decision]:
        examples = [example for file in self.places.test_files for example in read_examples(file)]
        return [self._decide(self.trained[model], example) for example in examples]

    def _decide(self, light: LightInterpreter, example: Example) -> Decision:
        intents = light.interpret(example.text, "es").intents
        return Decision(example, intents[0].name if intents else None, None, "light")

    @property
    def bench(self) -> Bench:
        return Bench(self.train, self.present, self.measure)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "training" / "es").mkdir(parents=True)
    (tmp_path / "training" / "es" / "core.yml").write_text(
        "nlu:\n- intent: passport\n  examples: |\n    - quiero pasaporte\n"
        "- intent: asylum\n  examples: |\n    - pido refugio\n",
        "utf-8",
    )
    (tmp_path / "tests").mkdir()
    rows = "".join(f"passport\tpasaporte {letter}\n" for letter in "abcdefgh")
    (tmp_path / "tests" / "heldout_es.tsv").write_text(f"intent\ttext\n{rows}", "utf-8")
    return Places(tmp_path / "training", tmp_path / "tests", frozenset({"passport", "asylum"}))


@pytest.fixture
def light(places: Places, tmp_path: Path) -> LightBench:
    return LightBench(places, KeptModels(tmp_path / "models"))


def accept(places: Places, *texts: str, intent: str = "passport", use: Use = Use.TRAINING) -> dict[Path, str]:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    opinions = [Opinion(text, "x", "y", at, Verdict.WRONG, "es", intent, (), use, text) for text in texts]
    return Importer(places).plan(opinions).files(places, DAY)


SPOILING = tuple(f"pasaporte {letter} {letter}{letter}y" for letter in "abcdefgh")


def test_a_model_that_holds_its_own_is_taken_and_its_scores_are_kept(places: Places, light: LightBench) -> None:
    old = light.train()
    taken = take(accept(places, "ocupo mi libreta"), places, light.models, light.bench, frozenset())
    assert (taken.old, taken.falls, light.models.pinned()) == (old, (), None)
    assert taken.new == light.present() != old
    assert light.models.scores(taken.new) == {"messages es": Score(8, 8)}
    assert summary(taken).startswith("taken")


def test_a_model_that_loses_leaves_the_old_one_in_use_until_that_is_accepted(places: Places, light: LightBench) -> None:
    old = light.train()
    files = accept(places, *SPOILING, intent="asylum")
    refused = take(files, places, light.models, light.bench, frozenset())
    [fall] = refused.falls
    assert (fall.locale, fall.lost, fall.won, fall.verdict) == ("es", 8, 0, "falls")
    assert light.models.pinned() == old
    assert "--accept-lower es" in summary(refused)
    assert places.training_file("es").exists()

    again = take({}, places, light.models, light.bench, frozenset({"es"}))
    assert again.falls == ()
    assert light.models.pinned() is None


def test_tests_alone_train_nothing_and_measure_the_model_in_use(places: Places, light: LightBench) -> None:
    old = light.train()
    files = accept(places, "quiero refugio ya", intent="asylum", use=Use.TEST)
    taken = take(files, places, light.models, light.bench, frozenset())
    assert taken.new == old
    assert light.models.scores(old)["messages es"].n == 9


def test_what_somebody_pinned_stays_pinned(places: Places, light: LightBench) -> None:
    old = light.train()
    light.models.pin(old)
    taken = take(accept(places, "ocupo mi libreta"), places, light.models, light.bench, frozenset())
    assert light.models.pinned() == old
    assert "rollback --latest" in summary(taken)


def test_a_break_in_between_leaves_the_old_model_pinned(places: Places, light: LightBench) -> None:
    old = light.train()

    def fail(_: Path) -> list[Decision]:
        raise KeyboardInterrupt

    bench = Bench(light.train, light.present, fail)
    with pytest.raises(KeyboardInterrupt):
        take(accept(places, "ocupo mi libreta"), places, light.models, bench, frozenset())
    assert light.models.pinned() == old


def test_data_with_a_mistake_changes_nothing(places: Places, light: LightBench) -> None:
    light.train()
    with pytest.raises(TrainingDataError):
        take({places.training_file("es"): "nlu: 1\n"}, places, light.models, light.bench, frozenset())
    assert light.models.pinned() is None
    assert not places.training_file("es").exists()


def test_the_cross_check_compares_what_both_models_were_asked(places: Places, light: LightBench) -> None:
    asked: list[Path] = []

    def cross_check(model: Path) -> list[Decision]:
        asked.append(model)
        new = Decision(Example("asylum", f"only {len(asked)}", "quc"), None, None, "model")
        return [new, Decision(Example("asylum", "both", "quc"), "asylum" if len(asked) == 1 else None, None, "model")]

    old = light.train()
    bench = Bench(light.train, light.present, light.measure, cross_check)
    taken = take(accept(places, "ocupo mi libreta"), places, light.models, bench, frozenset())
    assert asked == [old, taken.new]
    assert [(c.name, c.before.n, c.lost, c.verdict) for c in taken.changes if c.measure == "cross-check"] == [
        ("cross-check quc", 1, 1, "within noise")
    ]


def decisions(right: int, n: int, start: int = 0) -> list[Decision]:
    """Return n decisions of which `right` are, from the one at `start` on."""
    rights = {(start + place) % n for place in range(right)}
    return [Decision(Example("a", str(at)), "a" if at in rights else "b", None, "model") for at in range(n)]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (decisions(90, 100), decisions(90, 100), "holds"),
        (decisions(90, 100), decisions(95, 100), "rises"),
        (decisions(90, 100), decisions(86, 100), "within noise"),
        (decisions(90, 100), decisions(85, 100), "falls"),
        # 10 lost and 7 won: many changed sides, few were lost in the end.
        (decisions(90, 100), decisions(87, 100, start=7), "within noise"),
    ],
    ids=["same", "better", "4-lost", "5-lost", "many-changed"],
)
def test_a_fall_is_more_than_chance(before: list[Decision], after: list[Decision], verdict: str) -> None:
    [change] = compare("messages", before, after)
    assert change.verdict == verdict


def test_wrong_answers_are_told_apart_from_questions_back() -> None:
    example = Example("a", "x")
    [change] = compare("m", [Decision(example, None, None, "model")], [Decision(example, "b", None, "model")])
    assert change == Change("m", "es", Score(1, 0), Score(1, 0), wrong_before=0, wrong_after=1, lost=0, won=0)


# --- kept models


@pytest.fixture
def kept(tmp_path: Path) -> KeptModels:
    """Five models, the oldest first, each with scores."""
    models = KeptModels(tmp_path)
    for age, name in enumerate(["one", "two", "three", "four", "five"]):
        path = tmp_path / f"{name}.tar.gz"
        path.touch()
        os.utime(path, (age, age))
        models.note_scores(path, {"messages es": Score(10, age)})
    return models


def names(models: KeptModels) -> list[str]:
    return [path.name.removesuffix(".tar.gz") for path in models.newest_first()]


def test_a_pinned_model_is_used_until_it_is_not_and_who_watches_notices(kept: KeptModels) -> None:
    seen = [kept.pin_state()]
    assert kept.pinned() is None
    kept.pin(kept.named("two"))
    seen.append(kept.pin_state())
    assert kept.pinned() == kept.folder / "two.tar.gz"
    kept.pin(None)
    seen.append(kept.pin_state())
    assert kept.pinned() is None
    assert len({*seen}) == len(seen)


def test_the_pinned_model_is_never_pruned_and_scores_go_with_the_others(kept: KeptModels) -> None:
    kept.pin(kept.named("one.tar.gz"))
    kept.prune()
    assert names(kept) == ["five", "four", "three", "one"]
    assert not (kept.folder / "two.scores.json").exists()
    assert kept.scores(kept.named("one")) == {"messages es": Score(10, 0)}


def test_a_model_that_is_not_there_is_named_with_those_that_are(kept: KeptModels) -> None:
    with pytest.raises(ModelMissing, match=r"No model called six is kept\. Kept are: five, four, three, two, one"):
        kept.named("six")
    kept.pin(kept.named("one"))
    (kept.folder / "one.tar.gz").unlink()
    with pytest.raises(ModelMissing, match="rollback --latest"):
        kept.pinned()
    kept.prune()
