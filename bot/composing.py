"""Put an answer together for a person: facts filled in, the office for their place, the month facts were confirmed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from bot.catalogue import Answer, Canned, Catalogue, Recording, State, Translation, Wording
from bot.facts import MONTH_MATTERS, Fact, Validity
from bot.messages import Channel
from bot.places import Found, Office, Place, nearest
from bot.sessions import Choice, TargetKind

Item = TypeVar("Item")

SMS_CHOICES = 3
"""Ways on that an SMS names: each costs some twenty characters of the two segments."""
SMS_CHOICES_BESIDE_OFFICE = 2

FARTHEST_KM = 400.0
"""Guatemala is some 450 km long; who is farther from every office is told what holds everywhere."""
FARTHEST_SECOND_KM = 150.0

OFFICE_FACT = "office:"

OFFICE = "{office}"
"""Where the office for the person's place goes in the words of an answer."""

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Reply:
    """What a person is told, before a channel's form is given to it."""

    paragraphs: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    closing: str | None = None
    facts: tuple[str, ...] = ()
    """Ids of the fact cards used; an office's card is named `office:id`."""
    recording: Recording | None = None
    """The answer as it was spoken, to go after the text."""


@dataclass(frozen=True)
class Composer:
    """Composes replies from one catalogue, for one day, channel and locale."""

    catalogue: Catalogue
    today: date
    channel: Channel
    locale: str

    def message(self, name: str, **values: str) -> str:
        """Return a system message; `values` fill its own placeholders, facts the rest."""
        return self._fill(self.catalogue.message(name, self.locale).on(self.channel), values)[0]

    def canned(self, canned: Canned) -> str:
        """Return what staff may answer with, its facts filled in."""
        return self._fill(self._say(canned.wording), {})[0]

    def told(self, name: str) -> Reply:
        """Return a system message as a reply that knows its facts."""
        text, facts, _ = self._fill(self.catalogue.message(name, self.locale).on(self.channel), {})
        return Reply((text,), facts=tuple(fact.id for fact in facts))

    def answer(
        self, answer: Answer, place: Place | None = None, *, also: str | None = None, lifeline: str | None = None
    ) -> Reply:
        """Return the reply of an answer, with the office for a place when it shows offices.

        `also` is an intent to offer first; `lifeline` a danger whose life-saving line goes before everything.
        """
        found = choose_offices(self.offices(answer.office_kinds), place) if place else ()
        danger = self.catalogue.answer(lifeline, self.locale) if lifeline else None
        first, lifeline_facts, lifeline_pending = self._fill(self._lifeline(danger or answer), {})
        draft, draft_facts, draft_pending = self._draft(answer, has_office=bool(found))
        body, facts, is_pending = self._body(answer, found, place)
        stated, stated_pending = self._stated(answer)
        paragraphs = [first, draft, body]
        if is_pending or lifeline_pending or draft_pending or stated_pending:
            paragraphs.append(self.message("fact_pending"))
        used = _unique((*lifeline_facts, *draft_facts, *facts, *stated))
        offices = tuple(here.office for here in found)
        return Reply(
            paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
            choices=self._next(answer, also or lifeline, has_office=bool(found)),
            closing=self._confirmed(
                [*(fact.validity for fact in used if fact.kind in MONTH_MATTERS), *(_shown(offices))]
            ),
            facts=(*(fact.id for fact in used), *(f"{OFFICE_FACT}{office.id}" for office in offices)),
            recording=None if danger else self._recording(answer, has_office=bool(found)),
        )

    def lifeline(self, intent: str) -> str:
        """Return the life-saving line of a danger."""
        answer = self.catalogue.answer(intent, self.locale)
        return self._fill(self._lifeline(answer), {})[0] if answer else ""

    def _lifeline(self, answer: Answer) -> str:
        """Return the life-saving line as people surely read it: in another language only once a speaker signed it."""
        signed = self._translation(answer, State.REVIEWED)
        return (signed and signed.lifeline) or answer.lifeline or ""

    def _draft(self, answer: Answer, *, has_office: bool) -> tuple[str, tuple[Fact, ...], bool]:
        """Return an unreviewed translation with its mark; the Spanish follows it, and has the office."""
        draft = self._translation(answer, State.DRAFT)
        wording = _draft_wording(draft, answer, has_office=has_office) if draft else None
        if wording is None:
            return "", (), False
        around_office = (part.strip() for part in self._say(wording).split(OFFICE))
        text, facts, is_pending = self._fill("\n\n".join(part for part in around_office if part), {})
        return self.message("unreviewed", text=text), facts, is_pending

    def _stated(self, answer: Answer) -> tuple[tuple[Fact, ...], bool]:
        """Return the facts that the words rely on, and whether one of them ran out."""
        facts = tuple(self._sendable(name) for name in answer.states)
        return tuple(fact for fact in facts if fact), None in facts

    def _recording(self, answer: Answer, *, has_office: bool) -> Recording | None:
        """Return the recording of an answer where the text says the same: who cannot read hears nothing else.

        It is of the answer to who has not said where they are, and of every fact in it. Under the life-saving line of
        another danger there is none, lest the listener take it for the whole reply.
        """
        if self.channel is not Channel.WHATSAPP or (has_office and answer.near) or not self._holds(answer):
            return None
        return self.catalogue.recording(answer.intent, self.locale)

    def _holds(self, answer: Answer) -> bool:
        """Whether every fact the Spanish names may still be sent."""
        texts = (answer.lifeline or "", answer.wording.whatsapp, answer.wording.sms)
        named = (*(name for text in texts for name in PLACEHOLDER.findall(text)), *answer.states)
        return all(self._sendable(name) for name in named)

    def _translation(self, answer: Answer, state: State) -> Translation | None:
        found = self.catalogue.translation(answer.intent, self.locale)
        return found if found and found.state is state else None

    def sources(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return a line for each source: its title, and the facts and offices that were read there."""
        offices = {f"{OFFICE_FACT}{office.id}": office for office in self.catalogue.offices}
        named = [(fact.label, fact.validity) for id_ in facts if (fact := self.catalogue.facts.get(id_))]
        named += [(office.name, office.validity) for id_ in facts if (office := offices.get(id_))]
        read: dict[str, dict[str, None]] = {}
        for label, validity in named:
            read.setdefault(validity.source.title, {})[label] = None
        return tuple(f"{title}: {'; '.join(labels)}." for title, labels in read.items())

    def choice(self, intent: str) -> Choice | None:
        """Return the numbered way to an answer."""
        answer = self.catalogue.answer(intent, self.locale)
        return Choice(answer.title, TargetKind.ANSWER, intent) if answer else None

    def offices(self, kinds: Iterable[str]) -> tuple[Office, ...]:
        """Return the offices of these kinds that people may still be sent to."""
        wanted = set(kinds)
        return tuple(o for o in self.catalogue.offices if o.kind in wanted and o.validity.may_be_sent(self.today))

    def _say(self, wording: Wording) -> str:
        return wording.on(self.channel)

    def _next(self, answer: Answer, also: str | None, *, has_office: bool) -> tuple[Choice, ...]:
        intents = _unique((*([also] if also else []), *answer.next))
        choices = tuple(choice for intent in intents if intent != answer.intent and (choice := self.choice(intent)))
        if self.channel is not Channel.SMS:
            return choices
        return choices[: SMS_CHOICES_BESIDE_OFFICE if has_office else SMS_CHOICES]

    def _fill(self, text: str, values: dict[str, str]) -> tuple[str, tuple[Fact, ...], bool]:
        used: list[Fact] = []
        is_pending = False

        def value_of(match: re.Match[str]) -> str:
            nonlocal is_pending
            name = match[1]
            if name in values:
                return values[name]
            fact = self._sendable(name)
            if fact is None:
                is_pending = True
                return self.catalogue.message("pending_value", self.locale).on(self.channel)
            used.append(fact)
            return fact.value

        return PLACEHOLDER.sub(value_of, text), _unique(used), is_pending

    def _sendable(self, name: str) -> Fact | None:
        fact = self.catalogue.facts.get(name)
        return fact if fact and fact.validity.may_be_sent(self.today) else None

    def _body(
        self, answer: Answer, found: tuple[Found, ...], place: Place | None
    ) -> tuple[str, tuple[Fact, ...], bool]:
        """Fill the words in; the office stands where they say `{office}`, else after them."""
        signed = self._translation(answer, State.REVIEWED)
        if not found or not place:
            return self._fill(self._say((signed or answer).wording), {})
        text = self._say(wording_beside_office(answer, signed))
        if OFFICE not in text:
            text = f"{text}\n\n{OFFICE}"
        return self._fill(text, {"office": "\n".join(self._near(found, place))})

    def _near(self, found: tuple[Found, ...], place: Place) -> list[str]:
        first, *others = found
        lead = [] if first.km is None else [self.message("office_nearest", place=place.name)]
        lines = [*lead, self._office(first)]
        if not first.office.has_contact:
            lines.append(self.message("office_no_contact" if others else "office_no_contact_at_all"))
            lines += [self._office(other) for other in others]
        return lines

    def _office(self, found: Found) -> str:
        office = found.office
        name = (
            office.name if found.km is None else self.message("office_far", office=office.name, km=str(round(found.km)))
        )
        details = {
            "office_address": office.address,
            "office_phone": ", ".join(office.phones),
            "office_hours": office.hours,
        }
        lines = [name, *(self.message(label, value=value) for label, value in details.items() if value)]
        if office.validity.conflict:
            lines.append(self.message("office_confirm_first"))
        return "\n".join(lines)

    def _confirmed(self, validities: list[Validity]) -> str | None:
        """Say the oldest month in which a source stated what the reply names, or that a source bears no date."""
        dated = [validity.source.date for validity in validities if validity.source.date]
        if dated:
            return self.message("confirmed", month=self._month(min(dated)))
        if validities:
            checked = min(validity.checked_on for validity in validities)
            return self.message("seen", month=self._month((checked.year, checked.month)))
        return None

    def _month(self, day: tuple[int, ...]) -> str:
        """Write a source's date as far as it is known: "septiembre de 2025", or only "2025"."""
        if len(day) == 1:
            return str(day[0])
        words = self.catalogue.words_within("confirmed", self.locale)
        months = words.short_months if self.channel is Channel.SMS else words.months
        return months[day[1] - 1].replace("{year}", str(day[0]))


def wording_beside_office(answer: Answer, signed: Translation | None = None) -> Wording:
    """Return what leads the office once the place is known: in the language of who signed it, unless that asks for the
    place again. Then the Spanish does, for the office below it is names and numbers.
    """
    if signed and signed.near:
        return signed.near
    if signed and not answer.asks_place:
        return signed.wording
    return answer.near or answer.wording


def _draft_wording(draft: Translation, answer: Answer, *, has_office: bool) -> Wording | None:
    """Return what a draft says, if anything: that of an answer to who has not said where they are may ask it."""
    if not has_office:
        return draft.wording
    return draft.near or (None if answer.near else draft.wording)


def choose_offices(offices: Iterable[Office], place: Place) -> tuple[Found, ...]:
    """Return the office nearest to a place, and with it one that can be reached when the nearest gives no contact.

    Nobody is told of an office too far to go to, nor of a second one too far to be of use in its place.
    """
    ranked = [found for found in nearest(offices, place) if found.km is None or found.km <= FARTHEST_KM]
    if not ranked or ranked[0].office.has_contact:
        return tuple(ranked[:1])
    others = (f for f in ranked[1:] if f.office.has_contact and (f.km is None or f.km <= FARTHEST_SECOND_KM))
    return (ranked[0], *islice(others, 1))


def _shown(offices: Iterable[Office]) -> tuple[Validity, ...]:
    return tuple(office.validity for office in offices if office.has_contact or office.hours)


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
