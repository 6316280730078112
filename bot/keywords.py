"""Whole-message commands: short words that act before any understanding does, in every locale's own words."""

import enum
import unicodedata
from collections.abc import Mapping

from bot.catalogue import LocaleWords
from bot.cleaning import APOSTROPHES, fold

MAX_WORDS = 6
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
    HAND_OFF = "hand_off"
    """Yes: a person may read and answer. Only ever a choice that was offered."""
    HELPED = "helped"
    NOT_HELPED = "not_helped"


OFFERED_ONLY = frozenset({Command.HAND_OFF, Command.HELPED, Command.NOT_HELPED})
"""Commands that answer a question of ours, and that no word stands for."""

COMMANDS = frozenset(command.value for command in Command if command not in OFFERED_ONLY)

INTENT_OF = {
    Command.OPT_OUT: "opt_out",
    Command.OPT_IN: "opt_in",
    Command.ERASE: "delete_my_data",
    Command.MENU: "menu",
    Command.PERSON: "human_agent",
    Command.LANGUAGES: "change_language",
    Command.SPEAK: "change_language",
    Command.REPEAT: "repeat",
    Command.HAND_OFF: "human_agent",
    Command.HELPED: "affirm",
    Command.NOT_HELPED: "deny",
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


WORDS_FOR = ("greet", "goodbye", "thanks", "affirm", "deny")
"""Intents that a locale may list whole messages for: in a language few texts are written in, a list hears better."""


SHORT = 2
"""Letters up to which a word without its apostrophe may be another language's: K'iche' "je'", a yes, and a laugh."""


def match_intent(text: str, own: str, locales: Mapping[str, LocaleWords]) -> str | None:
    """Return the intent whose words a whole message is; `own` is the conversation's locale."""
    folded = fold(text)
    is_marked = len(folded) > SHORT or any(mark in text for mark in APOSTROPHES)
    for locale, words in locales.items():
        for intent in WORDS_FOR if folded and (is_marked or locale == own) else ():
            if folded in {fold(phrase) for phrase in words.keywords.get(intent, ())}:
                return intent
    return None


def match_number(text: str, locale: str, locales: Mapping[str, LocaleWords]) -> int | None:
    """Return the number a message picks, in the words of the conversation's locale or of any other."""
    own = [locales[locale]] if locale in locales else []
    numbers = (match_digit(text, words) for words in (*own, *locales.values()))
    return next((number for number in numbers if number is not None), None)


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
        if folded and folded == fold(name):
            return number
    return None
