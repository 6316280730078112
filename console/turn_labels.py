"""How staff call what the code has names for: outcomes, channels, locales, intents, facts."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from bot.catalogue import Catalogue
from bot.facts import Fact
from bot.messages import Channel, MessageKind
from bot.turns import Outcome
from stores.conversations import Band

Labels = Mapping[Any, Any]
"""From a value of an enum to a LazyString, which has no type of its own."""

OUTCOMES: Labels = {
    Outcome.ANSWERED: _("Respondido"),
    Outcome.CLARIFIED: _("Se preguntó cuál"),
    Outcome.MENU: _("Menú"),
    Outcome.COMMAND: _("Orden"),
    Outcome.UNKNOWN: _("No se entendió"),
    Outcome.HANDOFF: _("Pidió una persona"),
    Outcome.SILENT: _("Sin respuesta"),
}
CHANNELS: Labels = {Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp"}
BANDS: Labels = {
    Band.SURE: _("Segura (90 % o más)"),
    Band.FAIR: _("Media (60 a 90 %)"),
    Band.LOW: _("Baja (menos de 60 %)"),
}
KINDS: Labels = {
    MessageKind.MEDIA: _("Imagen o archivo"),
    MessageKind.VOICE: _("Nota de voz"),
    MessageKind.LOCATION: _("Ubicación"),
    MessageKind.EMPTY: _("Mensaje vacío"),
}
"""Of text nothing needs to be said."""


def locale_name(catalogue: Catalogue, locale: str) -> str:
    """Return a language's own name, or its tag where the content has none."""
    found = catalogue.locales.get(locale)
    return found.name if found else locale


def intent_name(catalogue: Catalogue, intent: str | None) -> str | None:
    """Return the title of the answer to an intent, or its name where it has none."""
    answer = catalogue.answers.get((catalogue.default_locale, intent)) if intent else None
    return answer.title if answer else intent


def facts_used(catalogue: Catalogue, ids: tuple[str, ...]) -> tuple[tuple[str, Fact | None], ...]:
    """Return each fact with its label; one that is gone from the content is called by its id."""
    found = [(id_, catalogue.facts.get(id_)) for id_ in ids]
    return tuple((fact.label if fact else id_, fact) for id_, fact in found)
