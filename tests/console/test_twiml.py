"""What we read from TwiML is what Twilio would send."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.twiml import SentMessage, TwimlInvalid, read_messages

MessagingResponse = import_module("twilio.twiml.messaging_response").MessagingResponse  # it has no types
SAYABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n"))


def twiml(*texts: str) -> str:
    response = MessagingResponse()
    for text in texts:
        response.message(text)
    return str(response)


@given(st.lists(SAYABLE, max_size=4))
def test_what_twilios_library_writes_is_read_back(texts: list[str]) -> None:
    assert read_messages(twiml(*texts)) == tuple(map(SentMessage, texts))


def test_markup_in_a_text_is_text() -> None:
    assert read_messages(twiml("<script>&amp;\n🙂")) == (SentMessage("<script>&amp;\n🙂"),)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        pytest.param("<Media>{}</Media>", "", id="alone"),
        pytest.param("<Body>Hola</Body><Media>{}</Media>", "Hola", id="after a body"),
        pytest.param("<Media>{}</Media>Hola", "Hola", id="before a text"),
    ],
)
def test_media_is_told_apart_from_text(inside: str, text: str) -> None:
    xml = f"<Response><Message>{inside.format('https://example.org/a.ogg?a=1&amp;b=2')}</Message></Response>"
    assert read_messages(xml) == (SentMessage(text, ("https://example.org/a.ogg?a=1&b=2",)),)


def test_an_empty_response_sends_nothing() -> None:
    assert read_messages('<?xml version="1.0" encoding="UTF-8"?><Response />') == ()


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param("", id="empty"),
        pytest.param("Hola", id="not xml"),
        pytest.param("<Response><Message>", id="cut short"),
        pytest.param("<html/>", id="another root"),
        pytest.param("<Response><Message>\x00</Message></Response>", id="NUL"),
        pytest.param("<Response><Message>\ud800</Message></Response>", id="lone surrogate"),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY a "aaaa">]><Response><Message>&a;</Message></Response>', id="entities declared"
        ),
        pytest.param("<Response><Message>&a;</Message></Response>", id="entity not declared"),
    ],
)
def test_anything_else_is_refused(xml: str) -> None:
    with pytest.raises(TwimlInvalid):
        read_messages(xml)
