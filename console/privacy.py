"""The privacy room: what is held about a person, handed over or erased on request, and what was forgotten by age."""

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from bot.pseudonyms import PSEUDONYM, addresses_in, pseudonym
from console.app import viewer
from console.naming import LETTERS, person_name
from console.permissions import Permission, needs
from console.person_copy import readable, steps_of, summarise
from stores.audit import SqlAudit
from stores.person_records import PersonRecords
from stores.persons import as_json
from stores.remote_deletions import RemoteDeletions

RUNS_SHOWN = 5
FORMS = {"json": "application/json", "txt": "text/plain"}
"""In which a copy is handed over."""
RETRIED_AT_ONCE = 20
"""Deletions at Twilio that somebody who presses the button waits for."""


def create_privacy(
    records: PersonRecords,
    remote: RemoteDeletions,
    audit: SqlAudit,
    sender_key: bytes,
    retention_days: int,
    now: Callable[[], datetime],
) -> Blueprint:
    """Return the blueprint of /privacy."""
    blueprint = Blueprint("privacy", __name__, url_prefix="/privacy")

    @blueprint.get("")
    @needs(Permission.ADMIN)
    def index() -> ResponseReturnValue:
        return render_template(
            "privacy/index.html",
            runs=[(run.at, steps_of(run.detail)) for run in audit.page(action="retention.run", size=RUNS_SHOWN)],
            waiting=remote.pending(),
            waiting_count=remote.count(),
            is_possible=remote.is_possible,
            retention_days=retention_days,
        )

    @blueprint.post("/find")
    @needs(Permission.ADMIN)
    def find() -> ResponseReturnValue:
        """Turn a number into pseudonyms. It comes in the body of a form and goes nowhere else."""
        addresses = addresses_in(request.form.get("number", ""))
        if not addresses:
            flash(gettext("Eso no es un número: escriba 8 cifras, o el signo +, el país y el número."), "error")
            return redirect(url_for("privacy.index"), HTTPStatus.SEE_OTHER)
        senders = [pseudonym(address, sender_key) for address in addresses]
        for sender in senders:
            audit.record(viewer(), "person.find", sender)
        known = [sender for sender in senders if records.persons.is_known(sender)]
        if not known:
            flash(gettext("No se guarda nada bajo ese número."), "warning")
            return redirect(url_for("privacy.index"), HTTPStatus.SEE_OTHER)
        return redirect(url_for("privacy.person", sender=known[0], also=known[1:]), HTTPStatus.SEE_OTHER)

    @blueprint.get("/person/<sender>")
    @needs(Permission.ADMIN)
    def person(sender: str) -> ResponseReturnValue:
        _require_pseudonym(sender)
        also = [other for other in request.args.getlist("also") if PSEUDONYM.fullmatch(other)]
        rows = summarise(records.view(sender, viewer()))
        return render_template("privacy/person.html", sender=sender, rows=rows, also=also, code=_code(sender))

    @blueprint.get("/person/<sender>/export.<form>")
    @needs(Permission.ADMIN)
    def export(sender: str, form: str) -> ResponseReturnValue:
        _require_pseudonym(sender)
        if form not in FORMS:
            abort(HTTPStatus.NOT_FOUND)
        held = records.export(sender, viewer(), form)
        body = json.dumps(as_json(held), ensure_ascii=False, indent=2) if form == "json" else readable(held)
        name = f"persona-{_code(sender)}-{now():%Y-%m-%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, content_type=f"{FORMS[form]}; charset=utf-8", headers=headers)

    @blueprint.post("/person/<sender>/erase")
    @needs(Permission.ADMIN)
    def erase(sender: str) -> ResponseReturnValue:
        _require_pseudonym(sender)
        if request.form.get("confirm", "").strip().upper() != _code(sender):
            flash(gettext("No se borró nada: las cuatro letras y cifras no son las de esta persona."), "error")
            return redirect(url_for("privacy.person", sender=sender), HTTPStatus.SEE_OTHER)
        rows = sum(records.erase(sender, viewer()).values())
        flash(
            ngettext(
                "Se borró %(num)d registro de %(person)s.",
                "Se borraron %(num)d registros de %(person)s.",
                rows,
                person=person_name(sender),
            )
        )
        return redirect(url_for("privacy.index"), HTTPStatus.SEE_OTHER)

    @blueprint.post("/media")
    @needs(Permission.ADMIN)
    def delete_media() -> ResponseReturnValue:
        audit.record(viewer(), "media.delete")
        deleted = remote.run(RETRIED_AT_ONCE)
        told = gettext("En Twilio: borrados %(done)d, fallaron %(failed)d, quedan %(left)d.", **vars(deleted))
        flash(told, "warning" if deleted.left else "message")
        return redirect(url_for("privacy.index"), HTTPStatus.SEE_OTHER)

    return blueprint


def _code(sender: str) -> str:
    """Return what must be typed to erase a person: the part of the name that is theirs."""
    return sender[:LETTERS].upper()


def _require_pseudonym(sender: str) -> None:
    if not PSEUDONYM.fullmatch(sender):
        abort(HTTPStatus.NOT_FOUND)
