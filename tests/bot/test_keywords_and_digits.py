"""Whole-message commands and numbers, however they are typed."""

import pytest

from bot.catalogue import Catalogue
from bot.keywords import COMMANDS, Command, match_command, match_digit


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1", 1), (" 9 ", 9), ("0", 0), ("12", 12), ("1.", 1), ("2)", 2), ("*3*", 3), ("¡4!", 4), ("1️⃣", 1)),
        *(("٢", 2), ("３", 3), ("२", 2)),
        *(("opcion 2", 2), ("Opción 2", 2), ("la 2", 2), ("el 3", 3), ("la opción 4", 4), ("el número 5", 5)),
        *(("dos", 2), ("CERO", 0), ("la uno", 1), ("nueve", 9)),
        *(("²", None), ("2²", None), ("½", None), ("123", None), ("2 3", None), ("1a", None), ("-", None), ("", None)),
        *(("dos hijos", None), ("la", None), ("tengo 2", None), ("Ⅳ", None)),
    ],
)
def test_a_number_is_read_in_any_script_and_nothing_else_is(
    catalogue: Catalogue, text: str, number: int | None
) -> None:
    assert match_digit(text, catalogue.words("es")) == number


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("ALTO", Command.OPT_OUT),
        ("¡Alto!", Command.OPT_OUT),
        ("alta", Command.OPT_IN),
        ("Menú", Command.MENU),
        ("  menu  ", Command.MENU),
        ("borrar mis datos", Command.ERASE),
        ("Español", Command.SPEAK),
        ("espanol", Command.SPEAK),
        ("una persona", Command.PERSON),
        ("fuente", Command.SOURCE),
        ("otra vez", Command.REPEAT),
        ("idioma", Command.LANGUAGES),
        ("dos", None),
        ("la opción", None),
        ("no quiero alto", None),
        ("me asaltaron en el alto", None),
        ("", None),
        ("?!", None),
    ],
)
def test_a_command_is_the_whole_message(catalogue: Catalogue, text: str, command: Command | None) -> None:
    found = match_command(text, catalogue.locales)
    assert found == ((command, "es") if command else None)


def test_every_command_has_its_words_and_each_is_understood(catalogue: Catalogue) -> None:
    keywords = catalogue.words("es").keywords
    assert keywords.keys() >= COMMANDS
    for command in COMMANDS:
        for phrase in keywords[command]:
            assert match_command(phrase, catalogue.locales) == (Command(command), "es"), phrase
