"""Conversations: a list to search, one conversation turn by turn, and what staff note of it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import Engine

from bot.catalogue import Catalogue
from bot.cleaning import clean
from bot.masking import holds_personal_data, mask
from bot.turns import Outcome
from console.app import viewer
from console.export import MIMETYPES, WRITERS, Value
from console.naming import person_name
from console.permissions import PERMISSIONS, Permission, needs
from console.turn_filters import GUATEMALA, kept, read_cursor, read_filters
from console.turn_labels import BANDS, CHANNELS, KINDS, OUTCOMES, facts_used, intent_name, locale_name
from content.intents import INTENTS
from stores.audit import SqlAudit
from stores.conversations import Found, Page, SqlConversations
from stores.notes import MAX_TAGS, NobodyThere, Noted, SqlNotes, TooManyTags

MAX_EXPORT = 10_000
EXPORT_SECONDS = 10.0
MIN_REASON = 10
MAX_REASON = 300
MAX_TAG = 24
MAX_NOTE = 1000
SNIPPET = 160
REVIEWERS = tuple(str(role) for role, permissions in PERMISSIONS.items() if Permission.REVIEW in permissions)
SENDER = re.compile(r"[0-9A-Za-z_.:-]{1,64}")


def create_conversations(
    engine: Engine, catalogue: Callable[[], Catalogue], audit: SqlAudit, now: Callable[[], datetime]
) -> Blueprint:
    """Return the pages."""
    room = Blueprint("conversations", __name__, url_prefix="/conversations")
    turns, notes = SqlConversations(engine), SqlNotes(engine, now)

    @room.context_processor
    def words() -> dict[str, object]:
        content = catalogue()
        return {
            "mask": mask,
            "channels": CHANNELS,
            "outcomes": OUTCOMES,
            "kinds": KINDS,
            "locale_name": lambda locale: locale_name(content, locale),
            "intent_name": lambda intent: intent_name(content, intent),
            "facts_used": lambda ids: facts_used(content, ids),
        }

    @room.get("")
    @needs(Permission.READ)
    def index() -> ResponseReturnValue:
        asked = read_filters(request.args, viewer())
        before, after = read_cursor(request.args.get("before")), read_cursor(request.args.get("after"))
        page = turns.find(asked.filters, before=before, after=after) if not asked.is_refused else Page(())
        return render_template(
            "conversations/list.html",
            page=page,
            groups=[list(group) for _, group in groupby(page.turns, key=lambda found: found.turn.sender)],
            noted=notes.noted({found.turn.sender for found in page.turns}),
            is_refused=asked.is_refused,
            kept=kept(request.args),
            choices=_choices(catalogue(), turns.locales(), notes.used_tags()),
            snippet=_snippet,
            max_export=MAX_EXPORT,
        )

    @room.post("/export")
    @needs(Permission.REVIEW)
    def export() -> ResponseReturnValue:
        kind = request.form.get("format", "")
        asked = read_filters(request.form, viewer())
        if kind not in WRITERS or asked.is_refused:
            abort(HTTPStatus.BAD_REQUEST)
        found = list(turns.each(asked.filters, size=MAX_EXPORT, seconds=EXPORT_SECONDS))
        audit.record(viewer(), "export.turns", None, f"{len(found)} {kind}")
        body = WRITERS[kind](_head(), (_row(catalogue(), each) for each in found))
        name = f"rumbo-{now().astimezone(GUATEMALA):%Y-%m-%d}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, mimetype=MIMETYPES[kind], headers=headers)

    @room.get("/<sender>")
    @needs(Permission.READ)
    def show(sender: str) -> ResponseReturnValue:
        return conversation(sender, request.args)

    @room.post("/<sender>/uncover")
    @needs(Permission.REVIEW)
    def uncover(sender: str) -> ResponseReturnValue:
        reason = mask(clean(request.form.get("reason", ""), MAX_REASON))
        if len(reason) < MIN_REASON:
            flash(ngettext("Escriba un motivo de %(num)s letra o más.", "Escriba un motivo de %(num)s letras o más.",
                           MIN_REASON), "error")  # fmt: skip
            return back(sender)
        return conversation(sender, request.form, reason=reason)

    def conversation(sender: str, place: Mapping[str, str], reason: str | None = None) -> ResponseReturnValue:
        """Show a stretch of a conversation, uncovered where there is a reason, once that is in the audit."""
        cursors = {name: read_cursor(place.get(name)) for name in ("before", "after", "turn")}
        page = _talk(turns, sender, **cursors)
        if not page.turns:
            abort(HTTPStatus.NOT_FOUND)
        audit.record(viewer(), "conversation.uncover" if reason else "conversation.view", sender, reason)
        return render_template(
            "conversations/show.html",
            sender=sender,
            page=page,
            turns=page.turns[::-1],
            place={name: cursor for name, cursor in cursors.items() if cursor is not None},
            is_covered=reason is None,
            noted=noted_of(sender),
            notes=notes.notes(sender),
            tags=notes.used_tags(),
            colleagues=notes.colleagues(REVIEWERS),
            limits={"tag": MAX_TAG, "note": MAX_NOTE, "reason": MIN_REASON, "tags": MAX_TAGS},
        )

    def change(sender: str, action: str, act: Callable[[], None], detail: str | None = None) -> ResponseReturnValue:
        """Do what a form asks for, once it is in the audit, and go back."""
        if not is_there(sender):
            abort(HTTPStatus.NOT_FOUND)
        audit.record(viewer(), action, sender, detail)
        try:
            act()
        except NobodyThere:
            abort(HTTPStatus.NOT_FOUND)
        return back(sender)

    def noted_of(sender: str) -> Noted:
        return notes.noted([sender]).get(sender, Noted())

    def is_there(sender: str) -> bool:
        return bool(SENDER.fullmatch(sender) and turns.talk(sender, size=1).turns)

    def back(sender: str) -> ResponseReturnValue:
        turn = read_cursor(request.form.get("turn"))
        return redirect(url_for(".show", sender=sender, turn=turn), HTTPStatus.SEE_OTHER)

    @room.post("/<sender>/state")
    @needs(Permission.REVIEW)
    def state(sender: str) -> ResponseReturnValue:
        changes: dict[str, Callable[[], None]] = {
            "flag": lambda: notes.flag(sender, True),
            "unflag": lambda: notes.flag(sender, False),
            "done": lambda: notes.finish(sender, True),
            "todo": lambda: notes.finish(sender, False),
        }
        wanted = request.form.get("change", "")
        if wanted not in changes:
            abort(HTTPStatus.BAD_REQUEST)
        return change(sender, f"conversation.{wanted}", changes[wanted])

    @room.post("/<sender>/assign")
    @needs(Permission.REVIEW)
    def assign(sender: str) -> ResponseReturnValue:
        colleague = request.form.get("assignee") or None
        if colleague and colleague not in notes.colleagues(REVIEWERS) and colleague != noted_of(sender).assignee:
            abort(HTTPStatus.BAD_REQUEST)
        return change(sender, "conversation.assign", lambda: notes.assign(sender, colleague), colleague)

    @room.post("/<sender>/tags")
    @needs(Permission.REVIEW)
    def tag(sender: str) -> ResponseReturnValue:
        if dropped := request.form.get("drop"):
            return change(sender, "conversation.untag", lambda: notes.drop_tag(sender, dropped))
        added = " ".join(clean(request.form.get("tag", "")).casefold().split())
        if not added or len(added) > MAX_TAG or holds_personal_data(added):
            flash(gettext("Una etiqueta tiene hasta %(max)s letras y ningún dato de personas.", max=MAX_TAG), "error")
            return back(sender)
        try:
            return change(sender, "conversation.tag", lambda: notes.add_tag(sender, added), added)
        except TooManyTags:
            flash(gettext("Ya tiene %(max)s etiquetas. Quite una antes.", max=MAX_TAGS), "error")
            return back(sender)

    @room.post("/<sender>/notes")
    @needs(Permission.REVIEW)
    def note(sender: str) -> ResponseReturnValue:
        text = mask(clean(request.form.get("note", ""), MAX_NOTE))
        if not text:
            flash(gettext("Escriba la nota."), "error")
            return back(sender)
        return change(sender, "conversation.note", lambda: notes.add_note(sender, viewer(), text))

    return room


def _talk(turns: SqlConversations, sender: str, *, before: int | None, after: int | None, turn: int | None) -> Page:
    """Return the part of a conversation that was asked for, or its end."""
    if not SENDER.fullmatch(sender):
        return Page(())
    page = turns.talk(sender, before=before, after=after, around=turn)
    return page if page.turns else turns.talk(sender)


def _snippet(text: str) -> str:
    covered = mask(text)
    return covered if len(covered) <= SNIPPET else f"{covered[:SNIPPET].rstrip()}…"


def _choices(
    content: Catalogue, locales: tuple[str, ...], tags: tuple[str, ...]
) -> dict[str, list[tuple[str, object]]]:
    """Return what can be chosen in each select of the list."""
    intents = [(intent, intent_name(content, intent) or intent) for intent in INTENTS]
    return {
        "channel": [(str(channel), label) for channel, label in CHANNELS.items()],
        "locale": [(locale, locale_name(content, locale)) for locale in locales],
        "intent": [*sorted(intents, key=lambda choice: choice[1])],
        "confidence": [(str(band), label) for band, label in BANDS.items()],
        "outcome": [(str(outcome), OUTCOMES[outcome]) for outcome in Outcome],
        "feedback": [("yes", gettext("Le sirvió")), ("no", gettext("No le sirvió"))],
        "state": [("todo", gettext("Por hacer")), ("done", gettext("Hecho"))],
        "tag": [(tag, tag) for tag in tags],
    }


def _head() -> tuple[str, ...]:
    return (
        gettext("Persona"),
        gettext("Fecha"),
        gettext("Canal"),
        gettext("Idioma"),
        gettext("Mensaje"),
        gettext("Resultado"),
        gettext("Tema"),
        gettext("Confianza"),
        gettext("Respuesta"),
        gettext("Segmentos"),
        gettext("Milisegundos"),
        gettext("Clasificador ligero"),
        gettext("¿Le sirvió?"),
    )


def _row(content: Catalogue, found: Found) -> tuple[Value, ...]:
    turn = found.turn
    helped = {True: gettext("sí"), False: gettext("no"), None: None}
    return (
        person_name(turn.sender),
        turn.at.astimezone(GUATEMALA),
        str(CHANNELS[turn.channel]),
        locale_name(content, turn.locale),
        mask(turn.text),
        str(OUTCOMES[turn.outcome]),
        intent_name(content, turn.intent),
        turn.confidence,
        "\n\n".join(turn.texts),
        turn.segments,
        turn.took_ms,
        helped[True] if turn.is_degraded else helped[False],
        helped[found.helped],
    )
