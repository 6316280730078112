"""A signed form with a yes in it becomes a ticket; the number is nowhere but sealed."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from bot.conversation import Bot
from bot.errors import StoreUnavailable
from bot.handoffs import Addresses
from bot.interpretation import Interpretation
from bot.turns import Turn
from content.checks import load_catalogue
from stores.database import make_engine, upgrade
from stores.deliveries import SqlDeliveries
from stores.handoffs import SqlHandoffs
from stores.locks import LocalSenderLocks
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.sealing import Seal
from stores.sessions import RedisSessions
from stores.tickets import SqlTickets
from stores.turns import SqlTurnLog
from tests.webhooks.conftest import BASE_URL, FORM_TYPE, INBOUND, TOKEN, payload, sign, texts_of
from webhooks.app import WebhookSettings, create_app
from webhooks.metrics import Metrics

CANARY = "50244443333"


class Deaf:
    """Understands nothing: what is tested here are commands and digits."""

    def interpret(self, text: str, locale: str) -> Interpretation:
        return Interpretation(locale)


@dataclass
class FailingHandoffs:
    """Tickets whose database is away."""

    real: SqlHandoffs
    is_down: bool = False
    calls: list[str] = field(default_factory=list)

    def follow(self, turn: Turn, addresses: Addresses) -> None:
        self.calls.append(turn.id)
        if self.is_down:
            raise StoreUnavailable("away")
        self.real.follow(turn, addresses)


class Line:
    """The real edge with real stores."""

    def __init__(self, engine: Engine, redis_url: str) -> None:
        catalogue = load_catalogue(Path("content"), date(2026, 11, 24))
        self.redis, self.engine, self.count = connect(redis_url), engine, 0
        self.redis.flushall()
        self.tickets = SqlTickets(engine, Seal(b"k" * 32))
        self.handoffs = FailingHandoffs(SqlHandoffs(engine, Seal(b"k" * 32)))
        bot = Bot(
            catalogue=lambda: catalogue,
            interpreter=Deaf(),
            sessions=RedisSessions(self.redis, 3600, pytest.fail),
            locks=LocalSenderLocks(1.0, pytest.fail),
            turns=SqlTurnLog(engine),
            now=lambda: datetime.now(UTC),
            hands_off=True,
        )
        settings, metrics = WebhookSettings((TOKEN,), BASE_URL, b"k" * 32), Metrics()
        app = create_app(settings, bot, SqlDeliveries(engine), dict, metrics, handoffs=self.handoffs)
        self.client, self.metrics = app.test_client(), metrics

    def write(self, body: str, *, sid: int | None = None) -> tuple[int, str]:
        """Post a WhatsApp message; return the status and what is answered."""
        self.count += 1
        form = payload("whatsapp_text", Body=body, MessageSid=f"SM{sid or self.count:032d}")
        form |= {"From": f"whatsapp:+{CANARY}", "WaId": CANARY}
        headers = {"X-Twilio-Signature": sign(BASE_URL + INBOUND, form.items())}
        response = self.client.post(INBOUND, data=urlencode(form), content_type=FORM_TYPE, headers=headers)
        return response.status_code, "\n".join(texts_of(response)) if response.status_code == 200 else ""


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with private_redis(tmp_path_factory.mktemp("handoff-redis")) as url:
        yield url


@pytest.fixture
def line(tmp_path: Path, redis_url: str) -> Iterator[Line]:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    yield Line(engine, redis_url)
    engine.dispose()


def test_a_yes_becomes_a_ticket_that_knows_where_to_answer(line: Line) -> None:
    line.write("PERSONA")
    assert line.tickets.waiting() == ()
    assert "le contesta por aquí" in line.write("1")[1]
    (ticket,) = line.tickets.waiting()
    found = line.tickets.addresses(ticket)
    assert found
    assert (found.person, found.service) == (f"whatsapp:+{CANARY}", payload("whatsapp_text")["To"])
    assert "Documentos" in line.write("MENU")[1], "the line goes on answering"


@pytest.mark.parametrize(("word", "left"), [("BAJA", 1), ("BORRAR", 0)])
def test_the_wish_to_be_left_or_erased_ends_it(line: Line, word: str, left: int) -> None:
    for text in ("PERSONA", "1", word):
        line.write(text)
    assert line.tickets.waiting() == ()
    assert len(line.tickets.closed()) == left


def test_nobody_is_promised_an_answer_that_could_not_be_kept(line: Line) -> None:
    line.write("PERSONA")
    line.handoffs.is_down = True
    assert line.write("1", sid=77)[0] == 503
    line.handoffs.is_down = False
    assert "le contesta por aquí" in line.write("1", sid=77)[1]
    assert len(line.tickets.waiting()) == 1


def test_a_reply_does_not_depend_on_the_ticket_being_kept_up(line: Line) -> None:
    line.handoffs.is_down = True
    assert line.write("AUXILIO me quieren matar")[1].startswith("Llame ya al 110")
    assert b'event="handoffs.follow"' in line.metrics.render()


def test_the_number_is_nowhere_but_sealed(line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for text in ("hola", "PERSONA", "sí", "pasaporte"):
        line.write(text)
    assert line.tickets.waiting()
    for key in line.redis.scan_iter():
        assert CANARY.encode() not in bytes(key) + bytes(line.redis.get(key) or b"")  # type: ignore[arg-type]
    assert CANARY not in caplog.text
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in line.metrics.render()
    assert CANARY not in repr(Addresses(CANARY, CANARY))
