"""Which answers a person can reach with numbers alone: many read little, and by SMS a digit is the cheapest word."""

from collections.abc import Iterator

from bot.keywords import INTENT_OF, WORDS_FOR
from bot.languages import SPANISH
from bot.sessions import TargetKind
from content.loader import Loaded

MAIN = "main"
REPLIES = frozenset({*WORDS_FOR, *INTENT_OF.values(), "out_of_scope"})
"""Answers to something said, which no menu needs to lead to: a greeting, a thanks, a command, a question of no use."""


def unreached(loaded: Loaded) -> tuple[list[str], list[str]]:
    """Return the Spanish answers and the menus to which no number leads, from the main menu on."""
    menus = loaded.locales[SPANISH].menus
    reached: set[tuple[TargetKind, str]] = set()
    waiting = [(TargetKind.MENU, MAIN)]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += _ways_from(here, loaded)
    answers = [name for locale, name in loaded.answers if locale == SPANISH and name not in REPLIES]
    return (
        [name for name in answers if (TargetKind.ANSWER, name) not in reached],
        [name for name in menus if (TargetKind.MENU, name) not in reached],
    )


def _ways_from(here: tuple[TargetKind, str], loaded: Loaded) -> Iterator[tuple[TargetKind, str]]:
    kind, name = here
    if kind is TargetKind.MENU and (menu := loaded.locales[SPANISH].menus.get(name)):
        yield from ((choice.kind, choice.name) for choice in menu.choices)
    if kind is TargetKind.ANSWER and (answer := loaded.answers.get((SPANISH, name))):
        yield from ((TargetKind.ANSWER, following) for following in answer.next)
