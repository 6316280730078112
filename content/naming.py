"""Which answers and messages use which fact and office cards."""

from collections.abc import Iterable

from bot.composing import PLACEHOLDER
from bot.languages import SPANISH
from content.loader import Loaded


def naming(loaded: Loaded) -> dict[str, list[str]]:
    """Return by fact what names or states it: an answer by its id, a translation by its language and id, a message."""
    texts: list[tuple[str, Iterable[str | None]]] = []
    for (_, intent), answer in loaded.answers.items():
        near = (answer.near.whatsapp, answer.near.sms) if answer.near else ()
        texts.append((intent, (answer.lifeline, answer.wording.whatsapp, answer.wording.sms, *near)))
    for (locale, intent), found in loaded.translations.items():
        beside = (found.near.whatsapp, found.near.sms) if found.near else ()
        texts.append((f"{locale} {intent}", (found.lifeline, found.wording.whatsapp, found.wording.sms, *beside)))
    for locale, words in loaded.locales.items():
        tag = "" if locale == SPANISH else f"{locale} "
        texts += [(f"{tag}message {name}", (said.whatsapp, said.sms)) for name, said in words.messages.items()]
    texts += [(f"canned {id_}", (said.wording.whatsapp, said.wording.sms)) for id_, said in loaded.canned.items()]
    named = {name: {id_ for text in wordings for id_ in PLACEHOLDER.findall(text or "")} for name, wordings in texts}
    for (_, intent), answer in loaded.answers.items():
        named[intent] |= {*answer.states}
    by_fact: dict[str, list[str]] = {}
    for name, ids in named.items():
        for id_ in sorted(ids):
            by_fact.setdefault(id_, []).append(name)
    return by_fact


def users(loaded: Loaded) -> dict[str, list[str]]:
    """Return by card ("fact:id", "office:id") the Spanish answers and messages that people get it from."""
    said = {intent for _, intent in loaded.answers} | {f"message {name}" for name in _spanish_messages(loaded)}
    using = {f"fact:{id_}": [name for name in names if name in said] for id_, names in naming(loaded).items()}
    for id_, office in loaded.offices.items():
        using[f"office:{id_}"] = [a.intent for a in loaded.answers.values() if office.kind in a.office_kinds]
    return {origin: names for origin, names in using.items() if names}


def _spanish_messages(loaded: Loaded) -> Iterable[str]:
    words = loaded.locales.get(SPANISH)
    return words.messages if words else ()
