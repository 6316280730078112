"""Twilio's two calls: a message that came in, and what became of one that went out."""

import re
import time
from typing import Protocol

from flask import Blueprint, Response, abort, request
from twilio.twiml.messaging_response import MessagingResponse

from bot.cleaning import is_writable
from bot.errors import StoreUnavailable
from bot.handoffs import Addresses, Handoffs, agreed
from bot.messages import InboundMessage
from bot.turns import Turn
from webhooks.form import MESSAGE_SID, FormInvalid, read_addresses, read_message
from webhooks.media import MediaLinks
from webhooks.metrics import Metrics
from webhooks.signature import SignatureCheck

FORM = "application/x-www-form-urlencoded"
"""The only way Twilio posts messages and statuses."""
ERROR_CODE = re.compile(r"[0-9]{1,6}", re.ASCII)


class Responder(Protocol):
    """Answers messages."""

    def respond(self, message: InboundMessage) -> Turn:
        """Return the committed turn of a message."""
        ...


class Deliveries(Protocol):
    """Keeps what became of messages we sent."""

    def advance(self, sid: str, status: str, error_code: str | None) -> None:
        """Move a message's status forward, never back; ignore a status nobody knows."""
        ...


class NoHandoffs:
    """Keeps no tickets, for a line without staff."""

    def follow(self, turn: Turn, addresses: Addresses) -> None:
        """Do nothing."""


def create_twilio(
    check: SignatureCheck,
    bot: Responder,
    deliveries: Deliveries,
    links: MediaLinks,
    metrics: Metrics,
    handoffs: Handoffs,
) -> Blueprint:
    """Return the blueprint of /twilio."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")

    @blueprint.before_request
    def _only_twilio() -> None:
        if request.method == "POST" and not check.accepts(request):
            metrics.refused.labels("signature").inc()
            abort(403)
        if request.method == "POST" and request.mimetype != FORM:
            metrics.refused.labels("content_type").inc()
            abort(415)

    @blueprint.post("/inbound")
    def inbound() -> Response:
        started = time.perf_counter()
        try:
            message = read_message(request.form, links.sender_key)
        except FormInvalid:
            metrics.refused.labels("form").inc()
            return twiml((), status=400)
        turn = bot.respond(message)
        try:
            handoffs.follow(turn, read_addresses(request.form))
        except StoreUnavailable:
            if agreed(turn):
                raise  # The person must not be told that somebody will answer.
            metrics.store_errors.labels("handoffs.follow").inc()
        metrics.messages.labels(message.channel.value, turn.outcome.value, turn.source.value).inc()
        metrics.reply_seconds.labels(message.channel.value).observe(time.perf_counter() - started)
        return twiml(turn.texts, links.of(turn))

    @blueprint.post("/status")
    def status() -> Response:
        sid, state = request.form.get("MessageSid", ""), request.form.get("MessageStatus", "")
        if not MESSAGE_SID.fullmatch(sid):
            metrics.refused.labels("form").inc()
            abort(400)
        code = request.form.get("ErrorCode", "")
        try:
            deliveries.advance(sid, state, code if ERROR_CODE.fullmatch(code) else None)
        except StoreUnavailable:
            # A status has no fallback URL and nobody waits for it: count the loss, and do not fill Twilio's error log.
            metrics.store_errors.labels("status.lost").inc()
        return Response(status=204)

    return blueprint


def twiml(texts: tuple[str, ...], media: tuple[str, ...] = (), status: int = 200) -> Response:
    """Return a response that tells Twilio to send these texts, then the media at these addresses: valid XML always.

    A text of which nothing can be written is left out: Twilio logs an error for a message without a body. Media goes
    in a message of its own, because WhatsApp drops the text of one with audio.
    """
    document = MessagingResponse()
    for text in texts:
        if body := "".join(character for character in text if is_writable(character)):
            document.message(body)
    for address in media:
        document.message().media(address)
    return Response(str(document), status=status, content_type="text/xml; charset=utf-8")
