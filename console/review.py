"""The room where reviewers judge what the line understood: one turn at a time, one key press each."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext

from bot.agreement import Agreement, agreement
from bot.catalogue import Catalogue
from bot.interpretation import EntityKind
from bot.languages import SPANISH
from bot.masking import mask
from bot.reviews import Opinion, Reason, Use, Verdict
from bot.scrubbing import scrub
from bot.turns import Turn
from console.app import TIME_ZONE, viewer
from console.permissions import Permission, needs
from console.review_form import FormInvalid, countries, read_opinion, title_of, topics
from stores.audit import SqlAudit
from stores.reviews import Queue, Reviewed, SqlReviews, Waiting

CANDIDATES = 3
SHOWN_DISAGREEMENTS = 50
LONGEST_SEQ = 18
"""Digits."""

REASONS = {
    Reason.SECOND: lazy_gettext("Piden otra opinión"),
    Reason.DID_NOT_HELP: lazy_gettext("No le sirvió"),
    Reason.FALLBACK: lazy_gettext("No se entendió"),
    Reason.NEAR_TIE: lazy_gettext("Casi empate"),
    Reason.LOW_CONFIDENCE: lazy_gettext("Poca seguridad"),
    Reason.DEGRADED: lazy_gettext("Sin el modelo"),
    Reason.DRIFT: lazy_gettext("Palabras nuevas"),
}
KINDS = {
    EntityKind.PLACE: lazy_gettext("Lugar"),
    EntityKind.LANGUAGE: lazy_gettext("Idioma"),
    EntityKind.COUNTRY: lazy_gettext("País"),
}
SAVED = {
    Use.NONE: lazy_gettext("Guardado."),
    Use.TRAINING: lazy_gettext("Guardado para aprender."),
    Use.TEST: lazy_gettext("Guardado como prueba."),
}
LABELS = {
    Verdict.RIGHT.value: lazy_gettext("Bien así"),
    Verdict.WRONG.value: lazy_gettext("Mal, sin decir cuál"),
}
"""What is said of an opinion that names no intent."""


@dataclass(frozen=True)
class Room:
    """What the views work with."""

    reviews: SqlReviews
    catalogue: Callable[[], Catalogue]
    audit: SqlAudit
    now: Callable[[], datetime]

    def page(self, seq: int, queue: Queue, reason: Reason | None, status: int = HTTPStatus.OK) -> ResponseReturnValue:
        """Show a turn to be judged; the audit knows before anybody sees it."""
        turn = _find(self.reviews, seq)
        self.audit.record(viewer(), "review.view", turn.sender, turn.id)
        shown = render_template("review/turn.html", **self._shown(turn, seq, queue, reason))
        return shown, status

    def _shown(self, turn: Turn, seq: int, queue: Queue, reason: Reason | None) -> dict[str, Any]:
        catalogue, reviewed = self.catalogue(), self.reviews.reviewed(turn.id)
        why = queue.reason_of(seq)
        return {
            **self.progress(queue, reason),
            "turn": turn,
            "seq": seq,
            "why": why,
            "before": self.reviews.before(seq, turn.sender),
            "here": _written(Waiting(why, seq)) if why else "",
            "candidates": _candidates(turn, catalogue),
            "title_of": lambda intent: title_of(intent, catalogue),
            "label_of": lambda opinion: label_of(opinion, catalogue),
            "topics": topics(catalogue),
            "places": sorted({place.name for place in catalogue.places.values()}),
            "languages": catalogue.languages,
            "locales": catalogue.locales,
            "countries": _offered_countries(catalogue),
            "utterance": request.form.get("utterance", scrub(turn.text)),
            "form": request.form,
            # Blind: what others think is shown only where two have spoken.
            "opinions": reviewed.opinions if len(reviewed.opinions) > 1 else (),
            "is_closed": has_spoken_twice(reviewed, viewer()),
            "wants_second": self.reviews.wants_second(turn.id),
        }

    def progress(self, queue: Queue, reason: Reason | None) -> dict[str, Any]:
        """Return what every page of the queue tells of it."""
        done = self.reviews.done_since(viewer(), start_of_day(self.now()))
        return {
            "counts": queue.counts,
            "reasons": REASONS,
            "kinds": KINDS,
            "reason": reason,
            "mask": mask,
            "done": done,
            "total": done + len(queue.waiting),
        }


def create_review(
    reviews: SqlReviews, catalogue: Callable[[], Catalogue], audit: SqlAudit, now: Callable[[], datetime]
) -> Blueprint:
    """Return the room."""
    review = Blueprint("review", __name__, url_prefix="/review")
    room = Room(reviews, catalogue, audit, now)

    @review.get("/")
    @needs(Permission.REVIEW)
    def show() -> ResponseReturnValue:
        reason, queue = _reason(), reviews.queue(viewer())
        after = _place(request.args.get("after", ""))
        place = queue.first(reason, after)
        if place is None:
            return render_template("review/empty.html", **room.progress(queue, reason), is_end=after is not None)
        return room.page(place.seq, queue, reason)

    @review.get("/<int:seq>")
    @needs(Permission.REVIEW)
    def show_one(seq: int) -> ResponseReturnValue:
        return room.page(seq, reviews.queue(viewer()), _reason())

    @review.post("/<int:seq>")
    @needs(Permission.REVIEW)
    def judge(seq: int) -> ResponseReturnValue:
        turn = _find(reviews, seq)
        if has_spoken_twice(reviews.reviewed(turn.id), viewer()):
            abort(HTTPStatus.CONFLICT)
        try:
            opinion = read_opinion(request.form, turn, catalogue(), staff=viewer(), at=now())
        except FormInvalid as error:
            flash(str(error.message), "error")
            return room.page(seq, reviews.queue(viewer()), _reason(), HTTPStatus.BAD_REQUEST)
        if opinion is None:
            abort(HTTPStatus.BAD_REQUEST)
        audit.record(viewer(), "review.save", turn.sender, f"{turn.id} {opinion.label} {opinion.use.value}")
        if not reviews.save(opinion):
            abort(HTTPStatus.NOT_FOUND)
        flash(str(SAVED[opinion.use]))
        return _on(after=request.form.get("here", ""))

    @review.post("/<int:seq>/second")
    @needs(Permission.REVIEW)
    def ask_second(seq: int) -> ResponseReturnValue:
        turn = _find(reviews, seq)
        audit.record(viewer(), "review.second", turn.sender, turn.id)
        reviews.ask_second(turn.id, viewer())
        flash(gettext("Otra persona lo verá también. Dé ahora su propia opinión, o déjelo para después."))
        return redirect(url_for("review.show_one", seq=seq, reason=_reason()), HTTPStatus.SEE_OTHER)

    @review.post("/undo")
    @needs(Permission.REVIEW)
    def undo() -> ResponseReturnValue:
        audit.record(viewer(), "review.undo")
        seq = reviews.undo(viewer())
        if seq is None or reviews.turn(seq) is None:
            flash(gettext("No hay nada que deshacer."), "warning")
            return _on()
        flash(gettext("Deshecho. Este es el mensaje."))
        return redirect(url_for("review.show_one", seq=seq, reason=_reason()), HTTPStatus.SEE_OTHER)

    @review.get("/agreement")
    @needs(Permission.REVIEW)
    def show_agreement() -> ResponseReturnValue:
        twice = reviews.reviewed_twice()
        return render_template("review/agreement.html", **_agreement(reviews, twice, catalogue()))

    return review


def has_spoken_twice(reviewed: Reviewed, staff: str) -> bool:
    """Whether it is another person's turn: two have judged, and this one was among those who did."""
    return len(reviewed.opinions) > 1 and staff in {opinion.staff for opinion in reviewed.opinions}


def label_of(opinion: Opinion, catalogue: Catalogue) -> str:
    """Return in words what an opinion says."""
    return title_of(opinion.intent, catalogue) if opinion.intent else str(LABELS[opinion.label])


def start_of_day(moment: datetime) -> datetime:
    """Return when the day began in Guatemala."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def _offered_countries(catalogue: Catalogue) -> dict[str, str]:
    """Return the countries there are places in: any code is taken, but a list of all would weigh on every page."""
    names = countries(get_locale() or Locale(SPANISH))
    return {code: names[code] for code in sorted({place.country for place in catalogue.places.values()} & names.keys())}


def _candidates(turn: Turn, catalogue: Catalogue) -> list[tuple[str, str, float]]:
    offered = turn.candidates or (((turn.intent, turn.confidence or 0.0),) if turn.intent else ())
    return [(intent, title_of(intent, catalogue), confidence) for intent, confidence in offered[:CANDIDATES]]


def _agreement(reviews: SqlReviews, twice: Sequence[Reviewed], catalogue: Catalogue) -> dict[str, Any]:
    by_locale: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for reviewed in twice:
        first, second = reviewed.opinions[:2]
        by_locale[first.locale].append((first.label, second.label))
    unsettled = {reviewed.turn_id: reviewed for reviewed in twice if reviewed.label is None}
    seqs = reviews.seqs([*unsettled])
    newest = sorted(((seq, unsettled[turn_id]) for turn_id, seq in seqs.items()), key=lambda pair: -pair[0])
    figures: dict[str, Agreement] = {locale: agreement(pairs) for locale, pairs in sorted(by_locale.items())}
    return {
        "all": agreement([pair for pairs in by_locale.values() for pair in pairs]),
        "by_locale": figures,
        "locales": catalogue.locales,
        "open": newest[:SHOWN_DISAGREEMENTS],
        "open_count": len(newest),
        "label_of": lambda opinion: label_of(opinion, catalogue),
        "viewer": viewer(),
    }


def _on(after: str = "") -> ResponseReturnValue:
    return redirect(url_for("review.show", reason=_reason(), after=after or None), HTTPStatus.SEE_OTHER)


def _reason() -> Reason | None:
    given = request.values.get("reason", "")
    return Reason(given) if given in set(Reason) else None


def _written(place: Waiting) -> str:
    return f"{place.reason.value}-{place.seq}"


def _place(text: str) -> Waiting | None:
    """Read a place; anything else is the beginning of the queue."""
    reason, _, seq = text.partition("-")
    is_place = reason in set(Reason) and seq.isdecimal() and len(seq) <= LONGEST_SEQ
    return Waiting(Reason(reason), int(seq)) if is_place else None


def _find(reviews: SqlReviews, seq: int) -> Turn:
    """Return a turn that can be judged; no database counts as far as an address can be typed."""
    turn = reviews.turn(seq) if len(str(seq)) <= LONGEST_SEQ else None
    return turn or abort(HTTPStatus.NOT_FOUND)
