"""Figures of the content: how far each language is, and what answers cost by SMS."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from bot.catalogue import State
from bot.composing import Composer
from bot.languages import SPANISH
from bot.messages import Channel
from bot.rendering import SmsPolicy, cost_of, render
from content.checks import MESSAGES, day_to_judge
from content.intents import CORE
from content.loader import Loaded


def locale_figures(loaded: Loaded, unattested: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return, for each locale, its answers by state, the core intents it lacks, and its words without a source.

    Spanish is what the others are translated from: it has answers and no states.
    """
    return {locale: _of_locale(locale, loaded, unattested) for locale in loaded.locales}


def _of_locale(locale: str, loaded: Loaded, unattested: Mapping[str, int]) -> dict[str, int]:
    states = Counter(found.state for (tag, _), found in loaded.translations.items() if tag == locale)
    written = {intent for tag, intent in (*loaded.answers, *loaded.translations) if tag == locale}
    return {
        "answers": len(written),
        **{state.value: states[state] for state in State},
        "missing": len(CORE - written),
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
