"""People who wait for a person: who waits longest, what they wrote, and answering them by their own channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, format_timedelta, lazy_gettext

from bot.handoffs import Delivery, SendResult
from bot.masking import mask
from bot.turns import Turn
from console.answering import MAX_CHARACTERS, Desk, Draft, Refusal
from console.app import TIME_ZONE, viewer
from console.permissions import Permission, needs
from console.reply_times import share_within
from console.reply_warnings import Doubt
from console.sms_price import price_message
from stores.audit import SqlAudit
from stores.tickets import MOST_LISTED, Said, StaffMessage, Ticket

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.CLOSED: lazy_gettext(
        "Este caso está cerrado y ya no tenemos el número. La persona puede escribir PERSONA."
    ),
    Refusal.OPTED_OUT: lazy_gettext("La persona pidió que no le escribamos. No se le puede contestar."),
    Refusal.WINDOW_SHUT: lazy_gettext(
        "Pasaron más de 24 horas desde su último mensaje y WhatsApp ya no deja escribirle. "
        "Si la persona vuelve a escribir, se abre de nuevo."
    ),
    Refusal.NO_ADDRESS: lazy_gettext(
        "No se puede leer el número de esta persona. Avise a quien administra el sistema."
    ),
    Refusal.EMPTY: lazy_gettext("Escriba algo antes de enviar."),
    Refusal.TOO_LONG: lazy_gettext("El mensaje es demasiado largo. Acórtelo."),
    Refusal.TWICE: lazy_gettext("Ese mismo mensaje ya se envió hace un momento. No se envió otra vez."),
}
OUTCOMES: Mapping[Delivery, LazyString] = {
    Delivery.SENT: lazy_gettext("Enviado."),
    Delivery.UNKNOWN: lazy_gettext(
        "No sabemos si el mensaje salió. No lo envíe otra vez sin esperar unos minutos: puede llegarle dos veces."
    ),
    Delivery.FAILED: lazy_gettext("El mensaje no salió. Puede intentar de nuevo."),
    Delivery.OPTED_OUT: lazy_gettext("La persona pidió que no le escribamos. Cerramos el caso y borramos su número."),
    Delivery.WINDOW_SHUT: lazy_gettext("WhatsApp no lo dejó pasar: pasaron más de 24 horas desde su último mensaje."),
}
STATUSES: Mapping[str, LazyString] = {
    "queued": lazy_gettext("no se sabe si salió"),
    "unknown": lazy_gettext("no se sabe si salió"),
    "accepted": lazy_gettext("en camino"),
    "scheduled": lazy_gettext("en camino"),
    "sending": lazy_gettext("en camino"),
    "sent": lazy_gettext("enviado"),
    "delivered": lazy_gettext("entregado"),
    "read": lazy_gettext("leído"),
    "failed": lazy_gettext("no salió"),
    "undelivered": lazy_gettext("no llegó"),
    "canceled": lazy_gettext("no salió"),
    "opted_out": lazy_gettext("no salió: pidió no recibir mensajes"),
    "window_shut": lazy_gettext("no salió: pasaron las 24 horas"),
}
BAD_STATUSES = frozenset({"queued", "unknown", "failed", "undelivered", "canceled", "opted_out", "window_shut"})
DOUBTS: Mapping[Doubt, LazyString] = {
    Doubt.NUMBER: lazy_gettext(
        "Este número no está en nuestros datos. Confirme que es correcto y que no es de una persona."
    ),
    Doubt.PROMISE: lazy_gettext("Suena a promesa. No prometa resultados, papeles, dinero ni seguridad."),
    Doubt.CONFRONT: lazy_gettext("No aconseje enfrentar a quien maltrata, amenaza o cobra por el viaje."),
}
LISTS: Mapping[str, LazyString] = {
    "waiting": lazy_gettext("Esperan respuesta"),
    "answered": lazy_gettext("Ya tienen respuesta"),
    "closed": lazy_gettext("Cerrados"),
}
CLOSED_PAGE = 40


@dataclass(frozen=True)
class Bubble:
    """One thing that was said, by the person and the line in a turn or by staff."""

    at: datetime
    turn: Turn | None = None
    staff: StaffMessage | None = None


def create_tickets(desk: Desk, audit: SqlAudit, sms_price_usd: Decimal) -> Blueprint:
    """Return the blueprint of /tickets. `sms_price_usd` is what a segment is assumed to cost."""
    blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")
    tickets = desk.tickets

    @blueprint.get("")
    @needs(Permission.REVIEW)
    def index() -> ResponseReturnValue:
        name = request.args.get("list", "waiting")
        name = name if name in LISTS else "waiting"
        shown = _listed(name)
        if request.args.get("mine"):
            shown = tuple(ticket for ticket in shown if ticket.assignee == viewer())
        soon = tickets.how_soon(_monday(desk.now()))
        return render_template(
            "tickets/list.html",
            lists=LISTS,
            shown_list=name,
            tickets=shown,
            is_cut=name != "closed" and len(shown) == MOST_LISTED,
            next_before=shown[-1].id if name == "closed" and len(shown) == CLOSED_PAGE else None,
            typical=share_within(soon.first_replies, 0.5),
            slow=share_within(soon.first_replies, 0.9),
            replies=len(soon.first_replies),
            oldest=soon.oldest,
            **_common(),
        )

    def _listed(name: str) -> tuple[Ticket, ...]:
        if name == "closed":
            return tickets.closed(request.args.get("before", type=_position), CLOSED_PAGE)
        return tickets.answered() if name == "answered" else tickets.waiting()

    @blueprint.get("/<int:ticket_id>")
    @needs(Permission.REVIEW)
    def show(ticket_id: int) -> ResponseReturnValue:
        ticket = _ticket(ticket_id)
        return _page(ticket, desk.canned(ticket, request.args.get("use", "")))

    @blueprint.post("/<int:ticket_id>/reply")
    @needs(Permission.REVIEW)
    def reply(ticket_id: int) -> ResponseReturnValue:
        ticket = _ticket(ticket_id)
        draft = desk.draft(ticket, request.form.get("text", ""))
        is_doubtful = bool(draft.warnings) and "looked" not in request.form
        if request.form.get("action") != "send" or is_doubtful:
            return _page(ticket, draft.words, draft)
        audit.record(viewer(), "ticket.reply", ticket.sender, str(ticket.id))
        sent = desk.send(ticket, viewer(), draft)
        _tell(sent)
        if isinstance(sent, Refusal) or sent.delivery is Delivery.FAILED:
            return _page(ticket, draft.words)  # What somebody wrote is not lost.
        return redirect(url_for("tickets.show", ticket_id=ticket.id, _anchor="last"), HTTPStatus.SEE_OTHER)

    @blueprint.post("/<int:ticket_id>/assign")
    @needs(Permission.REVIEW)
    def assign(ticket_id: int) -> ResponseReturnValue:
        ticket = _ticket(ticket_id)
        staff = viewer() if request.form.get("to") == "me" else None
        audit.record(viewer(), "ticket.assign", ticket.sender, str(ticket.id))
        tickets.assign(ticket, staff)
        return redirect(url_for("tickets.show", ticket_id=ticket.id), HTTPStatus.SEE_OTHER)

    @blueprint.post("/<int:ticket_id>/close")
    @needs(Permission.REVIEW)
    def close(ticket_id: int) -> ResponseReturnValue:
        ticket = _ticket(ticket_id)
        audit.record(viewer(), "ticket.close", ticket.sender, str(ticket.id))
        sent = desk.close(ticket, viewer())
        flash(str(_closed_words(sent)))
        return redirect(url_for("tickets.index"), HTTPStatus.SEE_OTHER)

    def _ticket(ticket_id: int) -> Ticket:
        ticket = tickets.find(ticket_id) if ticket_id < MAX_ID else None
        return ticket or abort(HTTPStatus.NOT_FOUND)

    def _page(ticket: Ticket, text: str, draft: Draft | None = None) -> ResponseReturnValue:
        audit.record(viewer(), "ticket.view", ticket.sender, str(ticket.id))
        fresh = tickets.find(ticket.id) or ticket
        said = tickets.said(ticket.sender, request.args.get("before", type=_position))
        return render_template(
            "tickets/ticket.html",
            ticket=fresh,
            bubbles=_bubbles(said, tickets.messages(ticket.id)),
            earlier=said.earlier,
            refusal=REFUSALS.get(refusal) if (refusal := desk.refusal(fresh)) else None,
            text=text,
            draft=draft,
            price=price_message(draft.text, ticket.channel, sms_price_usd) if draft else None,
            most=MAX_CHARACTERS[ticket.channel],
            canned=desk.catalogue().canned.values(),
            **_common(),
        )

    def _common() -> dict[str, Any]:
        return {
            "now": desk.now(),
            "span": _span,
            "window_left": desk.window_left,
            "language_of": _language_of,
            "sends_nothing": desk.sends_nothing,
            "mask": mask,
            "statuses": STATUSES,
            "bad_statuses": BAD_STATUSES,
            "doubts": DOUBTS,
            "viewer": viewer(),
        }

    def _language_of(ticket: Ticket) -> str:
        code = ticket.speaks or ticket.locale
        language = desk.catalogue().languages.get(code)
        return language.name if language else code

    return blueprint


MAX_ID = 2**31
"""PostgreSQL's integers end there; larger numbers are of no ticket and no turn."""


def _span(time: timedelta) -> str:
    """Write a span to the minute, the hour or the day: "25 horas" says more than "1 día"."""
    return str(format_timedelta(time, granularity="minute", threshold=2))


def _position(text: str) -> int:
    """Return where a page ends; raise ValueError for what no page of ours names."""
    number = int(text)
    if not 0 <= number < MAX_ID:
        raise ValueError("no position")
    return number


def _tell(sent: SendResult | Refusal) -> None:
    if isinstance(sent, Refusal):
        flash(str(REFUSALS[sent]), "error")
    else:
        flash(
            str(OUTCOMES[sent.delivery]),
            {Delivery.SENT: "message", Delivery.UNKNOWN: "warning"}.get(sent.delivery, "error"),
        )


def _closed_words(sent: SendResult | Refusal) -> LazyString:
    if isinstance(sent, SendResult) and sent.delivery is Delivery.SENT:
        return lazy_gettext("Caso cerrado. Le preguntamos a la persona si le ayudó, y borramos su número.")
    return lazy_gettext("Caso cerrado y número borrado. No se le pudo preguntar si le ayudó.")


def _bubbles(said: Said, messages: tuple[StaffMessage, ...]) -> list[Bubble]:
    """Put what staff wrote between the turns of the page that it belongs to."""
    since = said.turns[0].at if said.turns and said.earlier is not None else None
    ours = (m for m in messages if (since is None or m.at >= since) and (said.until is None or m.at < said.until))
    bubbles = [*(Bubble(turn.at, turn=turn) for turn in said.turns), *(Bubble(m.at, staff=m) for m in ours)]
    return sorted(bubbles, key=lambda bubble: bubble.at)


def _monday(now: datetime) -> datetime:
    """Return when this week began where the staff are."""
    local = now.astimezone(ZoneInfo(TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    return local - timedelta(days=local.weekday())
