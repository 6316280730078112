"""A server of our own: it serves, it stops, it outlives nobody and it hears no terminal."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from bot.errors import StoreUnavailable
from stores.private_redis import MAX_SOCKET_PATH, find_server, private_redis
from stores.redis_client import connect

PARENT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from pathlib import Path
from stores.private_redis import private_redis
from stores.redis_client import connect
with private_redis(Path(sys.argv[1])) as url:
    print(url, connect(url).info("server")["process_id"], flush=True)
    time.sleep(60)
"""
"""A process that runs a private server and says its URL and process id."""


def pid_of(url: str) -> int:
    """Return the process id of the server."""
    return int(connect(url).info("server")["process_id"])


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that died and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def becomes_true(claim: Callable[[], bool], seconds: float = 5) -> bool:
    """Wait until the claim holds; return whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def parent_of_a_server(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Run PARENT in a session of its own and yield it with its server's process id."""
    command = [sys.executable, "-c", PARENT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        try:
            assert parent.stdout is not None
            yield parent, int(parent.stdout.readline().split()[1])
        finally:
            parent.kill()


def test_the_server_is_ready_inside_the_block_and_gone_after_it(tmp_path: Path) -> None:
    with private_redis(tmp_path / "run/redis") as url:
        assert connect(url).set("key", "value")
        pid = pid_of(url)
    assert not is_alive(pid)
    assert not (tmp_path / "run/redis/redis.sock").exists()
    with pytest.raises(redis.ConnectionError):
        connect(url).ping()


def test_the_server_is_private_bounded_and_keeps_nothing(tmp_path: Path) -> None:
    with private_redis(tmp_path) as url:
        config = connect(url).config_get("*")
        connect(url).set("key", "secret")
        assert (tmp_path / "redis.sock").stat().st_mode & 0o077 == 0
    expected = {"port": "0", "save": "", "appendonly": "no", "maxmemory": "67108864", "maxmemory-policy": "allkeys-lru"}
    assert {name: config[name] for name in expected} == expected
    assert [path.name for path in tmp_path.iterdir()] == ["redis.log"]


def test_a_folder_with_spaces_and_signs_works(tmp_path: Path) -> None:
    with private_redis(tmp_path / "año 1 #?%41") as url:
        assert connect(url).ping()


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_that_is_removed(tmp_path: Path) -> None:
    room = MAX_SOCKET_PATH - len(str(tmp_path / "x" / "redis.sock")) + 1
    deep = tmp_path / ("ñ" * max(room, 1))  # just fits in characters, not in bytes
    with private_redis(deep) as url:
        socket = Path(url.removeprefix("unix://"))
        assert socket.is_socket()
        assert len(os.fsencode(socket)) <= MAX_SOCKET_PATH
    assert not socket.parent.exists()


def test_the_longest_path_a_socket_may_have_works_where_it_is(tmp_path: Path) -> None:
    room = MAX_SOCKET_PATH - len(os.fsencode(tmp_path / "x" / "redis.sock")) + 1
    if room < 1:
        pytest.skip("the temporary folder is too deep already")
    folder = tmp_path / ("x" * room)
    with private_redis(folder) as url:
        assert connect(url).ping()
        assert (folder / "redis.sock").is_socket()


def test_a_socket_left_by_a_server_that_died_is_no_hindrance(tmp_path: Path) -> None:
    with parent_of_a_server(tmp_path) as (parent, pid):
        parent.kill()
        parent.wait()
        assert becomes_true(lambda: not is_alive(pid))
    assert (tmp_path / "redis.sock").exists()
    with private_redis(tmp_path) as url:
        assert connect(url).ping()


def test_a_second_server_for_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with private_redis(tmp_path) as url:
        with pytest.raises(StoreUnavailable, match="already listens"), private_redis(tmp_path):
            pass
        assert connect(url).ping()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_the_server_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with parent_of_a_server(tmp_path) as (parent, pid):
        assert is_alive(pid)
        parent.send_signal(signal.SIGKILL)
        assert becomes_true(lambda: not is_alive(pid))


def test_ctrl_c_reaches_the_parent_alone_which_then_stops_the_server(tmp_path: Path) -> None:
    with parent_of_a_server(tmp_path) as (parent, pid):
        assert os.getpgid(pid) != os.getpgid(parent.pid)
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.wait(10) != 0
        assert not is_alive(pid)
    assert not (tmp_path / "redis.sock").exists()


def test_the_server_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    server = private_redis(tmp_path)
    urls: list[str] = []
    asking = threading.Thread(target=lambda: urls.append(server.__enter__()))
    asking.start()
    asking.join()
    time.sleep(0.1)
    assert connect(urls[0]).ping()
    server.__exit__(None, None, None)


def test_a_server_on_path_goes_before_the_one_from_pypi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = find_server()
    for name in ("valkey-server", "redis-server"):
        shutil.copy(ours, tmp_path / name)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert find_server() == tmp_path / name


def test_without_any_server_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(StoreUnavailable, match="no redis-server or valkey-server"), private_redis(tmp_path):
        pass


def test_a_server_that_does_not_start_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\necho 'no such luck'\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(StoreUnavailable, match="no such luck"), private_redis(tmp_path):
        pass
