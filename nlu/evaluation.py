"""Measure decisions: what the line would have done with each message, against what it should have done."""

import csv
import enum
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.interpretation import ScoredIntent
from bot.policy import NOT_FOR_US


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
    """What it is written in: to group by, never told to the line."""
    register: str = ""
    """The manner it is written in, or who wrote it."""


@dataclass(frozen=True)
class Decision:
    """What the line did with an example; `predicted` is None when it asked back."""

    example: Example
    predicted: str | None
    confidence: float | None
    source: str
    top: ScoredIntent | None = None
    """The likeliest intent of the ranking as it came, before keywords, danger words and thresholds."""

    @property
    def verdict(self) -> Verdict:
        """What it was worth."""
        if self.predicted is None:
            return Verdict.CLARIFIED
        return Verdict.RIGHT if self.predicted == self.example.intent else Verdict.WRONG

    @property
    def top_is_right(self) -> bool:
        """Whether the likeliest intent is the one expected."""
        return self.top is not None and self.top.name == self.example.intent


@dataclass(frozen=True)
class Measure:
    """Decisions about one set of messages, and what that set is."""

    name: str
    about: str
    decisions: tuple[Decision, ...]


class ExamplesInvalid(ValueError):
    """The file is not a table of examples; the message says what is missing."""


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a TSV that has at least these columns; a value that is missing is an empty text."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
        missing = set(columns) - set(rows.fieldnames or ())
        if missing:
            start = "<TAB>".join(columns)
            raise ExamplesInvalid(f"{path}: the header lacks {', '.join(sorted(missing))}. Start with: {start}")
        table = list(rows)
    if not table:
        raise ExamplesInvalid(f"{path}: has no rows below the header.")
    return table


def read_examples(path: Path) -> list[Example]:
    """Read a TSV with the columns `intent`, `text` and perhaps `locale` and `register`."""
    return [
        Example(
            row["intent"].strip(), row["text"], row.get("locale", "").strip() or "es", row.get("register", "").strip()
        )
        for row in read_table(path, ("intent", "text"))
    ]


def summarise(decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return the shares in all and by group, what was confused, and the scores of each intent that is expected."""
    return {
        **_shares(decisions),
        "by_locale": _by(lambda example: example.locale, decisions),
        "by_register": _by(lambda example: example.register, decisions),
        "out_of_scope": _refusals(decisions),
        "confusions": _confusions(decisions),
        "intents": _intents(decisions),
    }


def _shares(decisions: Sequence[Decision]) -> dict[str, Any]:
    verdicts = Counter(decision.verdict for decision in decisions)
    f1s = [scores["f1"] for scores in _intents(decisions).values()]
    n = len(decisions)
    return {
        "n": n,
        "accuracy": round(verdicts[Verdict.RIGHT] / n, 4),
        "macro_f1": round(sum(f1s) / len(f1s), 4),
        "answered_wrong": round(verdicts[Verdict.WRONG] / n, 4),
        "clarified": round(verdicts[Verdict.CLARIFIED] / n, 4),
    }


def _by(group_of: Callable[[Example], str], decisions: Sequence[Decision]) -> dict[str, dict[str, Any]]:
    """Return the shares of each group; examples whose group has no name are in none."""
    groups: dict[str, list[Decision]] = {}
    for decision in decisions:
        groups.setdefault(group_of(decision.example), []).append(decision)
    return {name: _shares(group) for name, group in sorted(groups.items()) if name}


def _intents(decisions: Sequence[Decision]) -> dict[str, dict[str, Any]]:
    expected = Counter(decision.example.intent for decision in decisions)
    predicted = Counter(decision.predicted for decision in decisions)
    hits = Counter(decision.predicted for decision in decisions if decision.verdict is Verdict.RIGHT)
    return {name: _scores(hits[name], predicted[name], expected[name]) for name in sorted(expected)}


def _scores(hits: int, predicted: int, expected: int) -> dict[str, Any]:
    precision = hits / predicted if predicted else 0.0
    recall = hits / expected
    f1 = 2 * hits / (predicted + expected)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "n": expected}


def _refusals(decisions: Sequence[Decision]) -> dict[str, float | None]:
    """Return how many of the messages that are not for us were told so, and how many of the others."""
    refused: dict[bool, list[bool]] = {True: [], False: []}
    for decision in decisions:
        refused[decision.example.intent == NOT_FOR_US].append(decision.predicted == NOT_FOR_US)
    return {"recall": _share(refused[True]), "refused": _share(refused[False])}


def _share(claims: Sequence[bool]) -> float | None:
    return round(sum(claims) / len(claims), 4) if claims else None


def _confusions(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    wrong = [decision for decision in decisions if decision.verdict is Verdict.WRONG]
    pairs = Counter((decision.example.intent, str(decision.predicted)) for decision in wrong)
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"expected": expected, "predicted": predicted, "n": n} for (expected, predicted), n in ordered]


# --- confidence against truth


@dataclass(frozen=True)
class Bin:
    """The messages whose top confidence lies from `low` up to `high`."""

    low: float
    high: float
    n: int
    confidence: float
    """Their mean."""
    right: float
    """The share of them whose likeliest intent is right."""


def reliability(decisions: Sequence[Decision], bins: int = 10) -> list[Bin]:
    """Return confidence against share right, in bins as wide as each other; empty ones are left out."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for decision in decisions:
        if decision.top:
            place = min(int(decision.top.confidence * bins), bins - 1)
            groups.setdefault(place, []).append((decision.top.confidence, decision.top_is_right))
    return [
        Bin(
            place / bins,
            (place + 1) / bins,
            len(group),
            sum(confidence for confidence, _ in group) / len(group),
            sum(right for _, right in group) / len(group),
        )
        for place, group in sorted(groups.items())
    ]


def calibration_error(decisions: Sequence[Decision]) -> float:
    """Return how far confidence lies from the share right, on average over the messages."""
    bins = reliability(decisions)
    n = sum(part.n for part in bins)
    return sum(part.n * abs(part.confidence - part.right) for part in bins) / n if n else 0.0


@dataclass(frozen=True)
class Risk:
    """How much is answered, and how much of that is wrong (None when nothing is answered)."""

    answered: float
    wrong: float | None


def risk_at(decisions: Sequence[Decision], threshold: float) -> Risk:
    """Return what would come of answering the likeliest intent from this confidence on, and of no other rule."""
    right = [decision.top_is_right for decision in decisions if decision.top and decision.top.confidence >= threshold]
    return Risk(len(right) / len(decisions), 1 - sum(right) / len(right) if right else None)


def risk_of_line(decisions: Sequence[Decision]) -> Risk:
    """Return what comes of all the line's rules together."""
    verdicts = Counter(decision.verdict for decision in decisions)
    answered = verdicts[Verdict.RIGHT] + verdicts[Verdict.WRONG]
    return Risk(answered / len(decisions), verdicts[Verdict.WRONG] / answered if answered else None)


def interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share seen among n."""
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def write_rows(path: Path, decisions: Iterable[Decision]) -> None:
    """Write one row a message."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\", lineterminator="\n")
        rows.writerow(["text", "expected", "predicted", "confidence", "outcome"])
        for decision in decisions:
            confidence = "" if decision.confidence is None else f"{decision.confidence:.4f}"
            text = decision.example.text.replace("\t", " ")
            rows.writerow([text, decision.example.intent, decision.predicted or "", confidence, decision.verdict.value])
