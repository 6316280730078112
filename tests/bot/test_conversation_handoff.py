"""Passing to a person: asked first, opened by a yes, and never before a danger."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from bot.conversation import Bot
from bot.handoffs import agreed, helped
from bot.messages import Channel, InboundMessage
from bot.rendering import cost_of
from bot.sessions import Choice, Session, TargetKind
from bot.turns import Outcome, Turn
from stores.memory import MemorySessions

Write = Callable[..., Turn]
Understand = Callable[..., None]


@pytest.fixture
def staffed(bot: Bot) -> Write:
    """Send a message to a line whose staff answer."""
    ids, line = count(1), replace(bot, hands_off=True)

    def send(text: str, channel: Channel = Channel.WHATSAPP, **rest: object) -> Turn:
        return line.respond(InboundMessage(f"HO{next(ids)}", "ana", channel, text, **rest))  # type: ignore[arg-type]

    return send


@pytest.mark.parametrize("yes", ["1", "Sí", "si por favor", "je'", "uno"])
def test_a_yes_hands_off_and_nothing_before_it_does(staffed: Write, yes: str) -> None:
    asked = staffed("persona")
    assert not agreed(asked)
    assert asked.outcome is Outcome.CLARIFIED
    assert "guardamos su número" in asked.texts[0]
    assert "*1* Sí" in asked.texts[0]
    assert agreed(staffed(yes))


@pytest.mark.parametrize("no", ["2", "No", "no gracias", "menu", "dónde saco pasaporte"])
def test_anything_else_hands_off_nobody(staffed: Write, no: str) -> None:
    staffed("persona")
    assert not agreed(staffed(no))
    assert not agreed(staffed("1")), "the question is no longer open"


def test_a_yes_to_nothing_hands_off_nobody(staffed: Write) -> None:
    assert not agreed(staffed("sí"))
    assert not agreed(staffed("1"))


def test_a_line_without_staff_says_whom_to_call(write: Write) -> None:
    turn = write("persona")
    assert not agreed(turn)
    assert "todavía no atiende una persona" in turn.texts[0]
    assert not agreed(write("", payload="command:hand_off"))


def test_not_understood_twice_it_offers_a_person(staffed: Write) -> None:
    staffed("xqzt")
    assert "¿Quiere que una persona de la OIM" in staffed("wvut").texts[0]
    assert agreed(staffed("1"))


def test_a_danger_comes_before_the_question_and_before_its_yes(staffed: Write, understand: Understand) -> None:
    understand("quiero hablar con alguien, me quieren matar", {"human_agent": 0.9})
    turn = staffed("quiero hablar con alguien, me quieren matar")
    assert turn.texts[0].index("110") < turn.texts[0].index("¿Quiere que una persona")
    understand("me quieren matar", {"emergency": 0.9})
    assert staffed("me quieren matar").answer == "emergency"


def test_the_question_is_one_sms(staffed: Write) -> None:
    assert cost_of(staffed("persona", channel=Channel.SMS).texts).segments == 1
    assert cost_of(staffed("1", channel=Channel.SMS).texts).segments == 1


@pytest.mark.parametrize(("text", "answer"), [("1", True), ("2", False), ("sí", True), ("no", False)])
def test_a_digit_or_a_word_tells_whether_it_helped(
    staffed: Write, sessions: MemorySessions, text: str, answer: bool
) -> None:
    choices = tuple(Choice(name, TargetKind.COMMAND, name) for name in ("helped", "not_helped"))
    sessions.put("ana", Session("es", choices=choices))
    assert helped(staffed(text)) is answer
    assert helped(staffed(text)) is None, "it is asked once"
