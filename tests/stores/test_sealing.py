"""Sealed addresses: opened by us alone, in their place alone, also after the key changed."""

import pytest

from bot.errors import SealBroken
from stores.sealing import Seal

NUMBER, PLACE = "whatsapp:+50255500001", "ticket ana SM1 person"
OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_sealed_opens_in_its_place_and_shows_nothing() -> None:
    sealed = Seal(NEW).close(NUMBER, PLACE)
    assert Seal(NEW).open(sealed, PLACE) == NUMBER
    assert b"555" not in sealed
    assert sealed != Seal(NEW).close(NUMBER, PLACE)


def test_a_new_key_opens_what_an_old_one_sealed_and_seals_with_itself() -> None:
    rotated = Seal(NEW, (OLD,))
    assert rotated.open(Seal(OLD).close(NUMBER, PLACE), PLACE) == NUMBER
    assert Seal(NEW).open(rotated.close(NUMBER, PLACE), PLACE) == NUMBER


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda sealed: (sealed, "ticket berta SM1 person"), id="another place"),
        pytest.param(lambda sealed: (sealed[:-1] + bytes([sealed[-1] ^ 1]), PLACE), id="changed"),
        pytest.param(lambda sealed: (sealed[:9], PLACE), id="cut"),
        pytest.param(lambda sealed: (b"", PLACE), id="empty"),
        pytest.param(lambda sealed: (b"\x02" + sealed[1:], PLACE), id="another version"),
        pytest.param(lambda sealed: (Seal(OLD).close(NUMBER, PLACE), PLACE), id="another key"),
    ],
)
def test_anything_else_stays_shut(spoil) -> None:  # type: ignore[no-untyped-def]
    sealed, place = spoil(Seal(NEW).close(NUMBER, PLACE))
    with pytest.raises(SealBroken) as broken:
        Seal(NEW).open(sealed, place)
    assert not str(broken.value)
