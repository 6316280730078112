"""Read the content folder into one value, collecting every problem on the way.

answers/es/<topic>.yml         what is said, one entry an intent
answers/<locale>/*.yml         the same in other languages: words only, each with its state
locales/<locale>.yml           system messages, menus, keywords, words of danger
languages.yml                  every language that can be chosen by name
replies.yml                    what staff may answer a person with
audio/<locale>.yml             recorded answers, each with its speaker; the files lie in audio/<locale>/
facts/*.yml                    fact cards, and the gaps nobody could fill
offices/*.yml                  where to go and whom to call
places/                        municipalities, border posts and towns on the route
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.catalogue import (
    Answer,
    Canned,
    Catalogue,
    LocaleWords,
    Menu,
    Recording,
    State,
    Translation,
    Wording,
    index_places,
)
from bot.facts import Citation, Fact, Validity
from bot.languages import SPANISH, Language
from bot.messages import Coordinates
from bot.places import Office, Place
from bot.sessions import Choice, TargetKind
from content import schema
from content.audio import NotPlayable, listen
from content.cldr import SHORT_MONTH, either_of, months_of
from content.reading import Reader, Shape, ShapeInvalid
from content.source import Problem, Source, SourceError
from content.translation import fingerprint, judge_state, menu_fingerprint, message_fingerprint, state_of


@dataclass
class Loaded:
    """What was read so far, with the source of each entry for the checks and all problems met."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    translations: dict[tuple[str, str], Translation] = field(default_factory=dict)
    recordings: dict[tuple[str, str], Recording] = field(default_factory=dict)
    """Those whose file can be played."""
    recording_cards: dict[tuple[str, str], schema.RecordingFile] = field(default_factory=dict)
    """Every entry, by locale and intent."""
    unplayable: dict[tuple[str, str], str] = field(default_factory=dict)
    """What is wrong with the file of an entry."""
    audio_files: set[str] = field(default_factory=set)
    """Everything below audio/ that is not YAML."""
    facts: dict[str, Fact] = field(default_factory=dict)
    gaps: dict[str, schema.GapFile] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    """Why no answer uses a card, by "fact:id" or "office:id"."""
    offices: dict[str, Office] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    places_by_name: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    locales: dict[str, LocaleWords] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    canned: dict[str, Canned] = field(default_factory=dict)
    origins: dict[str, tuple[Source, tuple[str | int, ...]]] = field(default_factory=dict)
    """Where an entry stands, by "fact:id", "answer:locale:intent", "office:id", "locale:tag"."""
    has_own_sms: set[tuple[str, str]] = field(default_factory=set)
    unstamped: list[tuple[str, str, str]] = field(default_factory=list)
    """Locale, kind ("messages", "menus") and name of what does not say which Spanish it was written from."""
    problems: list[Problem] = field(default_factory=list)

    def problem_at(self, origin: str, message: str, *path: str | int, is_warning: bool = False) -> None:
        """Note a problem at an entry, or at a key inside it."""
        source, location = self.origins[origin]
        self.problems.append(source.problem((*location, *path), message, is_warning=is_warning))

    def catalogue(self) -> Catalogue:
        """Return all that was read as one value."""
        return Catalogue(
            answers=self.answers,
            translations=self.translations,
            recordings=self.recordings,
            facts=self.facts,
            offices=tuple(self.offices.values()),
            places=self.places,
            locales=self.locales,
            languages=self.languages,
            canned=self.canned,
            _places_by_name=self.places_by_name,
        )


def read_content(root: Path, reader: Reader | None = None) -> Loaded:
    """Read every file below the content folder; problems are collected, not raised.

    With the reader of an earlier reading, only what changed since is parsed again.
    """
    loaded, reader = Loaded(), reader or Reader()
    for source, facts in _files(root, reader, "facts/*.yml", schema.FactsFile, loaded):
        _take_facts(source, facts, loaded)
    for source, offices in _files(root, reader, "offices/*.yml", schema.OfficesFile, loaded):
        _take_offices(source, offices, loaded)
    for source, answers in _files(root, reader, f"answers/{SPANISH}/*.yml", schema.AnswersFile, loaded):
        _take_answers(source, answers, loaded)
    for folder in sorted(path.name for path in (root / "answers").glob("*") if path.name != SPANISH):
        for source, translations in _files(root, reader, f"answers/{folder}/*.yml", schema.TranslationsFile, loaded):
            _take_translations(source, translations, loaded)
    for source, recordings in _files(root, reader, "audio/*.yml", schema.RecordingsFile, loaded):
        _take_recordings(source, recordings, root, loaded)
    loaded.audio_files = set(_audio_files(root))
    locales = [*_files(root, reader, "locales/*.yml", schema.LocaleFile, loaded)]
    spanish = next((words for source, words in locales if Path(source.name).stem == SPANISH), None)
    for source, words in locales:
        _take_locale(source, words, spanish or words, loaded)
    for _, languages in _files(root, reader, "languages.yml", schema.LanguagesFile, loaded):
        loaded.languages = {code: Language(code, name) for code, name in languages.languages.items()}
    for source, replies in _files(root, reader, "replies.yml", schema.RepliesFile, loaded):
        _take_replies(source, replies, loaded)
    for source, places in _files(root, reader, "places/*.yml", schema.PlacesFile, loaded):
        _take_places(source, places, loaded)
    _take_municipalities(root / "places" / "municipalities.csv", root, loaded)
    loaded.places_by_name = index_places(loaded.places.values())
    return loaded


def _files(
    root: Path, reader: Reader, pattern: str, shape: type[Shape], loaded: Loaded
) -> Iterator[tuple[Source, Shape]]:
    for path in sorted(root.glob(pattern)):
        if path.name.startswith("."):
            continue  # What editors and systems leave beside a file: .#danger.yml, ._danger.yml
        try:
            yield reader.read(path, root, shape)
        except SourceError as error:
            loaded.problems.append(error.problem)
        except ShapeInvalid as error:
            loaded.problems += error.problems


def _take(loaded: Loaded, source: Source, origin: str, location: tuple[str | int, ...]) -> bool:
    """Note where an entry stands; refuse a second one of the same id."""
    if origin in loaded.origins:
        first, at = loaded.origins[origin]
        where = f"{first.name}:{first.line_of(at)}"
        message = f"'{location[-1]}' is already defined in {where}. Give it another name or remove it."
        loaded.problems.append(source.problem(location, message))
        return False
    loaded.origins[origin] = (source, location)
    return True


def _take_facts(source: Source, file: schema.FactsFile, loaded: Loaded) -> None:
    for id_, card in file.facts.items():
        if _take(loaded, source, f"fact:{id_}", ("facts", id_)):
            loaded.facts[id_] = Fact(id_, card.kind, card.label, card.value, card.where, _validity(card), card.unit)
            _take_unused(f"fact:{id_}", card, loaded)
    for id_, gap in file.gaps.items():
        if _take(loaded, source, f"gap:{id_}", ("gaps", id_)):
            loaded.gaps[id_] = gap


def _take_unused(origin: str, card: schema.Checked, loaded: Loaded) -> None:
    if card.unused:
        loaded.unused[origin] = card.unused


def _validity(card: schema.Checked) -> Validity:
    return Validity(
        source=Citation(card.source.title, card.source.url, card.source.date or ()),
        confidence=card.confidence,
        stale_risk=card.stale_risk,
        checked_on=card.checked_on,
        checked_by=card.checked_by,
        status=card.status,
        conflict=card.conflict,
        expires=card.expires,
        review_on=card.review_by,
    )


def _take_offices(source: Source, file: schema.OfficesFile, loaded: Loaded) -> None:
    for id_, card in file.offices.items():
        if _take(loaded, source, f"office:{id_}", ("offices", id_)):
            _take_unused(f"office:{id_}", card, loaded)
            point = Coordinates(card.lat, card.lon) if card.lat is not None and card.lon is not None else None
            loaded.offices[id_] = Office(
                id=id_,
                name=card.name,
                kind=card.kind,
                country=card.country,
                department=card.department,
                municipality=card.municipality,
                address=card.address,
                phones=card.phones,
                hours=card.hours,
                services=card.services,
                point=point,
                validity=_validity(card),
            )


def _wording(file: schema.WordingFile) -> Wording:
    return Wording(file.whatsapp, file.sms or file.whatsapp)


def _take_answers(source: Source, file: schema.AnswersFile, loaded: Loaded) -> None:
    _, locale, name = source.name.split("/")
    for intent, entry in file.answers.items():
        if not _take(loaded, source, f"answer:{locale}:{intent}", ("answers", intent)):
            continue
        if entry.sms:
            loaded.has_own_sms.add((locale, intent))
        loaded.answers[locale, intent] = Answer(
            intent=intent,
            topic=name.removesuffix(".yml"),
            locale=locale,
            title=entry.title,
            wording=_wording(entry),
            lifeline=entry.lifeline,
            next=entry.next,
            office_kinds=entry.offices,
            near=_wording(entry.near) if entry.near else None,
            asks_place=entry.asks_place,
            states=entry.states,
        )


def _take_translations(source: Source, file: schema.TranslationsFile, loaded: Loaded) -> None:
    _, locale, _ = source.name.split("/")
    for intent, entry in file.answers.items():
        origin = f"translation:{locale}:{intent}"
        if not _take(loaded, source, origin, ("answers", intent)):
            continue
        answer = loaded.answers.get((SPANISH, intent))
        near = _wording(entry.near) if entry.near else None
        has_near, state = near is not None, State.STALE
        if answer:
            state = state_of(entry.state, entry.of, answer, loaded.facts, has_near=has_near)
        loaded.translations[locale, intent] = Translation(intent, locale, _wording(entry), state, entry.lifeline, near)


def _take_recordings(source: Source, file: schema.RecordingsFile, root: Path, loaded: Loaded) -> None:
    locale = Path(source.name).stem
    for intent, card in file.recordings.items():
        if not _take(loaded, source, f"recording:{locale}:{intent}", ("recordings", intent)):
            continue
        loaded.recording_cards[locale, intent] = card
        name, answer = f"audio/{locale}/{card.file}", loaded.answers.get((SPANISH, intent))
        try:
            sound = listen(root / name)
        except NotPlayable as error:
            loaded.unplayable[locale, intent] = str(error)
            continue
        is_stale = answer is not None and card.of != fingerprint(answer, loaded.facts)
        loaded.recordings[locale, intent] = Recording(
            locale, intent, name, sound.media_type, sound.seconds, sound.size, is_stale
        )


def _audio_files(root: Path) -> Iterator[str]:
    for path in root.glob("audio/**/*"):
        name = path.relative_to(root).as_posix()
        if path.suffix != ".yml" and "/." not in name and path.is_file():
            yield name


def _take_locale(source: Source, file: schema.LocaleFile, spanish: schema.LocaleFile, loaded: Loaded) -> None:
    tag = Path(source.name).stem
    loaded.origins[f"locale:{tag}"] = (source, ())
    states: dict[str, State] = {}
    menus = {name: _menu(menu) for name, menu in file.menus.items()}
    if tag != SPANISH:
        loaded.unstamped += _unstamped(tag, file, spanish)
        originals = spanish.messages
        states = {name: _message_state(text, originals.get(name), loaded) for name, text in file.messages.items()}
        menu_states = {name: _menu_state(menu, spanish.menus.get(name)) for name, menu in file.menus.items()}
        menus = {name: replace(menu, state=menu_states[name]) for name, menu in menus.items()}
    loaded.locales[tag] = LocaleWords(
        locale=tag,
        name=file.name,
        messages={name: _wording(wording) for name, wording in file.messages.items()},
        menus=menus,
        keywords=file.keywords,
        danger=file.danger,
        months=months_of(tag),
        short_months=months_of(tag, SHORT_MONTH),
        either=either_of(tag),
        states=states,
        question=file.question,
    )


def _unstamped(tag: str, file: schema.LocaleFile, spanish: schema.LocaleFile) -> Iterator[tuple[str, str, str]]:
    """Yield locale, kind and name of each text that does not say which Spanish it was written from."""
    messages = [("messages", name, text) for name, text in file.messages.items() if name in spanish.messages]
    menus = [("menus", name, text) for name, text in file.menus.items() if name in spanish.menus]
    yield from ((tag, kind, name) for kind, name, text in (*messages, *menus) if text.of == schema.UNSTAMPED)


def _message_state(message: schema.MessageFile, spanish: schema.MessageFile | None, loaded: Loaded) -> State:
    """Return the state of a message: a draft until somebody signed it, whatever else the file says."""
    now = message_fingerprint(_wording(spanish), loaded.facts) if spanish else ""
    return _state(message, now)


def _menu_state(menu: schema.MenuFile, spanish: schema.MenuFile | None) -> State:
    return _state(menu, menu_fingerprint(_menu(spanish)) if spanish else "")


def _state(text: schema.SignedFile, now: str) -> State:
    written = State.REVIEWED if text.reviewed_by else State.DRAFT
    return written if text.of == schema.UNSTAMPED else judge_state(written, text.of, now)


def _menu(file: schema.MenuFile) -> Menu:
    return Menu(file.title, tuple(map(_choice, file.items)))


def _choice(item: schema.MenuItemFile) -> Choice:
    if item.menu:
        return Choice(item.title, TargetKind.MENU, item.menu)
    return Choice(item.title, TargetKind.ANSWER, item.answer or "")


def _take_replies(source: Source, file: schema.RepliesFile, loaded: Loaded) -> None:
    for id_, entry in file.replies.items():
        if _take(loaded, source, f"canned:{id_}", ("replies", id_)):
            loaded.canned[id_] = Canned(id_, entry.title, _wording(entry))


def _take_places(source: Source, file: schema.PlacesFile, loaded: Loaded) -> None:
    for id_, card in file.places.items():
        if _take(loaded, source, f"place:{id_}", ("places", id_)):
            point = Coordinates(card.lat, card.lon)
            is_state = card.kind == "state"
            loaded.places[id_] = Place(id_, card.name, card.country, card.department, point, is_department=is_state)


def _take_municipalities(path: Path, root: Path, loaded: Loaded) -> None:
    """Read the municipalities and make each department a place at its head town."""
    name = path.relative_to(root).as_posix()
    try:
        rows = list(_rows(path))
        municipalities = [Place(r["id"], r["name"], "GT", r["department"], _point(r)) for r in rows]
    except (OSError, KeyError, TypeError, ValueError) as error:
        hint = "Keep the columns id,name,department,lat,lon with numbers in the last two."
        loaded.problems.append(Problem(name, 1, f"cannot be read: {error}. {hint}"))
        return
    loaded.places |= {place.id: place for place in municipalities}
    loaded.places |= {place.id: place for place in _departments(municipalities)}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return iter(csv.DictReader(io.StringIO("\n".join(lines))))


def _point(row: dict[str, str]) -> Coordinates:
    return Coordinates(float(row["lat"]), float(row["lon"]))


def _departments(municipalities: Iterable[Place]) -> Iterator[Place]:
    """The first municipality of each department in the official list is its head town."""
    heads: dict[str, Place] = {}
    for place in municipalities:
        heads.setdefault(place.department, place)
    for name, head in heads.items():
        yield Place(f"d-{head.id}", name, "GT", name, head.point, is_department=True)
