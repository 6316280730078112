"""Cross-validate the pipeline: `python -m nlu.crossvalidate TRAINING FOLDS OUT.jsonl`, in Rasa's environment.

Utterances alike are kept in one fold, so that near-duplicates do not flatter the score. Each line of the output is one
utterance with the ranking of a model that had not seen it; the decision is taken elsewhere, as for a real message.
"""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from sklearn.model_selection import StratifiedGroupKFold

from bot.spelling import words
from nlu.model import Model
from nlu.train import train
from nlu.training_data import Utterance, read_training_data

ALIKE = 80
"""Of 100: utterances as alike as this stay together."""
BATCH = 64


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


def write_training(utterances: list[Utterance], names: Path, folder: Path) -> None:
    """Write utterances as a training file, and the files of names beside it."""
    by_intent: defaultdict[str, list[str]] = defaultdict(list)
    for utterance in utterances:
        by_intent[utterance.intent].append(utterance.text)
    blocks = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in sorted(by_intent.items())
    ]
    (folder / "fold.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), "utf-8")
    for name in ("places.yml", "languages.yml", "countries.yml"):
        if (names / name).exists():
            (folder / name).write_text((names / name).read_text("utf-8"), "utf-8")


def crossvalidate(training: Path, folds: int, out: Path) -> None:
    """Train `folds` models and write what each says of the utterances it has not seen."""
    utterances = read_training_data(training).utterances
    texts, intents = [u.text for u in utterances], [u.intent for u in utterances]
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=7).split(texts, intents, groups_of(texts))
    with out.open("w", encoding="utf-8") as lines:
        for number, (inside, outside) in enumerate(split, 1):
            print(f"stage: fold {number} of {folds}", flush=True)
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "data").mkdir()
                write_training([utterances[index] for index in inside], training, folder / "data")
                train([folder / "data"], folder / "model.tar.gz")
                model = Model(folder / "model.tar.gz")
                for start in range(0, len(outside), BATCH):
                    batch = [utterances[index] for index in outside[start : start + BATCH]]
                    for utterance, parsed in zip(batch, model.parse([u.text for u in batch]), strict=True):
                        lines.write(json.dumps({"intent": utterance.intent, **parsed}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    crossvalidate(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
