"""Who an address is to us: a keyed pseudonym, and the numbers that what a person writes down may stand for."""

import hashlib
import hmac
import re
import unicodedata

PSEUDONYM = re.compile(r"[0-9a-f]{32}", re.ASCII)

_INTERNATIONAL = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_GUATEMALAN = re.compile(r"[0-9]{8}", re.ASCII)
_SHORT_CODE = re.compile(r"[0-9]{3,6}", re.ASCII)
_WHATSAPP_ID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9]{1,128}", re.ASCII)
"""A sender whom WhatsApp names by a country, a dot and letters and digits, instead of a number."""
_DECORATION = re.compile(r"[\s().\-/\u2010-\u2015\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")
"""What people and address books put between digits, the marks of direction they paste included."""

_ALSO_WRITTEN = (
    # WhatsApp knows some mobile numbers of Mexico and Argentina with a digit that nobody dials.
    (re.compile(r"\+52(?!1)([0-9]{10})", re.ASCII), r"+521\1"),
    (re.compile(r"\+521([0-9]{10})", re.ASCII), r"+52\1"),
    (re.compile(r"\+54(?!9)([0-9]{10})", re.ASCII), r"+549\1"),
    (re.compile(r"\+549([0-9]{10})", re.ASCII), r"+54\1"),
)


def pseudonym(address: str, key: bytes) -> str:
    """Return who an address is to us. SMS and WhatsApp of one number are one person: opting out must hold for both."""
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:32]


def addresses_in(written: str) -> tuple[str, ...]:
    """Return the addresses a channel may know a person by who writes down a number so; none if it is no number.

    Eight digits are a number of Guatemala. Any other needs its country, after a plus or 00.

    >>> addresses_in("5555 1234"), addresses_in("(00502) 5555-1234"), addresses_in("555 1234 999")
    (('+50255551234',), ('+50255551234',), ())
    >>> addresses_in("+52 55 1234 5678")
    ('+525512345678', '+5215512345678')
    """
    bare = unicodedata.normalize("NFKC", written).strip().removeprefix("whatsapp:").removeprefix("tel:").strip()
    if _WHATSAPP_ID.fullmatch(bare):
        return (bare,)
    number = _with_country(_DECORATION.sub("", bare))
    if number is None:
        return ()
    return (number, *(pattern.sub(other, number) for pattern, other in _ALSO_WRITTEN if pattern.fullmatch(number)))


def _with_country(digits: str) -> str | None:
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if _GUATEMALAN.fullmatch(digits):
        return "+502" + digits
    if digits.startswith("502") and _GUATEMALAN.fullmatch(digits[3:]):
        return "+" + digits
    return digits if _INTERNATIONAL.fullmatch(digits) or _SHORT_CODE.fullmatch(digits) else None
