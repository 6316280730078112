"""Messages in words that the training data does not know: a sign that people began to ask for something else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.spelling import sounds, words

UNKNOWN = 2
SHARE = 1 / 3
NUMBER = "0"
"""How `bot.spelling` writes every number."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of each locale's training data, as they are spelt there and as they sound."""

    by_locale: Mapping[str, frozenset[str]]

    def is_strange(self, text: str, locale: str) -> bool:
        """Whether a third of a text's words, and two at least, are unknown in its locale. Of other locales: never."""
        known = self.by_locale.get(locale)
        if known is None:
            return False
        said = {word for word in words(text) if word != NUMBER}
        # Most words are spelt as somebody spelt them before: hearing each of them would take ten times as long.
        unknown = sum(word not in known and sounds(word) not in known for word in said)
        return unknown >= UNKNOWN and unknown >= SHARE * len(said)


def vocabulary(texts: Mapping[str, Iterable[str]], shared: str) -> Vocabulary:
    """Return the vocabulary of texts by locale. People mix the words of the locale `shared` into all of them."""
    by_locale = {locale: _known(of_locale) for locale, of_locale in texts.items()}
    common = by_locale.get(shared, frozenset())
    return Vocabulary({locale: known | common for locale, known in by_locale.items()})


def _known(texts: Iterable[str]) -> frozenset[str]:
    spelt = {word for text in texts for word in words(text)}
    return frozenset(spelt | {sounds(word) for word in spelt})
