"""Child processes: start them so that none outlives us, and stop them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from rumbo.models import ensure_model, rasa_command, rasa_environment
from rumbo.settings import ROOT, VAR
from stores import tether

if TYPE_CHECKING:  # it brings an HTTP library, which commands that ask no server need not wait for
    from nlu.client import NluServer

RUNNING = VAR / "run" / "nlu"
"""Says which port and model the NLU server of a running `rumbo up` has, for the other commands to share it."""

START_SECONDS = 120.0
STOP_SECONDS = 10.0
CLIENT_SECONDS = 30.0


class ProcessFailed(Exception):
    """A child ended or did not become ready in time; the message says where its last words are."""


def start(command: list[str], env: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own (so that Ctrl-C reaches only us) that the kernel ends when we end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    tied = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *command]
    with log.open("ab") as output:
        return subprocess.Popen(
            tied, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a child and all it started: kindly first, then for good."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for a child to be ready; raise ProcessFailed when it ends or takes too long."""
    deadline = monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None or monotonic() > deadline:
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
            raise ProcessFailed(f"{log.stem} did not start. The end of {log.relative_to(ROOT)}:\n{tail}")
        sleep(0.1)


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether something listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_nlu(model: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start the NLU server; it is ready some seconds later."""
    return start(
        rasa_command("nlu.server", str(model), "--port", str(port)), rasa_environment(), VAR / "log" / "nlu.log"
    )


@contextlib.contextmanager
def nlu_server(say: Callable[[str], None], model: Path | None = None) -> "Iterator[NluServer]":
    """Yield a server with a model, by default the one in use.

    It is the one that runs already, or one of our own for as long as the block.
    """
    from nlu.client import NluServer

    model = model or ensure_model(say)
    running = _running(model)
    if running:
        yield running
        return
    say("starting the understanding (about 10 s; `rumbo up` keeps it running)")
    port = free_port()
    process = start_nlu(model, port)
    try:
        server = NluServer(f"http://127.0.0.1:{port}", CLIENT_SECONDS)
        wait_until(server.is_ready, process, VAR / "log" / "nlu.log")
        yield server
    finally:
        stop(process)


def announce_nlu(model: Path, port: int) -> None:
    """Let other commands find the server."""
    RUNNING.parent.mkdir(parents=True, exist_ok=True)
    RUNNING.write_text(f"{port} {model.name}", "utf-8")


def _running(model: Path) -> "NluServer | None":
    from nlu.client import NluServer

    try:
        port, name = RUNNING.read_text("utf-8").split()
    except (OSError, ValueError):
        return None
    server = NluServer(f"http://127.0.0.1:{port}", CLIENT_SECONDS)
    return server if name == model.name and server.is_ready() else None
