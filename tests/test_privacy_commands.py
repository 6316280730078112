"""`rumbo person` and `rumbo retention`: numbers are asked for, never given; nothing is done unasked or unaudited."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messages import Channel, MessageKind
from bot.pseudonyms import addresses_in, pseudonym
from bot.turns import Contact, Outcome, Turn
from stores.audit import SqlAudit
from stores.database import make_engine, upgrade
from stores.turns import SqlTurnLog

ROOT = Path(__file__).resolve().parent.parent
KEY = "k" * 32
ANA = pseudonym("+50255501234", KEY.encode())
LONG_AGO = datetime.now(UTC) - timedelta(days=45)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database in which Ana wrote something, long ago and now."""
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    for id_, at in (("SM1", LONG_AGO), ("SM2", datetime.now(UTC))):
        turn = Turn(id_, ANA, Channel.SMS, at, "es", MessageKind.TEXT, "albergue", Outcome.ANSWERED, ("Sí",))
        SqlTurnLog(engine).record(turn, Contact(ANA, "es", at))
    engine.dispose()
    return f"sqlite:///{tmp_path}/rumbo.db"


def run(url: str, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO", "RUMBO", "REDIS"))}
    env |= {"DATABASE_URL": url, "RUMBO_SECRET_KEY": KEY}
    command = [sys.executable, "-m", "rumbo", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=env, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def acts(url: str) -> list[tuple[str, str | None]]:
    engine = make_engine(url)
    entries = [(entry.action, entry.subject) for entry in SqlAudit(engine).page()]
    engine.dispose()
    return entries


def texts(url: str) -> list[str]:
    engine = make_engine(url)
    found = [turn.text for id_ in ("SM1", "SM2") if (turn := SqlTurnLog(engine).find_turn(id_))]
    engine.dispose()
    return found


def test_an_export_is_json_for_the_owner_alone(url: str, tmp_path: Path) -> None:
    file = tmp_path / "ana.json"
    result = run(url, "person", "export", "--file", str(file), typed="5550 1234\n")
    assert result.returncode == 0, result.stderr
    assert [turn["text"] for turn in json.loads(file.read_text("utf-8"))[0]["held"]["turns"]] == ["albergue"] * 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert acts(url) == [("person.export", ANA)]


def test_a_number_on_the_command_line_is_refused(url: str) -> None:
    result = run(url, "person", "export", "+50255501234")
    assert result.returncode == 2
    assert "the shell remembers it" in result.stderr
    assert "5550" not in result.stdout + result.stderr


@pytest.mark.parametrize(("typed", "left"), [("n\n", 2), ("y\n", 0)], ids=["no", "yes"])
def test_erasing_asks_first(url: str, typed: str, left: int) -> None:
    run(url, "person", "erase", ANA, typed=typed)
    assert texts(url).count("albergue") == left
    assert (("person.erase", ANA) in acts(url)) is (left == 0)


def test_a_dry_run_says_what_a_run_then_does(url: str) -> None:
    plan = run(url, "retention", "run", "--dry-run").stdout.splitlines()
    assert texts(url) == ["albergue", "albergue"]
    assert acts(url) == []
    done = run(url, "retention", "run").stdout.splitlines()
    # A tombstone is old at once where its turn was so old.
    assert [line for line in plan if "tombstones" not in line][:-1] == [
        line for line in done if "tombstones" not in line
    ][:-1]
    assert "turns              1" in done
    assert texts(url) == ["albergue"]
    assert acts(url) == [("retention.run", None)]


@pytest.mark.parametrize(
    ("written", "addresses"),
    [
        ("5550 1234", ("+50255501234",)),
        ("502 5550-1234", ("+50255501234",)),
        ("whatsapp:+50255501234", ("+50255501234",)),
        ("\u202a+502\u00a05550\u20111234\u202c", ("+50255501234",)),
        ("５５５０１２３４", ("+50255501234",)),
        ("+52 55 1234 5678", ("+525512345678", "+5215512345678")),
        ("+521 55 1234 5678", ("+5215512345678", "+525512345678")),
        ("+1 (202) 555-0123", ("+12025550123",)),
        ("US.13491208655302741918", ("US.13491208655302741918",)),
        ("40404", ("40404",)),
        ("2025550123", ()),
        ("+5025550123456789", ()),
        ("", ()),
        ("Juan 55501234", ()),
    ],
)
def test_a_number_is_understood_as_people_write_it(written: str, addresses: tuple[str, ...]) -> None:
    assert addresses_in(written) == addresses
