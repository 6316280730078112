"""Accounts and their audit, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from stores.audit import SqlAudit
from stores.staff_accounts import AccountExists, AccountUnknown, LastAdmin, SqlStaff
from stores.tables import passkeys, roles, roles_staff, staff

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
BY = "eva@example.org"


@pytest.fixture
def accounts(engine: Engine) -> SqlStaff:
    """No accounts yet."""
    with engine.begin() as connection:
        for table in (passkeys, roles_staff, roles, staff):
            connection.execute(table.delete())
    return SqlStaff(engine, "admin", lambda: NOW)


def _uniquifier(engine: Engine, email: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(staff.c.fs_uniquifier).where(staff.c.email == email)).scalar_one())


def test_an_account_is_found_in_whichever_case_it_is_written(accounts: SqlStaff) -> None:
    accounts.add("ana@example.org", "hash", "editor", by=BY)
    account = accounts.find(" ANA@example.org")
    assert (account.role, account.is_active, account.has_own_password) == ("editor", True, False)
    assert accounts.all() == (account,)
    with pytest.raises(AccountExists):
        accounts.add("Ana@example.org", "hash", "viewer", by=BY)
    with pytest.raises(AccountUnknown):
        accounts.find("luis@example.org")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda accounts, ana: accounts.set_role(ana, "viewer", by=BY), id="role"),
        pytest.param(lambda accounts, ana: accounts.disable(ana, by=BY), id="disabled"),
        pytest.param(lambda accounts, ana: accounts.reset(ana, "other", by=BY), id="reset"),
        pytest.param(lambda accounts, ana: accounts.end_sessions(ana, by=BY), id="sessions"),
    ],
)
def test_a_change_ends_the_sessions_of_an_account(
    engine: Engine, accounts: SqlStaff, change: Callable[[SqlStaff, object], None]
) -> None:
    accounts.add("ana@example.org", "hash", "editor", by=BY)
    before = _uniquifier(engine, "ana@example.org")
    change(accounts, accounts.find("ana@example.org"))
    assert _uniquifier(engine, "ana@example.org") != before


def test_a_reset_leaves_nothing_but_the_new_password(engine: Engine, accounts: SqlStaff) -> None:
    accounts.add("ana@example.org", "hash", "editor", by=BY)
    ana = accounts.find("ana@example.org")
    old = {"tf_primary_method": "authenticator", "tf_totp_secret": "s", "mf_recovery_codes": ["a"]}
    key = {"credential_id": b"1", "public_key": b"2", "backup_state": False, "device_type": "x", "name": "n"}
    with engine.begin() as connection:
        connection.execute(staff.update().values(confirmed_at=datetime(2026, 11, 24), **old))  # noqa: DTZ001
        connection.execute(
            passkeys.insert().values(**key, usage="first", user_id=ana.id, lastuse_datetime=datetime(2026, 11, 24))  # noqa: DTZ001
        )
    assert accounts.find("ana@example.org").passkeys == 1
    accounts.reset(ana, "other", by=BY)
    reset = accounts.find("ana@example.org")
    assert (reset.has_own_password, reset.has_authenticator, reset.passkeys) == (False, False, 0)


def test_the_last_active_admin_stays_admin_and_active(accounts: SqlStaff) -> None:
    accounts.add("eva@example.org", "hash", "admin", by="system")
    accounts.add("ana@example.org", "hash", "admin", by="system")
    eva, ana = accounts.find("eva@example.org"), accounts.find("ana@example.org")
    accounts.disable(ana, by=BY)
    with pytest.raises(LastAdmin):
        accounts.disable(eva, by=BY)
    with pytest.raises(LastAdmin):
        accounts.set_role(eva, "viewer", by=BY)
    assert accounts.find("eva@example.org").role == "admin"
    accounts.set_role(ana, "viewer", by=BY)  # She could not act as admin anyway.


def test_each_change_stands_in_the_audit_and_a_refused_one_does_not(engine: Engine, accounts: SqlStaff) -> None:
    audit = SqlAudit(engine)
    newest = max((entry.id for entry in audit.page(size=1)), default=0)
    accounts.add("eva@example.org", "hash", "admin", by="system")
    with pytest.raises(LastAdmin):
        accounts.disable(accounts.find("eva@example.org"), by=BY)
    written = [entry for entry in audit.page() if entry.id > newest]
    assert [(entry.at, entry.staff, entry.action, entry.subject, entry.detail) for entry in written] == [
        (NOW, "system", "staff.added", "eva@example.org", "admin")
    ]


@pytest.mark.parametrize("statement", ["UPDATE audit SET staff = 'x'", "DELETE FROM audit"])
def test_nobody_edits_the_audit(engine: Engine, statement: str) -> None:
    audit = SqlAudit(engine, lambda: NOW)
    audit.record(BY, "login")
    with pytest.raises(DBAPIError, match="the audit is not edited"), engine.begin() as connection:
        connection.execute(text(statement))
    assert audit.page(size=1)[0].staff == BY


def test_the_audit_is_read_in_pages_and_by_who_and_what(engine: Engine) -> None:
    audit = SqlAudit(engine, lambda: NOW)
    for number in range(5):
        audit.record(f"pager{number % 2}@example.org", f"page.{number}")
    first = audit.page(size=2)
    second = audit.page(first[-1].id, size=2)
    assert [entry.action for entry in (*first, *second)] == ["page.4", "page.3", "page.2", "page.1"]
    assert [entry.action for entry in audit.page(staff="pager1@example.org")] == ["page.3", "page.1"]
    assert [entry.staff for entry in audit.page(action="page.2")] == ["pager0@example.org"]
    assert "page.4" in audit.recent_names()[1]
