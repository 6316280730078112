"""`rumbo retention` and `rumbo person`: forget what is old, show and erase what is held about somebody."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.pseudonyms import PSEUDONYM, addresses_in, pseudonym
from rumbo.settings import VAR, Settings, read_settings

if TYPE_CHECKING:
    from redis import Redis
    from sqlalchemy import Engine

    from stores.person_records import PersonRecords

retention = typer.Typer(no_args_is_help=True, help="How long things are kept.")
person = typer.Typer(no_args_is_help=True, help="What is held about a person: export it, erase it.")

BY_COMMAND = "system"
"""How the audit names whoever may use the command line."""

PseudonymArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[PSEUDONYM]",
        help="As a conversation's address in the console shows it. Without one, the number is asked for, "
        "or read from standard input: on a command line the shell would remember it.",
    ),
]


@retention.callback()
def _retention() -> None:
    """Keep less, for less time."""


@retention.command("run")
def run(dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False) -> None:
    """Forget what is older than it may become, and have Twilio delete its media. `rumbo up` does so once a day.

    Example: `rumbo retention run --dry-run`
    """
    from rumbo.wiring import remote_deletions
    from rumbo.wiring import retention as build

    settings = read_settings()
    with _database(settings) as engine:
        keeper, remote = build(settings, engine), remote_deletions(settings, engine)
        for name, count in (keeper.preview() if dry_run else keeper.run()).items():
            typer.echo(f"{name:18} {count}")
        if overlooked := keeper.overlooked():
            typer.echo(f"{overlooked} tickets are still open, but what the person wrote is gone: close them.", err=True)
        if dry_run:
            typer.echo(f"{'media at Twilio':18} {remote.count()} wait")
            return
        deleted = remote.run()
        typer.echo(f"{'media at Twilio':18} {deleted.done} deleted, {deleted.failed} failed, {deleted.left} wait")
        if deleted.left and not remote.is_possible:
            typer.echo("Nothing was deleted at Twilio: TWILIO_ACCOUNT_SID is not set.", err=True)


@person.callback()
def _person() -> None:
    """What is held about a person."""


@person.command()
def export(
    who: PseudonymArgument = None,
    file: Annotated[Path | None, typer.Option(help="Write there, for your eyes only, instead of the terminal.")] = None,
) -> None:
    """Print everything held about a person, as JSON.

    Example: `rumbo person export --file person.json`
    """
    from stores.persons import as_json

    settings = read_settings()
    with _database(settings) as engine:
        records = _records(settings, engine)
        told = json.dumps(
            [as_json(records.export(one, BY_COMMAND, "json")) for one in _senders(records, settings, who)],
            ensure_ascii=False,
            indent=2,
        )
    if file is None:
        typer.echo(told)
        return
    file.touch(mode=0o600)
    file.write_text(told + "\n", "utf-8")


@person.command()
def erase(
    who: PseudonymArgument = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Erase everything held about a person, but for the wish not to be written to. There is no way back.

    Example: `rumbo person erase`
    """
    from rumbo.wiring import remote_deletions

    settings = read_settings()
    with _database(settings) as engine:
        records, remote = _records(settings, engine), remote_deletions(settings, engine)
        for one in _senders(records, settings, who):
            held = records.view(one, BY_COMMAND).counts
            typer.echo(f"{one}: " + ", ".join(f"{name} {count}" for name, count in held.items()))
            if not yes:
                typer.confirm("Erase all of it?", abort=True, err=True)
            records.erase(one, BY_COMMAND)
            typer.echo("erased")
        deleted = remote.run()
        if deleted.left:
            reason = "it is tried again" if remote.is_possible else "TWILIO_ACCOUNT_SID is not set"
            typer.echo(f"The media of {deleted.left} messages is still at Twilio: {reason}.", err=True)


@contextmanager
def _database(settings: Settings) -> Iterator["Engine"]:
    from stores.database import make_engine, upgrade

    engine = make_engine(settings.database_url)
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def _records(settings: Settings, engine: "Engine") -> "PersonRecords":
    from rumbo.wiring import person_records

    return person_records(settings, engine, _running_redis(settings))


def _running_redis(settings: Settings) -> "Redis | None":
    """Return the Redis of the line, also when it is the private one of a `rumbo up` that runs."""
    from stores.redis_client import REDIS_ERRORS, connect

    sockets = (VAR / "run").glob("*/redis.sock")
    for url in [settings.redis_url] if settings.redis_url else [f"unix://{socket}" for socket in sockets]:
        redis = connect(url)
        try:
            redis.ping()
        except REDIS_ERRORS:
            continue
        return redis
    typer.echo(f"No Redis answers: a conversation of now is forgotten in {settings.session_minutes} minutes.", err=True)
    return None


def _senders(records: "PersonRecords", settings: Settings, who: str | None) -> list[str]:
    """Return the pseudonyms of a person about whom anything is held."""
    if who is None:
        written = typer.prompt("Number, with its country unless it is Guatemala's", err=True)
        senders = [pseudonym(address, settings.sender_key) for address in addresses_in(written)]
    else:
        senders = [who] if PSEUDONYM.fullmatch(who) else _refuse(who)
    known = [sender for sender in senders if records.persons.is_known(sender)]
    if not senders:
        _fail("That is no number: 8 digits, or a plus, the country and the number.")
    if not known:
        _fail("Nothing is held about that person.", code=1)
    return known


def _refuse(who: str) -> NoReturn:
    if addresses_in(who):
        _fail("Give no number on the command line, the shell remembers it: leave it out and you are asked for it.")
    _fail("A pseudonym has 32 digits and letters from a to f.")


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
