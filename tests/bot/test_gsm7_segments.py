"""Segments are counted as carriers bill them, and folding writes Spanish in the cheap alphabet."""

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from bot.gsm7 import BASIC, EXTENDED, Encoding, count_segments, encoding_of, fits_gsm7, fold

GSM = st.text(st.sampled_from(sorted(BASIC | EXTENDED)), max_size=400)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"), max_size=400)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("a" * 160, 1, id="160 fit one"),
        pytest.param("a" * 161, 2, id="161 need two"),
        pytest.param("a" * 306, 2, id="306 fit two"),
        pytest.param("a" * 307, 3, id="307 need three"),
        pytest.param("á" * 70, 1, id="70 in UCS-2 fit one"),
        pytest.param("á" * 71, 2, id="71 in UCS-2 need two"),
        pytest.param("á" * 134, 2, id="134 in UCS-2 fit two"),
        pytest.param("á" * 135, 3, id="135 in UCS-2 need three"),
        pytest.param("€" * 80, 1, id="80 extension characters fit one"),
        pytest.param("€" * 81, 2, id="81 extension characters need two"),
        pytest.param("a" * 158 + "€", 1, id="an extension character fills the last two places"),
        pytest.param("a" * 159 + "€", 2, id="an extension character needs two places"),
        pytest.param("a" * 152 + "€" + "a" * 152, 3, id="an extension character does not straddle"),
        pytest.param("a" * 151 + "€" + "a" * 153, 2, id="an extension character ends a segment"),
        pytest.param("á" * 66 + "😀" + "á" * 66, 3, id="a surrogate pair does not straddle"),
        pytest.param("á" * 68 + "😀", 1, id="an emoji takes two of 70"),
    ],
)
def test_counts_segments_on_both_sides_of_each_limit(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@given(GSM | ANY)
def test_counts_as_smsutil_does(text: str) -> None:
    split = smsutil.split(text)
    assert count_segments(text) == max(1, len(split.parts))
    if text:  # an empty text has no alphabet
        assert (encoding_of(text) is Encoding.GSM7) == (split.encoding == "gsm0338")


@given(ANY, ANY)
def test_a_longer_text_never_costs_fewer_segments(text: str, more: str) -> None:
    assert count_segments(text + more) >= count_segments(text)


@given(ANY)
def test_folding_is_done_once_and_leaves_gsm_text_alone(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    if fits_gsm7(text):
        assert fold(text) == text.replace("`", "'")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Información aquí, según ÓSCAR", "Informacion aqui, segun OSCAR"),
        ("¿Qué niño? ¡Pingüino, É!", "¿Qué niño? ¡Pingüino, É!"),
        ("K’iche’, Q’eqchi´ e q'anjob'al, Qꞌeqchiꞌ", "K'iche', Q'eqchi' e q'anjob'al, Q'eqchi'"),
        ("“5.º” – “a”…", '"5.o" - "a"...'),
        ("informacio\u0301n", "informacion"),
    ],
)
def test_folding_keeps_what_gsm_has_and_rewrites_the_rest(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fits_gsm7(folded)


def test_what_has_no_counterpart_is_left_and_never_a_question_mark() -> None:
    assert fold("Ω ñ 😀 ﷽ 你") == "Ω ñ 😀 ﷽ 你"
