"""The console with a real database and a real Redis, and people who work in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from redis import Redis
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from bot.catalogue import Catalogue
from bot.handoffs import Delivery, SendResult
from bot.rendering import SmsPolicy
from console.account import create_account
from console.answering import Desk
from console.answers import AnswerSettings
from console.app import ConsoleParts, ConsoleSettings, create_console
from console.audit import create_audit
from console.content_rooms import create_content_rooms
from console.conversations import create_conversations
from console.insights import create_insights
from console.permissions import Role
from console.privacy import create_privacy
from console.review import create_review
from console.staff_accounts import create_staff_accounts
from console.tickets import create_tickets
from content.checks import load_catalogue
from stores.audit import SqlAudit
from stores.database import make_engine, upgrade
from stores.locks import LocalSenderLocks
from stores.person_records import PersonRecords
from stores.persons import SqlPersons
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.remote_deletions import RemoteDeletions
from stores.reviews import SqlReviews
from stores.sealing import Seal
from stores.sessions import RedisSessions
from stores.staff_accounts import SqlStaff
from stores.tickets import SqlTickets

ORIGIN = "https://localhost"
PASSWORD = "tres tristes tigres"
ROOT = Path(__file__).resolve().parents[2]
SENDER_KEY = b"s" * 32
START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Visitor:
    """A browser without scripts: it follows no redirect by itself, and sends forms with their token."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=ORIGIN)

    def send(self, path: str, form: dict[str, object], *, page: str | None = None) -> TestResponse:
        """Post a form with the token of `page`, or of `path` itself."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page or path).text)
        assert found, "no form on the page"
        data = {"csrf_token": found[1], **form}
        return self.client.post(path, data=data, base_url=ORIGIN, headers={"Referer": ORIGIN + path})


@dataclass
class Tray:
    """An outbox that keeps what it is given, and answers as it is told."""

    result: SendResult = field(default_factory=lambda: SendResult(Delivery.SENT, sid="SM" + "0" * 32))
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, from_: str, text: str) -> SendResult:
        self.sent.append((to, from_, text))
        sid = f"SM{len(self.sent):032d}" if self.result.sid else None
        return replace(self.result, sid=sid)


@pytest.fixture
def outbox() -> Tray:
    """What staff sent."""
    return Tray()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The real content."""
    return load_catalogue(ROOT / "content", START.date())


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private server for the whole run."""
    with private_redis(tmp_path_factory.mktemp("console-redis")) as url:
        yield url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh database."""
    engine = make_engine(f"sqlite:///{tmp_path}/console.db")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """The console's clock."""
    return Clock()


@pytest.fixture
def desk(engine: Engine, redis_url: str, catalogue: Catalogue, clock: Clock, outbox: Tray) -> Desk:
    """What staff answer people with."""
    return make_desk(engine, redis_url, catalogue, clock, outbox)


def make_desk(engine: Engine, redis_url: str, catalogue: Catalogue, clock: Clock, outbox: Tray) -> Desk:
    """Return what staff answer people with."""
    tickets, redis = SqlTickets(engine, Seal(b"k" * 32), clock), connect(redis_url)
    locks = LocalSenderLocks(1.0, pytest.fail)
    return Desk(tickets, outbox, RedisSessions(redis, 3600, pytest.fail), locks, lambda: catalogue, clock)


@pytest.fixture
def content_root() -> Path:
    """The content folder; a test that edits has a copy of its own."""
    return ROOT / "content"


@pytest.fixture
def parts(
    engine: Engine, redis_url: str, catalogue: Catalogue, clock: Clock, desk: Desk, content_root: Path
) -> ConsoleParts:
    """What the console works with."""
    return make_parts(engine, redis_url, catalogue, clock, desk, content_root)


def make_parts(
    engine: Engine, redis_url: str, catalogue: Catalogue, clock: Clock, desk: Desk, content_root: Path
) -> ConsoleParts:
    """Return all rooms, upon an emptied Redis."""
    redis = connect(redis_url)
    redis.flushall()
    audit, staff = SqlAudit(engine, clock), SqlStaff(engine, Role.ADMIN, clock)
    answers = AnswerSettings(SmsPolicy(), Decimal("0.05"))
    rooms = (
        create_tickets(desk, audit, Decimal("0.05")),
        create_conversations(engine, lambda: catalogue, audit, clock),
        create_review(SqlReviews(engine, clock), lambda: catalogue, audit, clock),
        create_insights(engine, lambda: catalogue, clock, audit, Decimal("0.05")),
        create_account(staff),
        create_staff_accounts(staff),
        create_audit(audit),
        privacy_room(engine, redis, audit, clock),
        *create_content_rooms(content_root, lambda: catalogue, engine, audit, clock, answers),
    )
    return ConsoleParts(engine, redis, lambda: catalogue, content_root, clock, audit, rooms)


def privacy_room(engine: Engine, redis: Redis, audit: SqlAudit, clock: Clock) -> Blueprint:
    """The privacy room, without an account at Twilio."""
    locks = LocalSenderLocks(1.0, lambda _: None)
    records = PersonRecords(SqlPersons(engine, clock), RedisSessions(redis, 60, lambda _: None), locks, audit)
    return create_privacy(records, RemoteDeletions(engine, None, clock), audit, SENDER_KEY, 30, clock)


@pytest.fixture
def console(parts: ConsoleParts) -> Flask:
    """The console, with second factors offered and not required, so that a password is enough to log in."""
    return create_console(ConsoleSettings(b"k" * 32, "localhost", requires_second_factor=False), parts)


@pytest.fixture
def visit(console: Flask) -> Callable[[], Visitor]:
    """Open the console in a new browser, with nobody logged in."""
    return lambda: Visitor(console.test_client())


@pytest.fixture
def log_in(console: Flask, visit: Callable[[], Visitor]) -> Callable[[Role], Visitor]:
    """Make an account of a role and log in."""

    def log_in(role: Role) -> Visitor:
        email = f"{role.value}@example.org"
        with console.app_context():
            accounts = console.extensions["security"].datastore
            accounts.create_user(
                email=email,
                password=hash_password(PASSWORD),
                roles=[accounts.find_or_create_role(role.value)],
                confirmed_at=START.replace(tzinfo=None),
            )
            accounts.commit()
        visitor = visit()
        response = visitor.send("/login", {"email": email, "password": PASSWORD})
        assert response.status_code == 302, response.text
        return visitor

    return log_in
