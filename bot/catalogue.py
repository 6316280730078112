"""Everything a person can be told, as one immutable value, and how to look things up in it."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.cleaning import fold
from bot.facts import Fact
from bot.joining import ListPattern
from bot.languages import Language
from bot.messages import Channel
from bot.places import Office, Place
from bot.sessions import Choice


@dataclass(frozen=True)
class Wording:
    """The words for each channel; facts stand in them as `{id}`."""

    whatsapp: str
    sms: str

    def on(self, channel: Channel) -> str:
        """Return the words for a channel."""
        return self.sms if channel is Channel.SMS else self.whatsapp


@dataclass(frozen=True)
class Answer:
    """What is said for one intent in one locale."""

    intent: str
    topic: str
    locale: str
    title: str
    wording: Wording
    lifeline: str | None = None
    next: tuple[str, ...] = ()
    office_kinds: tuple[str, ...] = ()
    near: Wording | None = None
    asks_place: bool = False
    states: tuple[str, ...] = ()
    """Ids of the facts that the words rely on without inserting their value."""


class State(enum.StrEnum):
    """How far a translation is to be trusted."""

    DRAFT = "draft"
    """No speaker has signed it."""
    REVIEWED = "reviewed"
    STALE = "stale"
    """The Spanish, or a fact it names, changed after it was written: never said."""


@dataclass(frozen=True)
class Translation:
    """What is said for one intent in another language than Spanish. The rest of the answer stays as it is."""

    intent: str
    locale: str
    wording: Wording
    state: State
    lifeline: str | None = None
    """The life-saving line in this language; said only when a speaker has signed it."""
    near: Wording | None = None
    """What leads the office once the place is known."""


@dataclass(frozen=True)
class Recording:
    """The answer to one intent, spoken in one locale by a person who agreed to it."""

    locale: str
    intent: str
    file: str
    """Its path below the content folder."""
    media_type: str
    seconds: float
    size: int
    """Bytes."""
    is_stale: bool = False
    """The Spanish, or a fact it names, changed after it was recorded: never sent."""

    @property
    def id(self) -> str:
        """What a turn keeps of it, such as `kek/passport`."""
        return f"{self.locale}/{self.intent}"


@dataclass(frozen=True)
class Canned:
    """What staff may answer a person with, as it is or changed."""

    id: str
    title: str
    wording: Wording


@dataclass(frozen=True)
class Menu:
    """A numbered menu."""

    title: str
    choices: tuple[Choice, ...]
    state: State = State.REVIEWED


@dataclass(frozen=True)
class LocaleWords:
    """What one locale says beside its answers, and the words it listens for."""

    locale: str
    name: str
    messages: Mapping[str, Wording]
    menus: Mapping[str, Menu]
    keywords: Mapping[str, tuple[str, ...]]
    danger: Mapping[str, tuple[str, ...]]
    months: tuple[str, ...]
    """How each month of a year is written, January first, with `{year}` for the year."""
    short_months: tuple[str, ...]
    """The same for SMS, where each letter costs."""
    either: ListPattern
    """How things to choose from are joined."""
    states: Mapping[str, State] = field(default_factory=dict)
    """Of each message in another language than Spanish. One without a state is a draft: nobody signed it."""
    question: str | None = None
    """In this language: do you speak it?"""


INSIDE = frozenset(
    {
        *("none_of_these", "other_language", "yes_opt_out", "yes_erase", "no_to_menu"),
        *("yes_hand_off", "yes_helped", "not_helped", "handoff_reply"),
        *("your_location", "place_of", "pending_value", "unreviewed", "confirmed", "seen"),
        *("office_nearest", "office_far", "office_address", "office_phone", "office_hours"),
        *("office_no_contact", "office_no_contact_at_all", "office_confirm_first"),
    }
)
"""Messages on a button or inside another text, where a mark and a second language have no room: a draft of one is not
said."""


@dataclass(frozen=True)
class Catalogue:
    """All content. Built once by a loader, replaced as a whole, never changed."""

    answers: Mapping[tuple[str, str], Answer]
    """By locale and intent."""
    facts: Mapping[str, Fact]
    offices: tuple[Office, ...]
    places: Mapping[str, Place]
    locales: Mapping[str, LocaleWords]
    translations: Mapping[tuple[str, str], Translation] = field(default_factory=dict)
    """By locale and intent."""
    recordings: Mapping[tuple[str, str], Recording] = field(default_factory=dict)
    """By locale and intent."""
    shows_drafts: bool = True
    """Whether a draft is said, marked and with the Spanish below it."""
    languages: Mapping[str, Language] = field(default_factory=dict)
    """By code: every language that can be chosen by name."""
    canned: Mapping[str, Canned] = field(default_factory=dict)
    """By id."""
    default_locale: str = "es"
    _places_by_name: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)

    def answer(self, intent: str, locale: str) -> Answer | None:
        """Return the answer in the locale, or in the default one."""
        return self.answers.get((locale, intent)) or self.answers.get((self.default_locale, intent))

    def translation(self, intent: str, locale: str) -> Translation | None:
        """Return what may be said of an answer in the locale, if anything."""
        found = self.translations.get((locale, intent))
        hidden = {State.STALE} if self.shows_drafts else {State.STALE, State.DRAFT}
        return found if found and found.state not in hidden else None

    def recording(self, intent: str, locale: str) -> Recording | None:
        """Return the recording of an answer in exactly this locale, unless it is stale."""
        found = self.recordings.get((locale, intent))
        return found if found and not found.is_stale else None

    def words(self, locale: str) -> LocaleWords:
        """Return the words of the locale, or of the default one."""
        return self.locales.get(locale) or self.locales[self.default_locale]

    def words_within(self, message: str, locale: str) -> LocaleWords:
        """Return the words that may stand inside a message: the locale's own once a speaker signed the message."""
        words = self.words(locale)
        return words if words.states.get(message) is State.REVIEWED else self.locales[self.default_locale]

    def menu(self, name: str, locale: str) -> Menu:
        """Return a menu in the locale once a speaker signed it, else in the default one: its lines take no mark."""
        own = self.words(locale).menus.get(name)
        return own if own and own.state is State.REVIEWED else self.locales[self.default_locale].menus[name]

    def message(self, name: str, locale: str) -> Wording:
        """Return a system message as people surely read it.

        A signed one stands alone, a draft has its mark and the Spanish below it, and for a stale one, a hidden draft or
        a draft INSIDE another text the Spanish is said.
        """
        spanish, words = self.locales[self.default_locale].messages[name], self.words(locale)
        own, state = words.messages.get(name), words.states.get(name, State.DRAFT)
        if own is None or words.locale == self.default_locale:
            return spanish
        if state is State.DRAFT and self.shows_drafts and name not in INSIDE:
            return self._marked(own, spanish, locale)
        return own if state is State.REVIEWED else spanish

    def _marked(self, draft: Wording, spanish: Wording, locale: str) -> Wording:
        mark = self.message("unreviewed", locale)
        return Wording(
            f"{mark.whatsapp.replace('{text}', draft.whatsapp)}\n\n{spanish.whatsapp}",
            f"{mark.sms.replace('{text}', draft.sms)}\n{spanish.sms}",
        )

    def places_named(self, name: str) -> tuple[Place, ...]:
        """Return every place with that canonical name, departments first."""
        return self._places_by_name.get(fold(name), ())


def index_places(places: Iterable[Place]) -> dict[str, tuple[Place, ...]]:
    """Group places by folded name, departments first."""
    by_name: dict[str, tuple[Place, ...]] = {}
    for place in sorted(places, key=lambda place: not place.is_department):
        by_name[fold(place.name)] = (*by_name.get(fold(place.name), ()), place)
    return by_name
