"""Every setting, from the environment and `.env`. The README's table lists them; a test keeps it complete."""

import hashlib
import hmac
import json
import secrets
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The clone: content, training data and `var/`, the only folder the program writes to."""

VAR = ROOT / "var"


class SettingsInvalid(Exception):
    """A setting is missing or wrong; the message says which, and shows an example."""


class Environment(StrEnum):
    """Where the program runs: development makes up secrets and serves the simulator."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Settings, named in the environment as their alias."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True, populate_by_name=True)

    environment: Environment = Field(Environment.DEVELOPMENT, alias="RUMBO_ENV")
    auth_token: str | None = Field(None, alias="TWILIO_AUTH_TOKEN")
    secret_key: str | None = Field(None, alias="RUMBO_SECRET_KEY")
    old_secret_keys: str = Field("", alias="RUMBO_OLD_SECRET_KEYS")
    account_sid: str | None = Field(None, alias="TWILIO_ACCOUNT_SID", pattern=r"^AC[0-9a-f]{32}$")
    outbound_from: str | None = Field(
        None, alias="RUMBO_OUTBOUND_FROM", pattern=r"^((whatsapp:)?\+[0-9]{7,15}|[0-9]{3,8}|MG[0-9a-f]{32})$"
    )
    handoff: Literal["on", "off"] | None = Field(None, alias="RUMBO_HANDOFF")
    public_base_url: str | None = Field(None, alias="PUBLIC_BASE_URL")
    port: int = Field(8000, alias="RUMBO_PORT", ge=1, le=65535)
    nlu_port: int | None = Field(None, alias="RUMBO_NLU_PORT", ge=1, le=65535)
    nlu_budget_ms: int = Field(1500, alias="RUMBO_NLU_BUDGET_MS", ge=50, le=4000)
    database_url: str = Field(f"sqlite:///{VAR / 'rumbo.db'}", alias="DATABASE_URL")
    redis_url: str | None = Field(None, alias="REDIS_URL")
    web_workers: int = Field(2, alias="RUMBO_WEB_WORKERS", ge=1, le=64)
    web_threads: int = Field(8, alias="RUMBO_WEB_THREADS", ge=2, le=128)
    session_minutes: int = Field(120, alias="RUMBO_SESSION_MINUTES", ge=1)
    retention_days: int = Field(30, alias="RUMBO_RETENTION_DAYS", ge=2)
    sms_accents: Literal["fold", "keep"] = Field("fold", alias="RUMBO_SMS_ACCENTS")
    drafts: Literal["show_with_spanish", "hide"] = Field("show_with_spanish", alias="RUMBO_DRAFTS")
    sms_price_usd: Decimal = Field(Decimal("0.05"), alias="RUMBO_SMS_PRICE_USD", ge=0)
    simulator: bool = Field(True, alias="RUMBO_SIMULATOR")
    console_port: int = Field(8001, alias="RUMBO_CONSOLE_PORT", ge=1, le=65535)
    console_host: str = Field("localhost", alias="RUMBO_CONSOLE_HOST")
    console_second_factor: Literal["required", "offered"] = Field("required", alias="RUMBO_CONSOLE_SECOND_FACTOR")

    @property
    def has_simulator(self) -> bool:
        """Whether the phone simulator is served: never in production."""
        return self.simulator and self.environment is not Environment.PRODUCTION

    @property
    def hands_off(self) -> bool:
        """Whether staff answer people by chat; unless said, they do in development, where nothing is sent."""
        return (self.handoff or ("off" if self.environment is Environment.PRODUCTION else "on")) == "on"

    @property
    def base_url(self) -> str:
        """The public address Twilio calls, as it signs it."""
        return (self.public_base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def nlu_url(self) -> str:
        """The NLU server's address; it is never anywhere but on loopback. `rumbo up` picks a free port and sets it."""
        return f"http://127.0.0.1:{self.nlu_port}"

    @cached_property
    def auth_tokens(self) -> tuple[str, ...]:
        """The token Twilio signs with; two, separated by a comma, while one replaces the other."""
        given = self.auth_token if self.auth_token is not None else self._made_up("auth_token", "TWILIO_AUTH_TOKEN")
        tokens = tuple(token.strip() for token in given.split(","))
        if not all(tokens):
            raise SettingsInvalid(
                _missing("TWILIO_AUTH_TOKEN", "is empty", "TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef")
            )
        return tokens

    @cached_property
    def sender_key(self) -> bytes:
        """The key under which senders become pseudonyms; changing it makes everyone a stranger."""
        given = self.secret_key if self.secret_key is not None else self._made_up("secret_key", "RUMBO_SECRET_KEY")
        if len(given) < 32:
            hint = "RUMBO_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_hex(32))')"
            raise SettingsInvalid(_missing("RUMBO_SECRET_KEY", "must have 32 characters or more", hint))
        return given.encode()

    @property
    def old_keys(self) -> tuple[bytes, ...]:
        """Secrets of before: what was sealed under them can still be opened."""
        return tuple(key.strip().encode() for key in self.old_secret_keys.split(",") if key.strip())

    @property
    def console_key(self) -> bytes:
        """The secret from which the console derives its own keys."""
        return hmac.new(self.sender_key, b"console", hashlib.sha256).digest()

    @property
    def console_url(self) -> str:
        """Where staff reach the console: with TLS in production, by a proxy of the deployment's own."""
        if self.environment is Environment.PRODUCTION:
            return f"https://{self.console_host}"
        return f"http://{self.console_host}:{self.console_port}"

    def _made_up(self, name: str, variable: str) -> str:
        """Return a secret kept in var/ for development; production must bring its own."""
        if self.environment is Environment.PRODUCTION:
            raise SettingsInvalid(_missing(variable, "is not set", f"{variable}=<your secret>"))
        path = VAR / "development-secrets.json"
        kept: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        if name not in kept:
            kept[name] = secrets.token_hex(32)
            VAR.mkdir(exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(json.dumps(kept), "utf-8")
        return kept[name]

    def require_complete(self) -> None:
        """Raise SettingsInvalid when anything that serving needs is missing."""
        _ = self.auth_tokens, self.sender_key
        if self.environment is Environment.PRODUCTION and self.hands_off and not self.account_sid:
            what = "is not set, and without it nobody can answer people (RUMBO_HANDOFF=on)"
            raise SettingsInvalid(_missing("TWILIO_ACCOUNT_SID", what, f"TWILIO_ACCOUNT_SID=AC{'0' * 32}"))
        if self.environment is Environment.PRODUCTION and not self.public_base_url:
            raise SettingsInvalid(
                _missing("PUBLIC_BASE_URL", "is not set", "PUBLIC_BASE_URL=https://rumbo.example.org")
            )


def read_settings(**given: object) -> Settings:
    """Read the settings; `given` ones, by field name, come before the environment's."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"  {issue['loc'][0]}: {issue['msg']}" for issue in error.errors()]
        raise SettingsInvalid("Settings are wrong (environment or .env):\n" + "\n".join(lines)) from error


def _missing(variable: str, what: str, example: str) -> str:
    return f"The setting {variable} {what}. Set it in the environment or in .env, for example:\n  {example}"
