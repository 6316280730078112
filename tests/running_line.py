"""Start and stop the line as people do, and write to it as Twilio does."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar
from xml.etree import ElementTree

import urllib3
from twilio.request_validator import RequestValidator

from rumbo.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "0123456789abcdef0123456789abcdef"
READY_SECONDS = 240.0


@dataclass
class Line:
    """A running `rumbo up`."""

    port: int
    process: subprocess.Popen[str]
    output: list[str]
    database: Path
    console_port: int
    http: ClassVar[urllib3.PoolManager] = urllib3.PoolManager(retries=False, timeout=20.0)

    @property
    def url(self) -> str:
        """The web server's address."""
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, form: dict[str, str], token: str = TOKEN) -> urllib3.BaseHTTPResponse:
        """Post a form as Twilio does: signed for the public address."""
        signature = RequestValidator(token).compute_signature(f"{self.url}{path}", form)
        headers = {"X-Twilio-Signature": signature}
        return self.http.request("POST", f"{self.url}{path}", fields=form, encode_multipart=False, headers=headers)

    def say(self, form: dict[str, str]) -> list[str]:
        """Send a message and return the texts of the reply."""
        response = self.post("/twilio/inbound", form)
        assert response.status == 200, response.data
        return [message.text or "" for message in ElementTree.fromstring(response.data).iter("Message")]


def start_line(folder: Path, *arguments: str, **settings: str) -> Line:
    """Start `rumbo up` on a free port with state in `folder`, and wait until it says that it is ready."""
    port, console_port = free_port(), free_port()
    database = folder / "line.db"
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "TWILIO_AUTH_TOKEN": TOKEN,
        "RUMBO_CONSOLE_PORT": str(console_port),
        "RUMBO_SECRET_KEY": "k" * 32,
        **settings,
    }
    env.pop("REDIS_URL", None)
    command = [sys.executable, "-m", "rumbo", "up", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    line = Line(port, process, [], database, console_port)
    ready = Event()

    def listen() -> None:
        assert process.stderr is not None
        with process.stderr as said:
            for text in said:
                line.output.append(text)
                if "ready after" in text:
                    ready.set()
        ready.set()

    Thread(target=listen, daemon=True).start()
    assert ready.wait(READY_SECONDS), line.output
    assert process.poll() is None, line.output
    return line


def stop_line(line: Line) -> None:
    """Press Ctrl-C."""
    line.process.send_signal(signal.SIGINT)
    line.process.wait(30)
