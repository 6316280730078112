"""Cross-validate the pipeline: `python -m nlu.crossvalidate TRAINING PLAN OUT.jsonl`, in Rasa's environment.

TRAINING holds a folder a locale. PLAN says what each model does not see, while it learns all the rest, of every locale:

- `authors`: each file of es/voices/ in turn, so that nobody is measured whose way of writing was learnt;
- `mayan`: a quarter of the utterances in Mayan languages at a time;
- a number: the Spanish utterances in so many folds.

Utterances alike are kept in one fold, so that near-duplicates do not flatter the score. Each line of the output is one
utterance with the ranking of a model that had not seen it; the decision is taken elsewhere, as for a real message.
"""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import yaml
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from sklearn.model_selection import StratifiedGroupKFold

from bot.spelling import words
from nlu.model import Model
from nlu.train import train
from nlu.training_data import TrainingData, Utterance, read_training_data

ALIKE = 80
"""Of 100: utterances as alike as this stay together."""
BATCH = 64
MAYAN_FOLDS = 4
SPANISH = "es"
VOICES = "voices"
"""The folder with one author a file."""


@dataclass(frozen=True)
class Fold:
    """The utterances that one model does not see, by their place in the training data."""

    name: str
    left_out: tuple[int, ...]


def folds_of(plan: str, utterances: Sequence[Utterance]) -> list[Fold]:
    """Return what each model does not see."""
    if plan == "authors":
        return _voices(utterances)
    spanish = plan != "mayan"
    among = [at for at, utterance in enumerate(utterances) if (locale_of(utterance) == SPANISH) == spanish]
    return _folds(utterances, among, int(plan) if spanish else MAYAN_FOLDS)


def _voices(utterances: Sequence[Utterance]) -> list[Fold]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, utterance in enumerate(utterances):
        if VOICES in PurePosixPath(utterance.file).parts:
            places[author_of(utterance)].append(at)
    return [Fold(author, tuple(left_out)) for author, left_out in sorted(places.items())]


def _folds(utterances: Sequence[Utterance], among: list[int], count: int) -> list[Fold]:
    texts = [utterances[at].text for at in among]
    strata = [f"{locale_of(utterances[at])} {utterances[at].intent}" for at in among]
    split = StratifiedGroupKFold(count, shuffle=True, random_state=7).split(texts, strata, groups_of(texts))
    return [
        Fold(f"{number} of {count}", tuple(among[index] for index in outside))
        for number, (_, outside) in enumerate(split, 1)
    ]


def groups_of(texts: list[str]) -> np.ndarray:
    """Return a group number for each text; texts alike, also by way of a third, share it."""
    folded = [" ".join(words(text)) for text in texts]
    group = np.arange(len(texts))
    for row in range(0, len(folded), 500):
        alike = cdist(folded[row : row + 500], folded, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, workers=2)
        for first, second in zip(*np.nonzero(alike), strict=True):
            old, new = group[second], group[row + first]
            if old != new:
                group[group == old] = new
    return group


def locale_of(utterance: Utterance) -> str:
    """Return the locale in whose folder an utterance stands."""
    return PurePosixPath(utterance.file).parts[0]


def author_of(utterance: Utterance) -> str:
    """Return the voice an utterance is written in; "" for Mayan ones, where the locale says it: each has one author."""
    path = PurePosixPath(utterance.file)
    if VOICES in path.parts:
        return path.stem
    return "by topic" if locale_of(utterance) == SPANISH else ""


def write_training(data: TrainingData, left_out: Sequence[int], file: Path) -> None:
    """Write what a model may see: all utterances but those left out, and every name."""
    hidden = set(left_out)
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for at, utterance in enumerate(data.utterances):
        if at not in hidden:
            by_intent[utterance.intent].append(utterance.text)
    by_synonym: defaultdict[str, list[str]] = defaultdict(list)
    for text, value in data.synonyms.items():
        by_synonym[value].append(text)
    kinds = {"intent": by_intent, "lookup": data.lookups, "synonym": by_synonym}
    entries = [
        {kind: name, "examples": "".join(f"- {text}\n" for text in texts)}
        for kind, named in kinds.items()
        for name, texts in sorted(named.items())
    ]
    file.write_text(yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True), "utf-8")


def rank_unseen(data: TrainingData, left_out: Sequence[int]) -> Iterator[dict[str, object]]:
    """Train a model without some utterances and yield what it says of each of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        write_training(data, left_out, folder / "data" / "fold.yml")
        train([folder / "data"], folder / "model.tar.gz")
        model = Model(folder / "model.tar.gz")
        for start in range(0, len(left_out), BATCH):
            batch = [data.utterances[at] for at in left_out[start : start + BATCH]]
            for utterance, parsed in zip(batch, model.parse([u.text for u in batch]), strict=True):
                told = {"intent": utterance.intent, "locale": locale_of(utterance), "register": author_of(utterance)}
                yield {**told, **parsed}


def crossvalidate(training: Path, plan: str, out: Path) -> None:
    """Train a model for each fold of a plan and write what each says of the utterances it has not seen."""
    data = read_training_data(training)
    folds = folds_of(plan, data.utterances)
    with out.open("w", encoding="utf-8") as lines:
        for number, fold in enumerate(folds, 1):
            print(f"stage: model {number} of {len(folds)}, without {fold.name}", flush=True)
            for ranking in rank_unseen(data, fold.left_out):
                lines.write(json.dumps(ranking, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    crossvalidate(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
