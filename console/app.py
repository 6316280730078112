"""The console's Flask application: who gets in, what every page carries, and how little it says when it breaks."""

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated
from flask_session import Session
from redis import Redis
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from bot.catalogue import Catalogue
from console.naming import person_name
from console.navigation import Page, pages_for
from console.permissions import Permission, allows, permission_of
from console.security import OWN_ACCOUNT, PUBLIC, add_security
from stores.audit import SqlAudit

logger = logging.getLogger(__name__)

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
MAX_BODY = 1024 * 1024
LANGUAGES = ("es", "en")
REGIONS = {"es": "es_GT", "en": "en_GB"}
"""How each language writes numbers, days and money here."""
TIME_ZONE = "America/Guatemala"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # Over TLS the CSRF check wants to see that a form comes from our own page.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class ConsoleSettings:
    """What the console must know of its deployment."""

    secret_key: bytes
    """Derives every key of sessions and tokens; 32 bytes or more."""
    host: str
    """The name staff reach it by (`localhost`, `console.example.org`): passkeys are bound to it."""
    requires_second_factor: bool = True
    is_development: bool = False


@dataclass(frozen=True)
class ConsoleParts:
    """What the pages work with; built by `rumbo.wiring`."""

    engine: Engine
    redis: Redis
    catalogue: Callable[[], Catalogue]
    content_root: Path
    now: Callable[[], datetime]
    audit: SqlAudit
    blueprints: Sequence[Blueprint] = field(default_factory=tuple)


def create_console(settings: ConsoleSettings, parts: ConsoleParts) -> Flask:
    """Return the application. Every view but those of logging in is closed unless it names a permission."""
    here = str(Path(__file__).parent)
    app = Flask("console", root_path=here, static_folder="static/console", static_url_path="/static")
    app.config.update(_config(settings, parts))
    # Nobody but a proxy of the deployment's own reaches the port, which is on loopback.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    _answer_to_our_name(app, settings.host)
    Session(app)
    Babel(app, locale_selector=lambda: REGIONS[_language()], default_timezone=TIME_ZONE, default_locale=LANGUAGES[0])
    _keep_sessions_short(app, parts.now)
    add_security(app, parts.engine, settings, parts.audit, parts.redis, parts.now)
    for blueprint in parts.blueprints:
        app.register_blueprint(blueprint)
    _add_language_choice(app)
    _close_by_default(app)
    _dress(app)
    _handle_errors(app)
    return app


def _config(settings: ConsoleSettings, parts: ConsoleParts) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key.hex(),
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "SESSION_TYPE": "redis",
        "SESSION_REDIS": parts.redis,
        "SESSION_KEY_PREFIX": "console:session:",
        "SESSION_SERIALIZATION_FORMAT": "json",
        "SESSION_ID_LENGTH": 32,
        "SESSION_COOKIE_NAME": "__Host-rumbo",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": IDLE,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
    }


def _answer_to_our_name(app: Flask, host: str) -> None:
    """Refuse requests for another host: passkeys are made for the one that is asked."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if host_is_trusted(request.host, (host, "localhost", "127.0.0.1")):
            return None
        return Response("", HTTPStatus.BAD_REQUEST)


def _language() -> str:
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _add_language_choice(app: Flask) -> None:
    @app.post("/language")
    def choose_language() -> ResponseReturnValue:
        chosen = request.form.get("language", "")
        if chosen not in LANGUAGES:
            abort(HTTPStatus.BAD_REQUEST)
        session["language"] = chosen
        return redirect(url_for("home"), HTTPStatus.SEE_OTHER)

    @app.get("/")
    def home() -> ResponseReturnValue:
        first = next(iter(_pages()), None)
        if first is None:
            return render_template("console/empty.html")
        return redirect(url_for(first.endpoint), HTTPStatus.SEE_OTHER)


def _keep_sessions_short(app: Flask, now: Callable[[], datetime]) -> None:
    """End a session half an hour after its last use, and eight hours after its login whatever happened since."""

    @user_authenticated.connect_via(app, weak=False)
    def begin(_app: Flask, authn_via: list[str] | None = None, **_: object) -> None:
        # A session id that somebody knew before the login must be worth nothing after it.
        app.session_interface.regenerate(session)  # type: ignore[attr-defined]
        session.permanent = True
        session.pop("_remember", None)  # Asked for by hand; a cookie that logs in would outlive any session.
        if authn_via != ["change"]:  # A new password is no new login.
            session["since"] = now().timestamp()

    def finish(_app: Flask, **_: object) -> None:
        language = session.get("language")
        session.clear()
        if language:
            session["language"] = language
            app.session_interface.regenerate(session)  # type: ignore[attr-defined]

    user_logged_out.connect(finish, app, weak=False)

    @app.before_request
    def end() -> ResponseReturnValue | None:
        session.permanent = True
        if current_user.is_authenticated and now().timestamp() - session.get("since", 0) > ABSOLUTE.total_seconds():
            session.clear()
            return redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)
        return None


def _close_by_default(app: Flask) -> None:
    @app.before_request
    def close() -> ResponseReturnValue | None:
        endpoint = request.endpoint or ""
        if endpoint in PUBLIC:
            return None
        if not current_user.is_authenticated:
            if request.method != "GET":
                abort(HTTPStatus.UNAUTHORIZED)
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")), HTTPStatus.SEE_OTHER)
        if not endpoint:
            return None  # Not found, or not by this method.
        if endpoint in OWN_ACCOUNT:
            return None
        permission = permission_of(app.view_functions.get(endpoint))
        if permission is None or not allows(_roles(), permission):
            abort(HTTPStatus.FORBIDDEN)
        return None


def _pages() -> tuple[Page, ...]:
    """Return the pages that whoever is logged in may open, of the rooms that are there."""
    return tuple(page for page in pages_for(_roles()) if page.endpoint in current_app.view_functions)


def _roles() -> frozenset[str]:
    return frozenset(role.name for role in current_user.roles) if current_user.is_authenticated else frozenset()


def _dress(app: Flask) -> None:
    """Give every page its headers, and templates what they all need."""

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    @app.context_processor
    def common() -> dict[str, object]:
        return {
            "pages": () if g.get("is_enrolling") else _pages(),
            "may": lambda permission: allows(_roles(), Permission(permission)),
            "language": str(get_locale() or LANGUAGES[0])[:2],
            "person_name": person_name,
            "endpoints": app.view_functions,
        }


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.response
        return render_template("console/error.html", code=error.code), error.code or HTTPStatus.INTERNAL_SERVER_ERROR

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        # Never the message: it may hold a person's words.
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        logger.error("%s at %s", type(error).__name__, places)
        return render_template("console/error.html", code=500), HTTPStatus.INTERNAL_SERVER_ERROR


def viewer() -> str:
    """Return how the audit names whoever is logged in."""
    return str(current_user.email)
