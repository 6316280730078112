"""Which language a person writes: heard over messages, asked once, remembered, never before a danger."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.catalogue import Catalogue
from bot.composing import PLACEHOLDER
from bot.conversation import Bot
from bot.gsm7 import count_segments
from bot.keywords import match_intent, match_number
from bot.languages import Heard, MarkedWord
from bot.messages import Channel, InboundMessage
from bot.policy import Thresholds
from bot.turns import Contact, Turn
from stores.memory import MemorySessions

Write = Callable[..., Turn]
Understand = Callable[..., None]

KICHE = Heard({"quc": 0.6, "cak": 0.35, "es": 0.05}, (MarkedWord("kwaj", "quc"), MarkedWord("jun", "quc")))
ONE_WORD = Heard({"quc": 0.6, "cak": 0.39, "es": 0.01}, (MarkedWord("maltyox", "quc"),))
UNSURE = Heard({"quc": 0.4, "es": 0.6}, (MarkedWord("a", "quc"), MarkedWord("b", "quc")))


class ScriptedEar:
    """Hears what its script says, and else nothing."""

    def __init__(self) -> None:
        self.script: dict[str, Heard] = {}

    def hear(self, text: str) -> Heard:
        return self.script.get(text, Heard({}))


@pytest.fixture
def ear() -> ScriptedEar:
    return ScriptedEar()


@pytest.fixture
def bot(bot: Bot, ear: ScriptedEar) -> Bot:
    """The bot with an ear."""
    return replace(bot, ear=ear)


@pytest.fixture
def contacts(bot: Bot) -> Mapping[str, Contact]:
    return bot.turns.contacts  # type: ignore[attr-defined,no-any-return]  # the tests' turn log


def test_a_mayan_message_is_answered_and_the_language_asked_below(
    write: Write, understand: Understand, ear: ScriptedEar
) -> None:
    understand("kwaj jun pasaporte", {"passport": 0.95})
    ear.script["kwaj jun pasaporte"] = KICHE
    turn = write("kwaj jun pasaporte")
    assert turn.intent == "passport"
    answer, question = turn.texts[0].split("¿Escribe en ")
    assert "igm.gob.gt" in answer
    assert question.startswith("K'iche' o Kaqchikel?")
    assert "sin revisar" in question
    assert "*1* K'iche'\n*2* Kaqchikel\n*3* Otro idioma\n*4* Español" in question


def test_the_choice_is_remembered_and_nobody_is_asked_twice(
    write: Write, understand: Understand, ear: ScriptedEar, contacts: Mapping[str, Contact], sessions: MemorySessions
) -> None:
    for text in ("kwaj jun pasaporte", "kwaj jun dpi"):
        understand(text, {"passport": 0.95})
        ear.script[text] = KICHE
    write("kwaj jun pasaporte")
    assert "Anotado: K'iche'" in write("1").texts[0]
    assert (contacts["ana"].speaks, contacts["ana"].locale) == ("quc", "quc")
    sessions.forget("ana")
    assert "¿Escribe en" not in write("kwaj jun dpi").texts[0]


def test_who_does_not_answer_the_question_is_not_asked_again(
    write: Write, understand: Understand, ear: ScriptedEar
) -> None:
    for text in ("kwaj jun pasaporte", "kwaj jun dpi"):
        understand(text, {"passport": 0.95})
        ear.script[text] = KICHE
    assert "¿Escribe en" in write("kwaj jun pasaporte").texts[0]
    assert "¿Escribe en" not in write("kwaj jun dpi").texts[0]


def test_another_language_is_chosen_by_its_name_and_told_the_truth(
    write: Write, understand: Understand, ear: ScriptedEar, contacts: Mapping[str, Contact]
) -> None:
    understand("kwaj jun pasaporte", {"passport": 0.95})
    understand("akateko", {"greet": 0.3}, language="knj")
    ear.script["kwaj jun pasaporte"] = KICHE
    write("kwaj jun pasaporte")
    offered = write("3").texts[0]
    assert "escriba su nombre" in offered
    assert "*2*" in offered
    told = write("akateko").texts[0]
    assert "Todavía no entendemos Akateko" in told
    assert (contacts["ana"].speaks, contacts["ana"].locale) == ("knj", "es")


def test_a_place_with_a_language_s_name_stays_a_place_unless_we_asked_for_a_language(
    write: Write, understand: Understand, contacts: Mapping[str, Contact]
) -> None:
    understand("quiche", {"iom_offices": 0.3}, places=("Quiché",), language="quc")
    write("quiche")
    assert contacts["ana"].speaks is None
    write("idioma")
    assert "Anotado: K'iche'" in write("quiche").texts[0]


def test_danger_is_answered_without_a_question_about_language(
    write: Write, understand: Understand, ear: ScriptedEar
) -> None:
    understand("kukamisaj", {"emergency": 0.95})
    ear.script["kukamisaj"] = KICHE
    assert "¿Escribe en" not in write("kukamisaj").texts[0]


def test_one_word_or_an_unsure_text_asks_nothing_but_counts(
    write: Write, understand: Understand, ear: ScriptedEar
) -> None:
    for text, heard in (("maltyox nan", ONE_WORD), ("a b", UNSURE), ("kinwaj", ONE_WORD)):
        understand(text, {"passport": 0.95})
        ear.script[text] = heard
    assert "¿Escribe en" not in write("maltyox nan").texts[0]
    assert "¿Escribe en" not in write("a b", sender="otra").texts[-1]
    # The first word was no proof; with a second one it is.
    assert "¿Escribe en" in write("kinwaj").texts[0]


def test_what_is_not_understood_but_surely_mayan_asks_for_the_language(write: Write, ear: ScriptedEar) -> None:
    ear.script["zzz yyy"] = KICHE
    text = write("zzz yyy").texts[0]
    assert "no le entendí" in text
    assert "¿Escribe en K'iche' o Kaqchikel?" in text


def test_the_question_fits_an_sms(write: Write, understand: Understand, ear: ScriptedEar) -> None:
    understand("kwaj jun pasaporte", {"passport": 0.95})
    ear.script["kwaj jun pasaporte"] = KICHE
    text = write("kwaj jun pasaporte", channel=Channel.SMS).texts[0]
    assert text.endswith("1=K'iche' 2=Kaqchikel 3=Otro idioma 4=Español")


def test_a_mayan_message_needs_more_confidence(write: Write, understand: Understand, ear: ScriptedEar) -> None:
    between = (Thresholds().answer + Thresholds().mayan_answer) / 2
    for text in ("en mam aqui", "otra cosa"):
        understand(text, {"passport": between, "national_id": 0.1})
    ear.script["en mam aqui"] = KICHE
    assert write("en mam aqui").outcome.value == "clarified"
    assert write("otra cosa").outcome.value == "answered"


LOCALES = ("quc", "kek", "mam", "cak", "kjb", "ixl")
WORDS = {"opt_out": "opt_out", "menu": "menu", "speak": "change_language", "person": "human_agent"} | {
    name: name for name in ("thanks", "affirm", "deny")
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", WORDS)
def test_each_locale_s_own_words_act(locale: str, name: str, catalogue: Catalogue, bot: Bot) -> None:
    phrases = catalogue.locales[locale].keywords.get(name, ())
    if (locale, name) == ("ixl", "thanks"):
        pytest.skip("no word for thanks is attested in Ixil")
    assert phrases
    for number, phrase in enumerate(phrases):
        sender = f"{locale}-{number}"
        bot.turns.contacts[sender] = Contact(sender, locale, datetime.now(UTC))  # type: ignore[attr-defined]
        turn = bot.respond(InboundMessage(f"{locale}{name}{number}", sender, Channel.WHATSAPP, phrase))
        assert turn.intent == WORDS[name], phrase


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_count_in_each_language_and_never_two_ways(locale: str, catalogue: Catalogue) -> None:
    numbers = catalogue.locales[locale].keywords["numbers"]
    counted = [match_number(word, locale, catalogue.locales) for word in numbers if word != "…"]
    assert counted == [number for number, word in enumerate(numbers) if word != "…"]
    others = [match_number(word, "es", catalogue.locales) for word in numbers if word != "…"]
    assert others == counted


def test_a_laugh_is_no_yes(catalogue: Catalogue) -> None:
    assert match_intent("je", "es", catalogue.locales) is None
    assert match_intent("je'", "es", catalogue.locales) == "affirm"
    assert match_intent("je", "quc", catalogue.locales) == "affirm"
    assert match_number("??", "es", catalogue.locales) is None


def test_the_lifeline_stands_above_a_question_about_a_danger(
    write: Write, understand: Understand, ear: ScriptedEar
) -> None:
    understand("kwaj jun", {"health_care": 0.4, "child_protection": 0.3})
    ear.script["kwaj jun"] = KICHE
    turn = write("kwaj jun")
    assert turn.outcome.value == "clarified"
    assert turn.texts[0].split("\n\n")[0].count("1546")


# --- after the choice


@pytest.fixture
def speaks(understand: Understand) -> None:
    """What people write to choose a language, and what they asked before."""
    for text, code in (("en kiche", "quc"), ("en akateko", "knj"), ("en español", "es")):
        understand(text, {"change_language": 0.95}, language=code)
    understand("pasaporte", {"passport": 0.95})
    understand("mi bono", {"remittances": 0.95})
    understand("me matan", {"emergency": 0.95})
    understand("ya no", {"opt_out": 0.95})


@pytest.mark.usefixtures("speaks")
def test_the_last_answer_is_said_again_in_the_language_chosen(write: Write, catalogue: Catalogue) -> None:
    spanish = write("pasaporte")
    turn = write("en kiche")
    confirmed, draft = (
        turn.texts[0].find(words)
        for words in ("Anotado: K'iche'", catalogue.translations["quc", "passport"].wording.whatsapp[:12])
    )
    assert 0 <= confirmed < draft < turn.texts[0].find("igm.gob.gt", draft)
    assert (turn.intent, turn.answer, turn.locale) == ("change_language", "passport", "quc")
    assert write("1").answer == catalogue.answers["es", "passport"].next[0]
    write("pasaporte")
    again = write("en español").texts[0]
    assert again.startswith("Seguimos en español")
    assert spanish.texts[0] in again


@pytest.mark.usefixtures("speaks")
def test_the_choice_from_the_list_of_languages_brings_the_answer_from_before_it(write: Write) -> None:
    write("pasaporte")
    write("idioma")
    assert "igm.gob.gt" in write("1").texts[0]


@pytest.mark.usefixtures("speaks")
@pytest.mark.parametrize(
    ("before", "choice"),
    [
        ((), "en kiche"),
        (("mi bono",), "en kiche"),
        (("pasaporte",), "en akateko"),
        (("pasaporte",), "en español"),
        (("ya no",), "en kiche"),
    ],
    ids=["nothing asked", "no text in it", "language we do not answer in", "same language", "a yes would silence"],
)
def test_else_the_menu_comes_with_the_confirmation(write: Write, before: tuple[str, ...], choice: str) -> None:
    for text in before:
        write(text)
    turn = write(choice)
    assert turn.answer is None
    assert "*1* Peligro o emergencia" in turn.texts[0]
    assert write("3").texts[0].startswith("Documentos")


@pytest.mark.usefixtures("speaks")
def test_the_number_that_saves_lives_stays_before_the_confirmation(write: Write) -> None:
    first = write("me matan").texts[0].split("\n")[0]
    assert "110" in first
    text = write("en kiche").texts[0]
    assert text.startswith(first)
    assert text.index("Anotado: K'iche'") > text.index(first)


@pytest.mark.usefixtures("speaks")
def test_by_sms_it_is_said_again_only_where_it_fits_three_segments(write: Write, understand: Understand) -> None:
    understand("gracias, pues", {"thanks": 0.95})
    write("pasaporte", channel=Channel.SMS)
    assert "1=Peligro o emergencia" in write("en kiche", channel=Channel.SMS).texts[0]
    write("en español", channel=Channel.SMS)
    write("gracias, pues", channel=Channel.SMS)
    turn = write("en kiche", channel=Channel.SMS)
    assert turn.answer == "thanks"
    assert count_segments(turn.texts[0]) <= 3


@pytest.mark.usefixtures("speaks")
def test_who_opted_out_hears_nothing_by_choosing_a_language(write: Write) -> None:
    write("pasaporte")
    write("alto")
    assert write("en kiche").texts == ()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("command", ["opt_out", "opt_in", "erase", "menu", "person", "languages", "repeat", "source"])
def test_each_spanish_command_acts_in_every_locale_and_is_answered_in_both(
    locale: str, command: str, catalogue: Catalogue, bot: Bot
) -> None:
    message = {"opt_out": "opted_out", "opt_in": "opted_in", "erase": "erased", "source": "no_source"}.get(command)
    sender = f"{locale}-{command}"
    bot.turns.contacts[sender] = Contact(sender, locale, datetime.now(UTC), was_told=True)  # type: ignore[attr-defined]
    phrase = catalogue.locales["es"].keywords[command][0]
    (text,) = bot.respond(InboundMessage(sender, sender, Channel.WHATSAPP, phrase)).texts
    if message:
        both = catalogue.locales[locale].messages[message].whatsapp, catalogue.message(message, "es").whatsapp
        named = [PLACEHOLDER.sub(lambda match: catalogue.facts[match[1]].value, wording) for wording in both]
        assert text.index(named[0]) < text.index("sin revisar") < text.index(named[1])
    else:
        assert "*1* " in text
