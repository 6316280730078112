"""The fact and office cards: which are due, what uses each, and the forms in which somebody checks or changes one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from bot.cleaning import clean, fold
from bot.composing import PLACEHOLDER
from bot.facts import Status, Validity
from bot.languages import SPANISH
from bot.places import Office
from console.content_desk import ContentBroken, ContentDesk, NotSaved, saved_sentence, show_broken, viewer_name
from console.content_history import tell
from console.content_labels import (
    CONFIDENCES,
    FAULTS,
    FIELDS,
    HINTS,
    KINDS,
    LONG,
    OPTIONS,
    RISKS,
    STATUSES,
    WAYS,
)
from console.permissions import Permission, needs
from content.card_changes import (
    FACT,
    KEYS,
    LISTS,
    OFFICE,
    Card,
    CardWrong,
    Check,
    Way,
    change_card,
    find_card,
    gone_stale,
)
from content.loader import Loaded
from content.naming import users
from content.trial import Change, CheckFails, try_out

CHECKED, CHANGED = "fact.checked", "fact.changed"
"""What the audit calls the two edits."""
MOST_TYPED = 2000
"""Characters that are read of one field."""
Values = dict[str, str | tuple[str, ...]]

CHANGED_MEANWHILE = _l(
    "Otra persona cambió esta ficha mientras usted escribía. No se guardó nada. Abajo está lo que usted escribió y, "
    "donde es distinto, lo que dice ahora. Revise y guarde de nuevo."
)
CHECK_FAILS = _l("Con este cambio el contenido no pasa la revisión, así que no se guardó nada:")
MISTYPED = _l("Hay algo que corregir. No se guardó nada.")
NOTHING_NEW = _l("Los valores son los mismos. Si los revisó y siguen igual, use «Revisado hoy, sin cambios».")


@dataclass(frozen=True)
class Row:
    """A card in the list."""

    kind: str
    id: str
    sort: str
    label: str
    value: str
    where: str
    validity: Validity
    users: tuple[str, ...]
    unused: str
    is_due: bool
    is_expired: bool

    def holds(self, folded: str) -> bool:
        """Whether a search finds it."""
        return folded in fold(f"{self.label} {self.value} {self.where} {self.id}") or folded == self.id


FILTERS: Mapping[str, tuple[LazyString, Callable[[Row], bool]]] = {
    "all": (_l("Todas"), lambda row: True),
    "due": (_l("Toca revisar"), lambda row: row.is_due),
    "expired": (_l("Vencidas"), lambda row: row.is_expired),
    "conflict": (_l("Fuentes no coinciden"), lambda row: row.validity.conflict is not None),
    "unused": (_l("Sin uso"), lambda row: not row.users),
    "withheld": (_l("No se dicen"), lambda row: not row.validity.is_publishable),
}


@dataclass(frozen=True)
class Form:
    """What stands in the two forms of a card: what somebody typed, or what the card says."""

    values: Values
    by: str
    way: str
    faults: Mapping[str, LazyString] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """Of the content check, in English as it writes them."""
    notice: LazyString | str = ""


def create_facts(desk: ContentDesk) -> Blueprint:
    """Return the blueprint of /facts."""
    blueprint = Blueprint("facts", __name__, url_prefix="/facts")
    blueprint.register_error_handler(ContentBroken, show_broken)

    @blueprint.get("")
    @needs(Permission.READ)
    def index() -> ResponseReturnValue:
        rows = sorted(_rows(desk.present().loaded, desk.today()), key=_due_first)
        query, show = request.args.get("q", ""), request.args.get("show", "all")
        folded = fold(query)
        found = [row for row in rows if row.holds(folded)] if folded else rows
        _, wanted = FILTERS.get(show, FILTERS["all"])
        return render_template(
            "content/facts.html",
            rows=[row for row in found if wanted(row)],
            filters={name: (label, sum(map(test, found))) for name, (label, test) in FILTERS.items()},
            show=show if show in FILTERS else "all",
            query=query,
            kinds=KINDS,
            today=desk.today(),
        )

    @blueprint.get("/<kind>/<id_>")
    @needs(Permission.READ)
    def card(kind: str, id_: str) -> ResponseReturnValue:
        found = _find(desk, kind, id_)
        return _show(desk, found, _untouched(found))

    @blueprint.get("/<kind>/<id_>/history")
    @needs(Permission.READ)
    def history(kind: str, id_: str) -> ResponseReturnValue:
        found = _find(desk, kind, id_)
        told = tell(desk.history, found.file, found.id)
        return render_template("content/history.html", told=told, file=found.file, name=found.id)

    @blueprint.post("/<kind>/<id_>/checked")
    @needs(Permission.EDIT)
    def check(kind: str, id_: str) -> ResponseReturnValue:
        return _edit(desk, _find(desk, kind, id_), CHECKED)

    @blueprint.post("/<kind>/<id_>/changed")
    @needs(Permission.EDIT)
    def change(kind: str, id_: str) -> ResponseReturnValue:
        return _edit(desk, _find(desk, kind, id_), CHANGED)

    return blueprint


def _rows(loaded: Loaded, today: date) -> Iterator[Row]:
    using = users(loaded)
    facts = [(FACT, f.id, f.kind.value, f.label, f.value, f.where, f.validity) for f in loaded.facts.values()]
    offices = [
        (OFFICE, o.id, OFFICE, o.name, " · ".join(p for p in (*o.phones, o.address) if p), _where(o), o.validity)
        for o in loaded.offices.values()
    ]
    for kind, id_, sort, label, value, where, validity in (*facts, *offices):
        origin = f"{kind}:{id_}"
        yield Row(
            *(kind, id_, sort, label, value, where, validity),
            users=tuple(using.get(origin, ())),
            unused=loaded.unused.get(origin, ""),
            # Who would be told of a closed office? Looking at it again and again helps nobody.
            is_due=validity.is_due(today) and validity.status is Status.OPEN,
            is_expired=validity.is_publishable and not validity.may_be_sent(today),
        )


def _where(office: Office) -> str:
    return ", ".join(part for part in (office.municipality, office.department, office.country) if part)


def _due_first(row: Row) -> tuple[bool, bool, date, str]:
    return not row.is_due, not row.validity.is_publishable, row.validity.review_by, row.label


def _find(desk: ContentDesk, kind: str, id_: str) -> Card:
    return find_card(desk.present().loaded, kind, id_) or abort(404)


def _untouched(card: Card) -> Form:
    return Form({key: card.value(key) for key in KEYS[card.kind]}, viewer_name(), Way.CALLED.name)


def _show(desk: ContentDesk, card: Card, form: Form, status: int = 200) -> ResponseReturnValue:
    loaded = desk.present().loaded
    row = next(row for row in _rows(loaded, desk.today()) if (row.kind, row.id) == (card.kind, card.id))
    page = render_template(
        "content/card.html",
        card=card,
        row=row,
        form=form,
        lists=LISTS,
        fields=FIELDS,
        hints=HINTS,
        options=OPTIONS,
        long=LONG,
        ways=WAYS,
        kinds=KINDS,
        confidences=CONFIDENCES,
        risks=RISKS,
        statuses=STATUSES,
        closed=desk.closed(),
        today=desk.today(),
        saved=desk.saved(card.file, request.args["saved"]) if "saved" in request.args else (),
    )
    return page, status


def _edit(desk: ContentDesk, card: Card, action: str) -> ResponseReturnValue:
    """Show what a form would change, or change it; whatever is wrong, what was typed is shown again."""
    typed = _typed(card, request.form, is_change=action == CHANGED)
    if request.form.get("step") == "back":
        return _show(desk, card, typed)
    if request.form.get("mark") != card.mark:
        return _show(desk, card, replace(typed, notice=CHANGED_MEANWHILE), 409)
    if action == CHANGED and typed.values == _untouched(card).values:
        return _show(desk, card, replace(typed, notice=NOTHING_NEW), 422)
    try:
        change, after = _try(desk, card, typed)
    except CardWrong as wrong:
        faults = {key: FAULTS[fault] for key, fault in wrong.faults.items()}
        return _show(desk, card, replace(typed, faults=faults, notice=MISTYPED), 422)
    except CheckFails as fails:
        problems = tuple(map(str, fails.problems))
        return _show(desk, card, replace(typed, problems=problems, notice=CHECK_FAILS), 422)
    if request.form.get("step") != "save":
        return _confirm(desk, card, typed, action, change, after)
    try:
        saved = desk.save(change, action, card.origin, _message(card, typed, action))
    except NotSaved as error:
        return _show(desk, card, replace(typed, notice=str(error)), 409)
    flash(saved_sentence(saved))
    return redirect(url_for("facts.card", kind=card.kind, id_=card.id, saved=saved.commit), 303)


def _typed(card: Card, form: MultiDict[str, str], *, is_change: bool) -> Form:
    values = _untouched(card).values
    if is_change:
        values |= {key: _value(key, form[key]) for key in KEYS[card.kind] if key in form}
    way = form.get("way", "")
    return Form(values, _line(form.get("checked_by", "")), way if way in WAYS else Way.CALLED.name)


def _value(key: str, text: str) -> str | tuple[str, ...]:
    lines = text[:MOST_TYPED].splitlines()
    return tuple(line for line in map(_line, lines) if line) if key in LISTS else _line(text)


def _line(text: str) -> str:
    """Return a text as it stands in a card: on one line."""
    return " ".join(clean(text, MOST_TYPED).split())


def _try(desk: ContentDesk, card: Card, form: Form) -> tuple[Change, Loaded]:
    raw = (desk.root / card.file).read_bytes()
    after = change_card(raw, card, form.values, Check(form.by, Way[form.way], desk.today()))
    return Change({card.file: raw}, {card.file: after}), try_out(desk.root, {card.file: after}, desk.today())


def _confirm(
    desk: ContentDesk, card: Card, form: Form, action: str, change: Change, after: Loaded
) -> ResponseReturnValue:
    present = desk.present().loaded
    return render_template(
        "content/confirm.html",
        card=card,
        form=form,
        action=action,
        lists=LISTS,
        diff=desk.diff(change),
        users=users(present).get(card.origin, []),
        stale=_by_locale(gone_stale(present, after)),
        saves_lives=_lifelines(after, card) if action == CHANGED else [],
        warnings=_new_warnings(after, card),
        closed=desk.closed(),
    )


def _by_locale(texts: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for locale, unit in texts:
        found.setdefault(locale, []).append(unit)
    return found


def _lifelines(loaded: Loaded, card: Card) -> list[str]:
    """Return the answers whose life-saving line names a card."""
    answers = [answer for (locale, _), answer in loaded.answers.items() if locale == SPANISH]
    return [answer.intent for answer in answers if card.id in PLACEHOLDER.findall(answer.lifeline or "")]


def _new_warnings(after: Loaded, card: Card) -> list[str]:
    return [str(problem) for problem in after.problems if f"'{card.id}'" in problem.message]


def _message(card: Card, form: Form, action: str) -> str:
    """Return the commit's message: what changed and why, and of people nothing."""
    what = f"the {card.kind} {card.id}"
    how = f"Checked: {Way[form.way].name.lower()}. Edited in the console."
    if action == CHECKED:
        return f"Find {what} unchanged\n\n{how}\n"
    changed = ", ".join(key for key in KEYS[card.kind] if form.values[key] != card.value(key))
    source = " ".join(str(form.values[key]) for key in ("source.title", "source.url", "source.date")).strip()
    return f"Change {changed} of {what}\n\n{how}\nSource: {source}\n"
