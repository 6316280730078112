"""Cover what tells who a person is in a text they wrote: telephone and identity numbers, addresses of mail, names.

What is covered has a pattern. A name or a street that stands alone in a sentence has none and stays readable, so
whoever shows masked texts still shows them to few. Where in doubt we cover: a covered price costs a look, a number
that stays costs a person.
"""

import re

PHONE, IDENTITY, MAIL, HANDLE, NAME, LINK = (
    "[teléfono]",
    "[DPI]",
    "[correo]",
    "[usuario]",
    "[nombre]",
    "[enlace]",
)
PLACEHOLDERS = (PHONE, IDENTITY, MAIL, HANDLE, NAME, LINK)
"""What stands for something covered."""

IDENTITY_DIGITS = 13
"""Of Guatemala's code of identity (CUI), written 4 5 4 or in one."""
PHONE_DIGITS = 8
"""The fewest digits in a row, with or without signs between, that are a telephone; Guatemala's have eight."""

# Signs that stand between the digits of one number, and characters nobody sees (keycap emoji, marks of direction).
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\u20e3"
_BETWEEN = rf"[^\S\n]?[.()/\-\u2010-\u2015*_{_UNSEEN}]{{0,3}}[^\S\n]{{0,2}}[()]?"

_NUMBER = re.compile(
    # A price and a date are read first, lest they be taken for parts of a telephone.
    r"(?P<kept>(?:(?:Q|q|US\$|\$)\s?\d{1,3}(?:[.,]?\d{3})?(?:[.,]\d{2})?(?![\d.,]*\d)"
    r"|(?<!\d)\d{1,2}([/\-.])\d{1,2}\2(?:19|20)?\d{2}(?![\d/\-.]*\d)))"
    rf"|(?P<long>[+(]{{0,2}}\d(?:{_BETWEEN}\d){{{PHONE_DIGITS - 1},}})"
)
_SPELT = "(?:cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
_DIGITS_SPELT = re.compile(rf"\b(?:{_SPELT}[^\w\n]{{1,3}}){{{PHONE_DIGITS - 1},}}{_SPELT}\b", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>\[\],;:]{1,64}\s?@\s?(?:[\w-]{1,63}\.){1,8}\w{2,24}")
_HANDLE = re.compile(r"@\w[\w.]{1,40}")
# The host of an address may stay; what follows it names pages, people and keys.
_LINK = re.compile(
    r"(?P<host>\b(?:https?://|www\.)[^\s/?#@\[\]]{1,100}|\b(?:[\w-]{1,63}\.){1,5}[a-z]{2,10}(?=/))[/?#@][^\s\[\]]+",
    re.IGNORECASE,
)

_NO_NAME = (
    "a al aqui ahi alguien algo asi aun ayer bien como con cuando de del desde donde el ella ellos en es esa ese eso"
    " esta estan estaba este esto estoy fue hace hay hoy igual la las le les lo los me mi mis mucho muy nada no nos o"
    " otra otro para pero por porque q que quien quiero se si sin solo soy su sus tal tambien te tengo todo tu un una"
    " vivo y ya yo necesito busco puedo está"
)
_IN_WORD = r"[\w'’‘ʼꞌ´-]"
_STOP = rf"(?!(?:{'|'.join(_NO_NAME.split())})(?!{_IN_WORD}))"
_WORD = rf"[^\W\d_]{_IN_WORD}{{0,30}}"
_ANY_NAME = rf"{_STOP}{_WORD}(?:\s+(?:(?:de\s+los|de\s+las|de\s+la|del|de|y)\s+)?{_STOP}{_WORD}){{0,3}}"
_CAPITAL = r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñ'’‘ʼꞌ´]{1,30}"
_NAMES = (
    re.compile(
        r"(?P<before>\b(?:(?:me|se|te)\s+llam[oa](?:ba)?|(?:mi|su|el)\s+nombre(?:\s+completo)?\s+(?:es|era)"
        rf"|nombres?(?:\s+completos?)?\s*:|a\s+nombre\s+de)\s*[:,]?\s+)(?P<name>{_ANY_NAME})",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<before>\b[Ss]oy\s+)(?P<name>{_CAPITAL}(?:\s+(?:de\s+la\s+|de\s+|del\s+)?{_CAPITAL}){{1,3}})\b"),
)
"""Who somebody says to be. After "soy" only two capitals make a name: "soy Mam" and "soy mujer" are none."""


def mask(text: str) -> str:
    """Return the text with personal data covered. Masking twice covers no more.

    >>> mask("Me llamo Ana Caal, mi cel es 5555-1234 y pagué Q100 en 2025; ya llamé al 1546")
    'Me llamo [nombre], mi cel es [teléfono] y pagué Q100 en 2025; ya llamé al 1546'
    """
    while (masked := _cover(text)) != text:  # What is covered may bare the edge of what stands beside it.
        text = masked
    return text


def _cover(text: str) -> str:
    """Cover once. Each cover leaves less that could be covered, so that repeating it ends."""
    text = _LINK.sub(lambda found: f"{found['host']}/{LINK}", text)
    text = _MAIL.sub(MAIL, text)
    text = _HANDLE.sub(HANDLE, text)
    text = _NUMBER.sub(_cover_number, text)
    text = _DIGITS_SPELT.sub(PHONE, text)
    for pattern in _NAMES:
        text = pattern.sub(lambda found: f"{found['before']}{NAME}", text)
    return text


def holds_personal_data(text: str) -> bool:
    """Whether there is anything to cover."""
    return mask(text) != text


def _cover_number(found: re.Match[str]) -> str:
    if found["kept"]:
        return found[0]
    digits = sum(character.isdecimal() for character in found[0])
    return IDENTITY if digits == IDENTITY_DIGITS else PHONE
