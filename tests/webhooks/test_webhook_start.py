"""The edge refuses to start with a setting that would leave the door open, or shut for Twilio too."""

import pytest

from tests.webhooks.conftest import BASE_URL, NEXT_TOKEN, TOKEN, Edge, payload


@pytest.mark.parametrize(
    "tokens",
    [
        pytest.param((), id="none"),
        pytest.param(("",), id="empty"),
        pytest.param((" \t\n",), id="blank"),
        pytest.param((TOKEN, ""), id="the second empty"),
        pytest.param((" ", TOKEN), id="the first blank"),
    ],
)
def test_without_a_token_it_does_not_start(tokens: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="TWILIO_AUTH_TOKEN"):
        Edge(tokens=tokens)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("rumbo.example.org", id="no scheme"),
        pytest.param("//rumbo.example.org", id="no scheme but slashes"),
        pytest.param("ftp://rumbo.example.org", id="another scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///twilio", id="a path without a host"),
        pytest.param("https://[rumbo", id="half an IPv6 host"),
        pytest.param("https://rumbo.example.org:port", id="a port in letters"),
        pytest.param("https://rumbo.example.org:65536", id="a port too high"),
        pytest.param("https://rumbo.example.org:0", id="port nought"),
        pytest.param("https://rumbo.example.org?a=1", id="a query"),
        pytest.param("https://rumbo.example.org#rc=2", id="a fragment"),
        pytest.param("https://rumbo.example.org ", id="a space at the end"),
        pytest.param("https://rumbo.example.org\n", id="a line end"),
        pytest.param(" https://rumbo.example.org", id="a space before"),
    ],
)
def test_with_an_address_twilio_cannot_sign_for_it_does_not_start(url: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_BASE_URL"):
        Edge(base_url=url)


@pytest.mark.parametrize("key", [b"", b"k", b"k" * 15], ids=["none", "one byte", "15 bytes"])
def test_with_a_short_key_it_does_not_start(key: bytes) -> None:
    with pytest.raises(ValueError, match="RUMBO_SECRET_KEY"):
        Edge(key=key)


@pytest.mark.parametrize(
    ("base_url", "key", "tokens"),
    [
        pytest.param(BASE_URL, b"k" * 16, (TOKEN,), id="the shortest key"),
        pytest.param(BASE_URL, b"k" * 32, (TOKEN, NEXT_TOKEN), id="two tokens"),
        pytest.param("http://127.0.0.1:8000", b"k" * 32, (TOKEN,), id="a machine of one's own"),
        pytest.param("https://example.org/linea", b"k" * 32, (TOKEN,), id="an address with a path"),
    ],
)
def test_with_all_it_needs_it_starts_and_answers(base_url: str, key: bytes, tokens: tuple[str, ...]) -> None:
    assert Edge(base_url=base_url, key=key, tokens=tokens).post(payload("sms")).status_code == 200


def test_a_slash_after_the_address_does_no_harm() -> None:
    edge = Edge(base_url=BASE_URL + "/")
    edge.base_url = BASE_URL
    assert edge.post(payload("sms")).status_code == 200
