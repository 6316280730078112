"""Which messages a TwiML response tells Twilio to send."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class SentMessage:
    """One message that Twilio would send: its text and the addresses of its media, either of which may be empty."""

    text: str
    media: tuple[str, ...] = ()


class TwimlInvalid(ValueError):
    """The text is not TwiML; Twilio would log error 12100 and send nothing."""


def read_messages(twiml: str) -> tuple[SentMessage, ...]:
    """Return every message, in order; a document without messages gives none.

    >>> [sent] = read_messages("<Response><Message><Body>Hola</Body><Media>/a.ogg</Media></Message></Response>")
    >>> sent.text, sent.media
    ('Hola', ('/a.ogg',))
    """
    return tuple(SentMessage(_body(message), _media(message)) for message in _parse(twiml).iterfind("Message"))


def _parse(twiml: str) -> ElementTree.Element:
    if "<!DOCTYPE" in twiml:
        raise TwimlInvalid("a document type may declare entities")
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 -- our own webhook wrote it, and without a DOCTYPE nothing expands
    except (ElementTree.ParseError, ValueError) as error:
        raise TwimlInvalid(str(error)) from error
    if root.tag != "Response":
        raise TwimlInvalid(f"the root is {root.tag}, not Response")
    return root


def _body(message: ElementTree.Element) -> str:
    """TwiML writes a text in <Body> or straight in <Message>, beside what else stands there."""
    body = message.find("Body")
    if body is not None:
        return "".join(body.itertext())
    return "".join(text for text in (message.text, *(child.tail for child in message)) if text)


def _media(message: ElementTree.Element) -> tuple[str, ...]:
    return tuple((media.text or "").strip() for media in message.iterfind("Media"))
