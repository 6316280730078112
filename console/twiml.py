"""Which messages a TwiML response tells Twilio to send."""

from xml.etree import ElementTree


class TwimlInvalid(ValueError):
    """The text is not TwiML; Twilio would log error 12100 and send nothing."""


def read_messages(twiml: str) -> tuple[str, ...]:
    """Return the body of every message, in order; a document without messages gives none.

    >>> read_messages("<Response><Message><Body>Hola</Body></Message><Message>Adiós</Message></Response>")
    ('Hola', 'Adiós')
    """
    return tuple(_body(message) for message in _parse(twiml).iterfind("Message"))


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
    """TwiML writes a text in <Body> or straight in <Message>."""
    body = message.find("Body")
    return "".join((message if body is None else body).itertext())
