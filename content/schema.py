"""The shapes that content files must have, and the sentences that tell an editor what to mend."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from bot.facts import Confidence, FactKind, StaleRisk, Status
from content.source import Data, Problem, Source

PARTIAL_DATE = r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$"
FACT_ID = r"^[a-z][a-z0-9_]*$"
INTENT = r"^[a-z][a-z_]*$"
AUDIO_FILE = r"^[A-Za-z0-9][A-Za-z0-9_-]*\.(ogg|mp3|m4a)$"
TITLE_LENGTH = 24
"""Characters of a WhatsApp list row's title."""
CHOICES = 4
UNSTAMPED = "new"
"""What a writer may put in place of a fingerprint, until `rumbo content stamp`."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FactId = Annotated[str, StringConstraints(pattern=FACT_ID)]
IntentName = Annotated[str, StringConstraints(pattern=INTENT)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH)]


def _partial_date(value: Any) -> Any:
    if value is None:
        return value
    match = re.fullmatch(PARTIAL_DATE, str(value))
    parts = tuple(int(part) for part in match.groups() if part) if match else ()
    try:
        date(*(*parts, 1, 1)[:3])
    except (TypeError, ValueError) as error:
        hint = "must be a date such as 2025-09-06, 2025-09 or 2025; leave it empty when the source has none"
        raise ValueError(hint) from error
    return parts


PartialDate = Annotated[
    tuple[int, ...] | None,
    BeforeValidator(_partial_date),
    WithJsonSchema({"type": ["string", "integer", "null"], "pattern": PARTIAL_DATE}),
]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class SourceFile(Strict):
    """Where something was read."""

    title: Text
    url: Text | None = None
    date: PartialDate = None


class Checked(Strict):
    """What facts and offices share: source, trust and dates."""

    source: SourceFile
    confidence: Confidence
    stale_risk: StaleRisk
    checked_on: date
    checked_by: Text
    review_by: date | None = None
    """The day by which somebody looks at it again; without it, the latest that the risk of being stale allows."""
    status: Status = Status.OPEN
    conflict: Text | None = None
    expires: date | None = None
    note: Text | None = None
    unused: Text | None = None
    """Why no answer uses it, though it could be published."""


class FactFile(Checked):
    """A fact card."""

    kind: FactKind
    label: Text
    value: Text
    unit: Text | None = None
    """What the value is counted in, such as "quetzales (Q)" or "años"; a price or figure must say it."""
    where: Text


class GapFile(Strict):
    """Something people ask for that no source gave: named, so that nobody guesses it."""

    label: Text
    say_instead: Text


class FactsFile(Strict):
    """A file in facts/."""

    facts: dict[FactId, FactFile]
    gaps: dict[FactId, GapFile] = {}


class OfficeFile(Checked):
    """An office or service."""

    name: Text
    kind: Text
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    department: str = ""
    municipality: str = ""
    address: Text | None = None
    phones: tuple[Text, ...] = ()
    hours: Text | None = None
    services: Text
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None


class OfficesFile(Strict):
    """A file in offices/."""

    offices: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")], OfficeFile]


class PlaceFile(Strict):
    """A place that is not a municipality of Guatemala."""

    name: Text
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    department: str = ""
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    kind: Literal["crossing", "town", "city", "state"]


class PlacesFile(Strict):
    """A file in places/."""

    places: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")], PlaceFile]


class WordingFile(Strict):
    """What is said: `sms` only where the WhatsApp wording would cost more than two segments."""

    whatsapp: Text
    sms: Text | None = None


class AnswerFile(WordingFile):
    """What is said for one intent."""

    title: Title
    lifeline: Text | None = None
    """The first sentence of an answer to danger: the number that saves lives."""
    next: Annotated[tuple[IntentName, ...], Field(max_length=CHOICES)] = ()
    offices: tuple[Text, ...] = ()
    """Kinds of office to show for the person's place."""
    near: WordingFile | None = None
    """What leads the office when the place is known; without it the whole answer does."""
    asks_place: bool = False
    """The answer ends by asking where the person is; the next message is read as a place."""
    states: tuple[FactId, ...] = ()
    """Facts the words rely on without inserting their value, such as that something is free."""

    @model_validator(mode="after")
    def _place_needs_offices(self) -> "AnswerFile":
        if (self.near or self.asks_place) and not self.offices:
            raise ValueError("has 'near' or 'asks_place' but no 'offices'. Name the kinds of office to show")
        return self


class AnswersFile(Strict):
    """A file in answers/<locale>/."""

    answers: dict[IntentName, AnswerFile]


class TranslationFile(WordingFile):
    """What is said for one intent in a language other than Spanish."""

    means: Text | None = None
    """What it says, in Spanish, for whoever signs it."""
    lifeline: Text | None = None
    near: WordingFile | None = None
    """What leads the office once the place is known, as in the Spanish answer."""
    state: Literal["draft", "reviewed"] = "draft"
    of: Text = UNSTAMPED
    """Fingerprint of the Spanish it was written from; `rumbo content status` tells when it no longer fits."""
    reviewed_by: Text | None = None
    reviewed_on: date | None = None

    @model_validator(mode="after")
    def _signed(self) -> "TranslationFile":
        if self.state == "reviewed" and not (self.reviewed_by and self.reviewed_on):
            raise ValueError("is 'reviewed' without 'reviewed_by' and 'reviewed_on'. Name who signed it and when")
        if self.state == "draft" and self.lifeline:
            raise ValueError("has a life-saving line in a draft. It may stand only in a reviewed translation")
        if self.of == UNSTAMPED:
            mend = "Run 'rumbo content stamp'" if self.state == "draft" else "Sign it through 'rumbo content import'"
            raise ValueError(f"has no fingerprint of its Spanish. {mend}")
        return self


class TranslationsFile(Strict):
    """A file in answers/<locale>/ of any locale but Spanish."""

    built_from: Text
    """The sources of its words."""
    answers: dict[IntentName, TranslationFile]


class RecordingFile(Strict):
    """The answer to one intent, spoken by a person who agreed that it is sent."""

    file: Annotated[str, StringConstraints(pattern=AUDIO_FILE)]
    """Its name in audio/<locale>/."""
    speaker: Text
    consent: Text
    """How the speaker agreed, and where that is kept."""
    recorded_on: date
    of: Text = UNSTAMPED
    """Fingerprint of the Spanish answer it was recorded from."""
    says: Text | None = None
    """What it says, in Spanish, where that is not the answer word by word."""

    @model_validator(mode="after")
    def _stamped(self) -> "RecordingFile":
        if self.of == UNSTAMPED:
            raise ValueError("has no fingerprint of its Spanish. Run 'rumbo content stamp'")
        return self


class RecordingsFile(Strict):
    """audio/<locale>.yml: the recordings in one language, whose files lie in audio/<locale>/."""

    recordings: dict[IntentName, RecordingFile]


class MenuItemFile(Strict):
    """One line of a menu: leads to an answer or to another menu."""

    title: Title
    answer: IntentName | None = None
    menu: IntentName | None = None

    @model_validator(mode="after")
    def _one_target(self) -> "MenuItemFile":
        if (self.answer is None) == (self.menu is None):
            raise ValueError("must lead to exactly one of 'answer' or 'menu'")
        return self


class SignedFile(Strict):
    """What a text in another language than Spanish carries beside its words: signed or, without a name, a draft."""

    reviewed_by: Text | None = None
    reviewed_on: date | None = None
    of: Text = UNSTAMPED
    """Fingerprint of the Spanish it was written from, or that was before who signed it."""

    @model_validator(mode="after")
    def _signed(self) -> "SignedFile":
        if (self.reviewed_by is None) != (self.reviewed_on is None):
            raise ValueError("needs both 'reviewed_by' and 'reviewed_on', or neither")
        return self


class MenuFile(SignedFile):
    """A numbered menu; in another language than Spanish it is shown once it is signed."""

    title: Text
    items: Annotated[tuple[MenuItemFile, ...], Field(min_length=1, max_length=9)]


class MessageFile(WordingFile, SignedFile):
    """A system message."""

    means: Text | None = None
    """What it says, in Spanish, for whoever signs it."""


class LocaleFile(Strict):
    """locales/<locale>.yml: what is not an answer, in one language."""

    name: Text
    draft: Text | None = None
    """What the words that nobody signed were built from."""
    question: Text | None = None
    """In this language: do you speak it?"""
    messages: dict[IntentName, MessageFile] = {}
    menus: dict[IntentName, MenuFile] = {}
    keywords: dict[IntentName, tuple[Text, ...]]
    """Whole messages that are commands, short words or numbers; numbers start with zero, "" where none is known."""
    danger: dict[IntentName, tuple[Text, ...]] = {}
    """Phrases that mean danger wherever they stand in a message."""


class CannedFile(WordingFile):
    """What staff may answer a person with."""

    title: Text


class RepliesFile(Strict):
    """replies.yml: what staff may answer a person with, as it is or changed."""

    replies: dict[IntentName, CannedFile]


class LanguagesFile(Strict):
    """languages.yml: every language that can be chosen by name, by its code."""

    languages: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], Text]


def problems_of(source: Source, error: ValidationError) -> list[Problem]:
    """Say each validation error in words an editor understands, with its line."""
    return [source.problem(_location(source.data, issue["loc"]), _sentence(issue)) for issue in error.errors()]


def _location(data: Data, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Cut a pydantic location where it leaves the file's own keys (a missing key, a union's branch)."""
    kept: list[str | int] = []
    for key in loc:
        if isinstance(data, dict) and key in data:
            data = data[str(key)]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            break
        kept.append(key)
    return tuple(kept)


def _sentence(issue: Any) -> str:
    path = ".".join(str(part) for part in issue["loc"] if part != "[key]")
    context = issue.get("ctx", {})
    sentences = {
        "missing": "is missing. Add it",
        "extra_forbidden": "is not a key we know. Check its spelling or remove it",
        "string_type": "must be text. Put it in quotes",
        "string_too_short": "is empty. Write it or remove the key",
        "string_too_long": f"is longer than {context.get('max_length')} characters. Shorten it",
        "string_pattern_mismatch": f"is not written as expected ({context.get('pattern')})",
        "enum": f"must be one of: {context.get('expected')}",
        "too_long": f"has more than {context.get('max_length')} entries. Remove some",
        "too_short": f"needs at least {context.get('min_length')} entry",
        "dict_type": "must be a group of 'key: value' lines. Check the indentation",
        "tuple_type": "must be a list, such as [a, b]",
        "model_type": "must be a group of 'key: value' lines. Check the indentation",
        "date_from_datetime_parsing": "must be a date such as 2026-11-23",
        "value_error": str(context.get("error", "")),
    }
    return f"'{path}' {sentences.get(issue['type'], issue['msg'])}."
