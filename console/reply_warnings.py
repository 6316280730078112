"""What to look at twice in a reply before it is sent: numbers no card holds, promises, and advice to face somebody."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.catalogue import Catalogue
from bot.cleaning import fold

LONG = 7
"""Digits from which a number in a reply is one to call, or of a document."""

NUMBER = re.compile(r"[+(]?\d(?:[^\S\n]?[().\-\u2010-\u2015]?[^\S\n]?\d)*")
CALL = re.compile(r"(?:llam\w+|marqu\w+|tel(?:efono)?s?|whats\s?app|numero)\s(?:(?:al?|es|el|numero)\s)*$")
"""What makes even a short number one to call: "llame al 1500"."""


class Doubt(enum.StrEnum):
    """Why to look twice."""

    NUMBER = "number"
    """No card holds it: it may be wrong, or somebody's own."""
    PROMISE = "promise"
    """Nobody can promise a result, papers, money or safety."""
    CONFRONT = "confront"
    """Facing who hurt or cheated a person can cost their life."""


PHRASES: dict[Doubt, tuple[str, ...]] = {
    Doubt.PROMISE: (
        *("le prometo", "prometemos", "le garantiz", "garantizado", "garantizamos", "le aseguro", "le aseguramos"),
        *("sin falta", "le van a dar", "le vamos a dar", "le vamos a conseguir", "le vamos a sacar", "va a ganar"),
        *("no le va a pasar nada", "no le pasara nada", "estara a salvo", "estara seguro", "estara segura"),
        *("lo van a aprobar", "se lo aprueban", "su caso esta ganado", "no lo van a deportar", "no la van a deportar"),
    ),
    Doubt.CONFRONT: (
        *("enfrentel", "enfrente a", "enfrentese", "confronte", "encare", "reclamele", "reclame al coyote"),
        *("hable con el coyote", "hable con su esposo", "hable con su pareja", "hable con el agresor"),
        *("digale al coyote", "digale a su esposo", "digale a su pareja", "defiendase", "vaya a buscarlo"),
    ),
}
"""Beginnings of words in a row, as `fold` leaves them."""


@dataclass(frozen=True)
class Warned:
    """One thing to look at, and the words of the reply that it stands in."""

    doubt: Doubt
    words: str


def warnings_of(text: str, known: frozenset[str]) -> tuple[Warned, ...]:
    """Return what to look at twice; `known` holds the digits of every number that a card does.

    >>> [warned.words for warned in warnings_of("Llame al 110 o al 5555-1234. Le prometo que sí.", frozenset({"110"}))]
    ['5555-1234', 'le prometo']
    """
    folded = fold(text)
    said = {
        Warned(doubt, found[0]): None
        for doubt, phrases in PHRASES.items()
        for phrase in phrases
        if (found := re.search(rf"\b{phrase}\w*", folded))
    }
    return (*(Warned(Doubt.NUMBER, number) for number in _strange_numbers(text, known)), *said)


def known_numbers(catalogue: Catalogue) -> frozenset[str]:
    """Return the digits of every number in a fact card or of an office."""
    texts = [fact.value for fact in catalogue.facts.values()]
    texts += [phone for office in catalogue.offices for phone in office.phones]
    return frozenset(digits for text in texts for digits in _with_and_without_country(text))


COUNTRY = "502"


def _with_and_without_country(text: str) -> Iterable[str]:
    for found in NUMBER.finditer(text):
        digits = _digits(found[0])
        yield digits
        yield digits.removeprefix(COUNTRY)


def _strange_numbers(text: str, known: frozenset[str]) -> Iterable[str]:
    for found in NUMBER.finditer(text):
        digits = _digits(found[0])
        is_to_call = len(digits) >= LONG or CALL.search(f"{fold(text[: found.start()])} ")
        if is_to_call and digits not in known and digits.removeprefix(COUNTRY) not in known:
            yield found[0].strip()


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())
