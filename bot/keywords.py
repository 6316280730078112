"""Whole-message commands: short words that act before any understanding does, in every locale's own words."""

import enum
import unicodedata
from collections.abc import Mapping

from bot.catalogue import LocaleWords
from bot.cleaning import fold

MAX_WORDS = 4
"""A command is a whole message; longer ones are sentences and go to the interpreter."""


class Command(enum.StrEnum):
    """What a keyword does."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    ERASE = "erase"
    MENU = "menu"
    PERSON = "person"
    LANGUAGES = "languages"
    SPEAK = "speak"
    """Switch to the locale whose words hold the keyword."""
    REPEAT = "repeat"
    SOURCE = "source"


COMMANDS = frozenset(command.value for command in Command)

INTENT_OF = {
    Command.OPT_OUT: "opt_out",
    Command.OPT_IN: "opt_in",
    Command.ERASE: "delete_my_data",
    Command.MENU: "menu",
    Command.PERSON: "human_agent",
    Command.LANGUAGES: "change_language",
    Command.SPEAK: "change_language",
    Command.REPEAT: "repeat",
}
"""The intent each command stands for, where it stands for one."""


def match_command(text: str, locales: Mapping[str, LocaleWords]) -> tuple[Command, str] | None:
    """Return the command a whole message is, with the locale it is worded in."""
    folded = fold(text)
    if not folded or len(folded.split()) > MAX_WORDS:
        return None
    for locale, words in locales.items():
        for name, phrases in words.keywords.items():
            if name in COMMANDS and folded in {fold(phrase) for phrase in phrases}:
                return Command(name), locale
    return None


def match_digit(text: str, words: LocaleWords) -> int | None:
    """Return the number a message picks: a digit in any script, or the locale's words for it.

    Only decimal digits count: "²" is a digit to Python but no number anyone picks.
    """
    if any(unicodedata.category(character) == "No" for character in text):
        return None  # Folding would make a plain 2 of "²".
    folded = fold(text)
    for prefix in words.keywords.get("choice_prefixes", ()):
        folded = folded.removeprefix(fold(prefix) + " ")
    if folded.isdecimal() and len(folded) <= 2:
        return int(folded)
    for number, name in enumerate(words.keywords.get("numbers", ())):
        if folded == fold(name):
            return number
    return None
