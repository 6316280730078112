"""When a translation still fits: the fingerprint of the Spanish it was written from, facts included."""

import hashlib
from collections.abc import Iterable, Mapping

from bot.catalogue import Answer, Menu, State, Wording
from bot.composing import PLACEHOLDER
from bot.facts import Fact

LENGTH = 12


def fingerprint(answer: Answer, facts: Mapping[str, Fact], *, has_near: bool = False) -> str:
    """Return a short hash of what an answer says and of the facts it names or states: it changes with any of them.

    `has_near` is whether the translation has words beside an office too, so that the Spanish ones count.
    """
    near = _texts(answer.near) if has_near and answer.near else ()
    return _hash([answer.lifeline or "", *_texts(answer.wording), *near], facts, answer.states)


def message_fingerprint(spanish: Wording, facts: Mapping[str, Fact]) -> str:
    """Return the same of a system message."""
    return _hash(["", *_texts(spanish)], facts)  # As an answer of these words, which has no lifeline.


def menu_fingerprint(spanish: Menu) -> str:
    """Return a short hash of what a menu says and where it leads."""
    return _hash([spanish.title, *(f"{choice.payload}={choice.label}" for choice in spanish.choices)], {})


def state_of(written: str, of: str, answer: Answer, facts: Mapping[str, Fact], *, has_near: bool = False) -> State:
    """Return the state a translation is in, which is stale by itself when its Spanish moved on."""
    return judge_state(State(written), of, fingerprint(answer, facts, has_near=has_near))


def judge_state(written: State, of: str | None, now: str) -> State:
    """Return the state of a text written from the Spanish with the fingerprint `of`, which is `now` another or not."""
    return written if of == now else State.STALE


def _texts(wording: Wording) -> tuple[str, str]:
    return wording.whatsapp, wording.sms


def _hash(texts: Iterable[str], facts: Mapping[str, Fact], states: Iterable[str] = ()) -> str:
    texts = [*texts]
    named = sorted({name for text in texts for name in PLACEHOLDER.findall(text)} | {*states})
    values = [f"{name}={facts[name].value}" for name in named if name in facts]
    return hashlib.sha256("\x1f".join([*texts, *values]).encode()).hexdigest()[:LENGTH]
