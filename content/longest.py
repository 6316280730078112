"""The few places for which an answer can be longest, out of the hundreds a person may name."""

from functools import lru_cache

from bot.catalogue import Answer, Catalogue
from bot.composing import Composer, choose_offices
from bot.dialogue import LANGUAGES_OFFERED
from bot.languages import SPANISH
from bot.places import Found, Office, Place

KINDS_SHOWN = 32
"""Different sets of offices that are remembered; answers show about a dozen."""


def widest_places(composer: Composer, answer: Answer) -> list[Place]:
    """Return a place for each choice of offices that an answer shows: none of its kind makes a longer text.

    What is said for two places with the same offices differs only in the place's name and in kilometres.
    """
    if not answer.office_kinds:
        return []
    return [*_widest(composer.offices(answer.office_kinds), tuple(composer.catalogue.places.values()))]


@lru_cache(KINDS_SHOWN)
def _widest(offices: tuple[Office, ...], places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Measuring every distance takes two thirds of the whole check, and offices change seldom."""
    widest: dict[tuple[tuple[str, bool], ...], tuple[int, Place]] = {}
    for place in places:
        found = choose_offices(offices, place)
        shown = tuple((each.office.id, each.km is None) for each in found)
        width = _width(found, place)
        if shown not in widest or width > widest[shown][0]:
            widest[shown] = width, place
    return tuple(place for _, place in widest.values())


def widest_values(catalogue: Catalogue, locale: str) -> dict[str, str]:
    """Return the longest that the program fills into the messages that stand alone, by placeholder.

    In another language than Spanish only that one is named.
    """
    names = sorted((language.name for code, language in catalogue.languages.items() if code != SPANISH), key=len)
    own = catalogue.languages.get(locale) if locale != SPANISH else None
    either = catalogue.words_within("which_language", locale).either
    return {"language": own.name if own else "".join(names[-1:]), "languages": either.join(names[-LANGUAGES_OFFERED:])}


def _width(found: tuple[Found, ...], place: Place) -> int:
    """Return the characters that the place's name and the kilometres take; a place with the office is not named."""
    is_named = bool(found) and found[0].km is not None
    return len(place.name) * is_named + sum(len(str(round(each.km))) for each in found if each.km is not None)
