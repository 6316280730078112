"""Measure decisions: what the line would have done with each message, against what it should have done."""

import csv
import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Verdict(enum.StrEnum):
    """What a decision was worth."""

    RIGHT = "right"
    WRONG = "wrong"
    """Answered, with another topic."""
    CLARIFIED = "clarified"
    """Answered by a question back or by the menu."""


@dataclass(frozen=True)
class Example:
    """A message and the intent a careful person gives it."""

    intent: str
    text: str
    locale: str = "es"


@dataclass(frozen=True)
class Decision:
    """What the line did with an example; `predicted` is None when it asked back."""

    example: Example
    predicted: str | None
    confidence: float | None
    source: str

    @property
    def verdict(self) -> Verdict:
        """What it was worth."""
        if self.predicted is None:
            return Verdict.CLARIFIED
        return Verdict.RIGHT if self.predicted == self.example.intent else Verdict.WRONG


class ExamplesInvalid(ValueError):
    """The file is not a table of examples; the message says what is missing."""


def read_examples(path: Path) -> list[Example]:
    """Read a TSV with the columns `intent`, `text` and perhaps `locale`."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"intent", "text"} - set(rows.fieldnames or ())
        if missing:
            raise ExamplesInvalid(f"{path}: the header lacks {', '.join(sorted(missing))}. Start with: intent<TAB>text")
        examples = [
            Example((row["intent"] or "").strip(), row["text"] or "", (row.get("locale") or "es").strip())
            for row in rows
        ]
    if not examples:
        raise ExamplesInvalid(f"{path}: has no rows below the header.")
    return examples


def summarise(decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return the shares and, for each intent that is expected, precision, recall, F1 and how many there were."""
    verdicts = Counter(decision.verdict for decision in decisions)
    intents = {name: _scores(name, decisions) for name in sorted({d.example.intent for d in decisions})}
    n = len(decisions)
    return {
        "n": n,
        "accuracy": round(verdicts[Verdict.RIGHT] / n, 4),
        "macro_f1": round(sum(scores["f1"] for scores in intents.values()) / len(intents), 4),
        "answered_wrong": round(verdicts[Verdict.WRONG] / n, 4),
        "clarified": round(verdicts[Verdict.CLARIFIED] / n, 4),
        "intents": intents,
    }


def _scores(name: str, decisions: Iterable[Decision]) -> dict[str, Any]:
    pairs = [(decision.example.intent == name, decision.predicted == name) for decision in decisions]
    counts = Counter(pairs)
    hits, missed, false = counts[True, True], counts[True, False], counts[False, True]
    precision = hits / (hits + false) if hits + false else 0.0
    recall = hits / (hits + missed) if hits + missed else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "n": hits + missed}


def write_rows(path: Path, decisions: Iterable[Decision]) -> None:
    """Write one row a message."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n")
        rows.writerow(["text", "expected", "predicted", "confidence", "outcome"])
        for decision in decisions:
            confidence = "" if decision.confidence is None else f"{decision.confidence:.4f}"
            text = decision.example.text.replace("\t", " ")
            rows.writerow([text, decision.example.intent, decision.predicted or "", confidence, decision.verdict.value])
