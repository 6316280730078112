"""What a reviewer pressed and typed, read as an opinion."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from babel import Locale
from flask_babel import LazyString, lazy_gettext
from werkzeug.datastructures import MultiDict

from bot.catalogue import Catalogue
from bot.cleaning import clean, fold
from bot.interpretation import Entity, EntityKind
from bot.languages import SPANISH
from bot.policy import NOT_FOR_US
from bot.reviews import Opinion, Use, Verdict
from bot.scrubbing import Refusal, plain, refusal
from bot.turns import Turn

Form: TypeAlias = "MultiDict[str, str]"

MOST_ENTITIES = 12
LONGEST_VALUE = 80

USES = {"training": Use.TRAINING, "test": Use.TEST}
"""The presses by which an utterance is kept."""

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.EMPTY: lazy_gettext("El texto para aprender está vacío."),
    Refusal.LONG: lazy_gettext("El texto para aprender es muy largo: deje hasta 300 letras."),
    Refusal.DIGITS: lazy_gettext("El texto todavía tiene un número largo. Quítelo: puede ser de una persona."),
    Refusal.ADDRESS: lazy_gettext("El texto todavía tiene una arroba (@). Quite el correo."),
    Refusal.MARKUP: lazy_gettext("El texto no puede tener corchetes, llaves ni los signos < > | \\."),
}


class FormInvalid(Exception):
    """The form says something that cannot be kept; `message` tells the reviewer what to mend."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(str(message))
        self.message = message


def read_opinion(form: Form, turn: Turn, catalogue: Catalogue, *, staff: str, at: datetime) -> Opinion | None:
    """Return the opinion, or None where the press is none that we know; raise FormInvalid."""
    pressed = form.get("act", "")
    if "pick" not in form and pressed not in _INTENTS:
        return None
    intent = _picked(form["pick"], catalogue) if "pick" in form else _INTENTS[pressed](form, turn, catalogue)
    use = USES.get(pressed, Use.NONE)
    return Opinion(
        turn_id=turn.id,
        sender=turn.sender,
        staff=staff,
        at=at,
        verdict=Verdict.WRONG if pressed == "wrong" else _verdict(intent, turn),
        locale=_locale(form.get("locale", turn.locale), catalogue),
        intent=intent,
        entities=tuple(_entities(form, turn, catalogue)),
        use=use,
        utterance=_utterance(form) if use is not Use.NONE else None,
    )


def title_of(intent: str | None, catalogue: Catalogue) -> str:
    """Return what staff call an intent."""
    answer = catalogue.answer(intent, SPANISH) if intent else None
    return answer.title if answer else intent or ""


def topics(catalogue: Catalogue) -> dict[str, str]:
    """Return every intent by the title of its Spanish answer, in the order of the titles."""
    titles = {answer.title: intent for (locale, intent), answer in catalogue.answers.items() if locale == SPANISH}
    return {title: titles[title] for title in sorted(titles, key=fold)}


def countries(locale: Locale) -> dict[str, str]:
    """Return the names of countries by their ISO 3166 codes."""
    return {code: name for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()}


def _verdict(intent: str | None, turn: Turn) -> Verdict:
    if intent == turn.intent:
        return Verdict.RIGHT
    return Verdict.NOT_FOR_US if intent == NOT_FOR_US else Verdict.WRONG


def _picked(intent: str, catalogue: Catalogue) -> str:
    if (SPANISH, intent) not in catalogue.answers:
        raise FormInvalid(lazy_gettext("Ese tema ya no existe."))
    return intent


def _typed(form: Form, catalogue: Catalogue) -> str | None:
    wanted = fold(form.get("topic", ""))
    if not wanted:
        return None
    for title, intent in topics(catalogue).items():
        if wanted in {fold(title), fold(intent)}:
            return intent
    raise FormInvalid(lazy_gettext("Ese tema no está en la lista. Elija uno de los que se ofrecen."))


def _chosen(form: Form, turn: Turn, catalogue: Catalogue) -> str:
    intent = _typed(form, catalogue)
    if intent is None:
        raise FormInvalid(lazy_gettext("Elija primero el tema."))
    return intent


def _to_keep(form: Form, turn: Turn, catalogue: Catalogue) -> str:
    intent = _typed(form, catalogue) or turn.intent
    if intent is None or (SPANISH, intent) not in catalogue.answers:
        raise FormInvalid(lazy_gettext("Elija primero el tema."))
    return intent


_INTENTS: Mapping[str, Callable[[Form, Turn, Catalogue], str | None]] = {
    "right": lambda form, turn, catalogue: turn.intent,
    "wrong": lambda form, turn, catalogue: None,
    "not_for_us": lambda form, turn, catalogue: NOT_FOR_US,
    "chosen": _chosen,
    "training": _to_keep,
    "test": _to_keep,
}
"""Which intent each press means."""


def _locale(locale: str, catalogue: Catalogue) -> str:
    if locale not in catalogue.locales:
        raise FormInvalid(lazy_gettext("Ese idioma no está entre los que la línea contesta."))
    return locale


def _utterance(form: Form) -> str:
    utterance = plain(form.get("utterance", ""))
    why = refusal(utterance)
    if why:
        raise FormInvalid(REFUSALS[why])
    return utterance


def _entities(form: Form, turn: Turn, catalogue: Catalogue) -> Iterator[Entity]:
    columns = (form.getlist(f"entity_{name}")[:MOST_ENTITIES] for name in ("kind", "value", "text"))
    said = f" {fold(turn.text)} "
    for kind, value, text in zip(*columns, strict=False):
        if value.strip():
            words = clean(text, LONGEST_VALUE)
            if f" {fold(words)} " not in said:
                raise FormInvalid(lazy_gettext("Copie las palabras tal como están en el mensaje."))
            yield _entity(kind, clean(value, LONGEST_VALUE), words, catalogue)


def _entity(kind: str, value: str, text: str, catalogue: Catalogue) -> Entity:
    found = _CANONICAL[kind](value, catalogue) if kind in _CANONICAL else None
    if found is None:
        raise FormInvalid(lazy_gettext("Ese lugar, idioma o país no está en la lista."))
    return Entity(EntityKind(kind), found, text)


def _place(name: str, catalogue: Catalogue) -> str | None:
    return next((place.name for place in catalogue.places_named(name)), None)


def _language(name: str, catalogue: Catalogue) -> str | None:
    spoken = catalogue.languages.items()
    return next((code for code, language in spoken if fold(name) in {code, fold(language.name)}), None)


def _country(code: str, _: Catalogue) -> str | None:
    return code.upper() if code.upper() in countries(Locale(SPANISH)) else None


_CANONICAL: Mapping[str, Callable[[str, Catalogue], str | None]] = {
    EntityKind.PLACE.value: _place,
    EntityKind.LANGUAGE.value: _language,
    EntityKind.COUNTRY.value: _country,
}
"""How a typed name becomes the value that the line works with."""
