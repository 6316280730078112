"""The first login, step by step: a password of one's own, a second factor, recovery codes; then the console opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user, password_changed

from console.accounts import User


@dataclass(frozen=True)
class Step:
    """Where somebody is led, and the views that belong to it."""

    start: str
    views: frozenset[str] = frozenset()


PASSWORD = Step("security.change_password")
FACTOR = Step(
    "account.second_factor",
    frozenset(
        {
            "account.authenticator",
            "security.wan_register",
            "security.wan_register_response",
            "security.verify",
            "security.change_password",
        }
    ),
)
RECOVERY = Step(
    "security.mf_recovery_codes",
    frozenset({"security.verify", "security.wan_verify", "security.wan_verify_response"}),
)

ALWAYS = frozenset({"static", "choose_language", "security.logout"})


def next_step(user: User, *, requires_second_factor: bool) -> Step | None:
    """Return what an account still lacks; None when it is complete.

    `confirmed_at` is when its owner chose the password; nobody has while it is the one that somebody else was shown.
    """
    if user.confirmed_at is None:
        return PASSWORD
    if not user.has_second_factor:
        return FACTOR if requires_second_factor else None
    return None if user.mf_recovery_codes else RECOVERY


def lead_through_enrolment(app: Flask, now: Callable[[], datetime], *, requires_second_factor: bool) -> None:
    """Lead whoever is logged in to the step that is next, wherever they want to go."""

    @password_changed.connect_via(app, weak=False)
    def own(_app: Flask, user: User, **_: object) -> None:
        user.confirmed_at = now().astimezone(UTC).replace(tzinfo=None)  # Flask-Security's columns have no zone.

    @app.before_request
    def lead() -> ResponseReturnValue | None:
        if not current_user.is_authenticated or request.endpoint is None or request.endpoint in ALWAYS:
            return None
        step = next_step(current_user, requires_second_factor=requires_second_factor)
        g.is_enrolling = step is not None
        if step is None or request.endpoint == step.start or request.endpoint in step.views:
            return None
        return redirect(url_for(step.start), HTTPStatus.SEE_OTHER)
