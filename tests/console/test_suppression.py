"""No number that is shown leads to a single person."""

from hypothesis import given
from hypothesis import strategies as st

from console.suppression import LEAST, SMALL, drawn, publish, share

COUNTS = st.integers(0, 100_000)


@given(COUNTS)
def test_a_count_is_shown_as_nothing_small_or_a_multiple_of_five_near_it(count: int) -> None:
    shown = publish(count)
    if isinstance(shown, str):
        assert shown == SMALL
        assert 0 < count < LEAST
    else:
        assert shown % 5 == 0
        assert abs(shown - count) <= 2
        assert (shown == 0) == (count == 0)


@given(st.integers(1, LEAST - 1), st.integers(LEAST, 1000))
def test_what_is_left_out_cannot_be_taken_from_the_total(small: int, other: int) -> None:
    """Another hidden count would have given the same two numbers."""
    seen = (drawn(other), drawn(other + small))
    alike = {
        hidden
        for hidden in range(1, LEAST)
        for rest in range(max(LEAST, other - 4), other + 5)
        if (drawn(rest), drawn(rest + hidden)) == seen
    }
    assert len(alike) > 1


@given(COUNTS, COUNTS)
def test_a_share_is_of_enough_people_on_both_sides(part: int, rest: int) -> None:
    shown = share(part, part + rest)
    is_hidden = part + rest < LEAST or 0 < part < LEAST or 0 < rest < LEAST
    assert (shown is None) == is_hidden
    assert shown is None or 0 <= shown <= 1
