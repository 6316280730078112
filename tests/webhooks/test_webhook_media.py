"""A recording goes out after the text, at an address that only we can make and that runs out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.catalogue import Catalogue, Recording
from tests.webhooks.conftest import BASE_URL, Edge, payload
from webhooks.app import WebhookSettings, create_app
from webhooks.media import LIFE, MediaLinks, create_media
from webhooks.metrics import Metrics

AT = datetime(2026, 11, 24, tzinfo=UTC)
"""When every turn of the made-up bot was."""
TONES = Path(__file__).parent.parent / "content" / "audio"
KEY = b"k" * 32


def recording(locale: str, intent: str, tone: str, media_type: str) -> Recording:
    return Recording(locale, intent, tone, media_type, 1.0, (TONES / tone).stat().st_size)


RECORDINGS = (
    recording("kek", "passport", "tone.ogg", "audio/ogg"),
    recording("kek", "shelter", "tone.mp3", "audio/mpeg"),
    recording("mam", "passport", "tone.m4a", "audio/mp4"),
    replace(recording("kek", "birth_certificate", "tone.ogg", "audio/ogg"), is_stale=True),
)


class Studio:
    """The edge with recordings behind it, and a clock that tests set."""

    def __init__(self) -> None:
        self.now = AT
        self.edge = Edge()
        recordings = {(one.locale, one.intent): one for one in RECORDINGS}
        self.catalogue = Catalogue({}, {}, (), {}, {}, recordings=recordings)
        metrics = Metrics()
        media = create_media(MediaLinks(BASE_URL, KEY), lambda: self.catalogue, TONES, lambda: self.now, metrics)
        settings = WebhookSettings(("token",), BASE_URL, KEY)
        app: Flask = create_app(settings, self.edge.bot, self.edge.deliveries, dict, metrics, [media])
        self.client: FlaskClient = app.test_client()

    def address(self, id_: str = "kek/passport") -> str:
        """Return where Twilio is told to fetch a recording, without the public address."""
        self.edge.bot.media = (id_,)
        root = ElementTree.fromstring(self.edge.post(payload("whatsapp_text")).data)
        return (root.findtext("Message/Media") or "").removeprefix(BASE_URL)

    def drop(self, locale: str, intent: str) -> None:
        kept = {key: one for key, one in self.catalogue.recordings.items() if key != (locale, intent)}
        self.catalogue = replace(self.catalogue, recordings=kept)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_a_recording_goes_out_after_the_texts_in_a_message_of_its_own(edge: Edge) -> None:
    edge.bot.texts, edge.bot.media = ("Aviso", "Hola"), ("kek/passport",)
    root = ElementTree.fromstring(edge.post(payload("whatsapp_text")).data)
    assert [message.text for message in root] == ["Aviso", "Hola", None]
    (media,) = root[2]
    assert media.tag == "Media"
    until = int((AT + LIFE).timestamp())
    assert (media.text or "").startswith(f"{BASE_URL}/media/audio/kek/passport?until={until}&by=")


def test_a_redelivered_message_gets_the_same_bytes(edge: Edge) -> None:
    edge.bot.media = ("kek/passport",)
    assert edge.post(payload("whatsapp_text")).data == edge.post(payload("whatsapp_text")).data


def test_a_public_address_with_a_path_and_a_slash_is_kept() -> None:
    edge = Edge(base_url="https://example.org/linea/")
    edge.base_url, edge.bot.media = "https://example.org/linea", ("kek/passport",)
    told = edge.post(payload("whatsapp_text")).text
    assert "<Media>https://example.org/linea/media/audio/kek/passport?until=" in told


@pytest.mark.parametrize(
    ("id_", "tone", "media_type"),
    [
        pytest.param("kek/passport", "tone.ogg", "audio/ogg", id="Ogg Opus"),
        pytest.param("kek/shelter", "tone.mp3", "audio/mpeg", id="MP3"),
        pytest.param("mam/passport", "tone.m4a", "audio/mp4", id="M4A"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_twilio_fetches_is_the_file_and_what_it_is(
    studio: Studio, id_: str, tone: str, media_type: str, method: str
) -> None:
    wanted = (TONES / tone).read_bytes()
    with studio.client.open(studio.address(id_), method=method) as told:
        assert told.status_code == 200
        assert told.content_type == media_type
        assert told.content_length == len(wanted)
        assert told.headers["Cache-Control"] == "private"
        assert told.headers["X-Content-Type-Options"] == "nosniff"
        assert told.data == (wanted if method == "GET" else b"")


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 200), (timedelta(seconds=1), 410)], ids=["at", "after"])
def test_an_address_holds_for_an_hour(studio: Studio, late: timedelta, status: int) -> None:
    address = studio.address()
    studio.now = AT + LIFE + late
    with studio.client.get(address) as told:
        assert told.status_code == status


def changed(**changes: str) -> Callable[[str], str]:
    """Return what gives an address other parameters; an empty one is left out."""

    def change(address: str) -> str:
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
        return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value})}"

    return change


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda address: address.replace("/passport", "/shelter"), id="another intent"),
        pytest.param(lambda address: address.replace("/kek/", "/mam/"), id="another locale"),
        pytest.param(changed(until="4102444800"), id="a later end"),
        pytest.param(changed(until=""), id="no end"),
        pytest.param(changed(until="nunca"), id="an end that is no number"),
        pytest.param(lambda address: address.replace("until=", "until=%20"), id="a space before the end"),
        pytest.param(changed(by=""), id="no signature"),
        pytest.param(changed(by="0" * 64), id="another signature"),
        pytest.param(changed(by="ñ"), id="a signature beyond ASCII"),
        pytest.param(lambda address: address[:-1], id="a signature cut short"),
        pytest.param(lambda address: f"{address}0", id="a longer signature"),
    ],
)
def test_an_address_with_anything_changed_is_refused(studio: Studio, tamper: Callable[[str], str]) -> None:
    address = tamper(studio.address())
    assert studio.client.get(address).status_code == 403
    studio.now = AT + 2 * LIFE
    assert studio.client.get(address).status_code == 403
    assert 'rumbo_refused_total{reason="media"} 2.0' in studio.client.get("/metrics").text


def test_another_key_signs_another_address(studio: Studio) -> None:
    until = str(int((AT + LIFE).timestamp()))
    signature = studio.address().rpartition("=")[2]
    assert MediaLinks(BASE_URL, KEY).signed("kek/passport", until, signature)
    assert not MediaLinks(BASE_URL, b"j" * 32).signed("kek/passport", until, signature)


@pytest.mark.parametrize(
    "id_",
    [
        pytest.param("kek/emergency", id="never there"),
        pytest.param("kek/birth_certificate", id="stale"),
        pytest.param("ixl/passport", id="another locale's"),
    ],
)
def test_what_the_catalogue_does_not_offer_is_not_found(studio: Studio, id_: str) -> None:
    assert studio.client.get(studio.address(id_)).status_code == 404


def test_a_recording_taken_back_after_it_was_sent_is_gone(studio: Studio) -> None:
    address = studio.address()
    studio.drop("kek", "passport")
    assert studio.client.get(address).status_code == 404


def test_a_file_that_is_no_longer_what_was_checked_is_not_served(studio: Studio) -> None:
    was = studio.catalogue.recordings["kek", "passport"]
    others = {"kek/passport": replace(was, size=was.size + 1), "kek/shelter": replace(was, file="gone.ogg")}
    recordings = {(id_.split("/")[0], id_.split("/")[1]): one for id_, one in others.items()}
    studio.catalogue = replace(studio.catalogue, recordings=recordings)
    for id_ in others:
        assert studio.client.get(studio.address(id_)).status_code == 404


@pytest.mark.parametrize("path", ["kek/../../conftest", "..%2F..%2Fconftest/passport", "kek/passport.ogg", "kek"])
def test_no_path_of_an_address_leads_to_a_file(studio: Studio, path: str) -> None:
    query = studio.address().partition("?")[2]
    assert studio.client.get(f"/media/audio/{path}?{query}").status_code in {403, 404}
