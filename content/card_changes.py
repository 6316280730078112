"""Change one fact or office card: looked at again and found right, or with new values; always by whom and how."""

import enum
import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from bot.catalogue import State
from bot.cleaning import is_hidden
from bot.facts import REVIEW_AFTER, FactKind, StaleRisk, Status, Validity
from content import schema
from content.cards import COUNTED
from content.loader import Loaded
from content.rewriting import Edit, Value, rewrite
from content.source import Data, Source

SOURCE = "source"
FACT, OFFICE = "fact", "office"

COMMON = (
    "source.title",
    "source.url",
    "source.date",
    "confidence",
    "stale_risk",
    "status",
    "conflict",
    "note",
    "unused",
)
KEYS: dict[str, tuple[str, ...]] = {
    FACT: ("value", "unit", *COMMON),
    OFFICE: ("phones", "hours", "address", "services", *COMMON),
}
"""What may be changed of a card of each kind, by its way in the file. Cards are superseded, never deleted."""
LISTS = frozenset({"phones"})
UNSAID = {"status": Status.OPEN.value}
"""What a key means that is not there."""

LONGEST = {"source.url": 1000, "note": 1000, "conflict": 1000, "unused": 500, "services": 1000}
LONGEST_OTHER = 300
MODELS: dict[str, type[schema.Checked]] = {FACT: schema.FactFile, OFFICE: schema.OfficeFile}


class Way(enum.StrEnum):
    """How somebody checked a card; a value is what its file says of it."""

    CALLED = "llamó por teléfono"
    PAGE = "leyó la página de la fuente"
    OFFICE = "fue a la oficina"


class Fault(enum.StrEnum):
    """What can be wrong with a new value, seen without the rest of the content."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    HIDDEN = "hidden"
    NO_DATE = "no_date"
    NO_LINK = "no_link"
    NO_UNIT = "no_unit"
    NOT_ALLOWED = "not_allowed"


class CardWrong(Exception):
    """New values of a card that cannot be."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = dict(faults)
        """By key; `checked_by` too."""
        super().__init__(str(self.faults))


@dataclass(frozen=True)
class Card:
    """One card as it stands in its file."""

    kind: str
    id: str
    file: str
    location: tuple[str, ...]
    entry: Mapping[str, Data]
    validity: Validity

    @property
    def origin(self) -> str:
        """What the checks call it: `fact:id`, `office:id`."""
        return f"{self.kind}:{self.id}"

    @property
    def mark(self) -> str:
        """A short hash of the entry. A form carries it, to tell whether somebody changed the card meanwhile.

        Of the card and not of its file: two people may go through the same file.
        """
        text = json.dumps([self.file, self.entry], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def value(self, key: str) -> str | tuple[str, ...]:
        """Return what stands under a key, such as `source.url`, as text; "" where there is nothing."""
        outer, _, inner = key.rpartition(".")
        holder: Any = self.entry.get(outer, {}) if outer else self.entry
        found = holder.get(inner) if isinstance(holder, Mapping) else None
        if key in LISTS:
            return tuple(map(str, found)) if isinstance(found, list) else ()
        return UNSAID.get(key, "") if found is None else str(found)


@dataclass(frozen=True)
class Check:
    """That somebody looked at a card."""

    by: str
    way: Way
    on: date


def find_card(loaded: Loaded, kind: str, id_: str) -> Card | None:
    """Return a card by its kind and id."""
    found = loaded.facts.get(id_) if kind == FACT else loaded.offices.get(id_) if kind == OFFICE else None
    if found is None:
        return None
    source, location = loaded.origins[f"{kind}:{id_}"]
    return Card(kind, id_, source.name, tuple(map(str, location)), _entry(source, location), found.validity)


def _entry(source: Source, location: tuple[str | int, ...]) -> Mapping[str, Data]:
    data: Any = source.data
    for key in location:
        data = data[key]
    return dict(data)


def change_card(raw: bytes, card: Card, new: Mapping[str, str | tuple[str, ...]], check: Check) -> bytes:
    """Return the file of a card with new values and who checked it, and nothing else moved.

    An empty value takes its key out; no new one at all says that the card was found right. Raise CardWrong where a
    value cannot be.
    """
    changed = {key: _given(value) for key, value in new.items() if value != card.value(key)}
    _refuse_wrong(card, {key: value for key, value in new.items() if key in changed}, check)
    changed |= _checked(card, changed, check)
    _refuse_misshapen(card, changed)
    own = {key: value for key, value in changed.items() if "." not in key}
    edits = [Edit(card.location, own)]
    if source := {key.partition(".")[2]: value for key, value in changed.items() if "." in key}:
        edits.append(Edit((*card.location, SOURCE), source))
    return rewrite(raw, card.file, edits)


def _given(value: str | tuple[str, ...]) -> Value:
    return value or None


def _checked(card: Card, changed: Mapping[str, Value], check: Check) -> dict[str, Value]:
    """Return what every look at a card sets: the review is due as late as the rule allows."""
    risk = str(changed.get("stale_risk", card.validity.stale_risk))
    days = REVIEW_AFTER[StaleRisk(risk)] if risk in set(StaleRisk) else REVIEW_AFTER[StaleRisk.HIGH]
    return {
        "checked_on": check.on.isoformat(),
        "checked_by": f"{check.by}, {check.way}",
        "review_by": (check.on + days).isoformat(),
    }


def _refuse_wrong(card: Card, new: Mapping[str, str | tuple[str, ...]], check: Check) -> None:
    texts = {key: " ".join(value) if isinstance(value, tuple) else value for key, value in new.items()}
    faults = {key: fault for key, text in {**texts, "checked_by": check.by}.items() if (fault := _fault(key, text))}
    if not check.by:
        faults["checked_by"] = Fault.MISSING
    unit = new.get("unit", card.value("unit"))
    if card.kind == FACT and not unit and FactKind(str(card.entry["kind"])) in COUNTED:
        faults["unit"] = Fault.NO_UNIT
    if faults:
        raise CardWrong(faults)


def _fault(key: str, text: str) -> Fault | None:
    if is_hidden(text):
        return Fault.HIDDEN
    if len(text) > LONGEST.get(key, LONGEST_OTHER):
        return Fault.TOO_LONG
    is_link = text.startswith(("https://", "http://")) and not any(character.isspace() for character in text)
    return Fault.NO_LINK if key == "source.url" and text and not is_link else None


def _refuse_misshapen(card: Card, changed: Mapping[str, Value]) -> None:
    """Judge the card by the shape that its file must have."""
    try:
        MODELS[card.kind].model_validate(_merged(card.entry, changed))
    except ValidationError as error:
        raise CardWrong(dict(_faults(error))) from error


def _merged(entry: Mapping[str, Data], changed: Mapping[str, Value]) -> dict[str, Any]:
    merged: dict[str, Any] = deepcopy(dict(entry))
    for key, value in changed.items():
        outer, _, inner = key.rpartition(".")
        holder = merged.setdefault(outer, {}) if outer else merged
        if value is None:
            holder.pop(inner, None)
        else:
            holder[inner] = value
    return merged


def _faults(error: ValidationError) -> Iterator[tuple[str, Fault]]:
    for issue in error.errors():
        key = ".".join(str(part) for part in issue["loc"] if isinstance(part, str))
        by_type = {"missing": Fault.MISSING, "string_too_short": Fault.MISSING}
        yield key, Fault.NO_DATE if key == "source.date" else by_type.get(issue["type"], Fault.NOT_ALLOWED)


def gone_stale(old: Loaded, new: Loaded) -> list[tuple[str, str]]:
    """Return the locale and unit id (`answers.passport`) of every text that a change made stale."""
    return [key for key, state in _states(new).items() if state is State.STALE and _states(old).get(key) != state]


def _states(loaded: Loaded) -> dict[tuple[str, str], State]:
    states = {(locale, f"answers.{intent}"): found.state for (locale, intent), found in loaded.translations.items()}
    for locale, words in loaded.locales.items():
        states |= {(locale, f"messages.{name}"): state for name, state in words.states.items()}
    for (locale, intent), recording in loaded.recordings.items():
        states[locale, f"recordings.{intent}"] = State.STALE if recording.is_stale else State.REVIEWED
    return states
