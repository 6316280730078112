"""Logging in: Flask-Security, passwords by Argon2id, a second factor, no way to register or to reset by mail."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from flask import Flask
from flask_security import Security
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from console.accounts import make_datastore
from stores.audit import SqlAudit

if TYPE_CHECKING:
    from console.app import ConsoleSettings

PUBLIC = frozenset(
    {
        "static",
        "security.static",
        "security.login",
        "security.two_factor_token_validation",
        "security.two_factor_setup",
        "security.two_factor_select",
        "security.wan_signin",
        "security.wan_signin_response",
        "security.mf_recovery",
        "choose_language",
    }
)
"""Views that lead to a login. Everything else is closed to who is not logged in."""

OWN_ACCOUNT = frozenset(
    {
        "home",
        "security.logout",
        "security.change_password",
        "security.verify",
        "security.two_factor_setup",
        "security.wan_register",
        "security.wan_register_response",
        "security.wan_delete",
        "security.wan_verify",
        "security.wan_verify_response",
        "security.mf_recovery_codes",
    }
)
"""Views of one's own account, open to whoever is logged in."""


def add_security(app: Flask, engine: Engine, settings: "ConsoleSettings", audit: SqlAudit) -> None:
    """Add the views of logging in and out, and what guards them."""
    app.config.update(_config(settings))
    datastore = make_datastore(engine)
    CSRFProtect(app)
    Security(app, datastore)

    @app.teardown_appcontext
    def forget(_: BaseException | None) -> None:
        datastore.db.session.remove()


def accounts_only(engine: Engine, settings: "ConsoleSettings", audit: SqlAudit) -> Flask:
    """Return an application that serves nothing, in whose context accounts can be changed from the command line."""
    app = Flask("accounts")
    app.config["SECRET_KEY"] = settings.secret_key.hex()
    add_security(app, engine, settings, audit)
    return app


def _config(settings: "ConsoleSettings") -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SALT": _key(settings.secret_key, "salt"),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_TRACKABLE": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": settings.requires_second_factor,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TOTP_SECRETS": {"1": _key(settings.secret_key, "totp")},
        "SECURITY_TOTP_ISSUER": "Rumbo",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Rumbo",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_POST_LOGIN_VIEW": "home",
        "SECURITY_POST_LOGOUT_VIEW": "security.login",
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "WTF_CSRF_TIME_LIMIT": None,  # As long as the session.
    }


def _key(secret: bytes, label: str) -> str:
    """Derive a key of its own for each use from the one secret."""
    return hmac.new(secret, f"console {label}".encode(), hashlib.sha256).hexdigest()
