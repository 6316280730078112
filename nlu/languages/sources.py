"""Read a folder of language material: `corpus/`, `lexicon/`, `glossary/` and `phrases/`, one TSV a language."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu.languages.letters import words

SPANISH = "spa"
"""The file that holds Spanish; its label is the locale `es`."""

_NOTE = re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class Sentence:
    """A text of known language, and the collection it comes from."""

    locale: str
    source: str
    text: str


def locale_of(stem: str) -> str:
    """Return the locale of a file by its name."""
    return "es" if stem == SPANISH else stem


def sentences(folder: Path) -> Iterator[Sentence]:
    """Yield the sentences of `corpus/`."""
    for path in sorted((folder / "corpus").glob("*.tsv")):
        for row in _rows(path):
            yield Sentence(locale_of(path.stem), row["source"], row["text"])


def terms(folder: Path) -> Iterator[Sentence]:
    """Yield the words and short phrases of `glossary/` and `phrases/`, without notes in brackets."""
    for kind in ("glossary", "phrases"):
        for path in sorted((folder / kind).glob("*.tsv")):
            for row in _rows(path):
                for term in re.split(r"[;/,]", _NOTE.sub(" ", row["term"] or "")):
                    if term.strip():
                        yield Sentence(locale_of(path.stem), kind, term.strip())


def word_forms(folder: Path, locale: str) -> set[str]:
    """Return every word form of a language that any of its sources holds, folded."""
    texts = [s.text for s in (*sentences(folder), *terms(folder)) if s.locale == locale]
    return {word for text in texts for word in words(text)}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
