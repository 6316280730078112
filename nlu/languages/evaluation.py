"""Measure the identifier on texts of known language, as written and as phones mangle them."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.languages import LanguageEar
from nlu.evaluation import ExamplesInvalid
from nlu.languages.letters import bare, without_accents, without_apostrophes, words

LONGEST = 6
"""Texts of so many words and more are counted together."""

CHANGES: dict[str, Callable[[str], str]] = {
    "without_apostrophes": without_apostrophes,
    "without_accents": without_accents,
    "without_both": bare,
}
"""What phones leave out; measured beside the texts as written."""

Pair = tuple[str, str | None]
"""The language a text is in, and the one that was heard."""


def read_texts(path: Path) -> list[tuple[str, str]]:
    """Read a TSV with the columns `locale` and `text`."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"locale", "text"} - set(rows.fieldnames or ())
        if missing:
            raise ExamplesInvalid(f"{path}: the header lacks {', '.join(sorted(missing))}. Start with: locale<TAB>text")
        texts = [((row["locale"] or "").strip(), row["text"] or "") for row in rows]
    if not texts:
        raise ExamplesInvalid(f"{path}: has no rows below the header.")
    return texts


def evaluate_languages(ear: LanguageEar, texts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the figures as written, and under each change."""
    changed = {
        name: _figures([(locale, ear.hear(change(text)).language) for locale, text in texts])
        for name, change in CHANGES.items()
    }
    pairs = [(locale, ear.hear(text).language) for locale, text in texts]
    return {**_figures(pairs), "by_words": _by_words(texts, pairs), "confusions": _confusions(pairs), **changed}


def _figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    n = len(pairs)
    return {
        "n": n,
        "accuracy": round(sum(right == heard for right, heard in pairs) / n, 4),
        "macro_f1": round(_macro_f1(pairs), 4),
        "abstained": round(sum(heard is None for _, heard in pairs) / n, 4),
    }


def _macro_f1(pairs: Sequence[Pair]) -> float:
    hits = Counter(right for right, heard in pairs if right == heard)
    right_counts, heard_counts = Counter(right for right, _ in pairs), Counter(heard for _, heard in pairs)
    return sum(2 * hits[name] / (count + heard_counts[name]) for name, count in right_counts.items()) / len(
        right_counts
    )


def _by_words(texts: Sequence[tuple[str, str]], pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    groups: dict[int, list[Pair]] = {}
    for (_, text), pair in zip(texts, pairs, strict=True):
        groups.setdefault(min(len(words(text)), LONGEST), []).append(pair)
    names = {LONGEST: f"{LONGEST}+"}
    return {
        names.get(count, str(count)): {
            "n": len(group),
            "accuracy": round(sum(right == heard for right, heard in group) / len(group), 4),
        }
        for count, group in sorted(groups.items())
    }


def _confusions(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    counts = Counter((right, heard) for right, heard in pairs if right != heard)
    return [{"locale": right, "heard": heard, "n": n} for (right, heard), n in counts.most_common()]
