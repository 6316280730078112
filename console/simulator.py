"""The phone simulator: a page from which developers and editors write to the line as a person would."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from http import HTTPStatus
from typing import Protocol

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from bot.messages import Channel
from console.phone_message import PhoneMessageInvalid, parse_phone_message
from console.same_origin import is_same_origin
from console.sms_price import price_message
from console.twilio_form import build_form
from console.twiml import TwimlInvalid, read_messages

MAX_JSON = 256 * 1024
"""More than the webhook takes, so that its own refusal can be seen."""

NOT_OURS = "El mensaje no salió de esta página. Vuelva a abrir el simulador."
NOT_JSON = "El mensaje debe ir como application/json."
TOO_LONG = "El mensaje es demasiado largo para el simulador."
UNREACHABLE = "No se pudo llegar al webhook. Vea si el servicio está en marcha."
NOT_TWIML = "El webhook no respondió con TwiML válido: Twilio daría el error 12100 y no enviaría nada."

REFUSALS: dict[int, str] = {
    HTTPStatus.FORBIDDEN: "El webhook rechazó la firma. Revise el token y la URL pública con que firma el simulador.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "El webhook dice que el mensaje es demasiado grande.",
    HTTPStatus.SERVICE_UNAVAILABLE: "El servicio no puede atender ahora: no pudo guardar el mensaje. Intente de nuevo.",
}
OTHER_REFUSAL = "El webhook respondió con el error {status}. Vea el registro del servicio."


@dataclass(frozen=True)
class RelayResponse:
    """What the webhook answered."""

    status: int
    body: str


class RelayUnavailable(Exception):
    """The webhook could not be reached, or did not answer in time."""


class Relay(Protocol):
    """Posts a form to the webhook, signed as Twilio signs."""

    def send(self, form: Mapping[str, str]) -> RelayResponse:
        """Return the webhook's answer, whatever its status, or raise RelayUnavailable."""
        ...


def create_simulator(relay: Relay, *, sms_price_usd: Decimal, public_base_url: str) -> Blueprint:
    """Return the simulator, to be registered as it is: it lives at /simulator.

    `sms_price_usd` is what one SMS segment is assumed to cost; the page says that it is an assumption. Media below
    `public_base_url` is ours, and the page fetches it from the server it came from.
    """
    simulator = Blueprint(
        "simulator",
        __name__,
        url_prefix="/simulator",
        template_folder="templates",
        static_folder="static/simulator",
        static_url_path="/static",
    )

    @simulator.get("", strict_slashes=False)
    def show_page() -> ResponseReturnValue:
        return render_template("simulator/page.html", sms_price_usd=format(sms_price_usd, "f"))

    @simulator.post("/messages")
    def post_message() -> ResponseReturnValue:
        if not is_same_origin(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), request.host):
            return _problem(HTTPStatus.FORBIDDEN, NOT_OURS)
        if request.mimetype != "application/json":
            return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NOT_JSON)
        request.max_content_length = MAX_JSON
        try:
            message = parse_phone_message(request.get_data())
        except RequestEntityTooLarge:
            return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LONG)
        except PhoneMessageInvalid as invalid:
            return _problem(HTTPStatus.BAD_REQUEST, str(invalid))
        try:
            response = relay.send(build_form(message))
        except RelayUnavailable:
            return _problem(HTTPStatus.BAD_GATEWAY, UNREACHABLE)
        return _tell(response, message.channel, sms_price_usd, public_base_url)

    return simulator


def _tell(
    response: RelayResponse, channel: Channel, sms_price_usd: Decimal, public_base_url: str
) -> ResponseReturnValue:
    """Tell the page what the webhook answered; `status` is the webhook's, whatever ours."""
    if not 200 <= response.status < 300:
        sentence = REFUSALS.get(response.status) or OTHER_REFUSAL.format(status=response.status)
        return _problem(HTTPStatus.BAD_GATEWAY, sentence, response.status)
    try:
        sent = read_messages(response.body) if response.body else ()
    except TwimlInvalid:
        return _problem(HTTPStatus.BAD_GATEWAY, NOT_TWIML, response.status)
    messages = [
        replace(price_message(one.text, channel, sms_price_usd), media=_local(one.media, public_base_url))
        for one in sent
    ]
    total = sum(message.segments or 0 for message in messages) if channel is Channel.SMS else None
    return jsonify(status=response.status, messages=[asdict(message) for message in messages], total_segments=total)


def _local(media: tuple[str, ...], public_base_url: str) -> tuple[str, ...]:
    """Return addresses on the page's own server: it may load nothing from elsewhere, be it a tunnel to us."""
    return tuple(address.removeprefix(public_base_url.rstrip("/")) for address in media)


def _problem(ours: HTTPStatus, sentence: str, status: int | None = None) -> ResponseReturnValue:
    body = jsonify(status=status or ours.value, error=sentence, messages=[], total_segments=None)
    return body, ours
