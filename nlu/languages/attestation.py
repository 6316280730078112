"""Which words may stand in our Mayan text: those a source attests, Spanish ones, names and numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu.languages.letters import bare, words

FOLDER = Path(__file__).parent / "attested"


@dataclass(frozen=True)
class Attestation:
    """The words known to exist in one language, and those that people mix in."""

    attested: frozenset[str]
    """As the sources spell them, folded."""
    without_marks: frozenset[str]
    """The attested and the borrowed ones without apostrophes and accents: people leave these out."""
    borrowed: frozenset[str]
    """Spanish words and names, without marks."""

    def unattested(self, text: str) -> Iterator[str]:
        """Yield each word of a text that no source attests. Numbers are never words."""
        for word in words(text):
            plain = bare(word)
            is_attested = word in self.attested or (word == plain and plain in self.without_marks)
            if not is_attested and plain not in self.borrowed:
                yield word


def read_attestation(locale: str, borrowed: Iterable[str], folder: Path = FOLDER) -> Attestation:
    """Return the attestation of a locale; `borrowed` holds Spanish texts and names that count as well."""
    lines = (folder / f"{locale}.txt").read_text("utf-8").splitlines()
    attested = frozenset(word for line in lines if not line.startswith("#") for word in line.split())
    return Attestation(
        attested,
        frozenset(map(bare, attested)),
        frozenset(bare(word) for text in borrowed for word in words(text)),
    )
