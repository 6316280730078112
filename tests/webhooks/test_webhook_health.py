"""Those who watch the line see how it is, and nothing of who writes to it."""

import pytest

from bot.errors import StoreUnavailable
from tests.webhooks.conftest import NEXT_TOKEN, STATUS, Edge, payload

NAMES = ["sms", "sms_stop", "whatsapp_text", "whatsapp_location", "whatsapp_voice", "whatsapp_business_scoped"]


def test_it_is_alive_even_when_nothing_behind_it_is(edge: Edge) -> None:
    edge.parts.update(database=False, nlu=False, redis=False)
    told = edge.client.get("/health/live")
    assert (told.status_code, told.json) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        pytest.param({"database": True, "nlu": True, "redis": True}, 200, id="all up"),
        pytest.param({"database": True, "nlu": False, "redis": True}, 200, id="no nlu"),
        pytest.param({"database": True, "nlu": True, "redis": False}, 200, id="no redis"),
        pytest.param({"database": True, "nlu": False, "redis": False}, 200, id="the database only"),
        pytest.param({"database": False, "nlu": True, "redis": True}, 503, id="no database"),
        pytest.param({"nlu": True}, 503, id="nothing known of the database"),
    ],
)
def test_it_is_ready_as_long_as_the_database_is(edge: Edge, parts: dict[str, bool], status: int) -> None:
    edge.parts.clear()
    edge.parts.update(parts)
    told = edge.client.get("/health/ready")
    assert (told.status_code, told.json) == (status, parts)


def test_metrics_count_what_came_and_hold_nothing_of_a_person(edge: Edge) -> None:
    for name in NAMES:
        edge.post(payload(name))
    edge.post(payload("sms"), token=NEXT_TOKEN)
    edge.post(payload("sms", From="Ixchel"))
    edge.post(payload("sms", MessageStatus="volando"), STATUS)
    edge.bot.error = RuntimeError("+50255500042")
    edge.post(payload("sms"))
    edge.bot.error = StoreUnavailable("+50255500042")
    edge.post(payload("sms"))

    shown = edge.client.get("/metrics")
    assert shown.content_type.startswith("text/plain")
    for line in (
        'rumbo_messages_total{channel="sms",outcome="answered",source="none"} 2.0',
        'rumbo_messages_total{channel="whatsapp",outcome="answered",source="none"} 4.0',
        'rumbo_reply_seconds_count{channel="whatsapp"} 4.0',
        'rumbo_refused_total{reason="signature"} 1.0',
        'rumbo_refused_total{reason="form"} 1.0',
        'rumbo_errors_total{type="RuntimeError"} 1.0',
        'rumbo_errors_total{type="StoreUnavailable"} 1.0',
    ):
        assert line in shown.text.splitlines()
    senders = {message.sender for message in edge.bot.messages}
    for told in ("5550004", "50255500000", "1349A7C0b2", "Ixchel", "OIM", "albergue", "volando", "a" * 32, *senders):
        assert told not in shown.text
