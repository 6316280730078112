"""Media is deleted at Twilio, told by a server that answers as documented; what fails waits and is tried again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from bot.errors import RemoteUnavailable
from bot.messages import Channel, MessageKind
from bot.turns import Contact, Outcome, Turn
from stores.database import make_engine, upgrade
from stores.persons import SqlPersons
from stores.remote_deletions import Deleted, RemoteDeletions
from stores.turns import SqlTurnLog, utc_now
from webhooks.remote_media import TwilioMedia

Asked = tuple[TwilioMedia, list[tuple[str, str]]]
"""The adapter, and what it asked of the server."""

ACCOUNT = "AC" + "1" * 32
MESSAGE, GONE, BROKEN = ("MM" + letter * 32 for letter in "abc")
MEDIA = tuple(f"ME{number}" + "d" * 31 for number in range(2))


class Twilio(BaseHTTPRequestHandler):
    """One message with two media, one that is gone, and one at which the server fails."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        """List the media of a message."""
        self.asked.append(("GET", self.path))
        if BROKEN in self.path:
            self._answer(500, {"code": 20500, "message": "Internal error"})
        elif GONE in self.path:
            self._answer(404, {"code": 20404, "message": "The requested resource was not found"})
        else:
            uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}/Media.json"
            media = [{"sid": sid, "parent_sid": MESSAGE, "account_sid": ACCOUNT} for sid in MEDIA]
            self._answer(200, {"media_list": media, "uri": uri, "next_page_uri": None})

    def do_DELETE(self) -> None:
        """Delete one; the second was deleted by somebody else meanwhile."""
        self.asked.append(("DELETE", self.path))
        if MEDIA[1] in self.path:
            self._answer(404, {"code": 20404, "message": "The requested resource was not found"})
        else:
            self._answer(204, None)

    def _answer(self, status: int, body: object) -> None:
        sent = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@contextmanager
def serve() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    asked: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OneTwilio", (Twilio,), {"asked": asked}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def twilio() -> Iterator[Asked]:
    """The adapter, and what it asked of the server."""
    with serve() as (url, asked):
        yield TwilioMedia(ACCOUNT, "token", url), asked


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh database."""
    engine = make_engine(f"sqlite:///{tmp_path}/media.db")
    upgrade(engine)
    yield engine
    engine.dispose()


def test_every_medium_of_a_message_is_deleted(twilio: Asked) -> None:
    media, asked = twilio
    media.delete(MESSAGE)
    base = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}/Media"
    assert asked == [("GET", f"{base}.json"), *(("DELETE", f"{base}/{sid}.json") for sid in MEDIA)]


def test_what_is_gone_is_done(twilio: Asked) -> None:
    twilio[0].delete(GONE)


def test_a_failure_is_ours_and_names_no_address(twilio: Asked) -> None:
    with pytest.raises(RemoteUnavailable) as caught:
        twilio[0].delete(BROKEN)
    assert str(caught.value) == "HTTP 500"


def test_a_server_that_is_not_there_is_a_failure_of_ours_too() -> None:
    with serve() as (url, _):
        pass
    with pytest.raises(RemoteUnavailable, match="ConnectionError"):
        TwilioMedia(ACCOUNT, "token", url).delete(MESSAGE)


def test_what_failed_waits_and_the_rest_is_done(engine: Engine, twilio: Asked) -> None:
    erase_with_media(engine, BROKEN, MESSAGE, GONE)
    remote = RemoteDeletions(engine, twilio[0])
    assert remote.run() == Deleted(done=2, failed=1, left=1)
    waiting = remote.pending()[0]
    assert (waiting.message_sid, waiting.tries, waiting.error) == (BROKEN, 1, "HTTP 500")
    assert remote.run() == Deleted(done=0, failed=1, left=1)


def test_after_three_failures_in_a_row_the_rest_waits_for_the_next_time(engine: Engine, twilio: Asked) -> None:
    media, asked = twilio
    erase_with_media(engine, *(f"{BROKEN}{number}" for number in range(5)))
    remote = RemoteDeletions(engine, media)
    assert remote.run() == Deleted(done=0, failed=3, left=5)
    remote.run()
    assert {BROKEN + str(number) for number in range(5)} == {path.split("/")[5] for _, path in asked}, "others first"


def test_without_an_account_nothing_is_done_and_nothing_lost(engine: Engine) -> None:
    erase_with_media(engine, MESSAGE)
    assert RemoteDeletions(engine, None).run() == Deleted(done=0, failed=0, left=1)


def erase_with_media(engine: Engine, *sids: str) -> None:
    """Have a person send media, and erase them."""
    at = utc_now()
    for sid in sids:
        turn = Turn(sid, "ana", Channel.WHATSAPP, at, "es", MessageKind.MEDIA, "", Outcome.ANSWERED, ())
        SqlTurnLog(engine).record(turn, Contact("ana", "es", at))
    SqlPersons(engine).erase("ana")
