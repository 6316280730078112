"""What content must hold beyond its shape, and the one way to a catalogue that may be served."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from bot.catalogue import Answer, Catalogue, State, Translation, Wording
from bot.cleaning import fold as fold_to_match
from bot.composing import PLACEHOLDER, Composer
from bot.danger import ORDER as DANGER
from bot.errors import ContentInvalid
from bot.facts import FactKind
from bot.gsm7 import fits_gsm7, fold
from bot.handoffs import MAX_WHATSAPP
from bot.keywords import COMMANDS, WORDS_FOR
from bot.messages import Channel
from bot.places import Place
from bot.rendering import MAX_SMS_SEGMENTS, SmsPolicy, cost_of, finish_sms, render
from content.advice import advise_on_locales, advise_on_reach, advise_on_reading
from content.cards import check_gaps, check_offices_due, check_reviews, check_states, check_units, check_uses
from content.intents import INTENTS
from content.loader import Loaded, read_content
from content.longest import widest_places
from content.message_checks import check_menus, check_message_length, check_messages, check_stamps
from content.naming import naming
from content.reading import Reader
from content.recordings import check_recordings
from content.source import Problem

AIM_SMS_SEGMENTS = 2
MAX_WHATSAPP_CHARACTERS = 1024
MAX_WITH_DRAFT_CHARACTERS = 1400
"""WhatsApp's limit on the body of a message with buttons or a list."""

OWN_PLACEHOLDERS = {
    "place_of": {"place", "department"},
    "office_nearest": {"place"},
    "office_far": {"office", "km"},
    "office_address": {"value"},
    "office_phone": {"value"},
    "office_hours": {"value"},
    "language_heard": {"language"},
    "language_noted": {"language"},
    "which_language": {"languages"},
    "unreviewed": {"text"},
    "handoff_reply": {"text"},
    "confirmed": {"month"},
    "seen": {"month"},
}
"""What the program itself fills into a system message."""

MESSAGES = frozenset(
    {
        *OWN_PLACEHOLDERS,
        *(
            "notice",
            "clarify",
            "none_of_these",
            "unknown",
            "no_such_choice",
            "empty",
            "voice",
            "media",
            "your_location",
        ),
        *("which_place", "office_no_contact", "office_no_contact_at_all", "office_confirm_first", "pending_value"),
        *("fact_pending", "opted_out", "opted_in", "erased", "language_set", "other_language"),
        *("yes_opt_out", "yes_erase", "no_to_menu"),
        *("source_head", "no_source"),
        *("handoff_ask", "yes_hand_off", "handoff_opened", "handoff_closed", "yes_helped", "not_helped"),
        *("handoff_helped", "handoff_not_helped"),
    }
)
"""Every system message the program sends."""

DIGIT = re.compile(r"\d")
KNOWN_KEYWORD_LISTS = COMMANDS | {*WORDS_FOR, "numbers", "choice_prefixes"}


def load_catalogue(root: Path, today: date, reader: Reader | None = None) -> Catalogue:
    """Return the catalogue that may be served; raise ContentInvalid naming every problem.

    A reader that is kept between calls makes all but the first quicker.
    """
    loaded = read_content(root, reader)
    errors = [problem for problem in check(loaded, today) if not problem.is_warning]
    if errors:
        listing = "\n".join(f"  {root.name}/{problem}" for problem in errors)
        raise ContentInvalid(f"The content has {len(errors)} problem(s), so it is not served:\n{listing}")
    return loaded.catalogue()


def check(loaded: Loaded, today: date) -> list[Problem]:
    """Return every problem, in the order of the files: those of reading first of all if nothing else can be judged."""
    if not loaded.problems:
        for judge in CHECKS:
            judge(loaded, today)
    return sorted(loaded.problems)


def _wordings(loaded: Loaded) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the origin, key and text of every wording of every answer."""
    for (locale, intent), answer in loaded.answers.items():
        origin = f"answer:{locale}:{intent}"
        if answer.lifeline:
            yield origin, ("lifeline",), answer.lifeline
        yield from _both(origin, (), answer.wording)
        if answer.near:
            yield from _both(origin, ("near",), answer.near)
    for (locale, intent), translation in loaded.translations.items():
        origin = f"translation:{locale}:{intent}"
        if translation.lifeline:
            yield origin, ("lifeline",), translation.lifeline
        yield from _both(origin, (), translation.wording)
        if translation.near:
            yield from _both(origin, ("near",), translation.near)
    for tag, words in loaded.locales.items():
        for name, wording in words.messages.items():
            yield from _both(f"locale:{tag}", ("messages", name), wording)

    for id_, canned in loaded.canned.items():
        yield from _both(f"canned:{id_}", (), canned.wording)


def _both(origin: str, path: tuple[str, ...], wording: Wording) -> Iterator[tuple[str, tuple[str, ...], str]]:
    yield origin, (*path, "whatsapp"), wording.whatsapp
    if wording.sms != wording.whatsapp:
        yield origin, (*path, "sms"), wording.sms


def _check_intents(loaded: Loaded, _: date) -> None:
    for (locale, intent), answer in loaded.answers.items():
        origin = f"answer:{locale}:{intent}"
        if intent not in INTENTS:
            loaded.problem_at(origin, f"'{intent}' is no intent we know. See content/intents.py for the list.")
        for name in answer.next:
            if (locale, name) not in loaded.answers and ("es", name) not in loaded.answers:
                loaded.problem_at(origin, f"'next' leads to '{name}', which has no answer. Correct the name.", "next")
    missing = [intent for intent in INTENTS if ("es", intent) not in loaded.answers]
    if missing:
        loaded.problems.append(Problem("answers/es", 1, f"no answer for: {', '.join(missing)}. Write them."))


def _check_facts_named(loaded: Loaded, _: date) -> None:
    for origin, path, text in _wordings(loaded):
        own = (
            OWN_PLACEHOLDERS.get(path[1], set())
            if path[0] == "messages"
            else {"office"}
            if path[0] == "near"
            else set()
        )
        for name in PLACEHOLDER.findall(text):
            if name not in loaded.facts and name not in own:
                hint = f"Write the fact card in facts/ or correct the name{_nearest(name, loaded)}."
                loaded.problem_at(origin, f"names the fact '{{{name}}}', which does not exist. {hint}", *path)
        bare = PLACEHOLDER.sub("", text)
        if "{" in bare or "}" in bare:
            loaded.problem_at(origin, "has a stray '{' or '}'. They only surround the name of a fact.", *path)
        if match := DIGIT.search(bare):
            around = bare[max(0, match.start() - 12) : match.end() + 12].replace("\n", " ")
            hint = "Put numbers in a fact card and name it as {card}."
            loaded.problem_at(origin, f"has a number typed by hand near '{around}'. {hint}", *path)


def _nearest(name: str, loaded: Loaded) -> str:
    close = [known for known in loaded.facts if known.split("_")[0] == name.split("_")[0]]
    return f" (near it: {', '.join(close[:3])})" if close else ""


def _check_facts(loaded: Loaded, today: date) -> None:
    named = naming(loaded)
    for id_, fact in loaded.facts.items():
        origin, validity = f"fact:{id_}", fact.validity
        if id_ in named and not validity.is_publishable:
            why = "is low in confidence, superseded or closed, yet an answer names or states it"
            loaded.problem_at(origin, f"'{id_}' {why}. Take it out of the answer.")
        elif id_ in named and not validity.may_be_sent(today):
            loaded.problem_at(origin, f"'{id_}' ran out on {validity.last_day}; people are told so.", is_warning=True)
        elif validity.is_due(today):
            loaded.problem_at(origin, f"'{id_}' was due for review on {validity.review_by}.", is_warning=True)
        if validity.checked_on > today:
            # Only a warning: a wrong clock must not stop the line.
            what = (
                f"'{id_}' was checked in the future ({validity.checked_on}). Correct the date, or this machine's clock."
            )
            loaded.problem_at(origin, what, is_warning=True)
        if fact.kind is FactKind.LINK and "://" in fact.value and not fact.value.startswith("https://"):
            loaded.problem_at(origin, f"'{id_}' is a link without https. Use the safe address.")


def _check_danger(loaded: Loaded, _: date) -> None:
    """An answer to danger opens with a number that saves lives."""
    for (locale, intent), answer in loaded.answers.items():
        if intent in DANGER and not _names_phone(answer.lifeline, loaded):
            hint = "Add 'lifeline' with one sentence that names a phone, such as {police}."
            loaded.problem_at(f"answer:{locale}:{intent}", f"'{intent}' is danger and has no life-saving line. {hint}")


def _names_phone(text: str | None, loaded: Loaded) -> bool:
    names = PLACEHOLDER.findall(text or "")
    return any(name in loaded.facts and loaded.facts[name].kind is FactKind.PHONE for name in names)


def _check_offices(loaded: Loaded, _: date) -> None:
    kinds = {office.kind for office in loaded.offices.values()}
    for (locale, intent), answer in loaded.answers.items():
        for kind in answer.office_kinds:
            if kind not in kinds:
                known = ", ".join(sorted(kinds))
                loaded.problem_at(f"answer:{locale}:{intent}", f"no office is a '{kind}'. Known: {known}.", "offices")
        if answer.asks_place and not answer.near:
            hint = "Add 'near' with what to say beside the office."
            what = f"'{intent}' would ask for the place again once it is known. {hint}"
            loaded.problem_at(f"answer:{locale}:{intent}", what, "asks_place")
    names = {(place.country, place.name) for place in loaded.places.values()}
    for id_, office in loaded.offices.items():
        if office.municipality and (office.country, office.municipality) not in names:
            hint = "Spell it as in places/, or add the place there."
            loaded.problem_at(f"office:{id_}", f"'{office.municipality}' is no place we know. {hint}", "municipality")


def _check_locales(loaded: Loaded, _: date) -> None:
    spanish_menus = loaded.locales["es"].menus if "es" in loaded.locales else {}
    for tag, words in loaded.locales.items():
        origin = f"locale:{tag}"
        if tag not in loaded.languages:
            loaded.problem_at(origin, f"'{tag}' has no name in languages.yml, so nobody can choose it. Add it there.")
        for name in words.messages.keys() - MESSAGES:
            loaded.problem_at(origin, f"no part of the program says '{name}'. Remove it.", "messages", name)
        for name in words.keywords.keys() - KNOWN_KEYWORD_LISTS:
            loaded.problem_at(
                origin, f"'{name}' is no command. Known: {', '.join(sorted(COMMANDS))}.", "keywords", name
            )
        for name in words.danger.keys() - set(DANGER):
            loaded.problem_at(origin, f"'{name}' is no danger. Known: {', '.join(DANGER)}.", "danger", name)
        for menu, choices in words.menus.items():
            for index, choice in enumerate(choices.choices):
                if choice.kind == "menu" and choice.name not in {*words.menus, *spanish_menus}:
                    loaded.problem_at(origin, f"leads to no menu '{choice.name}'.", "menus", menu, "items", index)
                if choice.kind == "answer" and ("es", choice.name) not in loaded.answers:
                    loaded.problem_at(origin, f"leads to no answer '{choice.name}'.", "menus", menu, "items", index)
    spanish = loaded.locales.get("es")
    if spanish is None:
        loaded.problems.append(Problem("locales/es.yml", 1, "is missing. Every deployment needs Spanish."))
    else:
        missing = sorted(MESSAGES - spanish.messages.keys())
        if missing:
            loaded.problem_at("locale:es", f"lacks the messages: {', '.join(missing)}. Add them.", "messages")
        if "main" not in spanish.menus:
            loaded.problem_at("locale:es", "lacks the menu 'main'. Add it.", "menus")


def _check_translations(loaded: Loaded, _: date) -> None:
    """A translation has a Spanish answer, names no fact that one does not, and is not stale."""
    for (locale, intent), translation in loaded.translations.items():
        origin, answer = f"translation:{locale}:{intent}", loaded.answers.get(("es", intent))
        if answer is None:
            loaded.problem_at(origin, f"'{intent}' has no Spanish answer. Correct the name or write the Spanish first.")
            continue
        if translation.state is State.STALE:
            message = "was written from an older Spanish text and is not sent. Read it again and renew 'of'."
            loaded.problem_at(origin, message, is_warning=True)
            continue
        known = set(_placeholders(answer.lifeline, answer.wording))
        extra = set(_placeholders(translation.lifeline, translation.wording)) - known
        if translation.near and not answer.near:
            loaded.problem_at(origin, "has words beside an office, and the Spanish has none. Take them out.", "near")
        elif translation.near and answer.near:
            extra |= set(_placeholders(None, translation.near)) - known - {*_placeholders(None, answer.near), "office"}
        for name in sorted(extra):
            loaded.problem_at(origin, f"names '{{{name}}}', which the Spanish does not. Take it out.")


def _check_translations_length(loaded: Loaded, today: date) -> None:
    """Judge what people would really get, a draft with the Spanish below it, alone and beside the office."""
    if any(not problem.is_warning for problem in loaded.problems):
        return
    catalogue, today = loaded.catalogue(), day_to_judge(loaded, today)
    composer = Composer(catalogue, today, Channel.SMS, "es")
    widest = cache(lambda intent: widest_places(composer, loaded.answers["es", intent]))
    for (locale, intent), translation in loaded.translations.items():
        answer = replace(loaded.answers["es", intent], locale=locale)
        if translation.state is State.STALE:
            continue
        beside = widest(intent) if _has_words_beside_office(translation, answer) else []
        alone, *with_office = _rendered(catalogue, answer, beside, Channel.SMS, today)
        _check_translation_sms(loaded, answer, alone, "sms")
        if with_office:
            key = "near.sms" if translation.near else "sms"
            _check_translation_sms(loaded, answer, max(with_office, key=len), key)
        whatsapp = max(_rendered(catalogue, answer, beside, Channel.WHATSAPP, today), key=len)
        if len(whatsapp) > MAX_WITH_DRAFT_CHARACTERS:
            length = f"{len(whatsapp)} characters by WhatsApp, at most {MAX_WITH_DRAFT_CHARACTERS}"
            what = f"makes {length}, with the Spanish below it. Shorten it."
            loaded.problem_at(f"translation:{locale}:{intent}", what)


def _has_words_beside_office(translation: Translation, answer: Answer) -> bool:
    """Whether anything of it is said beside an office; else people get the Spanish, which is judged by itself."""
    return bool(translation.near or not answer.near or not answer.asks_place)


def _check_translation_sms(loaded: Loaded, answer: Answer, sms: str, key: str) -> None:
    origin, segments = f"translation:{answer.locale}:{answer.intent}", cost_of((sms,)).segments
    if segments > MAX_SMS_SEGMENTS:
        loaded.problem_at(origin, f"costs {segments} segments by SMS ({len(sms)} characters). Shorten '{key}'.")
    if not fits_gsm7(sms):
        loaded.problem_at(origin, f"has characters that make an SMS cost double. Write '{key}' without them.")


def _check_messages(loaded: Loaded, _: date) -> None:
    check_stamps(loaded)
    check_messages(loaded, OWN_PLACEHOLDERS)
    check_menus(loaded)


def _check_message_length(loaded: Loaded, today: date) -> None:
    if not any(not problem.is_warning for problem in loaded.problems):
        check_message_length(loaded, day_to_judge(loaded, today), OWN_PLACEHOLDERS)


def day_to_judge(loaded: Loaded, today: date) -> date:
    """Return the day the newest card was checked: a fact that runs out makes an answer longer, and time alone must
    never stop the line.
    """
    return min(today, max((fact.validity.checked_on for fact in loaded.facts.values()), default=today))


def _placeholders(lifeline: str | None, wording: Wording) -> list[str]:
    return [name for text in (lifeline or "", wording.whatsapp, wording.sms) for name in PLACEHOLDER.findall(text)]


def _check_keyword_clashes(loaded: Loaded, _: date) -> None:
    """The same word may not do two things, in any two locales."""
    owners: dict[str, str] = {}
    for tag, words in loaded.locales.items():
        for name, phrases in words.keywords.items():
            for phrase in phrases if name in COMMANDS or name in WORDS_FOR else ():
                first = owners.setdefault(fold_to_match(phrase), name)
                if first != name and name != "speak":
                    message = f"'{phrase}' already does '{first}'. One word, one command: take it out of one of them."
                    loaded.problem_at(f"locale:{tag}", message, "keywords", name)


def _check_length(loaded: Loaded, today: date) -> None:
    """Judge what people would really get: facts filled in, the office for any place, choices and the month added."""
    if loaded.problems and any(not problem.is_warning for problem in loaded.problems):
        return
    catalogue = loaded.catalogue()
    today = day_to_judge(loaded, today)
    for (locale, intent), answer in loaded.answers.items():
        origin = f"answer:{locale}:{intent}"
        places = widest_places(Composer(catalogue, today, Channel.WHATSAPP, locale), answer)
        whatsapp = max(_rendered(catalogue, answer, places, Channel.WHATSAPP, today), key=len)
        if len(whatsapp) > MAX_WHATSAPP_CHARACTERS:
            length = f"{len(whatsapp)} characters by WhatsApp"
            loaded.problem_at(origin, f"'{intent}' has {length}, at most {MAX_WHATSAPP_CHARACTERS}. Shorten it.")
        plain, *with_office = _rendered(catalogue, answer, places, Channel.SMS, today)
        _check_sms(loaded, origin, intent, plain, mend=_sms_mend(loaded, locale, intent), aim=AIM_SMS_SEGMENTS)
        dearest = max(with_office, key=len, default="")
        _check_sms(loaded, origin, intent, dearest, mend="Shorten 'near.sms'.", aim=MAX_SMS_SEGMENTS)


def _check_canned(loaded: Loaded, today: date) -> None:
    """Judge canned answers as people would get them, with what says that a person writes."""
    if any(not problem.is_warning for problem in loaded.problems):
        return
    catalogue, day = loaded.catalogue(), day_to_judge(loaded, today)
    for id_, canned in loaded.canned.items():
        whatsapp, sms = (Composer(catalogue, day, on, "es").canned(canned) for on in (Channel.WHATSAPP, Channel.SMS))
        if len(whatsapp) > MAX_WHATSAPP:
            length = f"{len(whatsapp)} characters by WhatsApp, at most {MAX_WHATSAPP}"
            loaded.problem_at(f"canned:{id_}", f"has {length}. Shorten it.")
        from_staff = Composer(catalogue, day, Channel.SMS, "es").message("handoff_reply", text=sms)
        segments = cost_of((finish_sms(from_staff, SmsPolicy()),)).segments
        if segments > AIM_SMS_SEGMENTS:
            loaded.problem_at(f"canned:{id_}", f"costs {segments} segments by SMS. Shorten 'sms'.")


def _check_sms(loaded: Loaded, origin: str, intent: str, text: str, *, mend: str, aim: int) -> None:
    segments = cost_of((text,)).segments
    if segments > MAX_SMS_SEGMENTS:
        loaded.problem_at(origin, f"'{intent}' costs {segments} segments by SMS ({len(text)} characters). {mend}")
    elif segments > aim:
        loaded.problem_at(origin, f"'{intent}' costs {segments} segments by SMS; aim for {aim}.", is_warning=True)
    if not fits_gsm7(text):
        strange = sorted({c for c in text if not fits_gsm7(fold(c))})
        loaded.problem_at(origin, f"has characters that make an SMS cost double: {' '.join(strange)}. Replace them.")


def _sms_mend(loaded: Loaded, locale: str, intent: str) -> str:
    has_own = (locale, intent) in loaded.has_own_sms
    return "Shorten 'sms'." if has_own else "Add a shorter wording under 'sms'."


def _rendered(
    catalogue: Catalogue, answer: Answer, places: Iterable[Place], channel: Channel, today: date
) -> list[str]:
    """Return the answer without a place, and for each place."""
    composer = Composer(catalogue, today, channel, answer.locale)
    return [render(composer.answer(answer, place), channel, SmsPolicy()) for place in (None, *places)]


CHECKS: tuple[Callable[[Loaded, date], None], ...] = (
    _check_intents,
    _check_facts_named,
    check_states,
    _check_facts,
    check_units,
    check_reviews,
    check_offices_due,
    check_uses,
    check_gaps,
    _check_danger,
    _check_offices,
    _check_locales,
    _check_keyword_clashes,
    _check_translations,
    check_recordings,
    _check_messages,
    advise_on_reach,
    advise_on_reading,
    advise_on_locales,
    _check_length,
    _check_translations_length,
    _check_message_length,
    _check_canned,
)
