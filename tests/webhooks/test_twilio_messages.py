"""What is sent through the Messages API, and what each answer of it means; against a server that answers as Twilio."""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from bot.handoffs import Delivery
from webhooks.twilio_messages import TwilioOutbox, quiet_http

ACCOUNT, TOKEN, NEXT = "AC" + "0" * 32, "t" * 32, "n" * 32
SID = "SM" + "a" * 32
TO, FROM = "whatsapp:+50244443333", "whatsapp:+50255500000"

Answer = tuple[int, dict[str, Any] | str]
TAKEN: Answer = (201, {"sid": SID, "status": "queued"})


def refusal(status: int, code: int) -> Answer:
    """Return an error as Twilio writes it: its message quotes the number."""
    return status, {"code": code, "message": f"The number {TO} cannot be reached", "status": status}


@dataclass
class Twilio:
    """A server with a list of answers, of which the last one stays."""

    answers: list[Answer] = field(default_factory=lambda: [TAKEN])
    forms: list[dict[str, str]] = field(default_factory=list)
    delay: float = 0.0
    accepts: str = TOKEN

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        self.forms.append({k: v[0] for k, v in parse_qs(handler.rfile.read(length).decode()).items()})
        if self.delay:
            threading.Event().wait(self.delay)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


class Local(TwilioHttpClient):  # type: ignore[misc]  # the package has no types
    """Sends what is for Twilio to a server of this machine."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout, max_retries=0)
        self.base = base

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self.base), *rest, **named)


@pytest.fixture
def twilio() -> Twilio:
    return Twilio()


@pytest.fixture
def base(twilio: Twilio) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with contextlib.suppress(BrokenPipeError):  # the client gave up
                twilio.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def outbox(base: str, slept: list[float]) -> Iterator[TwilioOutbox]:
    http = Local(base, timeout=0.4)
    yield TwilioOutbox(ACCOUNT, (TOKEN,), "https://rumbo.example.org/twilio/status", http, slept.append)
    http.session.close()


def test_a_message_asks_twilio_to_keep_nothing_and_to_tell_us(outbox: TwilioOutbox, twilio: Twilio) -> None:
    result = outbox.send(TO, FROM, "¿Está bien?")
    assert (result.delivery, result.sid) == (Delivery.SENT, SID)
    assert twilio.forms == [
        {
            "To": TO,
            "From": FROM,
            "Body": "¿Está bien?",
            "ContentRetention": "discard",
            "AddressRetention": "obfuscate",
            "StatusCallback": "https://rumbo.example.org/twilio/status",
        }
    ]


def test_a_messaging_service_is_named_as_one(outbox: TwilioOutbox, twilio: Twilio) -> None:
    outbox.send(TO, "MG" + "0" * 32, "hola")
    assert twilio.forms[0]["MessagingServiceSid"] == "MG" + "0" * 32
    assert "From" not in twilio.forms[0]


@pytest.mark.parametrize(
    ("answer", "delivery", "error"),
    [
        pytest.param(refusal(400, 21610), Delivery.OPTED_OUT, "21610", id="opted out"),
        pytest.param(refusal(400, 63016), Delivery.WINDOW_SHUT, "63016", id="window shut"),
        pytest.param(refusal(400, 21211), Delivery.FAILED, "21211", id="no such number"),
        pytest.param(refusal(401, 20003), Delivery.FAILED, "20003", id="wrong token"),
        pytest.param(refusal(500, 20500), Delivery.UNKNOWN, "20500", id="Twilio broke"),
        pytest.param((503, "<html>busy</html>"), Delivery.UNKNOWN, "503", id="a proxy's page"),
        pytest.param((200, "<html>hello</html>"), Delivery.UNKNOWN, "JSONDecodeError", id="a yes in no JSON"),
    ],
)
def test_what_an_answer_means(
    outbox: TwilioOutbox, twilio: Twilio, answer: Answer, delivery: Delivery, error: str
) -> None:
    twilio.answers = [answer]
    result = outbox.send(TO, FROM, "hola")
    assert (result.delivery, result.error) == (delivery, error)
    assert len(twilio.forms) == 1, "sent once"


def test_too_many_requests_is_tried_again_for_a_while(outbox: TwilioOutbox, twilio: Twilio, slept: list[float]) -> None:
    twilio.answers = [refusal(429, 20429), refusal(429, 20429), TAKEN]
    assert outbox.send(TO, FROM, "hola").delivery is Delivery.SENT
    twilio.answers = [refusal(429, 20429)]
    assert outbox.send(TO, FROM, "hola").delivery is Delivery.FAILED
    assert slept == [0.5, 1.0, 0.5, 1.0, 2.0]


def test_a_timeout_may_have_been_sent_and_is_not_sent_again(outbox: TwilioOutbox, twilio: Twilio) -> None:
    twilio.delay = 0.8
    assert outbox.send(TO, FROM, "hola").delivery is Delivery.UNKNOWN
    assert len(twilio.forms) == 1


def test_where_nobody_listens_nothing_was_sent() -> None:
    http = Local("http://127.0.0.1:9", timeout=0.4)
    assert TwilioOutbox(ACCOUNT, (TOKEN,), http=http).send(TO, FROM, "hola").delivery is Delivery.FAILED
    http.session.close()


def test_without_an_address_nothing_is_tried(outbox: TwilioOutbox, twilio: Twilio) -> None:
    assert outbox.send(TO, "", "hola").delivery is Delivery.FAILED
    assert twilio.forms == []


def test_while_one_token_replaces_another_either_sends(base: str, twilio: Twilio) -> None:
    http = Local(base, timeout=2.0)
    twilio.answers = [refusal(401, 20003), TAKEN]
    assert TwilioOutbox(ACCOUNT, (NEXT, TOKEN), http=http).send(TO, FROM, "hola").delivery is Delivery.SENT
    http.session.close()


@pytest.mark.skipif("PRISM_URL" not in os.environ, reason="`make contract` starts Prism on Twilio's description")
@pytest.mark.parametrize("from_", [FROM, "+50255500000", "MG" + "0" * 32])
def test_twilios_own_description_of_its_api_takes_what_we_send(from_: str) -> None:
    http = Local(os.environ["PRISM_URL"], timeout=10.0)
    outbox = TwilioOutbox(ACCOUNT, (TOKEN,), "https://rumbo.example.org/twilio/status", http)
    assert outbox.send(TO, from_, "¿Está bien?").delivery is Delivery.SENT
    assert TwilioOutbox(ACCOUNT, (TOKEN,), "no address", http).send(TO, from_, "hola").error == "422"
    http.session.close()


def test_no_number_and_no_word_reaches_a_log(base: str, twilio: Twilio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet = quiet_http()
    local = Local(base, timeout=2.0)
    local.logger = quiet.logger
    outbox = TwilioOutbox(ACCOUNT, (TOKEN,), http=local)
    for answer in (TAKEN, refusal(400, 21211), refusal(500, 20500)):
        twilio.answers = [answer]
        outbox.send(TO, FROM, "palabra secreta")
    assert "50244443333" not in caplog.text
    assert "secreta" not in caplog.text
    assert TOKEN not in repr(outbox)
    local.session.close()
    quiet.session.close()
