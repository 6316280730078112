"""Who gets into the console, and for how long."""

from collections.abc import Callable

import pytest
from flask import Flask

from console.permissions import PERMISSIONS, Permission, Role, allows, permission_of
from console.security import OWN_ACCOUNT, PUBLIC
from tests.console.conftest import ORIGIN, Clock, Visitor

Visit = Callable[[], Visitor]
LogIn = Callable[[Role], Visitor]


def test_nothing_but_the_way_in_is_reachable_without_login(console: Flask, visit: Visit) -> None:
    visitor = visit()
    for rule in console.url_map.iter_rules():
        if rule.endpoint in PUBLIC or "GET" not in (rule.methods or ()):
            continue
        values = dict.fromkeys(rule.arguments, "1")
        with console.test_request_context(base_url=ORIGIN):
            path = console.url_for(rule.endpoint, _external=False, **values)
        response = visitor.get(path)
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (303, "/login"), rule


def test_every_view_says_who_may_open_it(console: Flask) -> None:
    unnamed = {name for name, view in console.view_functions.items() if permission_of(view) is None}
    assert not {name for name in unnamed - PUBLIC - OWN_ACCOUNT if not name.startswith("security.")}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_permits_and_nothing_else(role: Role) -> None:
    assert {p for p in Permission if allows(frozenset({role.value}), p)} == set(PERMISSIONS[role])


def test_a_session_ends_after_eight_hours_whatever_happened(log_in: LogIn, clock: Clock) -> None:
    visitor = log_in(Role.VIEWER)
    assert visitor.get("/").status_code in {200, 303}
    clock.move(hours=8, seconds=1)
    assert visitor.get("/").headers["Location"].startswith("/login")


def test_logging_in_makes_a_new_session(visit: Visit, log_in: LogIn) -> None:
    visitor = log_in(Role.VIEWER)
    cookie = visitor.client.get_cookie("__Host-rumbo", domain="localhost")
    assert cookie is not None
    assert cookie.secure
    assert cookie.http_only
    assert (cookie.path, cookie.same_site) == ("/", "Strict")


def test_a_form_without_its_token_is_refused(visit: Visit) -> None:
    response = visit().client.post("/login", data={"email": "a@b.c", "password": "x"}, base_url=ORIGIN)
    assert response.status_code == 400


def test_pages_allow_no_script_of_their_own_and_no_framing(visit: Visit) -> None:
    policy = visit().get("/login").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
