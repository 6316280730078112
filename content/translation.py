"""When a translation still fits: the fingerprint of the Spanish it was written from, facts included."""

import hashlib
from collections.abc import Mapping

from bot.catalogue import Answer, State
from bot.composing import PLACEHOLDER
from bot.facts import Fact

LENGTH = 12


def fingerprint(answer: Answer, facts: Mapping[str, Fact]) -> str:
    """Return a short hash of what an answer says and of the facts it names or states: it changes with any of them."""
    texts = [answer.lifeline or "", answer.wording.whatsapp, answer.wording.sms]
    named = sorted({name for text in texts for name in PLACEHOLDER.findall(text)} | {*answer.states})
    values = [f"{name}={facts[name].value}" for name in named if name in facts]
    return hashlib.sha256("\x1f".join([*texts, *values]).encode()).hexdigest()[:LENGTH]


def state_of(written: str, of: str, answer: Answer, facts: Mapping[str, Fact]) -> State:
    """Return the state a translation is in, which is stale by itself when its Spanish moved on."""
    return State(written) if of == fingerprint(answer, facts) else State.STALE
