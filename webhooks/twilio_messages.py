"""Send a message that is no reply, through Twilio's Messages API: once, and say honestly what became of it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.handoffs import Delivery, SendResult

TIMEOUT_SECONDS = 10.0
"""The client has none of its own, and a person of the staff is waiting."""
PAUSES = (0.5, 1.0, 2.0)
"""Seconds before the next try after "too many requests", which Twilio never processes."""

BY_CODE: Mapping[int, Delivery] = {
    21610: Delivery.OPTED_OUT,
    63016: Delivery.WINDOW_SHUT,
}
"""Twilio's errors that mean more than "it was not sent"."""

UNREACHABLE = "unreachable"
NO_ADDRESS = "no-address"
MESSAGING_SERVICE = "MG"

# The client logs addresses of requests at INFO; this logger is nobody's.
_silent = logging.getLogger("twilio.silent")
_silent.disabled = True


def quiet_http() -> HttpClient:
    """Return a client of HTTP that gives up in time, tries once and logs nothing."""
    return TwilioHttpClient(timeout=TIMEOUT_SECONDS, logger=_silent, max_retries=0)


@dataclass(frozen=True)
class TwilioOutbox:
    """Sends by the account that the line is of.

    `tokens` are tried in turn, so that one may replace another. `status_callback` is where Twilio tells what becomes
    of a message; None where it could not reach us.
    """

    account_sid: str
    tokens: tuple[str, ...] = field(repr=False)
    status_callback: str | None = None
    http: HttpClient = field(default_factory=quiet_http, repr=False)
    sleep: Callable[[float], None] = time.sleep

    def send(self, to: str, from_: str, text: str) -> SendResult:
        """Send once. Only what Twilio surely did not process is tried again."""
        if not to or not from_:
            return SendResult(Delivery.FAILED, error=NO_ADDRESS)
        form = {"to": to, "body": text} | _sender(from_) | self._privacy()
        try:
            return self._send(form)
        except requests.exceptions.RequestException as error:
            if _never_left(error):
                return SendResult(Delivery.FAILED, error=UNREACHABLE)
            return SendResult(Delivery.UNKNOWN, error=type(error).__name__)
        except ValueError as error:  # It answered yes, in words that are no JSON.
            return SendResult(Delivery.UNKNOWN, error=type(error).__name__)

    def _privacy(self) -> dict[str, Any]:
        """Ask Twilio to keep neither words nor number, and to tell us what becomes of the message."""
        callback = {"status_callback": self.status_callback} if self.status_callback else {}
        return {"content_retention": "discard", "address_retention": "obfuscate"} | callback

    def _send(self, form: Mapping[str, Any]) -> SendResult:
        result = SendResult(Delivery.FAILED)
        for token in self.tokens:
            result, was_let_in = self._send_as(token, form)
            if was_let_in:
                break
        return result

    def _send_as(self, token: str, form: Mapping[str, Any]) -> tuple[SendResult, bool]:
        client = Client(self.account_sid, token, http_client=self.http)
        for pause in (*PAUSES, None):
            try:
                return SendResult(Delivery.SENT, sid=client.messages.create(**form).sid), True
            except TwilioRestException as error:
                if error.status != HTTPStatus.TOO_MANY_REQUESTS or pause is None:
                    return _refused(error), error.status != HTTPStatus.UNAUTHORIZED
                self.sleep(pause)
        raise AssertionError("the last try returns")


def _refused(error: TwilioRestException) -> SendResult:
    """Return what a refusal means. Its message is dropped: it quotes the number."""
    code = str(error.code or error.status)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendResult(Delivery.UNKNOWN, error=code)
    return SendResult(BY_CODE.get(error.code or 0, Delivery.FAILED), error=code)


def _never_left(error: requests.exceptions.RequestException) -> bool:
    """Whether no connection was ever made."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _sender(from_: str) -> dict[str, str]:
    return {"messaging_service_sid": from_} if from_.startswith(MESSAGING_SERVICE) else {"from_": from_}
