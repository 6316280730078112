"""Accounts of the console as admins see and change them; every change stands in the audit or is not made."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from bot.errors import RumboError
from stores.audit import add_entry
from stores.database import insert_into, reading, writing
from stores.tables import passkeys, roles, roles_staff, staff


class AccountRefused(RumboError):
    """The change is not to be made; the subclass says why."""


class AccountUnknown(AccountRefused):
    """There is no such account."""


class AccountExists(AccountRefused):
    """There is one with this e-mail."""


class LastAdmin(AccountRefused):
    """Nobody who may manage accounts would be left."""


@dataclass(frozen=True)
class StaffAccount:
    """A member of staff."""

    id: int
    email: str
    role: str
    """Empty for an account without one."""
    is_active: bool
    has_own_password: bool
    """False as long as the password is the one that somebody else was shown."""
    has_authenticator: bool
    passkeys: int


class SqlStaff:
    """The accounts in SQL. `by` is who acts, as the audit names them; `admin` the role that must not die out."""

    def __init__(self, engine: Engine, admin: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._admin = admin
        self._now = now

    def all(self) -> tuple[StaffAccount, ...]:
        """Return every account, by e-mail."""
        with reading(self._engine) as connection:
            return tuple(map(_account, connection.execute(_accounts().order_by(staff.c.email)).all()))

    def find(self, email: str) -> StaffAccount:
        """Return the account with an e-mail, in whichever case it is written, or raise AccountUnknown."""
        with reading(self._engine) as connection:
            named = func.lower(staff.c.email) == email.strip().lower()
            row = connection.execute(_accounts().where(named)).one_or_none()
        if row is None:
            raise AccountUnknown(email)
        return _account(row)

    def get(self, id_: int) -> StaffAccount:
        """Return the account with a number, or raise AccountUnknown."""
        with reading(self._engine) as connection:
            row = connection.execute(_accounts().where(staff.c.id == id_)).one_or_none()
        if row is None:
            raise AccountUnknown(str(id_))
        return _account(row)

    def add(self, email: str, password_hash: str, role: str, *, by: str) -> None:
        """Add an account whose password must be changed at the first login."""
        with self._changing(by, "staff.added", email, role) as connection:
            if connection.execute(select(staff.c.id).where(func.lower(staff.c.email) == email.lower())).first():
                raise AccountExists(email)
            made_up = {"fs_uniquifier": _uniquifier(), "fs_webauthn_user_handle": _uniquifier()}
            row = {"email": email, "password": password_hash, "active": True, **made_up}
            added = connection.execute(insert(staff).values(row))
            assert added.inserted_primary_key is not None
            _give_role(connection, added.inserted_primary_key[0], role)

    def set_role(self, account: StaffAccount, role: str, *, by: str) -> None:
        """Make it the only role of an account, and end its sessions."""
        with self._changing(by, "staff.role", account.email, role) as connection:
            if role != self._admin:
                self._require_other_admin(connection, account.id)
            connection.execute(delete(roles_staff).where(roles_staff.c.user_id == account.id))
            _give_role(connection, account.id, role)
            _change(connection, account.id)

    def disable(self, account: StaffAccount, *, by: str) -> None:
        """Let nobody in with an account any more, and end its sessions."""
        with self._changing(by, "staff.disabled", account.email) as connection:
            self._require_other_admin(connection, account.id)
            _change(connection, account.id, active=False)

    def enable(self, account: StaffAccount, *, by: str) -> None:
        """Take a disabled account back."""
        with self._changing(by, "staff.enabled", account.email) as connection:
            _change(connection, account.id, active=True)

    def reset(self, account: StaffAccount, password_hash: str, *, by: str) -> None:
        """Give an account a password that must be changed at once; take its second factors, sessions and locks away."""
        with self._changing(by, "staff.reset", account.email) as connection:
            connection.execute(delete(passkeys).where(passkeys.c.user_id == account.id))
            gone = dict.fromkeys(("confirmed_at", "tf_primary_method", "tf_totp_secret", "mf_recovery_codes"))
            _change(connection, account.id, password=password_hash, **gone)

    def end_sessions(self, account: StaffAccount, *, by: str) -> None:
        """Log an account out everywhere."""
        with self._changing(by, "staff.sessions_ended", account.email) as connection:
            _change(connection, account.id)

    @contextmanager
    def _changing(self, by: str, action: str, email: str, detail: str | None = None) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            add_entry(connection, self._now(), by, action, email, detail)
            yield connection

    def _require_other_admin(self, connection: Connection, id_: int) -> None:
        # The lock keeps two admins from disabling each other at the same time; SQLite has locked already.
        admin = connection.execute(select(roles.c.id).where(roles.c.name == self._admin).with_for_update()).scalar()
        admins = select(roles_staff.c.user_id).where(roles_staff.c.role_id == admin)
        active = set(connection.scalars(select(staff.c.id).where(staff.c.id.in_(admins), staff.c.active)))
        if active == {id_}:
            raise LastAdmin


def _accounts() -> Any:
    keys = select(func.count()).where(passkeys.c.user_id == staff.c.id).scalar_subquery()
    held = select(func.min(roles.c.name)).select_from(roles.join(roles_staff))
    role = held.where(roles_staff.c.user_id == staff.c.id).scalar_subquery()
    columns = (staff.c.id, staff.c.email, staff.c.active, staff.c.confirmed_at, staff.c.tf_primary_method)
    return select(*columns, role.label("role"), keys.label("passkeys"))


def _account(row: Row[Any]) -> StaffAccount:
    return StaffAccount(
        id=row.id,
        email=row.email,
        role=row.role or "",
        is_active=row.active,
        has_own_password=row.confirmed_at is not None,
        has_authenticator=row.tf_primary_method is not None,
        passkeys=row.passkeys,
    )


def _give_role(connection: Connection, id_: int, role: str) -> None:
    connection.execute(insert_into(connection, roles).values(name=role).on_conflict_do_nothing())
    role_id = connection.execute(select(roles.c.id).where(roles.c.name == role)).scalar_one()
    connection.execute(insert(roles_staff).values(user_id=id_, role_id=role_id))


def _change(connection: Connection, id_: int, **values: object) -> None:
    """Change an account and end its sessions, which name it by its uniquifier, as locks of its login do."""
    connection.execute(update(staff).where(staff.c.id == id_).values(fs_uniquifier=_uniquifier(), **values))


def _uniquifier() -> str:
    return uuid.uuid4().hex
