"""Cuentas: who may come in and as what; for admins."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from console.app import viewer
from console.emails import normalise_email
from console.passwords import hash_password, new_password
from console.permissions import Permission, Role, needs
from console.role_names import ROLE_NAMES, ROLE_TASKS
from stores.staff_accounts import AccountExists, AccountUnknown, LastAdmin, SqlStaff, StaffAccount


def create_staff_accounts(staff: SqlStaff) -> Blueprint:
    """Return the page of all accounts and what is done there."""
    blueprint = Blueprint("staff_accounts", __name__, url_prefix="/staff-accounts")

    @blueprint.get("")
    @needs(Permission.ADMIN)
    def index() -> ResponseReturnValue:
        return render_template("staff_accounts/index.html", accounts=staff.all(), names=ROLE_NAMES, tasks=ROLE_TASKS)

    @blueprint.post("/add")
    @needs(Permission.ADMIN)
    def add() -> ResponseReturnValue:
        email, role, password = normalise_email(request.form.get("email", "")), _role(), new_password()
        if email is None:
            return _back(gettext("Escriba un correo, por ejemplo nombre@organizacion.org."))
        try:
            staff.add(email, hash_password(password), role, by=viewer())
        except AccountExists:
            return _back(gettext("Ya hay una cuenta con ese correo."))
        return _show_password(email, password)

    @blueprint.post("/<int:id_>/role")
    @needs(Permission.ADMIN)
    def change_role(id_: int) -> ResponseReturnValue:
        account, role = _find(id_), _role()
        if account.email == viewer() and role != Role.ADMIN:
            return _back(gettext("No puede quitarse la administración: pídalo a otra persona."))
        return _change(
            lambda: staff.set_role(account, role, by=viewer()),
            gettext("%(email)s tiene un nuevo rol. Sus sesiones se cerraron.", email=account.email),
        )

    @blueprint.post("/<int:id_>/disable")
    @needs(Permission.ADMIN)
    def disable(id_: int) -> ResponseReturnValue:
        account = _find(id_)
        if account.email == viewer():
            return _back(gettext("No puede desactivar su propia cuenta."))
        done = gettext("%(email)s ya no puede entrar. Sus sesiones se cerraron.", email=account.email)
        return _change(lambda: staff.disable(account, by=viewer()), done)

    @blueprint.post("/<int:id_>/enable")
    @needs(Permission.ADMIN)
    def enable(id_: int) -> ResponseReturnValue:
        account = _find(id_)
        done = gettext("%(email)s puede entrar otra vez.", email=account.email)
        return _change(lambda: staff.enable(account, by=viewer()), done)

    @blueprint.post("/<int:id_>/reset")
    @needs(Permission.ADMIN)
    def reset(id_: int) -> ResponseReturnValue:
        account, password = _find(id_), new_password()
        if account.email == viewer():
            return _back(gettext("Su propia contraseña y su segundo factor se cambian en «Mi cuenta»."))
        staff.reset(account, hash_password(password), by=viewer())
        return _show_password(account.email, password)

    def _find(id_: int) -> StaffAccount:
        try:
            return staff.get(id_)
        except AccountUnknown:
            abort(HTTPStatus.NOT_FOUND)

    return blueprint


def _role() -> Role:
    role = request.form.get("role", "")
    if role not in set(Role):
        abort(HTTPStatus.BAD_REQUEST)
    return Role(role)


def _change(change: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        change()
    except LastAdmin:
        return _back(gettext("Es la última cuenta de administración: antes debe haber otra."))
    flash(done, "success")
    return _to_index()


def _back(problem: str) -> ResponseReturnValue:
    flash(problem, "error")
    return _to_index()


def _to_index() -> ResponseReturnValue:
    return redirect(url_for("staff_accounts.index"), HTTPStatus.SEE_OTHER)


def _show_password(email: str, password: str) -> ResponseReturnValue:
    # In the response itself and nowhere else: a redirect would have to keep it somewhere.
    return render_template("staff_accounts/password.html", email=email, password=password)
