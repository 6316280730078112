"""What is written down of a message: how it was understood, what was answered, and in which language we go on."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.catalogue import Catalogue
from bot.conversation import Bot
from bot.interpretation import EntityKind, Source
from bot.messages import Channel, InboundMessage
from bot.turns import Contact, DuplicateMessage, Outcome, Turn
from stores.memory import MemorySessions

Write = Callable[..., Turn]
Understand = Callable[..., None]
Recorded = list[tuple[Turn, Contact, bool]]


def test_a_question_is_kept_with_what_was_understood(write: Write, understand: Understand, recorded: Recorded) -> None:
    understand("pasaporte en Xela", {"passport": 0.95, "us_visa": 0.01}, ["Quetzaltenango"])
    turn = write(" pasaporte\x00 en Xela")
    assert recorded[-1][0] is turn
    assert (turn.text, turn.intent, turn.confidence, turn.answer) == ("pasaporte en Xela", "passport", 0.95, "passport")
    assert (turn.outcome, turn.source) == (Outcome.ANSWERED, Source.MODEL)
    assert [(entity.kind, entity.value) for entity in turn.entities] == [(EntityKind.PLACE, "Quetzaltenango")]


@pytest.mark.parametrize(
    ("text", "intent", "outcome"),
    [
        ("ALTO", "opt_out", Outcome.COMMAND),
        ("ALTA", "opt_in", Outcome.COMMAND),
        ("BORRAR", "delete_my_data", Outcome.COMMAND),
        ("menu", "menu", Outcome.MENU),
        ("persona", "human_agent", Outcome.HANDOFF),
        ("idioma", "change_language", Outcome.ANSWERED),
        ("español", "change_language", Outcome.COMMAND),
        ("otra vez", "repeat", Outcome.MENU),
        ("fuente", None, Outcome.COMMAND),
    ],
)
def test_a_command_is_certain_and_asks_no_model(write: Write, text: str, intent: str | None, outcome: Outcome) -> None:
    turn = write(text)
    assert (turn.intent, turn.outcome, turn.confidence, turn.source) == (intent, outcome, 1.0, Source.NONE)


@pytest.mark.parametrize(("digit", "intent"), [("0", "menu"), ("1", "emergency"), ("3", None)])
def test_a_digit_is_certain_and_a_submenu_has_no_intent(write: Write, digit: str, intent: str | None) -> None:
    turn = write(digit)
    assert (turn.intent, turn.confidence, turn.source) == (intent, 1.0, Source.NONE)


def test_a_sentence_that_means_a_command_keeps_how_sure_we_were(write: Write, understand: Understand) -> None:
    understand("quiero ver los temas", {"menu": 0.8})
    turn = write("quiero ver los temas")
    assert (turn.intent, turn.confidence, turn.source) == ("menu", 0.8, Source.MODEL)


def test_what_was_not_understood_has_no_intent_and_no_confidence(write: Write, understand: Understand) -> None:
    understand("xqzt", {"passport": 0.1})
    for outcome in (Outcome.UNKNOWN, Outcome.HANDOFF):
        turn = write("xqzt")
        assert (turn.outcome, turn.intent, turn.confidence) == (outcome, None, None)
        assert turn.source is Source.MODEL


def test_words_of_danger_need_no_model_to_be_certain(write: Write) -> None:
    turn = write("auxilio")
    assert (turn.intent, turn.confidence, turn.answer) == ("emergency", 1.0, "emergency")


def test_a_message_recorded_by_another_in_the_meantime_gets_that_turn_and_changes_nothing(
    bot: Bot, write: Write, sessions: MemorySessions
) -> None:
    first = write("pasaporte", id="SMother")
    before = sessions.get("ana")
    log = LateTurnLog(first)
    late = replace(bot, turns=log).respond(InboundMessage("SMother", "ana", Channel.WHATSAPP, "menu"))
    assert late is first
    assert log.calls == 2
    assert sessions.get("ana") == before


class LateTurnLog:
    """Knows the turn only when it is asked a second time: another worker was faster."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self.calls = 0

    def find_turn(self, message_id: str) -> Turn | None:
        self.calls += 1
        return self._turn if self.calls > 1 else None

    def find_contact(self, sender: str) -> Contact | None:
        return None

    def record(self, turn: Turn, contact: Contact, *, erase: bool = False) -> None:
        raise DuplicateMessage(turn.id)


def test_a_language_chosen_by_its_own_word_is_spoken_from_then_on(
    bot: Bot, write: Write, catalogue: Catalogue, recorded: Recorded, sessions: MemorySessions
) -> None:
    """With a second locale made up here: the line has only one so far."""
    spanish = catalogue.words("es")
    loud = {name: replace(menu, title=menu.title.upper()) for name, menu in spanish.menus.items()}
    other = replace(spanish, locale="xx", keywords={"speak": ("mayusculas",)}, menus=loud, danger={})
    both = replace(catalogue, locales={**catalogue.locales, "xx": other})
    two = replace(bot, catalogue=lambda: both)

    def send(text: str) -> Turn:
        return two.respond(InboundMessage(f"SM{len(recorded)}-{text}", "ana", Channel.WHATSAPP, text))

    assert send("mayusculas").locale == "xx"
    assert recorded[-1][1].locale == "xx"
    assert send("0").texts[0].startswith(loud["main"].title)
    sessions.forget("ana")
    assert send("0").texts[0].startswith(loud["main"].title), "the language outlives the session"
    assert send("español").locale == "es"
    assert send("0").texts[0].startswith(spanish.menus["main"].title)
