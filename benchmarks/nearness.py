"""Are held-out messages too near the training data? Scores by how near each one's nearest training utterance is.

rumbo nlu evaluate tests/nlu/heldout_es_hard.tsv --rows rows.tsv
python -m benchmarks.nearness rows.tsv
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.spelling import words
from nlu.training_data import read_training_data

BANDS = ((100, "the same"), (90, "90 and more"), (80, "80 to 90"), (70, "70 to 80"), (0, "less than 70"))
"""Of `fuzz.token_sort_ratio` between the words of two messages, in percent."""


def band_of(nearness: float) -> str:
    """Return the name of the band."""
    return next(name for least, name in BANDS if nearness >= least)


def main(rows: Path) -> None:
    """Print the table."""
    training = [" ".join(words(utterance.text)) for utterance in read_training_data(Path("nlu/training/es")).utterances]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with rows.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            _, nearness, _ = process.extractOne(" ".join(words(row["text"])), training, scorer=fuzz.token_sort_ratio)
            for name in (band_of(nearness), "all"):
                counts[name][row["outcome"]] += 1
    outcomes = sorted(counts["all"])
    for name in (*(name for _, name in BANDS), "all"):
        if total := counts[name].total():
            shares = "  ".join(f"{outcome} {counts[name][outcome] / total:.3f}" for outcome in outcomes)
            print(f"{name:13} {total:4}  {shares}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
