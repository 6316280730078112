"""Accounts of the console from outside it: the first one, and those of the `rumbo staff` commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from console.passwords import hash_password, new_password
from console.permissions import Role
from rumbo.settings import Settings
from rumbo.wiring import now
from stores.database import make_engine, upgrade
from stores.staff_accounts import SqlStaff

FIRST_STAFF = "admin@rumbo.local"

SYSTEM = "system"
"""How the audit names the command line."""


@contextmanager
def open_staff(settings: Settings) -> Iterator[SqlStaff]:
    """Give the accounts of a deployment, whose database is brought up to date."""
    engine = make_engine(settings.database_url)
    upgrade(engine)
    yield SqlStaff(engine, Role.ADMIN, now)
    engine.dispose()


def add_first_staff(settings: Settings) -> str | None:
    """Add an admin to a console without accounts; return the password, which is kept nowhere else."""
    with open_staff(settings) as staff:
        return None if staff.all() else add_staff(staff, FIRST_STAFF, Role.ADMIN)


def add_staff(staff: SqlStaff, email: str, role: Role) -> str:
    """Add an account; return the password, to be changed at the first login."""
    password = new_password()
    staff.add(email, hash_password(password), role, by=SYSTEM)
    return password


def reset_staff(staff: SqlStaff, email: str) -> str:
    """Give an account a new password, to be changed at once, and return it; its second factors and locks are gone."""
    password = new_password()
    staff.reset(staff.find(email), hash_password(password), by=SYSTEM)
    return password
