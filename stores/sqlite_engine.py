"""SQLite as several processes can share it: durable, waiting in turn, and leaving no trace of what was erased."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

POOL_TIMEOUT = 2.0
"""Seconds to wait for a free connection; a reply is due within five. PostgreSQL's pool waits as long."""

SQLITE_WAIT = 5.0
"""Seconds to wait for another process to let go of a SQLite file."""

_SQLITE_PRAGMAS = (
    f"busy_timeout = {SQLITE_WAIT * 1000:.0f}",  # milliseconds
    "synchronous = FULL",  # WAL's usual NORMAL may lose the last commits when power fails
    "foreign_keys = ON",
    "secure_delete = ON",  # what a person asked us to erase must not stay readable in free pages
)


def make_sqlite_engine(url: URL) -> Engine:
    """Return an engine; nothing is connected yet. The folder of the file is created."""
    pool: dict[str, Any] = {}  # a database in memory has another kind of pool
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pool = {"pool_timeout": POOL_TIMEOUT}
    engine = create_engine(url, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Do what the busy timeout does not: two that switch a new file at once would deadlock, so SQLite fails one."""
    deadline = time.monotonic() + SQLITE_WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads and then writes could only fail once another wrote."""
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    if mode:
        connection.exec_driver_sql(f"BEGIN {mode}")
