"""Mi cuenta: one's own password, second factors and sessions."""

from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import SQLAlchemySessionUserDatastore, auth_required, current_user, logout_user
from flask_security.totp import Totp

from console.app import viewer
from console.login_guard import guard
from console.permissions import Permission, needs
from console.role_names import ROLE_NAMES
from console.second_factors import last_factor
from console.security import FRESH
from stores.staff_accounts import SqlStaff

UNPROVEN = "unproven_authenticator"
"""Where the session keeps a secret, encrypted by Flask-Security, until a code proves that the telephone has it."""

MINUTES = FRESH.total_seconds() / 60


def create_account(staff: SqlStaff) -> Blueprint:
    """Return the page of one's own account and what is done there."""
    account = Blueprint("account", __name__, url_prefix="/account")

    @account.get("")
    @needs(Permission.READ)
    def show() -> ResponseReturnValue:
        roles = [ROLE_NAMES[role.name] for role in current_user.roles if role.name in ROLE_NAMES]
        return render_template("account/show.html", roles=roles)

    @account.get("/second-factor")
    @needs(Permission.READ)
    def second_factor() -> ResponseReturnValue:
        return render_template("account/second_factor.html")

    @account.route("/authenticator", methods=["GET", "POST"])
    @auth_required("session", within=MINUTES, grace=MINUTES)
    @needs(Permission.READ)
    def authenticator() -> ResponseReturnValue:
        secret = session.setdefault(UNPROVEN, _totp().generate_totp_secret())
        error = None
        if request.method == "POST":
            if _is_right(request.form.get("code", ""), secret):
                return _keep(secret)
            error = gettext("El código no es correcto. Espere el siguiente y escríbalo.")
        values = _totp().fetch_setup_values(secret, current_user)
        return render_template("account/authenticator.html", error=error, image=values["image"], key=values["key"])

    @account.post("/authenticator/remove")
    @auth_required("session", within=MINUTES, grace=MINUTES)
    @needs(Permission.READ)
    def remove_authenticator() -> ResponseReturnValue:
        if not current_user.may_lose_a_factor:
            flash(last_factor(), "error")
        else:
            guard().note("authenticator.removed", current_user)
            _datastore().tf_reset(current_user)
            _datastore().commit()  # type: ignore[no-untyped-call]
            flash(gettext("La aplicación de códigos se quitó de su cuenta."), "success")
        return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)

    @account.post("/end-sessions")
    @needs(Permission.READ)
    def end_sessions() -> ResponseReturnValue:
        staff.end_sessions(staff.find(viewer()), by=viewer())
        logout_user()
        return redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)

    return account


def _is_right(code: str, secret: str) -> bool:
    code = "".join(code.split())
    window = current_app.config["SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY"]
    return _totp().verify_totp(token=code, totp_secret=secret, user=current_user, window=window)


def _keep(secret: str) -> ResponseReturnValue:
    guard().note("authenticator.added", current_user)
    session.pop(UNPROVEN)
    _datastore().tf_set(current_user, "authenticator", totp_secret=secret)
    _datastore().commit()  # type: ignore[no-untyped-call]
    flash(gettext("Listo: al entrar le pediremos un código de la aplicación."), "success")
    return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)


def _totp() -> Totp:
    totp: Totp = current_app.extensions["security"].totp_factory
    return totp


def _datastore() -> SQLAlchemySessionUserDatastore:
    datastore: SQLAlchemySessionUserDatastore = current_app.extensions["security"].datastore
    return datastore
