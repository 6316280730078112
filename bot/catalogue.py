"""Everything a person can be told, as one immutable value, and how to look things up in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.cleaning import fold
from bot.facts import Fact
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


@dataclass(frozen=True)
class Menu:
    """A numbered menu."""

    title: str
    choices: tuple[Choice, ...]


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
    """Names of the months, January first."""
    is_draft: bool = False
    """No speaker has signed it: what is said in it goes out marked, with the Spanish."""
    question: str | None = None
    """In this language: do you speak it?"""


@dataclass(frozen=True)
class Catalogue:
    """All content. Built once by a loader, replaced as a whole, never changed."""

    answers: Mapping[tuple[str, str], Answer]
    """By locale and intent."""
    facts: Mapping[str, Fact]
    offices: tuple[Office, ...]
    places: Mapping[str, Place]
    locales: Mapping[str, LocaleWords]
    languages: Mapping[str, Language] = field(default_factory=dict)
    """By code: every language that can be chosen by name."""
    default_locale: str = "es"
    _places_by_name: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)

    def answer(self, intent: str, locale: str) -> Answer | None:
        """Return the answer in the locale, or in the default one."""
        return self.answers.get((locale, intent)) or self.answers.get((self.default_locale, intent))

    def words(self, locale: str) -> LocaleWords:
        """Return the words of the locale, or of the default one."""
        return self.locales.get(locale) or self.locales[self.default_locale]

    def menu(self, name: str, locale: str) -> Menu:
        """Return a menu in the locale, or in the default one."""
        return self.words(locale).menus.get(name) or self.locales[self.default_locale].menus[name]

    def message(self, name: str, locale: str) -> Wording:
        """Return a system message."""
        return self.words(locale).messages.get(name) or self.locales[self.default_locale].messages[name]

    def places_named(self, name: str) -> tuple[Place, ...]:
        """Return every place with that canonical name, departments first."""
        return self._places_by_name.get(fold(name), ())


def index_places(places: Iterable[Place]) -> dict[str, tuple[Place, ...]]:
    """Group places by folded name, departments first."""
    by_name: dict[str, tuple[Place, ...]] = {}
    for place in sorted(places, key=lambda place: not place.is_department):
        by_name[fold(place.name)] = (*by_name.get(fold(place.name), ()), place)
    return by_name
