"""A recording goes with the answer it is of, to who can hear it, and never says what the text would not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.catalogue import Catalogue, Recording
from bot.composing import PLACEHOLDER
from bot.conversation import Bot
from bot.messages import Channel, InboundMessage
from bot.turns import Contact, Turn
from tests.bot.conftest import NOW

Write = Callable[..., Turn]
Understand = Callable[..., None]

INTENTS = ("passport", "iom_offices", "emergency", "menu", "delete_my_data")
MESSAGE = InboundMessage("SM1", "ana", Channel.WHATSAPP, "pasaporte")


def recording(locale: str, intent: str) -> Recording:
    return Recording(locale, intent, f"audio/{locale}/{intent}.ogg", "audio/ogg", 9.0, 999)


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """All the real content, and recordings that nobody made."""
    recordings = [*(recording("es", intent) for intent in INTENTS), recording("kek", "passport")]
    return replace(catalogue, recordings={(one.locale, one.intent): one for one in recordings})


@pytest.fixture(autouse=True)
def _understood(understand: Understand) -> None:
    understand("pasaporte", {"passport": 0.95})


def test_an_answer_by_whatsapp_takes_its_recording_along(write: Write) -> None:
    turn = write("pasaporte")
    assert turn.media == ("es/passport",)
    assert "igm.gob.gt" in turn.texts[0]


def test_an_sms_takes_none(write: Write) -> None:
    assert write("pasaporte", channel=Channel.SMS).media == ()


@pytest.mark.parametrize(("locale", "media"), [("kek", ("kek/passport",)), ("quc", ())])
def test_a_recording_is_in_the_language_of_the_session_or_not_sent(
    bot: Bot, locale: str, media: tuple[str, ...]
) -> None:
    bot.turns.contacts["ana"] = Contact("ana", locale, NOW, was_told=True)  # type: ignore[attr-defined]
    assert bot.respond(MESSAGE).media == media


def test_a_danger_has_its_number_first_and_its_recording_too(write: Write, understand: Understand) -> None:
    understand("me quieren matar", {"emergency": 0.99})
    turn = write("me quieren matar", sender="nueva")
    assert "110" in turn.texts[0].split("\n")[0]
    assert turn.media == ("es/emergency",)


def test_under_the_life_saving_line_of_another_danger_there_is_none(write: Write, understand: Understand) -> None:
    understand("me quieren matar y quiero pasaporte", {"passport": 0.99})
    turn = write("me quieren matar y quiero pasaporte")
    assert (turn.answer, turn.media) == ("passport", ())


def test_beside_an_office_with_words_of_its_own_there_is_none(write: Write, understand: Understand) -> None:
    understand("la oim", {"iom_offices": 0.95})
    understand("la oim en xela", {"iom_offices": 0.95}, places=("Quetzaltenango",))
    assert write("la oim", sender="otra").media == ("es/iom_offices",)
    assert write("la oim en xela").media == ()


@pytest.mark.parametrize("text", ["menu", "idioma", "fuente", "borrar", "zzz"])
def test_menus_commands_and_what_is_not_understood_have_none(write: Write, text: str) -> None:
    assert write(text).media == ()


def test_an_answer_repeated_is_heard_again(write: Write) -> None:
    write("pasaporte")
    assert write("repetir").media == ("es/passport",)


def test_once_a_fact_ran_out_the_voice_no_longer_says_it(bot: Bot, catalogue: Catalogue) -> None:
    wording = catalogue.answers["es", "passport"].wording
    named = PLACEHOLDER.findall(wording.whatsapp + wording.sms)
    days_left = (min(catalogue.facts[name].validity.last_day for name in named) - NOW.date()).days
    for days, media in ((days_left, ("es/passport",)), (days_left + 1, ())):
        turn = replace(bot, now=partial(NOW.__add__, timedelta(days=days))).respond(replace(MESSAGE, id=f"SM{days}"))
        assert (turn.answer, turn.media) == ("passport", media)


def test_a_stale_recording_is_not_sent(bot: Bot, catalogue: Catalogue) -> None:
    stale = {key: replace(one, is_stale=True) for key, one in catalogue.recordings.items()}
    bot = replace(bot, catalogue=lambda: replace(catalogue, recordings=stale))
    assert bot.respond(MESSAGE).media == ()


def test_a_redelivered_message_keeps_its_recording_though_it_was_taken_back(bot: Bot, catalogue: Catalogue) -> None:
    first = bot.respond(MESSAGE)
    without = replace(bot, catalogue=lambda: replace(catalogue, recordings={}))
    assert without.respond(MESSAGE) == first
    assert first.media == ("es/passport",)
