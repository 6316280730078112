"""What Twilio is told: a reply, silence, or that something broke, and never more than that."""

import logging

import pytest

from bot.errors import StoreUnavailable
from tests.webhooks.conftest import INBOUND, STATUS, Edge, payload, texts_of

SECRET = "me persigue mi esposo +50255500042"


def test_the_same_turn_is_told_in_the_same_bytes(edge: Edge) -> None:
    edge.bot.texts = ("Hola 🙂", "<b>")
    first, second = edge.post(payload("sms")), edge.post(payload("sms"))
    assert first.data == second.data
    assert len(edge.bot.messages) == 2


def test_a_silent_turn_is_an_empty_response(edge: Edge) -> None:
    edge.bot.texts = ()
    told = edge.post(payload("sms_stop"))
    assert (told.status_code, texts_of(told)) == (200, [])


def caused() -> RuntimeError:
    error = RuntimeError(SECRET)
    error.__cause__ = KeyError(SECRET)
    return error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(RuntimeError(SECRET), id="an error"),
        pytest.param(caused(), id="one caused by another"),
        pytest.param(UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET), id="of text"),
        pytest.param(TypeError(SECRET), id="one the check of signatures knows"),
    ],
)
def test_when_the_bot_breaks_nobody_hears_what_was_written(
    edge: Edge, error: Exception, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    edge.bot.error = error
    told = edge.post(payload("sms", Body=SECRET))
    assert (told.status_code, texts_of(told)) == (500, [])
    assert len(edge.bot.messages) == 1
    logged = caplog.text + "".join(capfd.readouterr())
    assert type(error).__name__ in logged
    assert "conftest.py:" in logged
    for place in (logged, told.text, str(told.headers), edge.client.get("/metrics").text):
        assert "persigue" not in place
        assert "50255500042" not in place


def test_without_a_store_a_message_is_not_acknowledged(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    edge.bot.error = StoreUnavailable(SECRET)
    told = edge.post(payload("sms", Body=SECRET))
    assert told.status_code == 503
    assert "persigue" not in told.text + caplog.text


def test_after_an_error_the_next_message_is_answered(edge: Edge) -> None:
    edge.bot.error = RuntimeError(SECRET)
    edge.post(payload("sms"))
    edge.bot.error = None
    assert texts_of(edge.post(payload("sms"))) == ["Hola"]


def assert_secure(headers: dict[str, str]) -> None:
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/health/live", 200, id="live"),
        pytest.param("GET", "/health/ready", 200, id="ready"),
        pytest.param("GET", "/metrics", 200, id="metrics"),
        pytest.param("GET", "/nada", 404, id="404"),
        pytest.param("GET", INBOUND, 405, id="405"),
        pytest.param("POST", INBOUND, 403, id="403"),
    ],
)
def test_security_headers_are_everywhere(edge: Edge, method: str, path: str, status: int) -> None:
    told = edge.client.open(path, method=method)
    assert told.status_code == status
    assert_secure(dict(told.headers))


@pytest.mark.parametrize(
    ("error", "status"), [(None, 200), (RuntimeError(), 500), (StoreUnavailable(), 503)], ids=["200", "500", "503"]
)
def test_security_headers_are_on_replies_too(edge: Edge, error: Exception | None, status: int) -> None:
    edge.bot.error = error
    told = edge.post(payload("sms"))
    assert told.status_code == status
    assert_secure(dict(told.headers))


def test_security_headers_are_on_what_is_too_large(edge: Edge) -> None:
    told = edge.post(payload("sms", Body="a" * 100_000))
    assert told.status_code == 413
    assert_secure(dict(told.headers))


@pytest.mark.parametrize("path", ["/nada/<script>", INBOUND, STATUS])
def test_refusals_say_little_and_are_plain_text(edge: Edge, path: str) -> None:
    told = edge.client.post(path, data={"Body": SECRET})
    assert told.content_type.startswith("text/plain")
    assert len(told.text) < 40
    assert "script" not in told.text
