"""The simulator's two addresses, before a webhook that is made up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console.simulator import RelayResponse, RelayUnavailable, create_simulator

PUBLIC = "https://rumbo.example.org/linea/"
MESSAGES = "/simulator/messages"
MENU = {"channel": "sms", "sender": "+50255500042", "kind": "text", "text": "menu"}


@dataclass
class FakeRelay:
    """Answers the same to every form, and remembers them."""

    response: RelayResponse | None = None
    forms: list[Mapping[str, str]] = field(default_factory=list)

    def send(self, form: Mapping[str, str]) -> RelayResponse:
        self.forms.append(form)
        if self.response is None:
            raise RelayUnavailable
        return self.response


def says(*texts: str) -> RelayResponse:
    messages = "".join(f"<Message>{escape(text)}</Message>" for text in texts)
    return RelayResponse(200, f"<Response>{messages}</Response>")


def client_of(relay: FakeRelay) -> FlaskClient:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.register_blueprint(create_simulator(relay, sms_price_usd=Decimal("0.055"), public_base_url=PUBLIC))
    return app.test_client()


@pytest.fixture
def relay() -> FakeRelay:
    return FakeRelay(says("Hola"))


@pytest.fixture
def client(relay: FakeRelay) -> FlaskClient:
    return client_of(relay)


@pytest.mark.parametrize("address", ["/simulator", "/simulator/"])
def test_the_page_is_there_and_states_its_price_as_an_assumption(client: FlaskClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert "Supone US$0.055 por segmento" in page.text


def test_the_page_needs_no_inline_script_or_style_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/simulator").text
    assert "<style" not in page
    assert " style=" not in page
    assert " on" not in {attribute[:3] for attribute in page.split('="')}
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")
    for name in ("simulator.css", "simulator.js", "compass.svg", "paper.svg"):
        with client.get(f"/simulator/static/{name}") as file:
            assert file.status_code == 200


def test_a_message_reaches_the_webhook_as_twilio_would_post_it(client: FlaskClient, relay: FakeRelay) -> None:
    client.post(MESSAGES, json=MENU | {"channel": "whatsapp"})
    (form,) = relay.forms
    assert (form["From"], form["Body"]) == ("whatsapp:+50255500042", "menu")


def test_sms_replies_come_with_what_they_cost() -> None:
    told = client_of(FakeRelay(says("a" * 161, "Información"))).post(MESSAGES, json=MENU)
    assert told.status_code == 200
    assert told.json == {
        "status": 200,
        "messages": [
            {
                "text": "a" * 161,
                "characters": 161,
                "segments": 2,
                "encoding": "GSM-7",
                "cost_usd": "0.110",
                "media": [],
            },
            {
                "text": "Información",
                "characters": 11,
                "segments": 1,
                "encoding": "UCS-2",
                "cost_usd": "0.055",
                "media": [],
            },
        ],
        "total_segments": 3,
    }


def test_whatsapp_replies_have_no_segments(client: FlaskClient) -> None:
    told = client.post(MESSAGES, json=MENU | {"channel": "whatsapp"})
    nothing: dict[str, object] = {"segments": None, "encoding": None, "cost_usd": None, "media": []}
    assert told.json == {
        "status": 200,
        "messages": [{"text": "Hola", "characters": 4} | nothing],
        "total_segments": None,
    }


def test_a_recording_is_fetched_from_the_pages_own_server_whatever_the_public_address() -> None:
    media = (
        "<Message><Media>https://rumbo.example.org/linea/media/audio/kek/passport?until=1&amp;by=a</Media></Message>"
    )
    relay = FakeRelay(RelayResponse(200, f"<Response><Message>Hola</Message>{media}</Response>"))
    told = client_of(relay).post(MESSAGES, json=MENU | {"channel": "whatsapp"}).get_json()
    assert [message["text"] for message in told["messages"]] == ["Hola", ""]
    assert [message["media"] for message in told["messages"]] == [[], ["/media/audio/kek/passport?until=1&by=a"]]


@pytest.mark.parametrize("silence", [says(), RelayResponse(204, "")], ids=["empty TwiML", "no body"])
def test_silence_is_an_answer(silence: RelayResponse) -> None:
    told = client_of(FakeRelay(silence)).post(MESSAGES, json=MENU)
    assert told.json == {"status": silence.status, "messages": [], "total_segments": 0}


@pytest.mark.parametrize(
    ("response", "status", "sentence"),
    [
        pytest.param(RelayResponse(403, ""), 403, "firma", id="signature refused"),
        pytest.param(RelayResponse(413, ""), 413, "demasiado grande", id="too large"),
        pytest.param(RelayResponse(503, ""), 503, "no puede atender", id="stores down"),
        pytest.param(RelayResponse(500, "<html>"), 500, "error 500", id="broken"),
        pytest.param(RelayResponse(599, ""), 599, "error 599", id="a status without a name"),
        pytest.param(RelayResponse(302, ""), 302, "error 302", id="sent elsewhere"),
        pytest.param(RelayResponse(200, "<html>"), 200, "TwiML", id="not TwiML"),
        pytest.param(None, 502, "No se pudo llegar", id="unreachable"),
    ],
)
def test_the_webhooks_errors_come_back_as_a_sentence(
    response: RelayResponse | None, status: int, sentence: str
) -> None:
    told = client_of(FakeRelay(response)).post(MESSAGES, json=MENU)
    assert told.status_code == 502
    assert told.json is not None
    assert told.json["status"] == status
    assert sentence in told.json["error"]
    assert told.json["messages"] == []


def test_more_than_the_app_takes_still_reaches_the_webhook(client: FlaskClient, relay: FakeRelay) -> None:
    assert client.post(MESSAGES, json=MENU | {"text": "a" * 100_000}).status_code == 200
    assert len(relay.forms[0]["Body"]) == 100_000


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(b"{", "application/json", 400, id="bad JSON"),
        pytest.param(b"{}", "application/json", 400, id="no message"),
        pytest.param(b"text=menu", "application/x-www-form-urlencoded", 415, id="a form"),
        pytest.param(b"a" * 300_000, "application/json", 413, id="beyond reason"),
    ],
)
def test_what_is_not_a_message_is_refused_here(
    client: FlaskClient, relay: FakeRelay, body: bytes, content_type: str, status: int
) -> None:
    told = client.post(MESSAGES, data=body, content_type=content_type)
    assert told.status_code == status
    assert told.json is not None
    assert told.json["error"].endswith(".")
    assert relay.forms == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="our page"),
        pytest.param({"Origin": "http://localhost"}, 200, id="our page, older browser"),
        pytest.param({"Origin": "https://localhost"}, 200, id="our page behind a proxy"),
        pytest.param({}, 200, id="not a browser"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a sibling site"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403, id="the stricter header wins"
        ),
        pytest.param({"Origin": "https://example.org"}, 403, id="another origin"),
        pytest.param({"Origin": "http://localhost:8000"}, 403, id="another port"),
        pytest.param({"Origin": "null"}, 403, id="an opaque origin"),
        pytest.param({"Origin": "http://["}, 403, id="a malformed origin"),
    ],
)
def test_only_our_own_page_may_write(
    client: FlaskClient, relay: FakeRelay, headers: dict[str, str], status: int
) -> None:
    assert client.post(MESSAGES, json=MENU, headers=headers).status_code == status
    assert len(relay.forms) == (status == 200)
