"""The answers: how far each is in each language, and one as the phone shows it, with all that stands behind it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from flask import Blueprint, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from bot.catalogue import Answer, Catalogue, Recording
from bot.composing import OFFICE_FACT, Composer, Reply
from bot.facts import Validity
from bot.languages import SPANISH
from bot.messages import Channel
from bot.places import Place
from bot.rendering import SmsPolicy, render
from console.content_desk import ContentBroken, ContentDesk, show_broken
from console.content_history import tell
from console.content_labels import STATE_CLASSES, STATES, TOPICS
from console.permissions import Permission, needs
from console.sms_price import PricedMessage, price_message
from console.whatsapp_text import Run, runs
from content.exchange import MISSING
from content.figures import AnswerCost
from content.loader import Loaded
from content.naming import users
from stores.answers import Use, uses_since

DAYS = 30
FEWEST = 5
"""Smaller counts are told as "fewer than five": of few, each could be known."""


@dataclass(frozen=True)
class Row:
    """An answer in the table."""

    answer: Answer
    states: Mapping[str, str]
    """By locale."""
    cost: AnswerCost | None
    use: Use


@dataclass(frozen=True)
class Preview:
    """An answer as one channel shows it."""

    channel: Channel
    message: PricedMessage
    runs: tuple[Run, ...]
    reply: Reply


@dataclass(frozen=True)
class Used:
    """A fact or an office in an answer."""

    kind: str
    id: str
    label: str
    value: str
    validity: Validity
    users: tuple[str, ...]


@dataclass(frozen=True)
class AnswerSettings:
    """How this deployment sends answers."""

    sms: SmsPolicy
    sms_price_usd: Decimal


def create_answers(
    desk: ContentDesk, catalogue: Callable[[], Catalogue], engine: Engine, settings: AnswerSettings
) -> Blueprint:
    """Return the blueprint of /answers."""
    blueprint = Blueprint("answers", __name__, url_prefix="/answers")
    blueprint.register_error_handler(ContentBroken, show_broken)

    @blueprint.get("")
    @needs(Permission.READ)
    def index() -> ResponseReturnValue:
        present = desk.present()
        uses = uses_since(engine, desk.now() - timedelta(days=DAYS))
        costs = {cost.intent: cost for cost in present.costs(desk.today()) if cost.locale == SPANISH}
        return render_template(
            "content/answers.html",
            topics=_by_topic(present.loaded, costs, uses),
            locales=_locales(present.loaded),
            names=TOPICS,
            state_names=STATES,
            state_classes=STATE_CLASSES,
            days=DAYS,
            fewest=FEWEST,
        )

    @blueprint.get("/<intent>")
    @needs(Permission.READ)
    def show(intent: str) -> ResponseReturnValue:
        loaded, served = desk.present().loaded, catalogue()
        answer = served.answers.get((SPANISH, intent)) or abort(404)
        locale = request.args.get("locale", SPANISH)
        if locale not in served.locales:
            abort(404)
        place = served.places.get(request.args.get("place", ""))
        previews = tuple(_preview(served, answer, locale, place, channel, desk, settings) for channel in Channel)
        return render_template(
            "content/answer.html",
            answer=answer,
            locale=locale,
            state=_states(loaded, intent)[locale] if locale != SPANISH else None,
            place=place,
            places=_departments(served),
            locales=_locales(loaded, with_spanish=True),
            states=_states(loaded, intent),
            previews=previews,
            used=tuple(_used(loaded, previews)),
            gaps=_gaps(loaded, answer.topic),
            following=[found for name in answer.next if (found := served.answers.get((SPANISH, name)))],
            recording=served.recordings.get((locale, intent)),
            is_recording_sent=any(preview.reply.recording for preview in previews),
            can_be_signed=f"{locale}:{intent}" if locale != SPANISH else "",
            topic=TOPICS.get(answer.topic, answer.topic),
            state_names=STATES,
            state_classes=STATE_CLASSES,
            today=desk.today(),
        )

    @blueprint.get("/<intent>/recording/<locale>")
    @needs(Permission.READ)
    def recording(intent: str, locale: str) -> ResponseReturnValue:
        found: Recording = catalogue().recordings.get((locale, intent)) or abort(404)
        path = desk.root.resolve() / found.file
        if not path.is_file():
            abort(404)
        return send_file(path, mimetype=found.media_type, download_name=f"{intent}{Path(found.file).suffix}")

    @blueprint.get("/<intent>/history")
    @needs(Permission.READ)
    def history(intent: str) -> ResponseReturnValue:
        loaded = desk.present().loaded
        locale = request.args.get("locale", SPANISH)
        kind = "answer" if locale == SPANISH else "translation"
        origin = loaded.origins.get(f"{kind}:{locale}:{intent}") or abort(404)
        heading = intent if locale == SPANISH else f"{locale} {intent}"
        told = tell(desk.history, origin[0].name, heading)
        return render_template("content/history.html", told=told, file=origin[0].name, name=heading)

    return blueprint


def _locales(loaded: Loaded, *, with_spanish: bool = False) -> dict[str, str]:
    return {tag: words.name for tag, words in loaded.locales.items() if with_spanish or tag != SPANISH}


def _by_topic(loaded: Loaded, costs: Mapping[str, AnswerCost], uses: Mapping[str, Use]) -> dict[str, list[Row]]:
    topics: dict[str, list[Row]] = {}
    for (locale, intent), answer in loaded.answers.items():
        if locale == SPANISH:
            row = Row(answer, _states(loaded, intent), costs.get(intent), uses.get(intent, Use()))
            topics.setdefault(answer.topic, []).append(row)
    return topics


def _states(loaded: Loaded, intent: str) -> dict[str, str]:
    found = {tag: loaded.translations.get((tag, intent)) for tag in _locales(loaded)}
    return {tag: translation.state.value if translation else MISSING for tag, translation in found.items()}


def _departments(catalogue: Catalogue) -> dict[str, list[Place]]:
    """Return the places of each department of Guatemala, for choosing one."""
    places: dict[str, list[Place]] = {}
    for place in catalogue.places.values():
        if place.country == "GT" and not place.is_department:
            places.setdefault(place.department, []).append(place)
    return places


def _preview(
    catalogue: Catalogue,
    answer: Answer,
    locale: str,
    place: Place | None,
    channel: Channel,
    desk: ContentDesk,
    settings: AnswerSettings,
) -> Preview:
    """Return what is sent to somebody who writes in the locale by the channel."""
    reply = Composer(catalogue, desk.now().date(), channel, locale).answer(answer, place)
    text = render(reply, channel, settings.sms)
    shown = runs(text) if channel is Channel.WHATSAPP else (Run(text),)
    return Preview(channel, price_message(text, channel, settings.sms_price_usd), tuple(shown), reply)


def _used(loaded: Loaded, previews: tuple[Preview, ...]) -> Iterator[Used]:
    using = users(loaded)
    for name in dict.fromkeys(name for preview in previews for name in preview.reply.facts):
        id_ = name.removeprefix(OFFICE_FACT)
        if name.startswith(OFFICE_FACT) and (office := loaded.offices.get(id_)):
            value = " · ".join(part for part in (office.address, *office.phones, office.hours) if part)
            yield Used("office", id_, office.name, value, office.validity, tuple(using.get(f"office:{id_}", ())))
        elif fact := loaded.facts.get(name):
            yield Used("fact", name, fact.label, fact.value, fact.validity, tuple(using.get(f"fact:{name}", ())))


def _gaps(loaded: Loaded, topic: str) -> list[tuple[str, str]]:
    """Return what people ask for on a topic and no source gave, with what is said instead."""
    files = {id_: loaded.origins[f"gap:{id_}"][0].name for id_ in loaded.gaps}
    return [(gap.label, gap.say_instead) for id_, gap in loaded.gaps.items() if Path(files[id_]).stem == topic]
