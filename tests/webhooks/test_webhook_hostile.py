"""Whatever comes in, the edge answers, and what it answers is XML."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import is_writable
from tests.webhooks.conftest import BASE_URL, FORM_TYPE, INBOUND, STATUS, Edge, payload, sign, texts_of

LIMIT = 64 * 1024
ZALGO = "h" + "\u0301\u0335\u0489\u20dd" * 40 + "ola"

HOSTILE = [
    ("NUL", "ho\x00la", "hola"),
    ("control characters", "\x01\x07\x1b[31mrojo\x7f\x85", "[31mrojo"),
    ("line ends and tabs", "uno\r\ndos\ttres", "uno\ndos\ttres"),
    ("lone surrogates", "a\ud83db\udc00c", "abc"),
    ("U+FFFE and its like", "a\ufffeb\uffffc\U0001fffed", "abcd"),
    ("a byte order mark", "\ufeffhola", "hola"),
    ("a character newer than our tables", "hola\u0378", "hola\u0378"),
    ("zalgo", ZALGO, ZALGO),
    ("emoji only", "🙂👨‍👩‍👧‍👦🇬🇹", "🙂👨‍👩‍👧‍👦🇬🇹"),
    ("right to left", "\u202eשלום مرحبا\u202c", "\u202eשלום مرحبا\u202c"),
    ("a raised two", "²", "²"),
    ("one character that grows to eighteen", "\ufdfa", "\ufdfa"),
    ("CDATA", "a]]>b<![CDATA[c", "a]]>b<![CDATA[c"),
    ("a message inside", "<Message>x</Message>", "<Message>x</Message>"),
    ("a verb after", "</Message><Redirect>http://x</Redirect>", "</Message><Redirect>http://x</Redirect>"),
    ("entities", "&amp; &lt; &#0; &nada;", "&amp; &lt; &#0; &nada;"),
    ("a doctype", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    ("spaces around", "  hola \n", "  hola \n"),
    ("Mayan letters", "q'anjob’al ch'ꞌ ẍ ï", "q'anjob’al ch'ꞌ ẍ ï"),
    ("long", "a" * 5000, "a" * 5000),
]


@pytest.mark.parametrize(("said", "heard"), [pytest.param(said, heard, id=name) for name, said, heard in HOSTILE])
def test_what_the_bot_says_is_sent_as_xml_that_holds_it(edge: Edge, said: str, heard: str) -> None:
    edge.bot.texts = (said, "fin")
    assert texts_of(edge.post(payload("sms"))) == [heard, "fin"]


def test_a_text_of_which_nothing_can_be_written_is_left_out(edge: Edge) -> None:
    edge.bot.texts = ("\x00\ud800", "", "fin")
    assert texts_of(edge.post(payload("sms"))) == ["fin"]


_SHARED = Edge()


@given(st.lists(st.text(st.characters()), max_size=4))
def test_any_reply_is_xml_that_holds_all_that_can_be_written(texts: list[str]) -> None:
    _SHARED.bot.texts = tuple(texts)
    expected = ["".join(character for character in text if is_writable(character)) for text in texts]
    assert texts_of(_SHARED.post(payload("sms"))) == [text for text in expected if text]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_that_is_said_back_is_xml(text: str) -> None:
    _SHARED.bot.texts = (_SHARED.hear(payload("sms", Body=text)).text,)
    texts_of(_SHARED.post(payload("sms", Body=text)))


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=40), max_size=9), st.sampled_from([INBOUND, STATUS]))
def test_no_form_breaks_the_edge(fields: dict[str, str], path: str) -> None:
    assert _SHARED.post(payload("sms") | fields, path).status_code < 500
    assert _SHARED.post(fields, path).status_code < 500


WRITTEN = [pytest.param(text, id=name) for name, text, _ in HOSTILE if name != "lone surrogates"]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_a_person_writes_reaches_the_bot_as_it_is(edge: Edge, text: str) -> None:
    assert edge.hear(payload("sms", Body=text)).text == text


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        pytest.param(b"%FF%FE", "%FF%FE", id="bytes of no character"),
        pytest.param(b"%ED%A0%80", "%ED%A0%80", id="a lone surrogate"),
        pytest.param(b"%C0%80", "%C0%80", id="a NUL written too long"),
        pytest.param(b"hola%E2%82", "hola%E2%82", id="a character cut in half"),
        pytest.param(b"%F4%90%80%80", "%F4%90%80%80", id="beyond Unicode"),
        pytest.param(b"100%", "100%", id="a percent sign alone"),
        pytest.param(b"%zz%u00e1", "%zz%u00e1", id="escapes of another kind"),
        pytest.param("ñ".encode(), "ñ", id="not escaped"),
        pytest.param(b"a;b", "a;b", id="a semicolon"),
        pytest.param(b"a=b=c", "a=b=c", id="equals signs"),
    ],
)
def test_bytes_that_are_no_text_do_not_break_the_form(edge: Edge, escaped: bytes, text: str) -> None:
    form = payload("sms", Body=text)
    rest = urlencode({name: value for name, value in form.items() if name != "Body"}).encode()
    assert edge.post_bytes(rest + b"&Body=" + escaped, form.items()).status_code == 200
    assert edge.bot.messages[-1].text == text


@pytest.mark.parametrize("body", [b"Body=\xff\xfe", b"\x00", b"&&&===", b"%", b"=", b""])
def test_bodies_that_are_no_form_are_refused(edge: Edge, body: bytes) -> None:
    assert edge.post_bytes(body, ()).status_code in {400, 403}
    assert edge.is_untouched


@pytest.mark.parametrize(
    ("size", "status"),
    [
        pytest.param(LIMIT, 200, id="64 KiB"),
        pytest.param(LIMIT + 1, 413, id="a byte more"),
        pytest.param(100_000, 413, id="100 kB"),
        pytest.param(1_000_000, 413, id="1 MB"),
    ],
)
def test_bodies_are_read_up_to_a_limit(edge: Edge, size: int, status: int) -> None:
    form = payload("sms", Pad="")
    form["Pad"] = "a" * (size - len(urlencode(form)))
    assert edge.post(form).status_code == status
    assert len(edge.bot.messages) == (status == 200)


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_a_hundred_thousand_fields_are_too_many(edge: Edge, path: str) -> None:
    pairs = [*payload("sms").items(), *[("a", "")] * 100_000]
    assert edge.post_bytes(urlencode(pairs).encode(), pairs, path).status_code == 413
    assert edge.is_untouched


def test_multipart_forms_of_many_parts_are_refused(edge: Edge) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-Twilio-Signature": "a"}
    told = edge.client.post(INBOUND, data=part * 501 + b"--x--\r\n", headers=headers)
    assert 400 <= told.status_code < 500
    assert edge.is_untouched


@pytest.mark.parametrize(
    "boundary",
    ["", "; boundary=", "; boundary=ñ", '; boundary="x', "; boundary=" + "x" * 5000],
    ids=lambda text: ascii(text)[:20],
)
def test_malformed_multipart_forms_are_refused(edge: Edge, boundary: str) -> None:
    headers = {"Content-Type": "multipart/form-data" + boundary, "X-Twilio-Signature": sign(BASE_URL + INBOUND, ())}
    told = edge.client.post(INBOUND, data=b"--x\r\n\r\n", headers=headers)
    assert 400 <= told.status_code < 500
    assert edge.is_untouched


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["a"] * 20_000, id="one name"),
        pytest.param([chr(97 + index % 26) for index in range(20_000)], id="26 names"),
        pytest.param([f"{index:x}" for index in range(11_000)], id="each its own name"),
        pytest.param([""] * 20_000, id="no name"),
    ],
)
@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_many_tiny_fields_within_the_limit_are_no_trouble(edge: Edge, path: str, names: list[str]) -> None:
    form = payload("sms")
    pairs = [*form.items(), *((name, "") for name in names)]
    body = urlencode(form).encode() + b"&" + b"&".join(name.encode() + b"=" for name in names)
    assert len(body) <= LIMIT
    assert edge.post_bytes(body, pairs, path).status_code in {200, 204}
    unsigned = edge.client.post(path, data=body, content_type=FORM_TYPE, headers={"X-Twilio-Signature": "a"})
    assert unsigned.status_code == 403
