"""The composition root: builds every part from the settings and hands it to those who need it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

import urllib3
from flask import Blueprint, Flask
from redis import Redis, RedisError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from twilio.request_validator import RequestValidator

from bot.catalogue import Catalogue
from bot.conversation import Bot
from bot.drift import Vocabulary, vocabulary
from bot.handoffs import Outbox
from bot.interpretation import Interpreter
from bot.languages import SPANISH
from bot.rendering import SmsPolicy
from console.account import create_account
from console.answering import Desk, Unsent
from console.answers import AnswerSettings
from console.app import ConsoleParts, ConsoleSettings, create_console
from console.audit import create_audit
from console.content_rooms import create_content_rooms
from console.conversations import create_conversations
from console.insights import create_insights
from console.permissions import Role
from console.privacy import create_privacy
from console.review import create_review
from console.simulator import RelayResponse, RelayUnavailable, create_simulator
from console.staff_accounts import create_staff_accounts
from console.tickets import create_tickets
from content.checks import load_catalogue
from content.reading import Reader
from content.reloading import LiveCatalogue
from nlu.client import NluServer, WithFallback
from nlu.languages.identifier import language_identifier
from nlu.light import LightByLanguage
from nlu.training_data import TrainingData, read_training_data
from rumbo.settings import ROOT, Settings
from stores.audit import SqlAudit
from stores.counts import roll_up_all
from stores.database import make_engine
from stores.deliveries import SqlDeliveries
from stores.handoffs import SqlHandoffs, end_forgotten_tickets
from stores.locks import LocalSenderLocks, RedisSenderLocks
from stores.memory import MemorySessions, MemoryTurnLog
from stores.person_records import PersonRecords
from stores.persons import SqlPersons
from stores.redis_client import connect
from stores.remote_deletions import RemoteDeletions
from stores.retention import Ages, Retention
from stores.reviews import SqlReviews
from stores.sealing import Seal
from stores.sessions import RedisSessions
from stores.staff_accounts import SqlStaff
from stores.tickets import SqlTickets
from stores.turns import SqlTurnLog
from webhooks.app import WebhookSettings, create_app
from webhooks.media import MediaLinks, create_media
from webhooks.metrics import Metrics
from webhooks.remote_media import TwilioMedia
from webhooks.twilio_messages import TwilioOutbox

NLU_REST_SECONDS = 2.0
"""How long the NLU server is left alone after it failed."""
LOCK_WAIT_SECONDS = 6.0
"""How long a message waits for the sender's one before it; longer than any reply takes."""
LOCK_HOLD_SECONDS = 12.0
QUESTION_SECONDS = 24 * 3600.0
"""How long a digit still answers whether staff could help; a session kept up by messages lasts less."""
RELAY_SECONDS = 15.0
"""Twilio waits as long for a webhook."""


def now() -> datetime:
    """Return the time all turns are stamped with."""
    return datetime.now(UTC)


def read_catalogue(settings: Settings, reader: Reader | None = None) -> Catalogue:
    """Return the checked content; raise ContentInvalid naming every problem."""
    catalogue = load_catalogue(ROOT / "content", now().date(), reader)
    return replace(catalogue, shows_drafts=settings.drafts == "show_with_spanish")


def light_interpreter() -> LightByLanguage:
    """Return the classifier that needs no server."""
    training = ROOT / "nlu" / "training"
    return LightByLanguage(language_identifier(), read_training_data(training / "es"), read_training_data(training))


@lru_cache(maxsize=1)
def training_vocabulary() -> Vocabulary:
    """Return the words that each locale's training data knows; half a second the first time."""
    folders = [folder for folder in (ROOT / "nlu" / "training").iterdir() if folder.is_dir()]
    return vocabulary({folder.name: _texts(read_training_data(folder)) for folder in folders}, SPANISH)


def is_strange(text: str, locale: str) -> bool:
    """Whether a text is in words that the training data of its locale does not know."""
    return training_vocabulary().is_strange(text, locale)


def _texts(data: TrainingData) -> list[str]:
    names = (name for lookup in data.lookups.values() for name in lookup)
    return [*(utterance.text for utterance in data.utterances), *names, *data.synonyms]


def sms_policy(settings: Settings) -> SmsPolicy:
    """Return how this deployment writes SMS."""
    return SmsPolicy(fold_accents=settings.sms_accents == "fold")


def local_bot(settings: Settings, interpreter: Interpreter, catalogue: Catalogue) -> Bot:
    """Return a bot that keeps nothing beyond this process, for the command line and the evaluation."""
    return Bot(
        catalogue=lambda: catalogue,
        interpreter=interpreter,
        sessions=MemorySessions(settings.session_minutes * 60),
        locks=LocalSenderLocks(LOCK_WAIT_SECONDS, lambda _: None),
        turns=MemoryTurnLog(),
        now=now,
        sms=sms_policy(settings),
        ear=language_identifier(),
    )


def build_app(settings: Settings) -> Flask:
    """Return the web application with every part behind it."""
    settings.require_complete()
    if settings.redis_url is None:
        raise RuntimeError("REDIS_URL is not set; `rumbo up` starts a private Redis and sets it.")
    metrics = Metrics()
    engine, redis = make_engine(settings.database_url), connect(settings.redis_url)
    server = NluServer(settings.nlu_url, settings.nlu_budget_ms / 1000)
    reader = Reader()
    catalogue = LiveCatalogue(
        ROOT / "content",
        lambda: read_catalogue(settings, reader),
        lambda outcome: metrics.content_changes.labels(outcome).inc(),
    )
    catalogue.watch()
    bot = Bot(
        catalogue=catalogue,
        interpreter=WithFallback(
            server, light_interpreter(), NLU_REST_SECONDS, lambda: metrics.store_errors.labels("nlu.degraded").inc()
        ),
        sessions=RedisSessions(redis, settings.session_minutes * 60, _counter(metrics)),
        locks=RedisSenderLocks(redis, LOCK_WAIT_SECONDS, LOCK_HOLD_SECONDS, _counter(metrics)),
        turns=SqlTurnLog(engine),
        now=now,
        sms=sms_policy(settings),
        ear=language_identifier(),
        hands_off=settings.hands_off,
    )
    links = MediaLinks(settings.base_url, settings.sender_key)
    media = create_media(links, catalogue, ROOT / "content", now, metrics)
    return create_app(
        WebhookSettings(settings.auth_tokens, settings.base_url, settings.sender_key),
        bot,
        SqlDeliveries(engine),
        readiness=lambda: _readiness(engine, redis, server),
        metrics=metrics,
        blueprints=[media, *([_simulator(settings)] if settings.has_simulator else [])],
        handoffs=SqlHandoffs(engine, seal_of(settings)),
    )


def build_console(settings: Settings) -> Flask:
    """Return the staff console."""
    if settings.redis_url is None:
        raise RuntimeError("REDIS_URL is not set; `rumbo up` starts a private Redis and sets it.")
    engine, redis = make_engine(settings.database_url), connect(settings.redis_url)
    catalogue = LiveCatalogue(ROOT / "content", lambda: read_catalogue(settings), lambda _: None)
    catalogue.watch()
    audit, staff = SqlAudit(engine, now), SqlStaff(engine, Role.ADMIN, now)
    records, remote = person_records(settings, engine, redis), remote_deletions(settings, engine)
    root, answers = ROOT / "content", AnswerSettings(sms_policy(settings), settings.sms_price_usd)
    rooms = (
        create_tickets(_desk(settings, engine, redis, catalogue), audit, settings.sms_price_usd),
        create_conversations(engine, catalogue, audit, now),
        create_review(SqlReviews(engine, now, is_strange), catalogue, audit, now),
        create_insights(engine, catalogue, now, audit, settings.sms_price_usd),
        create_account(staff),
        create_staff_accounts(staff),
        create_audit(audit),
        create_privacy(records, remote, audit, settings.sender_key, settings.retention_days, now),
        *create_content_rooms(root, catalogue, engine, audit, now, answers),
    )
    parts = ConsoleParts(engine, redis, catalogue, root, now, audit, rooms)
    return create_console(console_settings(settings), parts)


def retention(settings: Settings, engine: Engine) -> Retention:
    """Return what forgets the old."""
    ages = Ages(texts=timedelta(days=settings.retention_days))

    def before_anything_goes() -> None:
        roll_up_all(engine, now())
        end_forgotten_tickets(engine, now() - ages.texts, now())

    return Retention(engine, ages, before_anything_goes, now)


def remote_deletions(settings: Settings, engine: Engine) -> RemoteDeletions:
    """Return what has Twilio delete; without an account it only keeps what is to be deleted."""
    media = TwilioMedia(settings.account_sid, settings.auth_tokens[0]) if settings.account_sid else None
    return RemoteDeletions(engine, media, now)


def person_records(settings: Settings, engine: Engine, redis: Redis | None) -> PersonRecords:
    """Return what reads and erases people. Without Redis their sessions end by themselves after `session_minutes`."""
    persons, audit, ttl = SqlPersons(engine, now), SqlAudit(engine, now), settings.session_minutes * 60
    if redis is None:
        return PersonRecords(persons, MemorySessions(ttl), LocalSenderLocks(LOCK_WAIT_SECONDS, _ignore), audit)
    locks = RedisSenderLocks(redis, LOCK_WAIT_SECONDS, LOCK_HOLD_SECONDS, _ignore)
    return PersonRecords(persons, RedisSessions(redis, ttl, _ignore), locks, audit)


def _ignore(_event: str) -> None:
    """Count nothing: the stores log what fails, and this process serves no metrics."""


def seal_of(settings: Settings) -> Seal:
    """Return what addresses of tickets are sealed with."""
    return Seal(settings.sender_key, settings.old_keys)


def _desk(settings: Settings, engine: Engine, redis: Redis, catalogue: Callable[[], Catalogue]) -> Desk:
    return Desk(
        tickets=SqlTickets(engine, seal_of(settings), now),
        outbox=_outbox(settings),
        sessions=RedisSessions(redis, QUESTION_SECONDS, lambda _: None),
        locks=RedisSenderLocks(redis, LOCK_WAIT_SECONDS, LOCK_HOLD_SECONDS, lambda _: None),
        catalogue=catalogue,
        now=now,
        sms=sms_policy(settings),
        outbound_from=settings.outbound_from,
    )


def _outbox(settings: Settings) -> Outbox:
    """Return Twilio where there is an account; without one nothing is sent, which production does not allow."""
    if settings.account_sid is None:
        return Unsent()
    callback = f"{settings.base_url}/twilio/status"
    return TwilioOutbox(settings.account_sid, settings.auth_tokens, callback if callback.startswith("https:") else None)


def console_settings(settings: Settings) -> ConsoleSettings:
    """Return what the console must know."""
    return ConsoleSettings(
        secret_key=settings.console_key,
        host=settings.console_host,
        requires_second_factor=settings.console_second_factor == "required",
    )


def _counter(metrics: Metrics) -> Callable[[str], None]:
    return lambda event: metrics.store_errors.labels(event).inc()


def _readiness(engine: Engine, redis: Redis, server: NluServer) -> dict[str, bool]:
    return {"database": _database_answers(engine), "redis": _redis_answers(redis), "nlu": server.is_ready()}


def _database_answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis_answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except (RedisError, OSError):
        return False


def _simulator(settings: Settings) -> Blueprint:
    relay = WebhookRelay(f"http://127.0.0.1:{settings.port}", settings.base_url, settings.auth_tokens[0])
    return create_simulator(relay, sms_price_usd=settings.sms_price_usd, public_base_url=settings.base_url)


@dataclass(frozen=True)
class WebhookRelay:
    """Posts to this program's own webhook what Twilio would post, signed for the public address as Twilio signs."""

    local_url: str
    public_url: str
    token: str

    def send(self, form: Mapping[str, str]) -> RelayResponse:
        """Return the webhook's answer; raise RelayUnavailable when there is none."""
        path = "/twilio/inbound"
        signature = RequestValidator(self.token).compute_signature(self.public_url + path, dict(form))
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form)
        try:
            response = urllib3.request(
                "POST", self.local_url + path, body=body, headers=headers, timeout=RELAY_SECONDS, retries=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise RelayUnavailable(type(error).__name__) from error
        return RelayResponse(response.status, response.data.decode("utf-8", "replace"))
