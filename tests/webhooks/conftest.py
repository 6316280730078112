"""The real Flask application before a bot that is made up, and a Twilio that signs."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bot.messages import InboundMessage
from bot.turns import Outcome, Turn
from webhooks.app import WebhookSettings, create_app
from webhooks.metrics import Metrics

BASE_URL = "https://rumbo.example.org"
TOKEN = "0123456789abcdef0123456789abcdef"
NEXT_TOKEN = "fedcba9876543210fedcba9876543210"
INBOUND = "/twilio/inbound"
STATUS = "/twilio/status"
FORM_TYPE = "application/x-www-form-urlencoded"
PAYLOADS = Path(__file__).parent / "payloads"

Pairs = Iterable[tuple[str, str]]


def payload(name: str, **changes: str) -> dict[str, str]:
    """Return a form as Twilio posts it, with some fields changed."""
    form: dict[str, str] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return form | changes


def sign(url: str, pairs: Pairs, token: str = TOKEN) -> str:
    """Sign as Twilio does."""
    return str(RequestValidator(token).compute_signature(url, MultiDict(list(pairs))))


def texts_of(response: TestResponse) -> list[str]:
    """Return what Twilio would send, having read the TwiML as Twilio does: strictly."""
    assert response.content_type == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.data)
    assert root.tag == "Response"
    assert {child.tag for child in root.iter()} <= {"Response", "Message", "Media"}
    return [message.text or "" for message in root if message.find("Media") is None]


@dataclass
class FakeBot:
    """Remembers messages and says what it is told to say."""

    texts: tuple[str, ...] = ("Hola",)
    error: Exception | None = None
    media: tuple[str, ...] = ()
    messages: list[InboundMessage] = field(default_factory=list)

    def respond(self, message: InboundMessage) -> Turn:
        self.messages.append(message)
        if self.error:
            raise self.error
        return Turn(
            id=message.id,
            sender=message.sender,
            channel=message.channel,
            at=datetime(2026, 11, 24, tzinfo=UTC),
            locale="es",
            kind=message.kind,
            text=message.text,
            outcome=Outcome.ANSWERED if self.texts else Outcome.SILENT,
            texts=self.texts,
            media=self.media,
        )


@dataclass
class FakeDeliveries:
    """Remembers what it was told."""

    told: list[tuple[str, str, str | None]] = field(default_factory=list)
    error: Exception | None = None

    def advance(self, sid: str, status: str, error_code: str | None) -> None:
        self.told.append((sid, status, error_code))
        if self.error:
            raise self.error


class Edge:
    """The application and those behind it."""

    def __init__(self, *, base_url: str = BASE_URL, key: bytes = b"k" * 32, tokens: tuple[str, ...] = (TOKEN,)) -> None:
        self.base_url = base_url
        self.bot = FakeBot()
        self.deliveries = FakeDeliveries()
        self.parts = {"database": True, "nlu": True, "redis": True}
        settings = WebhookSettings(tokens, base_url, key)
        app = create_app(settings, self.bot, self.deliveries, lambda: self.parts, Metrics())
        self.client: FlaskClient = app.test_client()

    def post(self, form: Mapping[str, str], path: str = INBOUND, token: str = TOKEN) -> TestResponse:
        """Post a form, signed."""
        return self.post_bytes(urlencode(form).encode(), form.items(), path, token)

    def post_bytes(self, body: bytes, signed: Pairs, path: str = INBOUND, token: str = TOKEN) -> TestResponse:
        """Post bytes with the signature of the fields that they are to mean."""
        headers = {"X-Twilio-Signature": sign(self.base_url + path, signed, token)}
        return self.client.post(path, data=body, content_type=FORM_TYPE, headers=headers)

    def hear(self, form: Mapping[str, str]) -> InboundMessage:
        """Post a form, signed, and return the message that reached the bot."""
        response = self.post(form)
        assert response.status_code == 200
        return self.bot.messages[-1]

    @property
    def is_untouched(self) -> bool:
        """Whether nothing got past the door."""
        return not self.bot.messages and not self.deliveries.told


@pytest.fixture(autouse=True, scope="session")
def _one_process() -> Iterator[None]:
    """Metrics are those of this process, whatever the shell says."""
    folder = os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    yield
    if folder is not None:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


@pytest.fixture
def edge() -> Edge:
    """The application as it usually stands."""
    return Edge()
