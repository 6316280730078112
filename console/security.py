"""Logging in: Flask-Security, passwords by Argon2id, a second factor, no way to register or to reset by mail."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, flash, redirect, request, url_for
from flask_security import Security
from flask_security.utils import get_message
from flask_wtf import CSRFProtect
from redis import Redis
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from console.accounts import make_datastore
from console.emails import AccountNames
from console.enrolment import lead_through_enrolment
from console.login_guard import (
    GuardedChangePasswordForm,
    GuardedCodeForm,
    GuardedLoginForm,
    GuardedPasskeyForm,
    GuardedRecoveryForm,
    GuardedVerifyForm,
    LoginGuard,
    add_guard,
)
from console.login_messages import MESSAGES
from console.second_factors import (
    OneTimeCodes,
    PasskeyForm,
    PasskeyMadeForm,
    PasskeyRemovalForm,
    PasskeyRules,
    RecoveryCodes,
)
from stores.audit import SqlAudit
from stores.login_attempts import RedisLoginAttempts

if TYPE_CHECKING:
    from console.app import ConsoleSettings

PUBLIC = frozenset(
    {
        "static",
        "security.login",
        "security.two_factor_token_validation",
        "security.tf_select",
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
        "security.wan_register",
        "security.wan_register_response",
        "security.wan_delete",
        "security.wan_verify",
        "security.wan_verify_response",
        "security.mf_recovery_codes",
    }
)
"""Views of one's own account, open to whoever is logged in. Flask-Security's other views stay closed."""

FORMS: dict[str, Any] = {
    "login_form": GuardedLoginForm,
    "verify_form": GuardedVerifyForm,
    "change_password_form": GuardedChangePasswordForm,
    "two_factor_verify_code_form": GuardedCodeForm,
    "mf_recovery_form": GuardedRecoveryForm,
    "wan_signin_response_form": GuardedPasskeyForm,
    "wan_register_form": PasskeyForm,
    "wan_register_response_form": PasskeyMadeForm,
    "wan_delete_form": PasskeyRemovalForm,
}

FRESH = timedelta(minutes=15)
"""How long after a login second factors can be changed without showing again who one is."""


def add_security(
    app: Flask,
    engine: Engine,
    settings: "ConsoleSettings",
    audit: SqlAudit,
    redis: Redis,
    now: Callable[[], datetime],
) -> None:
    """Add the views of logging in and out, and what guards them."""
    app.config.update(_config(settings))
    app.config.update({f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()})
    datastore = make_datastore(engine)
    CSRFProtect(app)
    security = Security(
        app,
        datastore,
        mail_util_cls=AccountNames,
        totp_cls=OneTimeCodes,
        webauthn_util_cls=PasskeyRules,
        mf_recovery_codes_util_cls=RecoveryCodes,
        **FORMS,
    )
    security.reauthn_handler(_ask_again)
    add_guard(app, LoginGuard(RedisLoginAttempts(redis), audit, now))
    _forms_only(app, security)
    lead_through_enrolment(app, now, requires_second_factor=settings.requires_second_factor)

    @app.teardown_appcontext
    def forget(_: BaseException | None) -> None:
        datastore.db.session.remove()


def _ask_again(_within: timedelta, _grace: timedelta) -> BaseResponse:
    """Ask again who one is. What was sent is not kept: after a form one starts again from one's account."""
    flash(*get_message("REAUTHENTICATION_REQUIRED"))
    there = request.full_path.rstrip("?") if request.method == "GET" else url_for("account.show")
    return redirect(url_for("security.verify", next=there), HTTPStatus.SEE_OTHER)


def _forms_only(app: Flask, security: Security) -> None:
    """Close Flask-Security's other doors: JSON, and tokens that outlive the session."""
    security.want_json(lambda _: False)
    app.login_manager.request_loader(lambda _: None)  # type: ignore[attr-defined]

    @app.before_request
    def refuse_json() -> None:
        if request.blueprint == "security" and request.is_json:
            abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def _config(settings: "ConsoleSettings") -> dict[str, object]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SALT": _key(settings.secret_key, "salt").hex(),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_INPUT_NORMALIZE_FORM": "NFC",  # The names of passkeys, as they are compared and shown.
        "SECURITY_TRACKABLE": False,
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": FRESH,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": settings.requires_second_factor,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_IMPLEMENTATIONS": {
            "code": "flask_security.twofactor.CodeTfPlugin",
            "webauthn": "console.second_factors.PasskeyFactor",
        },
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # One code earlier and one later: telephones know the time.
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TOTP_SECRETS": {"1": _key(settings.secret_key, "totp").hex()},
        "SECURITY_TOTP_ISSUER": "Rumbo",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Rumbo",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_POST_REGISTER_VIEW": "account.show",
        "SECURITY_POST_LOGIN_VIEW": "home",
        "SECURITY_POST_LOGOUT_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "home",
        "SECURITY_POST_VERIFY_VIEW": "account.show",
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(Path(__file__).parent / "translations")],
        "WTF_CSRF_TIME_LIMIT": None,  # As long as the session.
    }


def _key(secret: bytes, label: str) -> bytes:
    """Derive a key of its own for each use from the one secret."""
    return hmac.new(secret, f"console {label}".encode(), hashlib.sha256).digest()
