"""The way to the database: URLs, the schema, and processes that start or write at once."""

import logging
import multiprocessing
import sqlite3
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.errors import StoreUnavailable
from bot.turns import Turn
from stores.database import make_engine, reading, upgrade, writing
from stores.rows import turn_row
from stores.tables import metadata, turns
from stores.turns import SqlTurnLog

# Our process has threads, so it must not be forked; one that has none does it, with the imports done once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["__main__", "stores.database"])


CONTACT = "INSERT INTO contacts (sender, locale, first_seen) VALUES ('a', 'es', '2026-01-01')"


def upgrade_together(start: Barrier, url: str) -> None:
    """Upgrade as a process of its own does at its start."""
    start.wait(20)
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def open_together(start: Barrier, urls: list[str]) -> None:
    """Open one new database after the other, each in the moment the other processes do."""
    for url in urls:
        engine = make_engine(url)
        start.wait(20)
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()


def count_up(start: Barrier, url: str, times: int) -> None:
    """Read a number, then write the next, in one transaction, again and again."""
    start.wait(20)
    engine = make_engine(url)
    for _ in range(times):
        with writing(engine) as connection:
            number = connection.execute(text("SELECT number FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET number = :next"), {"next": number + 1})
    engine.dispose()


def exit_codes_of(processes: int, work: Callable[..., None], *arguments: object) -> list[int | None]:
    """Run the work in so many processes at once, handing a barrier in; return how they ended."""
    start = PROCESSES.Barrier(processes)
    started = [PROCESSES.Process(target=work, args=(start, *arguments)) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join(30)
    return [process.exitcode for process in started]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_url_means_psycopg(scheme: str) -> None:
    assert make_engine(f"{scheme}://rumbo@localhost/rumbo").dialect.driver == "psycopg"


@pytest.mark.parametrize("url", ["mysql://localhost/rumbo", "postgresql+asyncpg://localhost/rumbo"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="neither SQLite nor PostgreSQL"):
        make_engine(url)


def test_the_folder_of_a_sqlite_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    make_engine(f"sqlite:///{tmp_path}/var/rumbo/rumbo.db")
    assert (tmp_path / "var/rumbo").stat().st_mode & 0o777 == 0o700


def test_sqlite_is_set_up_to_lose_nothing_and_to_keep_nothing_erased(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "secure_delete")
    with reading(engine) as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
    engine.dispose()
    assert found == ["wal", 2, 5000, 1, 1]


def test_a_database_in_memory_serves_one_thread() -> None:
    engine = make_engine("sqlite://")
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar_one() == 0
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_turns_of_before_recordings_are_read_as_without(empty_url: str, make_turn: Callable[..., Turn]) -> None:
    engine = make_engine(empty_url)
    upgrade(engine, "0003")
    old = make_turn(media=())
    row = {name: value for name, value in turn_row(old).items() if name != "media"}
    with writing(engine) as connection:
        connection.execute(turns.insert().values(row | {"seq": 1}))
    upgrade(engine)
    assert SqlTurnLog(engine).find_turn(old.id) == old
    engine.dispose()


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text(CONTACT))
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT sender FROM contacts")).scalar_one() == "a"


def test_upgrading_leaves_the_loggers_of_the_program_alone(empty_url: str) -> None:
    ours = logging.getLogger("bot.conversation")
    engine = make_engine(empty_url)
    upgrade(engine)
    engine.dispose()
    assert not ours.disabled


def test_processes_that_start_at_once_all_find_the_schema_ready(empty_url: str) -> None:
    assert exit_codes_of(3, upgrade_together, empty_url) == [0] * 3
    engine = make_engine(empty_url)
    assert {"contacts", "turns", "deliveries"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_processes_that_open_a_new_sqlite_file_at_once_all_succeed(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(40)]
    assert exit_codes_of(5, open_together, urls) == [0] * 5


def test_processes_that_read_and_write_one_sqlite_file_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rumbo.db"
    engine = make_engine(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE counter (number INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    assert exit_codes_of(3, count_up, url, 30) == [0] * 3
    with reading(engine) as connection:
        assert connection.execute(text("SELECT number FROM counter")).scalar_one() == 90
    engine.dispose()


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    with writing(engine), reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar_one() == 0
    engine.dispose()


def test_a_failing_block_writes_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(text(CONTACT))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM contacts")).scalar_one() == 0


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "rumbo.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailable) as caught:
        upgrade(make_engine(f"sqlite:///{tmp_path}/rumbo.db"))
    assert isinstance(getattr(caught.value.__cause__, "orig", None), sqlite3.DatabaseError)


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        upgrade(make_engine(f"postgresql://rumbo@/rumbo?host={tmp_path}"))
