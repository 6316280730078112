"""Accounts: the first login, guessing, sessions that end, and what admins do."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from console.app import IDLE, ConsoleParts, ConsoleSettings, create_console
from console.login_guard import EXTENSION
from console.passwords import hash_password, new_password
from console.permissions import Role
from stores.staff_accounts import SqlStaff, StaffAccount
from stores.tables import staff as staff_table
from tests.console.conftest import ORIGIN, PASSWORD, Clock, Visitor

Visit = Callable[[], Visitor]
LogIn = Callable[[Role], Visitor]

NEW = "otra bien distinta"
OWN: dict[str, object] = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
VIEWER, ADMIN = "viewer@example.org", "admin@example.org"


@pytest.fixture
def staff(engine: Engine) -> SqlStaff:
    """The accounts."""
    return SqlStaff(engine, Role.ADMIN)


@pytest.fixture
def strict(parts: ConsoleParts, staff: SqlStaff) -> Visitor:
    """A visitor of a console that requires second factors, and has an account with a password that was given."""
    staff.add(VIEWER, hash_password(PASSWORD), Role.VIEWER, by="system")
    return Visitor(create_console(ConsoleSettings(b"k" * 32, "localhost"), parts).test_client())


def _try(visitor: Visitor, password: str, email: str = VIEWER) -> tuple[int, str]:
    response = visitor.send("/login", {"email": email, "password": password})
    problem = re.search(r'<p class="flash error" role="alert">([^<]*)</p>', response.text)
    return response.status_code, problem[1] if problem else ""


def _actions(parts: ConsoleParts, email: str) -> list[tuple[str, str | None]]:
    return [(entry.action, entry.detail) for entry in reversed(parts.audit.page(staff=email))]


def _is_in(visitor: Visitor) -> bool:
    return not (visitor.get("/account").headers.get("Location") or "").startswith("/login")


def test_a_given_password_opens_nothing_but_the_way_to_ones_own(strict: Visitor) -> None:
    assert _try(strict, PASSWORD)[0] == 302
    for path in ("/", "/account", "/account/second-factor", "/wan-register", "/mf-recovery-codes", "/verify"):
        assert strict.get(path).headers["Location"] == "/change", path
    assert strict.send("/change", dict(OWN)).status_code == 302
    assert strict.get("/").headers["Location"] == "/account/second-factor"
    assert strict.get("/account").headers["Location"] == "/account/second-factor"
    assert strict.get("/account/authenticator").status_code == 200


@pytest.mark.parametrize("email", [VIEWER, "nadie@example.org", "<script>@example.org"])
def test_five_wrong_passwords_lock_an_account_whether_there_is_one_or_not(
    log_in: LogIn, visit: Visit, parts: ConsoleParts, email: str
) -> None:
    log_in(Role.VIEWER)
    stranger = visit()
    generic = (200, "El correo o la contraseña no son correctos.")
    assert [_try(stranger, "not this one", email) for _ in range(5)] == [generic] * 5
    # The clock says 02:30 in Guatemala.
    locked = (429, "Demasiados intentos fallidos. A las 2:46\u202fa.\u202fm. puede intentar de nuevo.")
    assert _try(visit(), PASSWORD, email) == locked
    name = VIEWER if email == VIEWER else "nobody"
    assert _actions(parts, name)[-2:] == [("login.failed", "password"), ("login.locked", "password")]
    assert not [entry for entry in parts.audit.page() if entry.staff not in {VIEWER, "nobody"}]


def test_a_reset_unlocks(log_in: LogIn, visit: Visit, staff: SqlStaff) -> None:
    log_in(Role.VIEWER)
    for _ in range(5):
        _try(visit(), "not this one")
    staff.reset(staff.find(VIEWER), hash_password("dada por otra"), by="system")
    assert _try(visit(), "dada por otra")[0] == 302


@pytest.mark.parametrize("page", ["/verify", "/change"])
def test_a_borrowed_session_cannot_guess_the_password(log_in: LogIn, page: str) -> None:
    visitor = log_in(Role.VIEWER)
    for _ in range(5):
        assert visitor.send(page, {**OWN, "password": "not this one"}).status_code == 200
    assert visitor.send(page, dict(OWN)).status_code == 429


@pytest.mark.parametrize(("page", "right"), [("/tf-validate", "code"), ("/mf-recovery", "recovery")])
def test_who_has_the_password_cannot_guess_the_second_factor(
    log_in: LogIn, visit: Visit, console: Flask, page: str, right: str
) -> None:
    log_in(Role.VIEWER)
    codes = _add_second_factor(console)
    stranger = visit()
    for _ in range(5):  # The right password in between changes nothing.
        assert _try(stranger, PASSWORD)[0] == 302
        assert stranger.send(page, {"code": "000000"}).status_code == 200
    assert _try(stranger, PASSWORD)[0] == 429
    console.extensions[EXTENSION].attempts.forget(_account_key(console))
    assert _try(stranger, PASSWORD)[0] == 302
    assert stranger.send(page, {"code": codes[right]}).status_code == 302
    assert _is_in(stranger)


def _add_second_factor(console: Flask) -> dict[str, str]:
    """Give the viewer an application and recovery codes; return a right one of each."""
    security = console.extensions["security"]
    with console.test_request_context():
        user = security.datastore.find_user(email=VIEWER)
        secret = security.totp_factory.generate_totp_secret()
        security.datastore.tf_set(user, "authenticator", totp_secret=secret)
        recovery = security.mf_recovery_codes_util.create_recovery_codes(user)
        security.datastore.commit()
        return {"code": security.totp_factory.generate_totp_password(secret), "recovery": recovery[0]}


def _account_key(console: Flask) -> str:
    with console.app_context():
        return f"account {console.extensions['security'].datastore.find_user(email=VIEWER).fs_uniquifier}"


def test_a_recovery_code_is_kept_as_a_hash_and_works_once(log_in: LogIn, visit: Visit, console: Flask) -> None:
    log_in(Role.VIEWER)
    code = _add_second_factor(console)["recovery"]
    statuses = []
    for _ in range(2):
        visitor = visit()
        _try(visitor, PASSWORD)
        statuses.append(visitor.send("/mf-recovery", {"code": code}).status_code)
    assert statuses == [302, 200]
    with console.app_context():
        kept = console.extensions["security"].datastore.find_user(email=VIEWER).mf_recovery_codes
    assert len(kept) == 9
    assert not [one for one in kept if len(one) != 64]


def test_a_new_password_that_is_too_short_is_no_guess(log_in: LogIn) -> None:
    visitor = log_in(Role.VIEWER)
    short: dict[str, object] = {"password": PASSWORD, "new_password": "corta", "new_password_confirm": "corta"}
    for _ in range(7):
        assert "entre 12 y 128 caracteres" in visitor.send("/change", short).text


def test_the_session_id_from_before_the_login_is_dead_and_idle_ones_die(
    log_in: LogIn, visit: Visit, parts: ConsoleParts
) -> None:
    log_in(Role.VIEWER)
    visitor = visit()
    visitor.get("/login")
    before = visitor.client.get_cookie("__Host-rumbo", domain="localhost")
    assert _try(visitor, PASSWORD)[0] == 302
    after = visitor.client.get_cookie("__Host-rumbo", domain="localhost")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert parts.redis.exists(f"console:session:{before.value}") == 0
    assert IDLE.total_seconds() - 10 < parts.redis.ttl(f"console:session:{after.value}") <= IDLE.total_seconds()
    parts.redis.delete(f"console:session:{after.value}")  # as it dies when idle
    assert not _is_in(visitor)


def test_logging_out_kills_the_session(log_in: LogIn, parts: ConsoleParts) -> None:
    visitor = log_in(Role.VIEWER)
    cookie = visitor.client.get_cookie("__Host-rumbo", domain="localhost")
    assert cookie is not None
    visitor.send("/logout", {}, page="/account")
    assert parts.redis.exists(f"console:session:{cookie.value}") == 0
    assert [action for action, _ in _actions(parts, VIEWER)] == ["login", "logout"]


def test_nobody_is_remembered_beyond_the_session(log_in: LogIn, visit: Visit) -> None:
    log_in(Role.VIEWER)
    visitor = visit()
    visitor.send("/login", {"email": VIEWER, "password": PASSWORD, "remember": "y"})
    assert visitor.client.get_cookie("remember_token", domain="localhost") is None


def test_a_new_password_does_not_make_the_eight_hours_longer(log_in: LogIn, clock: Clock) -> None:
    visitor = log_in(Role.VIEWER)
    clock.move(hours=7)
    assert visitor.send("/change", dict(OWN)).status_code == 302
    assert _is_in(visitor)
    clock.move(hours=1, seconds=1)
    assert not _is_in(visitor)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda staff, account: staff.disable(account, by="system"), id="disabled"),
        pytest.param(lambda staff, account: staff.set_role(account, Role.EDITOR, by="system"), id="role"),
        pytest.param(lambda staff, account: staff.reset(account, hash_password("otra"), by="system"), id="reset"),
    ],
)
def test_a_changed_account_is_out_at_once(
    log_in: LogIn, staff: SqlStaff, change: Callable[[SqlStaff, StaffAccount], None]
) -> None:
    visitor = log_in(Role.VIEWER)
    assert _is_in(visitor)
    change(staff, staff.find(VIEWER))
    assert not _is_in(visitor)


def test_a_disabled_account_does_not_get_in(log_in: LogIn, visit: Visit, staff: SqlStaff) -> None:
    log_in(Role.VIEWER)
    staff.disable(staff.find(VIEWER), by="system")
    assert _try(visit(), PASSWORD) == (200, "El correo o la contraseña no son correctos.")


def test_one_ends_all_ones_sessions(log_in: LogIn, visit: Visit) -> None:
    visitor = log_in(Role.VIEWER)
    other = visit()
    _try(other, PASSWORD)
    assert visitor.send("/account/end-sessions", {}, page="/account").headers["Location"] == "/login"
    assert not _is_in(visitor)
    assert not _is_in(other)


def test_an_admin_adds_an_account_and_sees_its_password_once(log_in: LogIn, visit: Visit, parts: ConsoleParts) -> None:
    admin = log_in(Role.ADMIN)
    page = admin.send("/staff-accounts/add", {"email": " Nueva@Example.org ", "role": "editor"}, page="/staff-accounts")
    found = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert found
    assert found[1] not in admin.get("/staff-accounts").text
    assert _try(visit(), found[1], "nueva@example.org")[0] == 302
    assert ("staff.added", "editor") in _actions(parts, ADMIN)
    again = admin.send("/staff-accounts/add", {"email": "nueva@example.org", "role": "viewer"}, page="/staff-accounts")
    assert again.status_code == 303
    assert "Ya hay una cuenta con ese correo." in admin.get("/staff-accounts").text


@pytest.mark.parametrize(
    "email", ["", "ana", "<script>alert(1)</script>@x.org", "=HYPERLINK(1)@x.org", "ana\u202e@x.org"]
)
def test_what_is_no_email_makes_no_account(log_in: LogIn, staff: SqlStaff, email: str) -> None:
    admin = log_in(Role.ADMIN)
    admin.send("/staff-accounts/add", {"email": email, "role": "editor"}, page="/staff-accounts")
    assert [account.email for account in staff.all()] == [ADMIN]


def test_an_admin_cannot_lock_themselves_out(log_in: LogIn, staff: SqlStaff) -> None:
    admin = log_in(Role.ADMIN)
    own = staff.find(ADMIN).id
    for change, form in (("role", {"role": "viewer"}), ("disable", {}), ("reset", {})):
        admin.send(f"/staff-accounts/{own}/{change}", dict(form), page="/staff-accounts")
    account = staff.find(ADMIN)
    assert (account.role, account.is_active, account.has_own_password) == ("admin", True, True)
    assert _is_in(admin)


def test_an_admin_changes_disables_and_enables_an_account(log_in: LogIn, staff: SqlStaff) -> None:
    log_in(Role.VIEWER)
    admin = log_in(Role.ADMIN)
    id_ = staff.find(VIEWER).id
    states = []
    for change, form in (("role", {"role": "reviewer"}), ("disable", {}), ("enable", {})):
        assert admin.send(f"/staff-accounts/{id_}/{change}", dict(form), page="/staff-accounts").status_code == 303
        states.append((staff.find(VIEWER).role, staff.find(VIEWER).is_active))
    assert states == [("reviewer", True), ("reviewer", False), ("reviewer", True)]


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [("/staff-accounts/999/disable", {}, 404), ("/staff-accounts/add", {"email": "a@b.org", "role": "king"}, 400)],
)
def test_nonsense_is_refused(log_in: LogIn, path: str, form: dict[str, object], status: int) -> None:
    assert log_in(Role.ADMIN).send(path, form, page="/staff-accounts").status_code == status


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.REVIEWER])
@pytest.mark.parametrize("path", ["/staff-accounts", "/audit"])
def test_only_admins_see_accounts_and_audit(log_in: LogIn, role: Role, path: str) -> None:
    assert log_in(role).get(path).status_code == 403


def test_the_audit_is_read_page_by_page_and_filtered(log_in: LogIn, parts: ConsoleParts) -> None:
    admin = log_in(Role.ADMIN)
    for number in range(60):
        parts.audit.record("eva@example.org", "conversation.view", f"<b>{number}</b>", "\u202eabc")
    first = admin.get("/audit?staff=eva@example.org").text
    assert "&lt;b&gt;59&lt;/b&gt;" in first
    assert "<b>" not in first
    older = re.search(r'href="(/audit\?before=[^"]+)"', first)
    assert older
    second = admin.get(older[1].replace("&amp;", "&")).text
    shown = ("&lt;b&gt;9&lt;/b&gt;", "&lt;b&gt;10&lt;/b&gt;", "<td>Entró</td>")
    assert [text in second for text in shown] == [True, False, False]


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "staff=%00", "action=%F0%9F"]
)
def test_a_bad_query_is_ignored(log_in: LogIn, query: str) -> None:
    assert log_in(Role.ADMIN).get(f"/audit?{query}").status_code == 200


def test_passwords_are_kept_by_argon2id(log_in: LogIn, engine: Engine) -> None:
    log_in(Role.VIEWER)
    with engine.connect() as connection:
        kept = connection.execute(select(staff_table.c.password)).scalar_one()
    assert kept.startswith("$argon2id$")
    assert hash_password(new_password()).startswith("$argon2id$")


def test_the_login_takes_no_json_and_gives_no_token(log_in: LogIn, visit: Visit) -> None:
    log_in(Role.VIEWER)
    json = visit().client.post(
        "/login?include_auth_token", json={"email": VIEWER, "password": PASSWORD}, base_url=ORIGIN
    )
    assert json.status_code in {400, 415}


def test_a_foreign_host_name_is_refused(console: Flask) -> None:
    assert console.test_client().get("/login", base_url="https://evil.example").status_code == 400
