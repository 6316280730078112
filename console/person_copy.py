"""What is held about a person, in words: as a summary for staff, and as the copy that the person is handed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString, force_locale, format_date, format_datetime, gettext, lazy_gettext

from stores.persons import Held
from stores.tables import turn_words

TABLES: Mapping[str, LazyString] = {
    "contacts": lazy_gettext("Contacto: idioma y si pidió no recibir mensajes"),
    "turns": lazy_gettext("Mensajes y respuestas"),
    "turn_words": lazy_gettext("Palabras del buscador"),
    "feedback": lazy_gettext("Si una respuesta le ayudó"),
    "conversations": lazy_gettext("Marcas del personal en la conversación"),
    "notes": lazy_gettext("Notas del personal"),
    "reviews": lazy_gettext("Revisiones de mensajes"),
    "second_opinions": lazy_gettext("Pedidos de una segunda revisión"),
    "tickets": lazy_gettext("Pedidos de hablar con una persona"),
    "ticket_messages": lazy_gettext("Lo que el personal le escribió"),
    "deliveries": lazy_gettext("Si llegó lo que se escribió"),
    "tombstones": lazy_gettext("Restos de mensajes vaciados"),
}
"""What each table of `stores.persons` and each step of `stores.retention` is."""

COLUMNS: Mapping[str, LazyString] = {
    "first_seen": lazy_gettext("Primer mensaje"),
    "last_seen": lazy_gettext("Último día"),
    "locale": lazy_gettext("Idioma de las respuestas"),
    "speaks": lazy_gettext("Idioma que eligió"),
    "opted_out": lazy_gettext("Pidió no recibir mensajes"),
    "channel": lazy_gettext("Canal"),
    "text": lazy_gettext("Texto"),
    "texts": lazy_gettext("Respuesta"),
    "department": lazy_gettext("Departamento"),
    "entities": lazy_gettext("Lugares y nombres que se entendieron"),
    "helped": lazy_gettext("Le ayudó"),
    "tags": lazy_gettext("Etiquetas"),
    "is_done": lazy_gettext("Atendida"),
    "is_flagged": lazy_gettext("Con bandera"),
    "utterance": lazy_gettext("Frase para mejorar la línea"),
    "address": lazy_gettext("Número, cifrado"),
    "opened_at": lazy_gettext("Abierto"),
    "closed_at": lazy_gettext("Cerrado"),
}
"""What a person is told of a row; the copy in JSON holds the rest too."""

DATES = ("at", "opened_at", "first_seen", "updated_at")
"""Columns that date a row, the first that it has."""

Summary = list[tuple[LazyString, int, datetime | None, datetime | None]]


def summarise(held: Held) -> Summary:
    """Return, of each table that holds anything, what it is, how many rows, and the times of the first and last."""
    summary: Summary = []
    for name, count in held.counts.items():
        times = sorted(time for row in held.tables[name] if (time := _time(row)))
        summary.append((TABLES[name], count, times[0] if times else None, times[-1] if times else None))
    return summary


def readable(held: Held) -> str:
    """Return the copy as a text, in Spanish whatever the language of the console."""
    with force_locale("es"):
        sections = [
            (TABLES[name], [(_time(row), list(_told(row))) for row in rows])
            for name, rows in held.tables.items()
            if rows and name != turn_words.name
        ]
        return render_template("privacy/person.txt", sender=held.sender, sections=sections)


def steps_of(detail: str | None) -> list[tuple[LazyString | str, str]]:
    """Return what a run of the retention did, from the words of the audit: what, and to how many.

    >>> [count for _, count in steps_of("turns 6, notes 2")], steps_of("nothing")
    (['6', '2'], [])
    """
    pairs = (part.rpartition(" ") for part in (detail or "").split(", "))
    return [(TABLES.get(name, name), count) for name, _, count in pairs if count.isdecimal()]


def _told(row: Mapping[str, Any]) -> Iterator[tuple[LazyString, str]]:
    for name, label in COLUMNS.items():
        if (value := row.get(name)) not in (None, "", []):
            yield label, _words(name, value)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("sí") if value else gettext("no"))
    if isinstance(value, list):
        return " | ".join(str(part["text"] if isinstance(part, dict) else part) for part in value)
    if name == "last_seen":
        return str(format_date(date.fromisoformat(value)))
    if name in {"first_seen", "opened_at", "closed_at"}:
        return str(format_datetime(datetime.fromisoformat(value), "short"))
    return str(value)


def _time(row: Mapping[str, Any]) -> datetime | None:
    value = next((row[name] for name in DATES if row.get(name)), None)
    return datetime.fromisoformat(value) if value else None
