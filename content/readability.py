"""How easy a Spanish text is to read, on the scale made for what patients are given to read.

Formula: F. Szigriszt Pazos, "Sistemas predictivos de legibilidad del mensaje escrito: fórmula de perspicuidad" (1993).
Scale: I. M. Barrio Cantalejo and others, "Validación de la Escala INFLESZ para evaluar la legibilidad de los textos
dirigidos a pacientes", Anales del Sistema Sanitario de Navarra 31(2), 2008: up to 40 very hard, 55 somewhat hard,
65 normal (newspapers), 80 fairly easy (primary school), above that very easy.
"""

import re

FAIRLY_EASY = 65.0
"""Where INFLESZ puts what people who went to primary school read with ease."""
ENOUGH_WORDS = 30
"""In a shorter text one long name decides the figure; the formula was made for samples of a hundred words."""

_LINK = re.compile(r"\S*\w[.@/]\w\S*")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?…:;]+(?=\s|$)|\n+")
_SILENT = re.compile(r"(?<=[qg])u(?=[eiéí])|(?<!c)h")
_NUCLEUS = re.compile(
    r"[iuü]?[aeoáéó](?:[iuü](?![aeoáéóíú])|y(?![aeiouáéíóúü]))?"  # a strong vowel, with weak ones leaning on it
    r"|[iuü]?[íú]"
    r"|[iuü](?:[iuü]|y(?![aeiouáéíóúü]))?"
    r"|y(?![aeiouáéíóúü])"
)


def count_syllables(word: str) -> int:
    """Return the syllables of a Spanish word, by its spelling; one without a vowel (an acronym) has one.

    >>> [count_syllables(word) for word in ("ciudad", "alegría", "guerra", "prohibido", "Uruguay", "y", "DPI")]
    [2, 4, 2, 3, 3, 1, 1]
    """
    return max(1, len(_NUCLEUS.findall(_SILENT.sub("", word.lower()))))


def ease(text: str) -> float | None:
    """Return how easy a text is to read, 100 being the easiest; None where there are too few words to tell.

    Numbers and links are no words. A line ends a sentence.
    """
    sentences = [_WORD.findall(part) for part in _SENTENCE_END.split(_LINK.sub(" ", text))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < ENOUGH_WORDS:
        return None
    syllables = sum(map(count_syllables, words))
    return 206.835 - 62.3 * syllables / len(words) - len(words) / sum(map(bool, sentences))
