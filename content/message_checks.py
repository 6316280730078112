"""What system messages and menus must hold: nothing lost in a language, and no more than an SMS."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from bot.catalogue import INSIDE, LocaleWords, State, Wording
from bot.composing import PLACEHOLDER, Composer
from bot.facts import Fact, FactKind
from bot.gsm7 import fits_gsm7, fold
from bot.languages import SPANISH
from bot.messages import Channel
from bot.rendering import SmsPolicy, cost_of, finish_sms
from content.loader import Loaded
from content.longest import widest_values

MAX_MESSAGE_SEGMENTS = 1
"""A message that costs more by SMS is an error."""
MAX_WITH_DRAFT_SEGMENTS = 2
"""The same of a draft with the Spanish below it."""

MAY_DROP = frozenset({"language"})
"""What a message need not name: written in a language, it shows which."""

Own = Mapping[str, Collection[str]]
"""By message, what the program itself fills into it."""


def must_name(name: str, own: Own, facts: Mapping[str, Fact]) -> set[str]:
    """Return what a message may not lose in another language if its Spanish names it: phones, and what we fill in."""
    phones = {id_ for id_, fact in facts.items() if fact.kind is FactKind.PHONE}
    return (phones | {*own.get(name, ())}) - MAY_DROP


def lost_names(wording: Wording, spanish: Wording, must: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each channel's key with a name that its wording lacks and must have."""
    texts = {"whatsapp": (wording.whatsapp, spanish.whatsapp), "sms": (wording.sms, spanish.sms)}
    for key, (ours, theirs) in texts.items():
        if key == "whatsapp" or wording.sms != wording.whatsapp:
            yield from ((key, name) for name in sorted((_names(theirs) & {*must}) - _names(ours)))


def check_stamps(loaded: Loaded) -> None:
    """A text says which Spanish it was written from; else nobody would notice when that changes."""
    for tag, kind, name in loaded.unstamped:
        is_imported = kind == "messages" and loaded.locales[tag].states[name] is State.REVIEWED
        mend = "Sign it through 'rumbo content import'" if is_imported else "Run 'rumbo content stamp'"
        loaded.problem_at(f"locale:{tag}", f"'{name}' has no fingerprint of its Spanish. {mend}.", kind, name)


def check_messages(loaded: Loaded, own: Own) -> None:
    """A message in another language is not stale, names nothing that the Spanish does not, and signed nothing less."""
    for tag, words in _translated(loaded):
        for name, wording in words.messages.items():
            spanish = loaded.locales[SPANISH].messages.get(name)
            if spanish is None:
                continue
            if words.states[name] is State.STALE:
                _tell_stale(loaded, tag, "messages", name)
                continue
            for extra in sorted(_all_names(wording) - _all_names(spanish)):
                what = f"names '{{{extra}}}', which the Spanish does not. Take it out."
                loaded.problem_at(f"locale:{tag}", what, "messages", name)
            if words.states[name] is State.REVIEWED:
                must = must_name(name, own, loaded.facts)
                for key, lost in lost_names(wording, spanish, must):
                    what = f"lacks '{{{lost}}}', which the Spanish names. Add it."
                    loaded.problem_at(f"locale:{tag}", what, "messages", name, key)


def check_menus(loaded: Loaded) -> None:
    """A menu in another language leads where the Spanish one does, line by line, and is not stale."""
    for tag, words in _translated(loaded):
        for name, menu in words.menus.items():
            spanish = loaded.locales[SPANISH].menus.get(name)
            if spanish is None:
                what = f"there is no menu '{name}' in Spanish. Correct the name or write the Spanish first."
                loaded.problem_at(f"locale:{tag}", what, "menus", name)
            elif menu.state is State.STALE:
                _tell_stale(loaded, tag, "menus", name)
            elif [choice.payload for choice in menu.choices] != [choice.payload for choice in spanish.choices]:
                what = f"the menu '{name}' leads elsewhere than the Spanish one. Keep its lines, in their order."
                loaded.problem_at(f"locale:{tag}", what, "menus", name)


def _translated(loaded: Loaded) -> Iterator[tuple[str, LocaleWords]]:
    if SPANISH in loaded.locales:
        yield from ((tag, words) for tag, words in loaded.locales.items() if tag != SPANISH)


def _tell_stale(loaded: Loaded, tag: str, kind: str, name: str) -> None:
    what = f"'{name}' was written from an older Spanish text and is not sent. Read it again and renew 'of'."
    loaded.problem_at(f"locale:{tag}", what, kind, name, is_warning=True)


def check_message_length(loaded: Loaded, today: date, own: Own) -> None:
    """Judge each message that stands alone as it is sent: facts and the longest names filled in, a draft above."""
    catalogue = loaded.catalogue()
    for tag, words in loaded.locales.items():
        composer = Composer(catalogue, today, Channel.SMS, tag)
        names = widest_values(catalogue, tag)
        for name in words.messages.keys() - INSIDE:
            values = {placeholder: placeholder for placeholder in own.get(name, ())} | names
            _check_length(loaded, tag, name, finish_sms(composer.message(name, **values), SmsPolicy()))


def _check_length(loaded: Loaded, tag: str, name: str, sms: str) -> None:
    words = loaded.locales[tag]
    state = words.states.get(name)
    if state is State.STALE:
        return  # The Spanish is sent, and judged by itself.
    is_draft = state is State.DRAFT
    most = MAX_WITH_DRAFT_SEGMENTS if is_draft else MAX_MESSAGE_SEGMENTS
    wording = words.messages[name]
    mend = "Shorten 'sms'." if wording.sms != wording.whatsapp else "Add a shorter 'sms'."
    if not fits_gsm7(sms):
        strange = " ".join(sorted({character for character in sms if not fits_gsm7(fold(character))}))
        what = f"'{name}' has characters that make an SMS cost double: {strange}. Replace them."
        loaded.problem_at(f"locale:{tag}", what, "messages", name)
    elif (segments := cost_of((sms,)).segments) > most:
        below = ", with the Spanish below it" if is_draft else ""
        what = f"'{name}' costs {segments} segments by SMS ({len(sms)} characters){below}, at most {most}. {mend}"
        loaded.problem_at(f"locale:{tag}", what, "messages", name)


def _names(text: str) -> set[str]:
    return {*PLACEHOLDER.findall(text)}


def _all_names(wording: Wording) -> set[str]:
    return _names(wording.whatsapp) | _names(wording.sms)
