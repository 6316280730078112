"""The one way to the database: an engine from a URL, its schema, and transactions whose errors are ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from psycopg import Connection as PostgresConnection
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreUnavailable
from stores.sqlite_engine import POOL_TIMEOUT, SQLITE_WAIT, make_sqlite_engine

_POSTGRES_CONNECT: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 5000}

_MIGRATIONS = Path(__file__).parent / "migrations"

_UPGRADE_LOCK = 7_287_612
"""Any number that nothing else in the same PostgreSQL database locks on."""


def make_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://…`; nothing is connected yet.

    The folder of a SQLite file is created. Make one engine per process, after any fork.
    Raise ValueError for any other database.
    """
    target = make_url(url)
    if target.drivername in {"sqlite", "sqlite+pysqlite"}:
        return make_sqlite_engine(target)
    if target.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return _postgres_engine(target.set(drivername="postgresql+psycopg"))
    raise ValueError(f"neither SQLite nor PostgreSQL by psycopg: {target.drivername}")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to its newest revision; of several processes that start together, one does and the others wait.

    An earlier revision is only for tests of the later ones.
    Raise StoreUnavailable when the database cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock is already ours
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run the block in one transaction, committed at its end. Raise StoreUnavailable for any database error."""
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run a block that only reads, without SQLite's write lock. Raise StoreUnavailable for any database error."""
    with _translated(), engine.connect() as connection:
        yield connection.execution_options(sqlite_begin="DEFERRED")


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, which SQLAlchemy spells per dialect."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def drop_write_ahead_log(engine: Engine, wait_seconds: float = SQLITE_WAIT) -> None:
    """Empty SQLite's write-ahead log into the database file, so that erased text does not linger in it.

    Waits so long for readers and writers to leave it, and leaves it as it is when they do not. Does nothing on
    PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return
    with _translated(), engine.connect() as connection:
        # Inside a transaction SQLite refuses to do this.
        plain = connection.execution_options(sqlite_begin=None)
        plain.exec_driver_sql(f"PRAGMA busy_timeout = {wait_seconds * 1000:.0f}")
        try:
            plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        finally:  # The connection goes back to the pool.
            plain.exec_driver_sql(f"PRAGMA busy_timeout = {SQLITE_WAIT * 1000:.0f}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise StoreUnavailable(f"the database failed: {type(error).__name__}") from error


def _postgres_engine(url: URL) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args=_POSTGRES_CONNECT, pool_pre_ping=True, pool_timeout=POOL_TIMEOUT
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: PostgresConnection, _record: object) -> None:
    connection.execute("SET lock_timeout = '5s'")  # what busy_timeout is to SQLite
    connection.commit()
