"""Accounts of the console from the command line."""

import secrets

from flask import Flask
from flask_security import SQLAlchemySessionUserDatastore, hash_password
from sqlalchemy import Engine, func, select

from console.permissions import Role
from console.security import accounts_only
from rumbo.settings import Settings
from rumbo.wiring import console_settings
from stores.audit import SqlAudit
from stores.database import make_engine, reading
from stores.tables import staff

FIRST_STAFF = "admin@rumbo.local"
PASSWORD_BYTES = 12


def add_first_staff(settings: Settings) -> str | None:
    """Add an admin to a console without accounts; return the password, which is kept nowhere else."""
    engine = make_engine(settings.database_url)
    with reading(engine) as connection:
        is_empty = connection.execute(select(func.count()).select_from(staff)).scalar_one() == 0
    password = add_staff(_accounts(settings, engine), FIRST_STAFF, Role.ADMIN) if is_empty else None
    engine.dispose()
    return password


def _accounts(settings: Settings, engine: Engine) -> Flask:
    return accounts_only(engine, console_settings(settings), SqlAudit(engine))


def add_staff(accounts: Flask, email: str, role: Role) -> str:
    """Add an account; return its password."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with accounts.app_context():
        store: SQLAlchemySessionUserDatastore = accounts.extensions["security"].datastore
        store.create_user(email=email, password=hash_password(password), roles=[store.find_or_create_role(role.value)])
        store.commit()  # type: ignore[no-untyped-call]
    return password
