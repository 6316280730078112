"""What changed between two states of the content, in words that people who edit it use."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bot.catalogue import LocaleWords, Wording
from bot.facts import Validity
from content.loader import Loaded
from content.naming import naming

NOTHING = "nothing"
ROUTINE = frozenset({"checked on", "checked by", "review by"})
"""What changes whenever somebody looks at a card again and finds it right."""
_UNIT_END = re.compile(r"(?<=[.!?…:])\s+|\n+")


@dataclass(frozen=True)
class Thing:
    """Something an editor can add, change or remove: what it is called, and its parts by their names."""

    heading: str
    parts: Mapping[str, str]
    note: str | None = None
    """What to know when it changes."""


@dataclass(frozen=True)
class Section:
    """All that changed among things of one kind."""

    title: str
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    """By heading, the lines that tell what changed in it."""
    checked_again: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.changed or self.checked_again)


def compare(old: Loaded, new: Loaded) -> list[Section]:
    """Return what changed, section by section; none where nothing did."""
    sections = (_section(title, things_of(old), things_of(new)) for title, things_of in SECTIONS)
    return [section for section in sections if not section.is_empty]


def _section(title: str, old: Mapping[str, Thing], new: Mapping[str, Thing]) -> Section:
    section = Section(title)
    section.added.extend(thing.heading for key, thing in new.items() if key not in old)
    section.removed.extend(thing.heading for key, thing in old.items() if key not in new)
    for key, thing in new.items():
        before = old[key].parts if key in old else thing.parts
        different = {name for name in (*before, *thing.parts) if before.get(name) != thing.parts.get(name)}
        if different and different <= ROUTINE:
            section.checked_again.append(thing.heading)
        elif different:
            note = [thing.note] if thing.note else []
            section.changed[thing.heading] = [*_lines(before, thing.parts), *note]
    return section


def _lines(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name, ""), new.get(name, "")
        if before == after or name in ROUTINE:
            continue
        if _units(before)[1:] or _units(after)[1:]:
            yield f"{name}:"
            yield from (f"  {line}" for line in line_diff(before, after))
        else:
            yield f"{name}: {before or NOTHING} -> {after or NOTHING}"


def line_diff(old: str, new: str) -> list[str]:
    """Return the sentences that went, after "-", and those that came, after "+", in their order.

    >>> line_diff("Vaya temprano. Es gratis.", "Vaya temprano. Cuesta {price}.")
    ['- Es gratis.', '+ Cuesta {price}.']
    """
    before, after = _units(old), _units(new)
    lines: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += [*(f"- {unit}" for unit in before[a:b]), *(f"+ {unit}" for unit in after[c:d])]
    return lines or ["(only its line breaks)"]


def _units(text: str) -> list[str]:
    """Cut a text where a person reading it rests: a whole paragraph a line would hide the word that changed."""
    return [unit.strip() for unit in _UNIT_END.split(text) if unit.strip()]


def _answers(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for (locale, intent), answer in loaded.answers.items():
        parts = {
            "title": answer.title,
            "file": f"{answer.topic}.yml",
            "life-saving line": answer.lifeline or "",
            **_both(answer.wording, answer.near),
            "next": ", ".join(answer.next),
            "kinds of office": ", ".join(answer.office_kinds),
            "asks for the place": "yes" if answer.asks_place else "no",
            "states": ", ".join(answer.states),
        }
        things[f"{locale}/{intent}"] = Thing(f"{intent} ({answer.title})", parts)
    return things


def _both(wording: Wording, near: Wording | None) -> dict[str, str]:
    return _wordings(wording) | (_wordings(near, " beside an office") if near else {})


def _wordings(wording: Wording, where: str = "") -> dict[str, str]:
    return {f"WhatsApp{where}": wording.whatsapp, f"SMS{where}": wording.sms}


def _translations(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for (locale, intent), found in loaded.translations.items():
        parts = {
            "state": found.state.value,
            "life-saving line": found.lifeline or "",
            **_both(found.wording, found.near),
        }
        things[f"{locale}/{intent}"] = Thing(f"{locale} {intent}", parts)
    return things


def _recordings(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for (locale, intent), card in loaded.recording_cards.items():
        found = loaded.recordings.get((locale, intent))
        parts = {
            "file": card.file,
            "speaker": card.speaker,
            "consent": card.consent,
            "recorded on": str(card.recorded_on),
            "says": card.says or "",
            "length": f"{found.seconds:.1f} s, {found.size} bytes" if found else "",
            "state": "stale" if found and found.is_stale else "sent" if found else loaded.unplayable[locale, intent],
        }
        things[f"{locale}/{intent}"] = Thing(f"{locale} {intent}", parts)
    return things


def _facts(loaded: Loaded) -> dict[str, Thing]:
    named = naming(loaded)
    things: dict[str, Thing] = {}
    for id_, fact in loaded.facts.items():
        parts = {
            "value": fact.value,
            "unit": fact.unit or "",
            "label": fact.label,
            "kind": fact.kind.value,
            "where": fact.where,
            "unused because": loaded.unused.get(f"fact:{id_}", ""),
        }
        note = f"named by: {', '.join(named[id_]) if id_ in named else NOTHING}"
        things[id_] = Thing(f"{id_} ({fact.label})", {**parts, **_validity(fact.validity)}, note)
    for id_, gap in loaded.gaps.items():
        things[f"gap {id_}"] = Thing(f"gap {id_} ({gap.label})", {"label": gap.label, "say instead": gap.say_instead})
    return things


def _validity(validity: Validity) -> dict[str, str]:
    return {
        "source": validity.source.title,
        "link": validity.source.url or "",
        "date of the source": "-".join(f"{part:02}" for part in validity.source.date),
        "confidence": validity.confidence.value,
        "risk of being stale": validity.stale_risk.value,
        "status": validity.status.value,
        "conflict": validity.conflict or "",
        "expires": str(validity.expires or ""),
        "checked on": str(validity.checked_on),
        "checked by": validity.checked_by,
        "review by": str(validity.review_by),
    }


def _offices(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for id_, office in loaded.offices.items():
        parts = {
            "name": office.name,
            "kind": office.kind,
            "place": ", ".join(part for part in (office.municipality, office.department, office.country) if part),
            "address": office.address or "",
            "phones": ", ".join(office.phones),
            "hours": office.hours or "",
            "services": office.services,
            "coordinates": f"{office.point.lat}, {office.point.lon}" if office.point else "",
            "unused because": loaded.unused.get(f"office:{id_}", ""),
        }
        things[id_] = Thing(f"{id_} ({office.name})", {**parts, **_validity(office.validity)})
    return things


def _words(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for locale, words in loaded.locales.items():
        name = {"name": words.name, "question": words.question or ""}
        things[locale] = Thing(f"{locale} ({words.name})", name)
        for heading, parts in _words_of(words):
            things[f"{locale} {heading}"] = Thing(f"{locale} {heading}", parts)
    return things


def _words_of(words: LocaleWords) -> Iterator[tuple[str, dict[str, str]]]:
    for name, wording in words.messages.items():
        state = {"state": words.states[name].value} if name in words.states else {}
        yield f"message {name}", {**state, **_wordings(wording)}
    for name, menu in words.menus.items():
        lines = [f"{number} {choice.label} ({choice.name})" for number, choice in enumerate(menu.choices, 1)]
        state = {"state": menu.state.value} if words.states else {}
        yield f"menu {name}", {**state, "title": menu.title, "lines": "\n".join(lines)}
    for kind, lists in (("keywords", words.keywords), ("words of danger", words.danger)):
        for name, phrases in lists.items():
            yield f"{kind} {name}", {"words": "\n".join(phrases)}


def _places(loaded: Loaded) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for id_, place in loaded.places.items():
        parts = {"name": place.name, "department": place.department, "at": f"{place.point.lat}, {place.point.lon}"}
        things[id_] = Thing(f"{place.name} ({place.department or place.country})", parts)
    for code, language in loaded.languages.items():
        things[f"language {code}"] = Thing(f"language {language.name}", {"name": language.name})
    return things


SECTIONS: tuple[tuple[str, Callable[[Loaded], dict[str, Thing]]], ...] = (
    ("Answers", _answers),
    ("Translations", _translations),
    ("Recordings", _recordings),
    ("Facts", _facts),
    ("Offices", _offices),
    ("Messages, menus and words", _words),
    ("Places and languages", _places),
)
