"""What became of a message that went out is noted, whatever Twilio adds to it."""

import pytest

from bot.errors import StoreUnavailable
from tests.webhooks.conftest import STATUS, Edge

SID = "SM" + "a" * 32


def callback(**fields: str) -> dict[str, str]:
    return {"MessageSid": SID, "MessageStatus": "sent", "To": "+50255500042", "From": "+50255500000"} | fields


@pytest.mark.parametrize("status", ["queued", "sent", "delivered", "undelivered", "failed", "read"])
@pytest.mark.parametrize("sid", [SID, "MM" + "0" * 32], ids=["SM", "MM"])
def test_a_status_is_passed_on(edge: Edge, sid: str, status: str) -> None:
    told = edge.post(callback(MessageSid=sid, MessageStatus=status), STATUS)
    assert (told.status_code, told.data) == (204, b"")
    assert edge.deliveries.told == [(sid, status, None)]
    assert edge.bot.messages == []


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        pytest.param("30003", "30003", id="a code"),
        pytest.param("0", "0", id="one digit"),
        pytest.param("999999", "999999", id="six digits"),
        pytest.param("1234567", None, id="seven digits"),
        pytest.param("", None, id="none"),
        pytest.param("-1", None, id="negative"),
        pytest.param("٣٠٠٠٣", None, id="another script's digits"),
        pytest.param("²", None, id="a raised two"),
        pytest.param("30003\n", None, id="with a line end"),
        pytest.param("a\x00b", None, id="rubbish"),
        pytest.param("1" * 60_000, None, id="without end"),
    ],
)
def test_only_codes_are_kept_as_codes(edge: Edge, code: str, kept: str | None) -> None:
    assert edge.post(callback(MessageStatus="failed", ErrorCode=code), STATUS).status_code == 204
    assert edge.deliveries.told == [(SID, "failed", kept)]


@pytest.mark.parametrize(
    "status", ["", "SENT", "²", "\x00", "volando", "a" * 60_000], ids=lambda status: ascii(status)[:12]
)
def test_statuses_nobody_knows_are_no_trouble(edge: Edge, status: str) -> None:
    assert edge.post(callback(MessageStatus=status), STATUS).status_code == 204


def test_a_callback_without_a_status_is_no_trouble(edge: Edge) -> None:
    assert edge.post({"MessageSid": SID}, STATUS).status_code == 204


def test_a_status_that_no_store_took_is_counted_and_forgotten(edge: Edge) -> None:
    edge.deliveries.error = StoreUnavailable()
    assert edge.post(callback(), STATUS).status_code == 204
    assert '{event="status.lost"} 1.0' in edge.client.get("/metrics").text
