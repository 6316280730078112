"""Real servers and fresh stores for the contracts: every adapter meets the same tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import redis
from sqlalchemy import Engine, text

from bot.interpretation import Entity, EntityKind, Source
from bot.messages import Channel, MessageKind
from bot.turns import Contact, Outcome, Turn
from stores.database import make_engine, upgrade
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.tables import audit, metadata

NOW = datetime(2026, 11, 24, 8, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private server for the whole run."""
    with private_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty server."""
    client = connect(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def errors() -> list[str]:
    """What adapters counted: hand `errors.append` in as `on_error`."""
    return []


@pytest.fixture(scope="session")
def new_postgres_url() -> Iterator[Callable[[], str]]:
    """A function that makes one more empty database in a PostgreSQL server started for this run."""
    binaries = _postgres_binaries()
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="rumbo-pg-", dir="/tmp"))  # short, and open to another account, as /tmp is
    try:
        os.chown(folder, account.pw_uid, account.pw_gid)
        with _postgres(binaries, account, folder):
            numbers = count(1)

            def new() -> str:
                name = f"rumbo_{next(numbers)}"
                with psycopg.connect(host=str(folder), user="rumbo", dbname="postgres", autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {name}".encode())
                return f"postgresql://rumbo@/{name}?host={quote(str(folder))}"

            yield new
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables, on either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/rumbo.db"
    return str(request.getfixturevalue("new_postgres_url")())


@pytest.fixture(scope="session")
def upgraded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy: upgrading one for each test takes long."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def upgraded_postgres(new_postgres_url: Callable[[], str]) -> Iterator[Engine]:
    """One database for all tests that leave its tables standing: making one for each takes long."""
    engine = make_engine(new_postgres_url())
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An upgraded database of either kind, with nothing in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_sqlite"), tmp_path / "rumbo.db")
        engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
        yield engine
        engine.dispose()
    else:
        postgres: Engine = request.getfixturevalue("upgraded_postgres")
        with postgres.begin() as connection:
            names = ", ".join(table.name for table in metadata.sorted_tables if table is not audit)  # nobody empties it
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield postgres


@pytest.fixture
def make_turn() -> Callable[..., Turn]:
    """A function that makes a turn with every field filled, changed as its keywords say."""

    def make(**changes: object) -> Turn:
        fields: dict[str, object] = {
            "id": "SM1",
            "sender": "ana-pseudonym",
            "channel": Channel.WHATSAPP,
            "at": NOW,
            "locale": "quc",
            "kind": MessageKind.VOICE,
            "text": "dónde está el albergue en Tecún Umán",
            "outcome": Outcome.CLARIFIED,
            "texts": ("El albergue está cerca.", "1=Mapa"),
            "intent": "find_shelter",
            "confidence": 0.8125,
            "source": Source.LIGHT,
            "answer": "shelter_answer",
            "facts": ("shelter_phone", "shelter_hours"),
            "entities": (Entity(EntityKind.PLACE, "gt-tecun-uman", "Tecún Umán"),),
            "media": ("quc/find_shelter",),
        }
        return Turn(**(fields | changes))  # type: ignore[arg-type]  # fields by name, checked by the tests themselves

    return make


@pytest.fixture
def make_contact() -> Callable[..., Contact]:
    """A function that makes a contact, changed as its keywords say."""

    def make(**changes: object) -> Contact:
        fields: dict[str, object] = {"sender": "ana-pseudonym", "locale": "quc", "first_seen": NOW}
        return Contact(**(fields | changes))  # type: ignore[arg-type]  # as in make_turn

    return make


def _postgres_binaries() -> Path:
    on_path = shutil.which("postgres")
    places = [*([Path(on_path).resolve().parent] if on_path else []), *Path("/usr/lib/postgresql").glob("*/bin")]
    for place in places:
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    pytest.skip("no PostgreSQL server programs: neither on PATH nor in /usr/lib/postgresql/*/bin")


def _unprivileged_account() -> pwd.struct_passwd:
    """Whom to run the server as; it refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL refuses root, and there is neither a postgres nor a nobody account")


@contextmanager
def _postgres(binaries: Path, account: pwd.struct_passwd, folder: Path) -> Iterator[None]:
    """Run a server on a Unix socket in `folder`, durable only as long as the tests."""
    data = folder / "data"
    run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    initdb = [binaries / "initdb", "-D", data, "-U", "rumbo", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 100}
    server = [binaries / "postgres", "-D", data, *(word for o in options.items() for word in ("-c", f"{o[0]}={o[1]}"))]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        subprocess.run(initdb, check=True, stdout=log, stderr=log, cwd=folder, **run_as)  # type: ignore[call-overload]
        process = subprocess.Popen(server, stdout=log, stderr=log, cwd=folder, start_new_session=True, **run_as)  # type: ignore[call-overload]
        try:
            _wait_for_postgres(process, folder)
            yield
        finally:
            process.send_signal(2)  # SIGINT: end all sessions and stop
            process.wait(20)


def _wait_for_postgres(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(host=str(folder), user="rumbo", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((folder / "log").read_text(errors="replace")[-800:]) from None
            time.sleep(0.05)
        else:
            return
