"""What there is to translate into a locale: every answer and message with its Spanish, its state and its limits."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.catalogue import Answer, Catalogue, LocaleWords, State, Translation, Wording
from bot.cleaning import clean
from bot.composing import OFFICE, PLACEHOLDER, Composer
from bot.errors import RumboError
from bot.gsm7 import GSM_JOINED, GSM_SINGLE, count_segments
from bot.languages import SPANISH
from bot.messages import Channel
from bot.rendering import MAX_SMS_SEGMENTS, SmsPolicy, finish_sms, render
from content import schema
from content.checks import AIM_SMS_SEGMENTS, OWN_PLACEHOLDERS, day_to_judge
from content.loader import Loaded, read_content
from content.longest import widest_places, widest_values
from content.message_checks import MAX_MESSAGE_SEGMENTS
from content.source import Source
from content.translation import fingerprint, message_fingerprint

ANSWERS, MESSAGES = "answers", "messages"
MISSING = "missing"
STATES = (MISSING, *(state.value for state in State))
LONGEST_CELL = 32767
"""Characters of a spreadsheet's cell."""
MARK_LENGTH = 12
NEAR = {"near": "whatsapp", "near_sms": "sms"}
"""The texts beside an office, and the keys that they have below `near` in a file."""
NEW_FILE = "core.yml"


class ExchangeRefused(RumboError):
    """What came back, or what it should go into, is wrong; the message lists everything. Nothing was changed."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(["Nothing was changed:", *(f"  {problem}" for problem in self.problems)]))


@dataclass(frozen=True)
class Texts:
    """What is said: all but `whatsapp` is empty where there is none of its own."""

    whatsapp: str = ""
    sms: str = ""
    lifeline: str = ""
    near: str = ""
    """What leads the office once the place is known."""
    near_sms: str = ""

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the texts there are, by the name of their key."""
        texts = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple((key, text) for key, text in texts if text)

    def wording(self) -> Wording:
        """Return the words for each channel."""
        return Wording(self.whatsapp, self.sms or self.whatsapp)

    def near_wording(self) -> Wording | None:
        """Return the words beside an office for each channel, if there are any."""
        return Wording(self.near, self.near_sms or self.near) if self.near else None


@dataclass(frozen=True)
class Unit:
    """One thing to translate into one locale: an answer, or a system message."""

    id: str
    """`answers.passport`, `messages.notice`."""
    locale: str
    topic: str
    spanish: Texts
    current: Texts
    state: State | None
    """None where there is no text yet."""
    of: str
    """Fingerprint of the present Spanish."""
    of_near: str = ""
    """The same for a translation that has words beside an office too."""
    means: str = ""
    reviewed_by: str = ""
    reviewed_on: date | None = None

    @property
    def kind(self) -> str:
        """Whether it is one of the answers or of the messages."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """The intent, or the name of the message."""
        return self.id.partition(".")[2]

    @property
    def mark(self) -> str:
        """What an export carries, to tell later whether anything a translator saw has changed since."""
        current = (f"{key}={text}" for key, text in self.current.items())
        return mark_of(self.locale, self.id, self.of, self.of_near, self.state or MISSING, *current)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What the Spanish names, each once."""
        return self.may_name("near")

    def may_name(self, key: str) -> tuple[str, ...]:
        """Return what the Spanish of a text names: beside an office also what it does without one, and the office."""
        texts = [text for of, text in self.spanish.items() if key in NEAR or of not in NEAR]
        texts += [OFFICE] if key in NEAR and self.spanish.near else []
        return tuple(dict.fromkeys(name for text in texts for name in PLACEHOLDER.findall(text)))

    @property
    def sms_limit(self) -> int:
        """Segments it may cost once it goes out alone."""
        return MAX_SMS_SEGMENTS if self.kind == ANSWERS else MAX_MESSAGE_SEGMENTS


@dataclass(frozen=True)
class Line:
    """A unit with what helps to translate it."""

    unit: Unit
    notes: tuple[str, ...]
    """In Spanish."""
    sms_length: int
    """Characters of its present SMS, facts filled in."""
    sms_segments: int


def mark_of(*parts: str) -> str:
    """Return a short hash of texts, however they are spaced at their ends."""
    joined = "\x1f".join(tidy(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:MARK_LENGTH]


def tidy(text: str) -> str:
    """Return a text as it is kept: composed, with no control characters and nothing at the ends of its lines."""
    lines = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").split("\n")
    return clean("\n".join(line.rstrip() for line in lines), LONGEST_CELL)


def shown(unit: Unit) -> dict[str, str]:
    """Return what a translator sees of a unit but is not to change."""
    spanish = {f"spanish {key}": text for key, text in unit.spanish.items()}
    current = {f"current {key}": text for key, text in unit.current.items()}
    return spanish | current | {f"msgid {key}": text for key, text in msgids(unit).items()}


def msgids(unit: Unit) -> dict[str, str]:
    """Return what stands for the Spanish of each text in a PO file, where no entry goes without."""
    spanish = unit.spanish
    return {
        "whatsapp": spanish.whatsapp,
        "sms": spanish.sms or spanish.whatsapp,
        "lifeline": spanish.lifeline or spanish.whatsapp,
        "near": spanish.near or spanish.whatsapp,
        "near_sms": spanish.near_sms or spanish.near or spanish.whatsapp,
    }


@dataclass(frozen=True)
class Book:
    """All texts of one locale, beside the Spanish."""

    loaded: Loaded
    locale: str
    day: date
    """On which lengths are judged."""

    @cached_property
    def units(self) -> dict[str, Unit]:
        """By id: answers by topic, then messages."""
        answers = [answer for (locale, _), answer in self.loaded.answers.items() if locale == SPANISH]
        spanish = self.loaded.locales[SPANISH].messages
        units = [*map(self._answer, answers), *(self._message(name, wording) for name, wording in spanish.items())]
        return {unit.id: unit for unit in units}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The content as it stands."""
        return self.loaded.catalogue()

    @property
    def _words(self) -> LocaleWords:
        return self.loaded.locales[self.locale]

    @cached_property
    def _messages(self) -> Mapping[str, schema.MessageFile]:
        source, _ = self.loaded.origins[f"locale:{self.locale}"]
        return schema.LocaleFile.model_validate(source.data).messages

    def file_of(self, unit: Unit) -> str:
        """Return the file a unit stands in, or would."""
        if unit.kind == MESSAGES:
            return f"locales/{self.locale}.yml"
        here = self.loaded.origins.get(f"translation:{self.locale}:{unit.name}")
        if here:
            return here[0].name
        prefix = f"translation:{self.locale}:"
        files = {source.name for origin, (source, _) in self.loaded.origins.items() if origin.startswith(prefix)}
        wanted = [f"{ANSWERS}/{self.locale}/{name}" for name in (f"{unit.topic}.yml", NEW_FILE)]
        return next((name for name in wanted if name in files), min(files, default=wanted[-1]))

    def _answer(self, answer: Answer) -> Unit:
        spanish = _texts(answer.wording, answer.lifeline, answer.near)
        of, of_near = (fingerprint(answer, self.loaded.facts, has_near=has_near) for has_near in (False, True))
        unit = Unit(f"{ANSWERS}.{answer.intent}", self.locale, answer.topic, spanish, Texts(), None, of, of_near)
        found = self.loaded.translations.get((self.locale, answer.intent))
        if found is None:
            return unit
        source, location = self.loaded.origins[f"translation:{self.locale}:{answer.intent}"]
        entry = schema.TranslationFile.model_validate(_at(source, location))
        return replace(
            unit,
            current=_texts(found.wording, found.lifeline, found.near),
            state=found.state,
            means=entry.means or "",
            reviewed_by=entry.reviewed_by or "",
            reviewed_on=entry.reviewed_on,
        )

    def _message(self, name: str, spanish: Wording) -> Unit:
        of = message_fingerprint(spanish, self.loaded.facts)
        unit = Unit(f"{MESSAGES}.{name}", self.locale, MESSAGES, _texts(spanish), Texts(), None, of)
        entry = self._messages.get(name)
        if entry is None:
            return unit
        return replace(
            unit,
            current=_texts(self._words.messages[name]),
            state=self._words.states[name],
            means=entry.means or "",
            reviewed_by=entry.reviewed_by or "",
            reviewed_on=entry.reviewed_on,
        )

    def sent(self, unit: Unit, texts: Texts, channel: Channel) -> str:
        """Return the longest a person would get once these texts are signed, whichever place they name."""
        return max(self.each_sent(unit, texts, channel), key=len)

    def each_sent(self, unit: Unit, texts: Texts, channel: Channel) -> list[str]:
        """Return what is sent to who has not said where they are, then what is beside each office."""
        if unit.kind == MESSAGES:
            return [self._message_sent(unit.name, texts.wording(), channel)]
        lifeline, near = texts.lifeline or None, texts.near_wording()
        signed = Translation(unit.name, self.locale, texts.wording(), State.REVIEWED, lifeline, near)
        translations = {**self.loaded.translations, (self.locale, unit.name): signed}
        composer = Composer(replace(self.catalogue, translations=translations), self.day, channel, self.locale)
        answer = self.loaded.answers[SPANISH, unit.name]
        replies = (composer.answer(answer, place) for place in (None, *widest_places(composer, answer)))
        return [render(reply, channel, SmsPolicy()) for reply in replies]

    def _message_sent(self, name: str, wording: Wording, channel: Channel) -> str:
        words = self._words
        messages, states = {**words.messages, name: wording}, {**words.states, name: State.REVIEWED}
        signed = replace(words, messages=messages, states=states)
        catalogue = replace(self.catalogue, locales={**self.loaded.locales, self.locale: signed})
        values = {own: own for own in OWN_PLACEHOLDERS.get(name, ())} | widest_values(catalogue, self.locale)
        said = Composer(catalogue, self.day, channel, self.locale).message(name, **values)
        return finish_sms(said, SmsPolicy()) if channel is Channel.SMS else said

    def line(self, unit: Unit) -> Line:
        """Return a unit as a translator sees it."""
        sms = self._filled(unit.current.wording().sms)
        return Line(unit, tuple(self._notes(unit)), len(sms), count_segments(sms) if sms else 0)

    def _filled(self, text: str) -> str:
        facts = self.loaded.facts
        return finish_sms(PLACEHOLDER.sub(lambda m: facts[m[1]].value if m[1] in facts else m[1], text), SmsPolicy())

    def _notes(self, unit: Unit) -> Iterator[str]:
        if unit.state is State.STALE:
            yield "El español, o un dato que nombra, cambió después de esta traducción: hay que leerla de nuevo."
        if unit.reviewed_by:
            yield f"Firmó {unit.reviewed_by}, {unit.reviewed_on}."
        if unit.spanish.lifeline:
            lifeline = " y ".join(f"{{{name}}}" for name in PLACEHOLDER.findall(unit.spanish.lifeline))
            yield f"Peligro. La primera frase salva vidas: en español sale siempre; si la traduce, conserve {lifeline}."
        for name in unit.placeholders:
            fact = self.loaded.facts.get(name)
            yield f"{{{name}}}: {f'{fact.label}: {fact.value}' if fact else 'lo pone el programa'}"
        yield f"SMS: {self._room(unit, self._alone(unit))}"
        if unit.spanish.near:
            _, *beside = self.each_sent(unit, Texts("x", near="x"), Channel.SMS)
            yield f"SMS con oficina: {self._room(unit, beside)}"

    def _alone(self, unit: Unit) -> list[str]:
        """Return every SMS that the text without an office would be in, were it one letter long."""
        alone, *beside = self.each_sent(unit, Texts("x"), Channel.SMS)
        answer = self.loaded.answers.get((SPANISH, unit.name))
        return [alone] if answer and answer.asks_place else [alone, *beside]

    def _room(self, unit: Unit, around: Iterable[str]) -> str:
        taken = max(map(len, around)) - 1
        most, aim = (_characters(segments) - taken for segments in (unit.sms_limit, AIM_SMS_SEGMENTS))
        better = f"mejor hasta {aim}, " if 0 < aim < most else ""
        return f"{better}nunca más de {most} letras, con los datos puestos."


def _characters(segments: int) -> int:
    return GSM_SINGLE if segments == 1 else GSM_JOINED * segments


def _texts(wording: Wording, lifeline: str | None = None, near: Wording | None = None) -> Texts:
    beside = (near.whatsapp, _own_sms(near)) if near else ("", "")
    return Texts(wording.whatsapp, _own_sms(wording), lifeline or "", *beside)


def _own_sms(wording: Wording) -> str:
    return "" if wording.sms == wording.whatsapp else wording.sms


def _at(source: Source, location: Sequence[str | int]) -> Any:
    data: Any = source.data
    for key in location:
        data = data[key]
    return data


def open_book(root: Path, locale: str, today: date) -> Book:
    """Return the texts of a locale; raise ExchangeRefused where the content cannot be read or the locale is unknown."""
    loaded = _readable(root)
    if locale not in locales_of(loaded):
        raise ExchangeRefused([f"'{locale}' is no locale to translate into. Known: {', '.join(locales_of(loaded))}."])
    return Book(loaded, locale, day_to_judge(loaded, today))


def _readable(root: Path) -> Loaded:
    loaded = read_content(root)
    if loaded.problems:
        raise ExchangeRefused([*map(str, loaded.problems), "Mend the content first: run `rumbo content check`."])
    return loaded


def locales_of(loaded: Loaded) -> list[str]:
    """Return the locales there are to translate into."""
    return sorted(loaded.locales.keys() - {SPANISH})


Coverage = dict[str, dict[str, Counter[str]]]


def coverage(root: Path) -> tuple[Coverage, dict[str, list[str]]]:
    """Count the texts of each locale and topic by state, and name those that are stale, by locale."""
    return coverage_of(_readable(root))


def coverage_of(loaded: Loaded) -> tuple[Coverage, dict[str, list[str]]]:
    """Return the same of content that was read without a problem."""
    counts: Coverage = {}
    stale: dict[str, list[str]] = {}
    for locale in locales_of(loaded):
        counts[locale], stale[locale] = {}, []
        for unit in Book(loaded, locale, date.max).units.values():
            topic = counts[locale].setdefault(unit.topic, Counter(dict.fromkeys(STATES, 0)))
            topic[unit.state or MISSING] += 1
            if unit.state is State.STALE:
                stale[locale].append(unit.id)
    return counts, stale
