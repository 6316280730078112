"""Figures of the content: how far each language is, and what answers cost by SMS."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.catalogue import Answer, State
from bot.composing import Composer
from bot.languages import SPANISH
from bot.messages import Channel
from bot.places import Place
from bot.rendering import Cost, SmsPolicy, cost_of, render
from content.checks import MESSAGES, day_to_judge
from content.intents import CORE
from content.loader import Loaded
from content.longest import widest_places


def locale_figures(loaded: Loaded, unattested: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return, for each locale, its answers and messages by state, those it lacks, and its words without a source.

    Spanish is what the others are translated from: it has answers and no states.
    """
    return {locale: _of_locale(locale, loaded, unattested) for locale in loaded.locales}


def _of_locale(locale: str, loaded: Loaded, unattested: Mapping[str, int]) -> dict[str, int]:
    states = Counter(found.state for (tag, _), found in loaded.translations.items() if tag == locale)
    words = loaded.locales[locale]
    messages = Counter(words.states.values())
    written = {intent for tag, intent in (*loaded.answers, *loaded.translations) if tag == locale}
    return {
        "answers": len(written),
        **{state.value: states[state] for state in State},
        "missing": len(CORE - written),
        "messages": len(words.messages),
        **{f"{state.value}_messages": messages[state] for state in State},
        "missing_messages": len(MESSAGES - words.messages.keys()),
        "unattested": unattested.get(locale, 0),
    }


def can_be_shown(loaded: Loaded) -> bool:
    """Whether answers can be put together at all: what stands around them is there."""
    return SPANISH in loaded.locales and loaded.locales[SPANISH].messages.keys() >= MESSAGES


def sms_figures(loaded: Loaded, today: date) -> dict[str, int]:
    """Return how many segments Spanish answers cost by SMS, without an office beside them."""
    composer = Composer(loaded.catalogue(), day_to_judge(loaded, today), Channel.SMS, SPANISH)
    answers = [answer for answer in loaded.answers.values() if answer.locale == SPANISH and can_be_shown(loaded)]
    texts = [render(composer.answer(answer), Channel.SMS, SmsPolicy()) for answer in answers]
    segments = [cost_of((text,)).segments for text in texts]
    return {"answers": len(answers), "one_segment": segments.count(1), "max_segments": max(segments, default=0)}


@dataclass(frozen=True)
class AnswerCost:
    """What an answer costs by SMS to who writes in a locale: alone, and beside the office that makes it longest."""

    locale: str
    intent: str
    state: str
    """Of its text in the locale; "missing" where people get the Spanish alone."""
    alone: Cost
    with_office: Cost | None
    """None for an answer that shows no offices."""


def answer_costs(loaded: Loaded, today: date) -> Iterator[AnswerCost]:
    """Yield what each answer costs in each locale, drafts shown."""
    if not can_be_shown(loaded):
        return
    catalogue, day = loaded.catalogue(), day_to_judge(loaded, today)
    spanish = Composer(catalogue, day, Channel.SMS, SPANISH)
    answers = [answer for answer in loaded.answers.values() if answer.locale == SPANISH]
    places = {answer.intent: widest_places(spanish, answer) for answer in answers}
    for locale in loaded.locales:
        composer = Composer(catalogue, day, Channel.SMS, locale)
        yield from (_cost(composer, answer, places[answer.intent]) for answer in answers)


def _cost(composer: Composer, answer: Answer, places: list[Place]) -> AnswerCost:
    found = composer.catalogue.translations.get((composer.locale, answer.intent))
    state = "spanish" if composer.locale == SPANISH else found.state.value if found else "missing"
    alone, *beside = (
        cost_of((render(composer.answer(answer, place), Channel.SMS, SmsPolicy()),)) for place in (None, *places)
    )
    dearest = max(beside, key=lambda cost: cost.segments, default=None)
    return AnswerCost(composer.locale, answer.intent, state, alone, dearest)
