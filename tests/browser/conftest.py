"""A page in the system's Chromium, and the simulator it opens."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, Response, send_file
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from console.simulator import Relay, RelayResponse, create_simulator
from tests.running_line import Line

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "These tests need Chromium: install Debian's package with `apt-get install chromium`."
CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


PUBLIC = "https://rumbo.example.org"
TONE = Path(__file__).parent.parent / "content" / "audio" / "tone.ogg"


class RefusingRelay:
    """Stands for a webhook that does not accept our signature."""

    def send(self, form: Mapping[str, str]) -> RelayResponse:
        """Refuse."""
        return RelayResponse(403, "")


class RecordedRelay:
    """Stands for a webhook that answers with a text and a recording."""

    def send(self, form: Mapping[str, str]) -> RelayResponse:
        """Answer."""
        media = f"<Message><Media>{PUBLIC}/media/audio/kek/passport?until=1&amp;by=a</Media></Message>"
        return RelayResponse(200, f"<Response><Message>*1* Pasaporte</Message>{media}</Response>")


@contextmanager
def serve(relay: Relay) -> Iterator[str]:
    """Serve a simulator under the content policy it promises to live with."""
    app = Flask(__name__)
    app.register_blueprint(create_simulator(relay, sms_price_usd=Decimal("0.055"), public_base_url=PUBLIC))

    @app.get("/media/audio/kek/passport")
    def recording() -> Response:
        return send_file(TONE, mimetype="audio/ogg")

    @app.after_request
    def restrict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simulator"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def simulator_url(line: Line) -> str:
    """Where the line itself serves the simulator."""
    return f"{line.url}/simulator"


@pytest.fixture(scope="session")
def refused_simulator_url() -> Iterator[str]:
    """Where a simulator is served whose webhook answers 403."""
    with serve(RefusingRelay()) as url:
        yield url


@pytest.fixture(scope="session")
def recorded_simulator_url() -> Iterator[str]:
    """Where a simulator is served whose webhook sends a recording."""
    with serve(RecordedRelay()) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without it, CI fails and everyone else skips."""
    executable = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new visitor; a script error or a breach of the content policy fails the test."""
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    context = browser.new_context(locale="es-GT", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []
