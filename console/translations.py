"""The translations: how far each language is, and the form in which a speaker corrects a text and signs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from bot.languages import SPANISH
from bot.messages import Channel
from console.content_desk import (
    ContentBroken,
    ContentDesk,
    NotSaved,
    require_one_of,
    saved_sentence,
    show_broken,
    viewer_may,
)
from console.content_history import tell
from console.content_labels import MISTAKES, STATE_CLASSES, STATES, TEXTS, TOPICS
from console.permissions import Permission, needs
from console.sms_price import PricedMessage, price_message
from console.whatsapp_text import Run, runs
from content.checks import day_to_judge
from content.exchange import ANSWERS, MESSAGES, MISSING, Book, ExchangeRefused, Texts, Unit, coverage_of, tidy
from content.exchange import STATES as STATE_ORDER
from content.signing import Row, RowsRefused, prepare
from content.trial import Change

SIGNERS = (Permission.EDIT, Permission.REVIEW)
MOST_TYPED = 4000
NAME_LENGTH = 100
FORM = "form"

NOT_SWORN = _l("Marque que habla este idioma y que firma.")
CHECK_FAILS = _l("Así el contenido no pasa la revisión, y no se guardó nada:")
MISTYPED = _l("Hay algo que corregir. No se guardó nada.")
CHANGED_MEANWHILE = _l(
    "Otra persona cambió este texto, su español o un dato mientras usted escribía. No se guardó nada, y lo que usted "
    "escribió sigue abajo. Compárelo con cómo está ahora y firme de nuevo."
)


@dataclass(frozen=True)
class Sent:
    """A text as one channel shows it once it is signed."""

    channel: Channel
    message: PricedMessage
    runs: tuple[Run, ...]
    has_office: bool = False


@dataclass(frozen=True)
class Form:
    """What stands in the form."""

    texts: Texts
    speaker: str = ""
    is_sworn: bool = False
    faults: Mapping[str, list[str]] = field(default_factory=dict)
    """What is wrong with each text, and with `reviewer`."""
    problems: tuple[str, ...] = ()
    """Of the content check, in English as it writes them."""
    notice: LazyString | str = ""
    sent: tuple[Sent, ...] = ()
    change: Change | None = None
    remarks: tuple[str, ...] = ()
    """What may be signed so, and is worth a look."""


def create_translations(desk: ContentDesk, sms_price_usd: Decimal) -> Blueprint:
    """Return the blueprint of /translations."""
    blueprint = Blueprint("translations", __name__, url_prefix="/translations")
    blueprint.register_error_handler(ContentBroken, show_broken)

    @blueprint.get("")
    @needs(Permission.READ)
    def index() -> ResponseReturnValue:
        loaded = desk.present().loaded
        counts, _stale = coverage_of(loaded)
        names = {tag: words.name for tag, words in loaded.locales.items()}
        return render_template(
            "content/coverage.html", counts=counts, names=names, topics=TOPICS, states=STATES, order=STATE_ORDER
        )

    @blueprint.get("/<locale>")
    @needs(Permission.READ)
    def texts(locale: str) -> ResponseReturnValue:
        book = _book(desk, locale)
        state, topic = request.args.get("state", ""), request.args.get("topic", "")
        units = [
            unit for unit in book.units.values() if state in ("", unit.state or MISSING) and topic in ("", unit.topic)
        ]
        return render_template(
            "content/texts.html",
            locale=locale,
            name=book.loaded.locales[locale].name,
            units=units,
            state=state,
            topic=topic,
            topics={unit.topic: TOPICS.get(unit.topic, unit.topic) for unit in book.units.values()},
            states=STATES,
            state_classes=STATE_CLASSES,
            missing=MISSING,
        )

    @blueprint.get("/<locale>/<id_>")
    @needs(Permission.READ)
    def text(locale: str, id_: str) -> ResponseReturnValue:
        book = _book(desk, locale)
        unit = book.units.get(id_) or abort(404)
        sent = _sent(book, unit, unit.current, sms_price_usd) if unit.state else ()
        return _show(desk, book, unit, Form(unit.current, sent=sent))

    @blueprint.get("/<locale>/<id_>/history")
    @needs(Permission.READ)
    def history(locale: str, id_: str) -> ResponseReturnValue:
        book = _book(desk, locale)
        unit = book.units.get(id_) or abort(404)
        heading = f"{locale} {unit.name}" if unit.kind == ANSWERS else f"{locale} message {unit.name}"
        file = book.file_of(unit)
        return render_template("content/history.html", told=tell(desk.history, file, heading), file=file, name=heading)

    @blueprint.post("/<locale>/<id_>")
    @needs(Permission.READ)
    def sign(locale: str, id_: str) -> ResponseReturnValue:
        require_one_of(*SIGNERS)
        book = _book(desk, locale)
        unit = book.units.get(id_) or abort(404)
        return _sign(desk, book, unit, sms_price_usd)

    return blueprint


def _book(desk: ContentDesk, locale: str) -> Book:
    loaded = desk.present().loaded
    if locale not in loaded.locales or locale == SPANISH:
        abort(404)
    return Book(loaded, locale, day_to_judge(loaded, desk.today()))


def _show(desk: ContentDesk, book: Book, unit: Unit, form: Form, status: int = 200) -> ResponseReturnValue:
    line = book.line(unit)
    page = render_template(
        "content/text.html",
        unit=unit,
        line=line,
        form=form,
        keys=_keys(unit),
        names={name: f"{{{name}}}" for key in _keys(unit) for name in unit.may_name(key)},
        facts=book.loaded.facts,
        language_name=book.loaded.locales[unit.locale].name,
        texts=TEXTS,
        topic=TOPICS.get(unit.topic, unit.topic),
        is_answer=unit.kind == ANSWERS,
        state=unit.state or MISSING,
        states=STATES,
        state_classes=STATE_CLASSES,
        diff=desk.diff(form.change) if form.change and form.change.after else (),
        may_sign=viewer_may(*SIGNERS),
        closed=desk.closed(),
        saved=desk.saved(book.file_of(unit), request.args["saved"]) if "saved" in request.args else (),
    )
    return page, status


def _keys(unit: Unit) -> tuple[str, ...]:
    """Return the texts that a unit can have: a message has no life-saving line, and few stand beside an office."""
    keys = ["whatsapp", "sms"]
    if unit.kind != MESSAGES:
        keys += ["lifeline"] if unit.spanish.lifeline else []
        keys += ["near", "near_sms"] if unit.spanish.near else []
    return tuple(keys)


def _sign(desk: ContentDesk, book: Book, unit: Unit, price: Decimal) -> ResponseReturnValue:
    """Show how typed texts would go out and what is wrong with them, or sign them."""
    typed = _typed(unit, request.form)
    typed = replace(typed, sent=_sent(book, unit, typed.texts, price))
    is_preview = request.form.get("step") != "save"
    mark = request.form.get("mark", "")
    if mark != unit.mark:
        return _show(desk, book, unit, replace(typed, notice=CHANGED_MEANWHILE), 409)
    # Whoever only looks has not signed yet, and the rules want a name.
    by = typed.speaker or (_("quien firme") if is_preview else "")
    row = Row(FORM, unit.id, typed.texts, by, is_touched=True, mark=mark, shown={})
    try:
        change, outcome = prepare(desk.root, unit.locale, [row], by, desk.today())
    except RowsRefused as refused:
        return _show(desk, book, unit, replace(typed, faults=_faults(refused, typed, is_preview), notice=MISTYPED), 422)
    except ExchangeRefused as refused:
        return _show(desk, book, unit, replace(typed, problems=refused.problems, notice=CHECK_FAILS), 422)
    remarks = tuple(str(MISTAKES[remark.kind]) % remark.values for _unit, remark in outcome.remarks)
    typed = replace(typed, change=change, remarks=remarks)
    if is_preview:
        return _show(desk, book, unit, typed)
    if not typed.is_sworn:
        return _show(desk, book, unit, replace(typed, faults={"sworn": [str(NOT_SWORN)]}, notice=MISTYPED), 422)
    return _save(desk, book, unit, typed, change)


def _save(desk: ContentDesk, book: Book, unit: Unit, typed: Form, change: Change) -> ResponseReturnValue:
    if not change.after:
        flash(_("Ya estaba firmado así. No cambió nada."), "warning")
        return redirect(url_for("translations.text", locale=unit.locale, id_=unit.id), 303)
    try:
        saved = desk.save(change, "translation.signed", f"{unit.locale}:{unit.id}", _message(unit, typed))
    except NotSaved as error:
        return _show(desk, book, unit, replace(typed, notice=str(error)), 409)
    flash(saved_sentence(saved))
    return redirect(url_for("translations.text", locale=unit.locale, id_=unit.id, saved=saved.commit), 303)


def _typed(unit: Unit, form: MultiDict[str, str]) -> Form:
    """Return what was typed. An emptied text stays as it was, as in an import."""
    texts = {key: tidy(form.get(key, "")[:MOST_TYPED]) for key in _keys(unit)}
    speaker = " ".join(form.get("reviewer", "")[:NAME_LENGTH].split())
    return Form(
        Texts(**{**dict(unit.current.items()), **{key: text for key, text in texts.items() if text}}),
        speaker,
        form.get("sworn") == "yes",
    )


def _sent(book: Book, unit: Unit, texts: Texts, price: Decimal) -> tuple[Sent, ...]:
    """Return what is sent to who has not said where they are, and the longest that is sent beside an office."""
    sent: list[Sent] = []
    for channel in (Channel.WHATSAPP, Channel.SMS) if texts.whatsapp else ():
        alone, *beside = book.each_sent(unit, texts, channel)
        longest = [max(beside, key=len)] if beside else []
        sent += [_shown(alone, channel, price), *(_shown(text, channel, price, has_office=True) for text in longest)]
    return tuple(sent)


def _shown(text: str, channel: Channel, price: Decimal, *, has_office: bool = False) -> Sent:
    shown = tuple(runs(text)) if channel is Channel.WHATSAPP else (Run(text),)
    return Sent(channel, price_message(text, channel, price), shown, has_office)


def _faults(refused: RowsRefused, typed: Form, is_preview: bool) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for mistake in refused.mistakes:
        faults.setdefault(mistake.key, []).append(str(MISTAKES[mistake.kind]) % mistake.values)
    if not is_preview and not typed.is_sworn:
        faults["sworn"] = [str(NOT_SWORN)]
    return faults


def _message(unit: Unit, typed: Form) -> str:
    """Return the commit's message: what changed and why, and of people nothing."""
    current = dict(unit.current.items())
    new = [key for key, text in typed.texts.items() if text != tidy(current.get(key, ""))]
    what = f"New: {', '.join(new)}." if new else "The text stays as it was."
    return f"Sign {unit.id} in {unit.locale}\n\nA speaker signed it in the console. {what}\n"
