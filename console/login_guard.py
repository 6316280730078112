"""What stands before every password and code: a few wrong ones lock the account, and the audit knows of each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Response, after_this_request, current_app, request, session
from flask_babel import format_time, gettext
from flask_login import user_logged_out
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MfRecoveryForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnSigninResponseForm,
    current_user,
    lookup_identity,
    password_changed,
    user_authenticated,
    verify_password,
    wan_deleted,
    wan_registered,
)
from flask_security.forms import Form
from flask_security.utils import get_message

from bot.errors import StoreUnavailable
from console.accounts import User
from stores.audit import SqlAudit
from stores.login_attempts import RedisLoginAttempts

NOBODY = "nobody"
"""How the audit names who logs in with an e-mail that is no account's: what strangers type stays out of it."""

EXTENSION = "rumbo-login-guard"


class LoginGuard:
    """Counts wrong passwords and codes, by account and by address of the client."""

    def __init__(self, attempts: RedisLoginAttempts, audit: SqlAudit, now: Callable[[], datetime]) -> None:
        self.attempts = attempts
        self._audit = audit
        self._now = now

    def allow(self, form: Form, user: User | None, typed: str, kind: str, is_right: Callable[[], bool]) -> bool:
        """Whether `is_right` says so and the account is not locked; it is not even asked of one that is.

        `typed` stands for the account where there is none: a stranger must not see which ones there are.
        """
        attempt = self.attempts.begin(_key(user, typed), request.remote_addr or "")
        if attempt.wait:
            self._refuse(form, attempt.wait)
            return False
        if is_right():
            self.attempts.forgive(attempt)
            return True
        self.note("login.failed", user, kind)
        if attempt.is_last:
            self.note("login.locked", user, kind)
        return False

    def is_open(self, form: Form, user: User) -> bool:
        """Whether an account is not locked; if it is, the form says so."""
        wait = self.attempts.seconds_locked(_key(user, ""))
        if wait:
            self._refuse(form, wait)
        return not wait

    def note(self, action: str, user: User | None, detail: str | None = None) -> None:
        """Write into the audit what somebody did with their own account."""
        self._audit.record(user.email if user else NOBODY, action, None, detail)

    def _refuse(self, form: Form, wait: int) -> None:
        # To the next full minute: the sentence names hours and minutes.
        time = format_time(self._now() + timedelta(seconds=wait + 60), "short")
        form.form_errors.append(
            gettext("Demasiados intentos fallidos. A las %(time)s puede intentar de nuevo.", time=time)
        )
        after_this_request(_too_many)


def _too_many(response: Response) -> Response:
    if response.status_code == 200:
        response.status_code = 429
    return response


def _key(user: User | None, typed: str) -> str:
    # The uniquifier changes when an account is reset, which so unlocks it.
    return f"account {user.fs_uniquifier}" if user else f"typed {typed.strip().casefold()}"


def guard() -> LoginGuard:
    """Return the guard of the running console."""
    return cast(LoginGuard, current_app.extensions[EXTENSION])


def add_guard(app: Flask, watch: LoginGuard) -> None:
    """Let the audit know who comes, goes, and changes how they come in."""
    app.extensions[EXTENSION] = watch

    @user_authenticated.connect_via(app, weak=False)
    def came(_app: Flask, user: User, authn_via: list[str] | None = None, **_: object) -> None:
        watch.attempts.forget(_key(user, ""))
        if authn_via == ["change"]:
            return
        try:
            watch.note("login", user, ", ".join(authn_via or ["second factor"]))
        except StoreUnavailable:
            session.clear()  # Nobody comes in unseen.
            raise

    def went(_app: Flask, user: User, **_: object) -> None:
        watch.note("logout", user)

    user_logged_out.connect(went, app, weak=False)

    @password_changed.connect_via(app, weak=False)
    def chose(_app: Flask, user: User, **_: object) -> None:
        watch.note("password.changed", user)

    @wan_registered.connect_via(app, weak=False)
    def added(_app: Flask, user: User, **_: object) -> None:
        watch.note("passkey.added", user)

    @wan_deleted.connect_via(app, weak=False)
    def removed(_app: Flask, user: User, **_: object) -> None:
        watch.note("passkey.removed", user)


class GuardedLoginForm(LoginForm):
    """E-mail and password. Nobody is remembered beyond the session."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """Whether somebody may go on."""
        typed = str(self.email.data or "")
        user = cast(User | None, lookup_identity(typed))
        return guard().allow(self, user, typed, "password", lambda: super(GuardedLoginForm, self).validate(**kwargs))


class GuardedVerifyForm(VerifyForm):
    """The password again, before something weighty."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is the right one."""
        user = cast(User, self.user)
        return guard().allow(self, user, "", "verify", lambda: super(GuardedVerifyForm, self).validate(**kwargs))


class GuardedChangePasswordForm(ChangePasswordForm):
    """The password so far, and a new one twice."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the password so far is right and the new one good; only the former counts as an attempt."""
        if not guard().allow(self, current_user, "", "password", self._is_current):
            if not self.form_errors:
                self.password.errors = [get_message("INVALID_PASSWORD")[0]]
            return False
        return super().validate(**kwargs)

    def _is_current(self) -> bool:
        return bool(self.password.data) and verify_password(self.password.data, current_user.password)


class GuardedCodeForm(TwoFactorVerifyCodeForm):
    """The code of the application."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is the right one."""
        user = cast(User, self.user)
        return guard().allow(self, user, "", "code", lambda: super(GuardedCodeForm, self).validate(**kwargs))


class GuardedRecoveryForm(MfRecoveryForm):
    """One of the recovery codes."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is one that was not used yet."""
        user = cast(User, self.user)
        kind = "recovery code"
        return guard().allow(self, user, "", kind, lambda: super(GuardedRecoveryForm, self).validate(**kwargs))


class GuardedPasskeyForm(WebAuthnSigninResponseForm):
    """What the browser says about a passkey, which tells whose it is."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is a passkey of ours, and of an account that is open."""
        address = f"passkey from {request.remote_addr}"
        return guard().allow(self, None, address, "passkey", lambda: self._is_ours(**kwargs))

    def _is_ours(self, **kwargs: Any) -> bool:
        expected = session.get("tf_user_id") if self.is_secondary else None
        # As a second factor too: all our passkeys are of the one kind that can stand alone.
        self.is_secondary = False
        is_right = super().validate(**kwargs)
        if self.user is None:
            return is_right
        if expected not in {None, self.user.fs_uniquifier}:
            self.form_errors.append(get_message("WEBAUTHN_MISMATCH_USER_HANDLE")[0])
            return False
        return guard().is_open(self, cast(User, self.user)) and is_right
