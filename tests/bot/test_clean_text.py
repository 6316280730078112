"""Any text becomes one that can be stored, sent and put in XML."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import MAX_CHARACTERS, MAX_MARKS, clean, fold

TEXT = st.text(st.characters(codec=None), max_size=200)
MARKED = st.text(st.sampled_from("aé o\u0301\u0300\u0316\u0327\u0489\u09be\u1100\u1161\u11a8\u0958\x00\r\n\ufeff"))


@given(TEXT | MARKED, st.integers(1, 60))
def test_cleaning_is_done_once_and_keeps_the_limit(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once


@given(TEXT | MARKED)
def test_what_is_clean_can_be_written_as_xml_and_utf8(text: str) -> None:
    cleaned = clean(text)
    element = ET.Element("Body")
    element.text = cleaned
    assert (ET.fromstring(ET.tostring(element)).text or "") == cleaned


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x0b",
        "\x7f",
        "\x85",
        "\ud800",
        "\ufffe",
        "\uffff",
        "\ufdd0",
        "\ufdef",
        "\U0001fffe",
        "\ufeff",
    ],
    ids=ascii,
)
def test_what_cannot_be_written_is_dropped(character: str) -> None:
    assert clean(f"ho{character}la") == "hola"


@pytest.mark.parametrize("character", ["\t", "\n", "\ufdcf", "\ufdf0", "\ufffd", "\ufeff\u200d"], ids=ascii)
def test_their_neighbours_are_kept(character: str) -> None:
    assert clean(f"ho{character}la") == f"ho{character}la".replace("\ufeff", "")


@pytest.mark.parametrize("text", ["hola", "¿Dónde está?", "Q'eqchi’", "línea\notra", "👩‍👧 niña", "مرحبا"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_long_text_is_cut_at_the_limit() -> None:
    assert clean("a" * 1001) == "a" * MAX_CHARACTERS == "a" * 1000


def test_a_stack_of_marks_is_cut_down() -> None:
    assert clean("x" + "\u0316" * 50 + "y") == "x" + "\u0316" * MAX_MARKS + "y"
    assert MAX_MARKS == 3


@given(TEXT)
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
