"""The Flask application: what it serves, what it refuses, and how little it says when something breaks."""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.sansio.response import Response as AnyResponse

from bot.errors import StoreUnavailable
from bot.handoffs import Handoffs
from webhooks.health import create_health
from webhooks.media import MediaLinks
from webhooks.metrics import Metrics
from webhooks.signature import SignatureCheck, check_base_url
from webhooks.twilio import Deliveries, NoHandoffs, Responder, create_twilio, twiml

logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Bytes of a request. Twilio's forms stay far below; Flask by itself would take anything."""
SHORTEST_KEY = 16

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class WebhookSettings:
    """What the edge must know; create_app refuses to start with less."""

    auth_tokens: tuple[str, ...]
    public_base_url: str
    sender_key: bytes
    max_body: int = MAX_BODY


def create_app(
    settings: WebhookSettings,
    bot: Responder,
    deliveries: Deliveries,
    readiness: Callable[[], Mapping[str, bool]],
    metrics: Metrics,
    blueprints: Iterable[Blueprint] = (),
    handoffs: Handoffs | None = None,
) -> Flask:
    """Return the application; raise ValueError when a setting would leave the door open."""
    _require(settings)
    app = Flask("rumbo", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body, MAX_FORM_MEMORY_SIZE=settings.max_body, MAX_FORM_PARTS=500)
    check = SignatureCheck(settings.public_base_url.rstrip("/"), settings.auth_tokens)
    links = MediaLinks(settings.public_base_url, settings.sender_key)
    app.register_blueprint(create_twilio(check, bot, deliveries, links, metrics, handoffs or NoHandoffs()))
    app.register_blueprint(create_health(readiness, metrics))
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    _handle_errors(app, metrics)

    @app.before_request
    def _limit() -> None:
        # Flask itself only measures a body that somebody reads.
        if (request.content_length or 0) > settings.max_body:
            abort(413)

    @app.after_request
    def _secure(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app


def _require(settings: WebhookSettings) -> None:
    if not settings.auth_tokens or not all(token.strip() for token in settings.auth_tokens):
        raise ValueError("TWILIO_AUTH_TOKEN is empty: anyone could sign with an empty token. Set it.")
    if len(settings.sender_key) < SHORTEST_KEY:
        raise ValueError(f"RUMBO_SECRET_KEY has fewer than {SHORTEST_KEY} bytes. Set a longer one.")
    check_base_url(settings.public_base_url)


def _handle_errors(app: Flask, metrics: Metrics) -> None:
    @app.errorhandler(StoreUnavailable)
    def _no_store(_: StoreUnavailable) -> Response:
        # Not acknowledged: Twilio's fallback URL speaks instead.
        metrics.errors.labels("StoreUnavailable").inc()
        return Response("Temporarily unavailable.", status=503, content_type="text/plain")

    @app.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> AnyResponse:
        if isinstance(error, RequestEntityTooLarge):
            metrics.refused.labels("size").inc()
        response = error.get_response()
        if error.response is None:
            # The headers stay (405 names what is allowed); the words give way to the bare name of the error.
            response = Response(error.name, response.status_code, response.headers, content_type="text/plain")
        return response

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> Response:
        metrics.errors.labels(type(error).__name__).inc()
        logger.error("%s at %s", type(error).__name__, _places(error))
        if request.path.startswith("/twilio"):
            return twiml((), status=500)
        return Response("Something broke.", status=500, content_type="text/plain")


def _places(error: Exception) -> str:
    """Say where an exception came from and nothing else: its message may hold a person's words."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
