"""`rumbo staff`: accounts from the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rumbo.cli import app
from stores.audit import SqlAudit
from stores.database import make_engine

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that does not exist yet."""
    return f"sqlite:///{tmp_path}/staff.db"


@pytest.fixture
def run(url: str) -> Run:
    """Run a command on it."""
    return lambda *words: CliRunner().invoke(app, ["staff", *words], env={"DATABASE_URL": url})


def test_an_account_is_added_changed_reset_disabled_and_listed(run: Run, url: str) -> None:
    email, first = run("add", "Ana@Example.org", "--role", "admin").stdout.split()
    second = run("reset", "ana@example.org").stdout.split()[1]
    assert email == "ana@example.org"
    assert first != second
    run("add", "eva@example.org", "--role", "admin")
    assert run("role", "ana@example.org", "editor").stdout == "ana@example.org: editor\n"
    run("disable", "ana@example.org")
    assert [line.split()[:3] for line in run("list").stdout.splitlines()[1:]] == [
        ["ana@example.org", "editor", "disabled,"],
        ["eva@example.org", "admin", "active,"],
    ]
    engine = make_engine(url)
    written = [(entry.staff, entry.action) for entry in reversed(SqlAudit(engine).page())]
    engine.dispose()
    assert written == [("system", f"staff.{action}") for action in ("added", "reset", "added", "role", "disabled")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["reset", "nadie@example.org"], "There is no account 'nadie@example.org'", id="unknown"),
        pytest.param(["add", "ana@example.org"], "rumbo staff reset ana@example.org", id="exists"),
        pytest.param(["add", "ana"], "'ana' is not an e-mail.", id="no-email"),
        pytest.param(["role", "ana@example.org", "king"], "viewer", id="bad-role"),
        pytest.param(["disable", "ana@example.org"], "It is the last active admin", id="last-admin"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: list[str], says: str) -> None:
    run("add", "ana@example.org", "--role", "admin")
    result = run(*words)
    assert result.exit_code in {1, 2}
    assert says in result.stderr
