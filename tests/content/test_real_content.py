"""The content as it stands: no errors, nothing false, nothing too long."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Answer, Catalogue
from bot.composing import OFFICE_FACT, Composer
from bot.facts import Confidence, Status
from bot.gsm7 import fits_gsm7
from bot.messages import Channel
from bot.places import Place
from bot.rendering import SmsPolicy, cost_of, render
from content.checks import check, load_catalogue
from content.intents import INTENTS
from content.loader import read_content

TODAY = date(2026, 11, 24)
TRAPS = (
    *("US$30", "US$ 30", "Q25", "Q.25", "Q85", "Q.85", "multa"),
    *("2305-3000", "4214-3566", "2411-2412", "2253-5889", "2232-3835"),
)
"""What sources got wrong or what ran out (shared/facts): never in an answer."""

Rendered = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """All the real content."""
    return load_catalogue(Path("content"), TODAY)


def _said(catalogue: Catalogue, channel: Channel) -> Iterator[tuple[str, str, str]]:
    """Yield the intent, the place and the words of every answer, alone and for every place it shows offices for."""
    composer = Composer(catalogue, TODAY, channel, "es")
    for answer in catalogue.answers.values():
        places: list[Place | None] = [None, *(catalogue.places.values() if answer.office_kinds else ())]
        for place in places:
            text = render(composer.answer(answer, place), channel, SmsPolicy())
            yield answer.intent, place.id if place else "", text


@pytest.fixture(scope="module")
def whatsapp(catalogue: Catalogue) -> Rendered:
    """Everything that is said by WhatsApp."""
    return list(_said(catalogue, Channel.WHATSAPP))


@pytest.fixture(scope="module")
def sms(catalogue: Catalogue) -> Rendered:
    """Everything that is said by SMS."""
    return list(_said(catalogue, Channel.SMS))


def test_the_content_has_no_errors() -> None:
    assert [str(problem) for problem in check(read_content(Path("content")), TODAY) if not problem.is_warning] == []


def test_there_is_an_answer_for_each_of_the_57_intents(catalogue: Catalogue) -> None:
    assert len(set(INTENTS)) == 57
    assert {intent for locale, intent in catalogue.answers if locale == "es"} == set(INTENTS)


def test_no_low_superseded_or_closed_office_is_served_anywhere(catalogue: Catalogue) -> None:
    hidden = {
        f"{OFFICE_FACT}{office.id}"
        for office in catalogue.offices
        if office.validity.confidence is Confidence.LOW or office.validity.status is not Status.OPEN
    }
    assert hidden, "the data knows offices that must not be served"
    composer = Composer(catalogue, TODAY, Channel.WHATSAPP, "es")
    showing: list[Answer] = [answer for answer in catalogue.answers.values() if answer.office_kinds]
    for answer in showing:
        for place in catalogue.places.values():
            assert not hidden & set(composer.answer(answer, place).facts), (answer.intent, place.id)


@pytest.mark.parametrize("trap", TRAPS)
def test_no_known_falsehood_is_said(whatsapp: Rendered, sms: Rendered, trap: str) -> None:
    assert [(intent, place) for intent, place, text in whatsapp + sms if _says(text, trap)] == []


def _says(text: str, trap: str) -> bool:
    """Whether the text holds the trap, and not as the start of a longer number."""
    return re.search(re.escape(trap) + r"(?!\d)", text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [("Cuesta Q25.", True), ("Cuesta q25", True), ("Cuesta Q250 o Q25", True), ("Cuesta Q250.", False)],
)
def test_a_trap_is_told_from_a_longer_number(text: str, says: bool) -> None:
    assert _says(text, "Q25") is says


def test_smugglers_prices_are_never_said(whatsapp: Rendered, sms: Rendered) -> None:
    """Nor any figure of the thousands they ask: it would read as an offer."""
    for intent, _, text in whatsapp + sms:
        if intent in {"smuggler", "migration_risks", "safe_migration", "recruitment_scam"}:
            assert not re.search(r"\$|\bQ ?\d|\d[,.]\d{3}\b|dólares|dolares|quetzales", text), intent


def test_consulapp_is_only_named_as_disabled(whatsapp: Rendered, sms: Rendered) -> None:
    for intent, _, text in whatsapp + sms:
        if "consulapp" in text.casefold():
            assert "deshabilitad" in text.casefold() or "no funciona" in text.casefold(), intent


def test_an_sms_costs_two_segments_at_most_and_three_with_an_office(sms: Rendered) -> None:
    costs = [(intent, place, cost_of((text,)).segments) for intent, place, text in sms]
    assert [cost for cost in costs if cost[2] > (3 if cost[1] else 2)] == []


def test_every_sms_answer_is_in_the_cheap_alphabet(sms: Rendered) -> None:
    assert sorted({intent for intent, place, text in sms if not fits_gsm7(text)}) == []


def test_every_whatsapp_answer_fits_a_message_with_buttons(whatsapp: Rendered) -> None:
    assert {(intent, place): len(text) for intent, place, text in whatsapp if len(text) > 1024} == {}


@pytest.mark.parametrize(
    "day", [date(2027, 1, 1), date(2027, 6, 1), date(2028, 1, 1), date(2031, 1, 1), date(2025, 1, 1)]
)
def test_time_alone_never_stops_the_line(day: date) -> None:
    load_catalogue(Path("content"), day)


def test_no_answer_with_an_office_is_cut_off(whatsapp: Rendered, sms: Rendered) -> None:
    assert {(intent, place) for intent, place, text in whatsapp + sms if len(text) >= 1600} == set()
