"""What is covered of a text before staff see it, and what must stay readable."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import PLACEHOLDERS, holds_personal_data, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("llame al 5555-1234", "llame al [teléfono]"),
        ("5555 1234 o 4444 - 1234", "[teléfono] o [teléfono]"),
        ("+502 5555 1234", "[teléfono]"),
        ("cel +1 (213) 555-0123.", "cel [teléfono]."),
        ("55 55 12 34", "[teléfono]"),
        ("5 5 5 5 1 2 3 4", "[teléfono]"),
        ("cinco cinco cinco cinco uno dos tres cuatro, gracias", "[teléfono], gracias"),
        ("５５５５１２３４", "[teléfono]"),
        ("5555\u202e1234", "[teléfono]"),
        ("DPI 2345 67890 0101", "DPI [DPI]"),
        ("2345678900101", "[DPI]"),
        ("A-123456789", "A-[teléfono]"),
        ("ana.caal+1@example.org y @anita_22", "[correo] y [usuario]"),
        ("https://facebook.com/ana.caal?id=1", "https://facebook.com/[enlace]"),
        ("wa.me/50255551234", "wa.me/[enlace]"),
        ("Me llamo Ana Caal y tengo 17", "Me llamo [nombre] y tengo 17"),
        ("mi nombre es maria de leon, busco a mi hijo", "mi nombre es [nombre], busco a mi hijo"),
        ("mi hijo se llama Pedro Tomás", "mi hijo se llama [nombre]"),
        ("Nombre: Q'anil Xol", "Nombre: [nombre]"),
        ("buenas, soy Pedro Tomás.", "buenas, soy [nombre]."),
    ],
)
def test_personal_data_is_covered(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "ya llamé al 110, al 1546 y al 1572",
        "pagué Q100, me piden Q 1,500.00 o US$30",
        "entre 2024 y 2025",
        "salgo el 24/11/2026",
        "tengo 17 años y 2 hijos",
        "me llamo desde la cárcel",
        "mi nombre está mal en la partida",
        "¿cómo se llama el programa?",
        "soy Mam, soy de Comitancillo",
        "https://igm.gob.gt",
    ],
)
def test_what_tells_of_nobody_stays_readable(text: str) -> None:
    assert mask(text) == text
    assert not holds_personal_data(text)


PIECES = st.sampled_from(
    (
        *("me llamo ", "soy ", "se llama ", "nombre: ", "Ana", "Caal ", "y ", "de ", "dos ", "Q", "x.org", "http://"),
        *("5555", "1234 ", "+502", "24/11/2026", "-", " ", "(", ")", "@", "/", ".", "[", "]", "\n", "\u202e"),
        *PLACEHOLDERS,
    )
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=80)


@given(TEXTS)
def test_masking_twice_covers_no_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(TEXTS)
def test_no_run_of_eight_digits_survives(text: str) -> None:
    assert not re.search(r"\d{8}", mask(text))


@given(TEXTS)
def test_a_masked_text_is_hardly_longer(text: str) -> None:
    longest = max(map(len, PLACEHOLDERS))
    assert len(mask(text)) <= len(text) + longest * (len(text) // 2 + 1)


@pytest.mark.parametrize("piece", ["5 ", "a.", "me llamo ", "@", "x@", "https://", "Q1", "1/", "Soy Ana ", "a@b."])
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    mask(piece * 1000)
    assert time.perf_counter() - began < 1
