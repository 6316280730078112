"""Delete at Twilio what people sent beside text: we never fetch it, but it stays there until somebody deletes it."""

from collections.abc import Callable
from typing import Any

from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.errors import RemoteUnavailable

TIMEOUT = 10.0
"""Seconds for each request; nobody waits for a reply meanwhile."""
GONE = 404


class TwilioMedia:
    """The media of an account's messages."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str | None = None) -> None:
        self._client = Client(account_sid, auth_token, http_client=TwilioHttpClient(timeout=TIMEOUT))
        if base_url:
            self._client.api.base_url = base_url

    def delete(self, message_sid: str) -> None:
        """Delete all media of a message; of one that is gone there is nothing to do. Raise RemoteUnavailable."""
        media = self._client.messages(message_sid).media
        for medium in _unless_gone(media.list) or ():
            _unless_gone(medium.delete)


def _unless_gone(ask: Callable[[], Any]) -> Any:
    """Return the answer of Twilio, or None when what we ask for is not there."""
    try:
        return ask()
    except TwilioException as error:
        status = _status(error)
        if status == GONE:
            return None
        raise RemoteUnavailable(f"HTTP {status}" if status else type(error).__name__) from error
    except (RequestException, ValueError) as error:  # ValueError: what is no JSON
        raise RemoteUnavailable(type(error).__name__) from error


def _status(error: TwilioException) -> int | None:
    """Return the HTTP status; of a list the client hands on the response alone."""
    if isinstance(error, TwilioRestException):
        return int(error.status)
    return next((part.status_code for part in error.args if isinstance(part, Response)), None)
