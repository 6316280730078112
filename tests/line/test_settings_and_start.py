"""Start-up says what is missing, and starts nothing then."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rumbo.settings import ROOT, Settings


def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO", "RUMBO", "PUBLIC"))}
    command = [sys.executable, "-m", "rumbo", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=env | settings, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_AUTH_TOKEN": "abc,"}, "TWILIO_AUTH_TOKEN"),
        ({"RUMBO_SECRET_KEY": "short"}, "RUMBO_SECRET_KEY"),
        ({"RUMBO_ENV": "production"}, "TWILIO_AUTH_TOKEN"),
        ({"RUMBO_ENV": "production", "TWILIO_AUTH_TOKEN": "a" * 32, "RUMBO_SECRET_KEY": "b" * 32}, "PUBLIC_BASE_URL"),
        (
            {
                "RUMBO_ENV": "production",
                "TWILIO_AUTH_TOKEN": "a" * 32,
                "RUMBO_SECRET_KEY": "b" * 32,
                "PUBLIC_BASE_URL": "https://rumbo.example.org",
                "RUMBO_HANDOFF": "on",
            },
            "TWILIO_ACCOUNT_SID",
        ),
        ({"RUMBO_PORT": "abc"}, "RUMBO_PORT"),
    ],
    ids=["empty-token", "half-a-rotation", "short-key", "production-token", "production-url", "handoff", "port"],
)
def test_a_missing_or_wrong_setting_is_named_and_nothing_starts(settings: dict[str, str], named: str) -> None:
    result = run("up", **settings)
    assert result.returncode == 1
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_a_taken_port_is_named_and_another_is_offered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("up", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"--port {port + 1}" in result.stderr


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [field.alias for field in Settings.model_fields.values() if f"`{field.alias}`" not in readme]
    assert missing == []


def test_broken_content_stops_the_start_and_lists_every_problem(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    ignored = shutil.ignore_patterns(".git", ".venv", "var", ".tools", ".rasa")
    shutil.copytree(ROOT, clone, ignore=ignored)
    passport = clone / "content" / "answers" / "es" / "documents.yml"
    passport.write_text(passport.read_text("utf-8").replace("{passport_price_5y}", "US$30", 1), "utf-8")
    (clone / "content" / "facts" / "more.yml").write_text("facts:\n  x: &a 1\n  y: *a\n", "utf-8")
    env = os.environ | {"PYTHONPATH": str(clone)}
    command = [sys.executable, "-m", "rumbo", "content", "check"]
    result = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "facts/more.yml:2" in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        *("up", "chat", "ask", "content check", "db upgrade"),
        *("nlu train", "nlu evaluate", "nlu parse", "nlu import-reviews", "nlu models", "nlu rollback"),
        *("retention run", "person export", "person erase"),
    ],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(*command.split(), "--help", COLUMNS="200")
    assert result.returncode == 0
    assert f"rumbo {command}" in result.stdout
    assert "Example" in result.stdout
