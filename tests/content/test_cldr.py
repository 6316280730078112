"""Babel knows the Mayan locales as it knows Spanish. If one of these fails after a new Babel: docs/adr/0018."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from babel import Locale, localedata
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from content.cldr import BASE, MAYAN, either_of, months_of, register_mayan_locales
from nlu.languages.attestation import read_attestation

DAY = date(2025, 9, 6)
BORROWED = {"o"}
"""The Spanish word, which Kaqchikel and Ixil texts use."""

tags = pytest.mark.parametrize("tag", MAYAN)


@pytest.fixture(autouse=True)
def registered() -> None:
    """As every program does before it formats."""
    register_mayan_locales()


@tags
@pytest.mark.parametrize("suffix", ["", "_GT"], ids=["language", "in Guatemala"])
def test_babel_itself_takes_a_mayan_locale_by_its_tag(tag: str, suffix: str) -> None:
    locale = Locale.parse(tag + suffix)
    assert (locale.language, locale.display_name.split(" (")[0]) == (tag, MAYAN[tag][0])
    assert format_date(DAY, "long", locale=tag + suffix) == "6 de septiembre de 2025"
    assert format_skeleton("yMMMM", datetime(2025, 9, 6), locale=tag + suffix) == "septiembre de 2025"  # noqa: DTZ001
    assert format_decimal(Decimal("1234.5"), locale=tag + suffix) == "1,234.5"
    assert format_currency(Decimal("1234.5"), "GTQ", locale=tag + suffix) == "Q1,234.50"
    assert format_list(["A", "B"], "or", locale=tag + suffix) == f"A {MAYAN[tag][1]} B"


def test_a_tag_is_read_as_browsers_write_it() -> None:
    assert Locale.parse("kek-GT", sep="-").language == "kek"
    assert Locale.negotiate(["kek", "es"], ["es", "kek"]) == Locale("kek")


def test_nothing_else_in_babel_changes() -> None:
    """In a process where nothing is registered, the base and other locales hold what they hold here."""
    program = (
        "import json; from babel import Locale, localedata;"
        f"print(json.dumps([[Locale.parse(tag).list_patterns['or']['2'], Locale.parse(tag).display_name,"
        f" len(localedata.load(tag)['languages'])] for tag in ({BASE!r}, 'es', 'en')]))"
    )
    untouched = json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
    here = [
        [Locale.parse(tag).list_patterns["or"]["2"], Locale.parse(tag).display_name, len(_languages(tag))]
        for tag in (BASE, "es", "en")
    ]
    assert here == untouched


def _languages(tag: str) -> dict[str, str]:
    found: dict[str, str] = localedata.load(tag)["languages"]
    return found


@pytest.fixture
def other_babel(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Babel that no longer looks where we put the locales."""
    monkeypatch.setattr(localedata, "_cache", dict[str, object]())
    monkeypatch.setattr(localedata, "exists", lambda name: name in ("es_GT", "es_419", "es", "root"))
    register_mayan_locales.cache_clear()
    yield
    register_mayan_locales.cache_clear()


@pytest.mark.usefixtures("other_babel")
def test_a_babel_that_keeps_its_data_elsewhere_is_told_of_at_once() -> None:
    with pytest.raises(RuntimeError, match=r"Babel [\d.]+ did not take on quc, kek, mam, cak, kjb, ixl\. See docs/adr"):
        register_mayan_locales()


@tags
def test_our_own_words_are_attested_in_their_language(tag: str) -> None:
    word = MAYAN[tag][1]
    assert word in BORROWED or word in read_attestation(tag, ()).attested


@pytest.mark.parametrize("tag", ["es", *MAYAN])
def test_months_are_words_in_every_language(tag: str) -> None:
    months = months_of(tag)
    assert len(set(months)) == 12
    assert months[8] == "septiembre de {year}"


@pytest.mark.parametrize("tag", ["es", *MAYAN])
@pytest.mark.parametrize("count", range(5))
def test_things_are_joined_as_babel_joins_them(tag: str, count: int) -> None:
    things = ["Mam", "Ixil", "Chuj", "Popti'"][:count]
    assert either_of(tag).join(things) == format_list(things, "or", locale=tag)


def test_a_language_that_nobody_has_formats_of_gets_those_of_guatemala() -> None:
    assert months_of("agu")[0] == "enero de {year}"
    assert either_of("agu").join(["Mam", "Ixil"]) == "Mam o Ixil"
