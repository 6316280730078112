"""A running server takes on what editors save: good changes soon and whole, bad ones never, and it says so."""

import itertools
import logging
import os
import re
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.catalogue import Catalogue, Menu
from bot.conversation import Bot
from bot.errors import ContentInvalid
from bot.gsm7 import fold
from bot.interpretation import Interpretation
from bot.messages import Channel, InboundMessage
from bot.turns import Turn
from content.checks import load_catalogue
from content.reloading import RETRY_SECONDS, LiveCatalogue, Outcome, take_snapshot
from stores.locks import LocalSenderLocks
from stores.memory import MemorySessions, MemoryTurnLog

TODAY = date(2026, 11, 24)
TALK, LOCALE = "answers/es/conversation.yml", "locales/es.yml"
PROMISED_SECONDS = 2.0
THANKS = re.compile(r"(?<=  thanks:\n    title: Gracias\n    whatsapp: ).*")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


class Live:
    """A live catalogue of a folder, and everything it counts and loads."""

    def __init__(self, root: Path, load: Callable[[], Catalogue] | None = None) -> None:
        self.root, self.counted, self.loads, self.seconds = root, list[Outcome](), 0, 0.0
        self._load = load or (lambda: load_catalogue(root, TODAY))
        self.catalogue = LiveCatalogue(root, self._counting, self.counted.append, lambda: self.seconds)

    def _counting(self) -> Catalogue:
        self.loads += 1
        return self._load()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look in the background meanwhile."""
        self.catalogue.watch()
        try:
            yield
        finally:
            self.catalogue.stop()

    @property
    def thanks(self) -> str:
        """What is answered to thanks."""
        return self.catalogue().answers["es", "thanks"].wording.whatsapp


def say_thanks(root: Path, text: str) -> None:
    """Change what is answered to thanks."""
    path = root / TALK
    changed, count = THANKS.subn(lambda _: text, path.read_text("utf-8"))
    assert count == 1
    path.write_text(changed, "utf-8")


def wait_for(is_so: Callable[[], bool], seconds: float = 30.0) -> float:
    """Wait until something is so, and return how long that took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it never came to be so"
        time.sleep(0.01)
    return time.monotonic() - began


@contextmanager
def over_and_over(*actions: Callable[[], None]) -> Iterator[None]:
    """Do each again and again meanwhile, in a thread of its own; what one of them raises comes out here."""
    stopping, raised = threading.Event(), list[Exception]()

    def repeat(action: Callable[[], None]) -> None:
        try:
            while not stopping.wait(0.001):
                action()
        except Exception as error:  # told by the test's own thread
            raised.append(error)

    threads = [threading.Thread(target=repeat, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert raised == []


# --- with the real content


def test_a_good_change_is_served_within_two_seconds(root: Path) -> None:
    live, took = Live(root), []
    with live.watching():
        for text in ("Con gusto.", "Con mucho gusto.", "Para servirle."):
            time.sleep(0.3)  # so that changes fall anywhere between two looks
            say_thanks(root, text)
            took.append(wait_for(lambda: live.thanks == text))  # noqa: B023  (called at once)
    assert statistics.median(took) < PROMISED_SECONDS, took
    assert live.counted == ["taken"] * 3


def test_a_bad_change_is_refused_with_file_and_line_and_the_old_content_serves_on(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(root)
    before = live.catalogue()
    say_thanks(root, "Llame al 1500.")
    live.catalogue.look()
    live.catalogue.look()
    assert live.catalogue() is before
    assert live.counted == ["refused"], "a mistake is told once, not every second"
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    line = (root / TALK).read_text("utf-8").split("Llame al 1500.")[0].count("\n") + 1
    assert re.search(rf"content/{TALK}:\d+: has a number typed by hand near 'Llame al 1500.'", record.getMessage())
    assert abs(int(re.findall(rf"{TALK}:(\d+)", record.getMessage())[0]) - line) <= 1

    say_thanks(root, "Con gusto.")
    live.catalogue.look()
    assert live.thanks == "Con gusto."
    assert live.counted == ["refused", "taken"]


def test_a_broken_file_is_refused_whatever_it_holds(root: Path) -> None:
    live = Live(root)
    before = live.catalogue()
    for broken in (b"", b"\xff\xfe", b"answers:\n\t- x", b"a: &a [*a, *a]", b"answers: {", b"{" * 5000, b"\x00" * 100):
        (root / TALK).write_bytes(broken)
        live.catalogue.look()
        assert live.catalogue() is before
    assert live.counted == ["refused"] * 7


def test_a_folder_that_vanishes_changes_nothing_until_it_is_back(root: Path) -> None:
    live = Live(root)
    before = live.catalogue()
    root.rename(root.with_name("gone"))
    live.catalogue.look()
    assert live.catalogue() is before
    assert live.counted == ["refused"]
    root.with_name("gone").rename(root)
    say_thanks(root, "Aquí estamos.")
    live.catalogue.look()
    assert live.thanks == "Aquí estamos."


def test_what_editors_leave_beside_a_file_is_no_content(root: Path) -> None:
    live = Live(root)
    (root / "answers/es/.#danger.yml").symlink_to("ana@casa.4711")
    (root / "answers/es/.danger.yml.swp").write_bytes(b"\x00")
    (root / "answers/es/danger.yml~").write_text("{", "utf-8")
    (root / "answers/es/._danger.yml").write_bytes(b"\x00\x05")
    live.catalogue.look()
    assert live.loads == 1
    load_catalogue(root, TODAY)


class NoModel:
    """Understands nothing."""

    def interpret(self, text: str, locale: str) -> Interpretation:
        return Interpretation(locale)


def bot_with(catalogue: Callable[[], Catalogue]) -> Callable[[str, str], Turn]:
    """Return how to write to a bot: the sender, then the text."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    bot = Bot(
        catalogue,
        NoModel(),
        MemorySessions(3600),
        LocalSenderLocks(5.0, lambda _: None),
        MemoryTurnLog(),
        lambda: now,
    )
    ids = itertools.count()
    return lambda sender, text: bot.respond(InboundMessage(f"SM{next(ids)}", sender, Channel.SMS, text))


def test_messages_are_answered_all_the_while(root: Path) -> None:
    """Each from one state of the content: what the menu promised is what it is called."""
    live, replies = Live(root), list[str]()
    write = bot_with(live.catalogue)
    people = [lambda name=f"ana{number}": replies.append(write(name, "menu").texts[-1]) for number in range(4)]
    names = ["Documentos", "Papeles", "Trámites"]
    with live.watching(), over_and_over(*people):
        for old, new in itertools.pairwise(names):
            text = (root / LOCALE).read_text("utf-8")
            assert f"{{title: {old}, menu: documents}}" in text
            (root / LOCALE).write_text(text.replace(f"{{title: {old}, menu", f"{{title: {new}, menu"), "utf-8")
            wait_for(lambda: any(fold(new) in text for text in replies[-20:]))  # noqa: B023  (called at once)
    assert live.counted == ["taken", "taken"]
    assert {sum(fold(name) in text for name in names) for text in replies} == {1}, "each menu is of one state"


def test_a_number_for_what_was_taken_out_meanwhile_gets_words(real: Catalogue) -> None:
    spanish = real.locales["es"]
    lists = {"main": Menu("Menú", spanish.menus["main"].choices[:1])}
    smaller = replace(real, locales={**real.locales, "es": replace(spanish, menus=lists)})
    for number, choice in enumerate(spanish.menus["main"].choices, 1):
        states = iter((real, smaller))
        write = bot_with(lambda: next(states))  # noqa: B023  (called at once)
        write("ana", "menu")
        reply = write("ana", str(number)).texts[-1]
        no_such = real.message("no_such_choice", "es").sms
        assert reply.startswith(fold(no_such)) == (choice.kind == "menu"), (choice, reply)


# --- with files that hold one word, and a loader that reads them


@pytest.fixture(scope="module")
def real() -> Catalogue:
    """Something to give another name."""
    return load_catalogue(Path("content"), TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files that must always say the same."""
    for name in ("facts", "answers"):
        (tmp_path / name).mkdir()
    put(tmp_path, "one")
    return tmp_path


def put(folder: Path, word: str) -> None:
    for path in files(folder):
        path.write_text(word, "utf-8")


def files(folder: Path) -> tuple[Path, Path]:
    return folder / "facts" / "x.yml", folder / "answers" / "x.yml"


@pytest.fixture
def load(folder: Path, real: Catalogue) -> Callable[[], Catalogue]:
    """Read both files; refuse what is bad, and break over what nobody thought of."""

    def reader() -> Catalogue:
        words = [path.read_text("utf-8") if path.exists() else "" for path in files(folder)]
        if "boom" in words:
            raise ZeroDivisionError("a secret")
        if not all(words) or "bad" in words:
            raise ContentInvalid(f"these are bad: {words}")
        return replace(real, default_locale="/".join(words))

    return reader


def test_each_new_mistake_is_told_and_one_that_stays_is_not_told_again(
    folder: Path, load: Callable[[], Catalogue]
) -> None:
    live = Live(folder, load)
    for word, outcomes in (("bad", 1), ("bad", 2), ("boom", 3)):
        put(folder, word)
        for _ in range(3):
            live.catalogue.look()
        assert live.counted == ["refused"] * outcomes


def test_files_that_change_while_they_are_read_are_not_judged(folder: Path, load: Callable[[], Catalogue]) -> None:
    def slow() -> Catalogue:
        catalogue = load()
        if catalogue.default_locale == "two/two":
            files(folder)[1].write_text("three", "utf-8")
        return catalogue

    live = Live(folder, slow)
    put(folder, "two")
    live.catalogue.look()
    assert (live.catalogue().default_locale, live.counted) == ("one/one", [])
    live.catalogue.look()
    assert (live.catalogue().default_locale, live.counted) == ("two/three", ["taken"])


def test_files_still_being_written_are_left_alone(folder: Path, load: Callable[[], Catalogue]) -> None:
    live = Live(folder, load)
    with files(folder)[0].open("w", encoding="utf-8") as file:

        def write_on() -> None:
            file.write("word " * 10)
            file.flush()

        with over_and_over(write_on):
            for _ in range(5):
                live.catalogue.look()
    assert (live.loads, live.counted) == (1, [])
    live.catalogue.look()
    assert live.catalogue().default_locale == files(folder)[0].read_text("utf-8") + "/one"


@pytest.mark.parametrize("seconds", [-100_000_000, 0, 100_000_000], ids=["back", "still", "forward"])
def test_a_change_is_seen_whichever_way_the_clock_goes(
    folder: Path, load: Callable[[], Catalogue], seconds: int
) -> None:
    live = Live(folder, load)
    for path in files(folder):
        status = path.stat()
        path.write_text("two", "utf-8")  # as long as "one"
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))
    live.catalogue.look()
    assert live.catalogue().default_locale == "two/two"


def test_what_nobody_thought_of_ends_neither_the_serving_nor_the_looking(
    folder: Path, load: Callable[[], Catalogue], caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(folder, load)
    with live.watching():
        put(folder, "boom")
        wait_for(lambda: live.counted == ["refused"])
        assert live.catalogue().default_locale == "one/one"
        put(folder, "two")
        wait_for(lambda: live.catalogue().default_locale == "two/two")
    assert "ZeroDivisionError at test_reloading.py" in caplog.text
    assert "secret" not in caplog.text


def test_refused_files_are_read_again_after_a_while_for_a_disk_may_have_failed(
    folder: Path, load: Callable[[], Catalogue]
) -> None:
    is_failing = False

    def failing() -> Catalogue:
        if is_failing:
            raise ContentInvalid("cannot be read (Input/output error)")
        return load()

    live = Live(folder, failing)
    is_failing = True
    put(folder, "two")
    live.catalogue.look()
    live.seconds = RETRY_SECONDS + 1
    live.catalogue.look()
    live.catalogue.look()
    assert (live.counted, live.loads) == (["refused"], 3)
    is_failing = False
    live.seconds *= 3
    live.catalogue.look()
    assert (live.catalogue().default_locale, live.counted) == ("two/two", ["refused", "taken"])


def test_nothing_is_read_while_nothing_changes(folder: Path, load: Callable[[], Catalogue]) -> None:
    live = Live(folder, load)
    with live.watching():
        for _ in range(100_000):
            live.catalogue()
        time.sleep(1.5)
    assert live.loads == 1


def test_no_thread_ever_sees_half_a_change(folder: Path, load: Callable[[], Catalogue]) -> None:
    """Two files are written one after the other, over and over; what is served always has both alike."""
    live, seen = Live(folder, load), set[str]()

    def read() -> None:
        seen.add(live.catalogue().default_locale)

    with over_and_over(read, read, live.catalogue.look):
        for number in range(8):
            put(folder, f"state{number}")
            time.sleep(0.1 if number % 2 else 0.6)
        wait_for(lambda: live.catalogue().default_locale == "state7/state7")
    assert len(seen) > 2, "some of the changes were taken on in between"
    assert all(first == second for first, second in (pair.split("/") for pair in seen)), seen


def test_a_snapshot_sees_linked_folders_and_survives_what_vanishes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.yml").write_text("x", "utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "facts").symlink_to(tmp_path / "real")
    (root / "dangling.yml").symlink_to(tmp_path / "nothing")
    (root / "loop").symlink_to(root)
    before = take_snapshot(root)
    assert any(path.endswith("facts/x.yml") for path, *_ in before)
    (tmp_path / "real" / "x.yml").write_text("yy", "utf-8")
    assert take_snapshot(root) != before
    assert take_snapshot(tmp_path / "nowhere") == frozenset()
