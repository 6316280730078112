"""Views of Spanish as people write it, in which a misspelling looks like the word that was meant.

`words` undoes what phones and haste do: capitals, accents left out, drawn-out letters, abbreviations. `sounds` also
writes letters that sound alike in Guatemala the same way, so that "nesesito aser" meets "necesito hacer". Both are for
matching only: nothing a person reads passes through here.
"""

import re
import unicodedata

MAX_CHARACTERS = 1000

ABBREVIATIONS = {
    "q": "que", "k": "que", "ke": "que", "qe": "que",
    "xq": "por que", "pq": "por que", "porq": "por que", "xk": "por que",
    "pk": "por que", "x": "por", "xfa": "por favor", "xfavor": "por favor", "pf": "por favor", "porfa": "por favor",
    "porfis": "por favor", "plis": "por favor", "pls": "por favor", "d": "de", "dl": "del", "pa": "para", "p": "para",
    "pal": "para el", "tmb": "tambien", "tb": "tambien", "tbn": "tambien", "tambn": "tambien", "xa": "para", "m": "me",
    "t": "te", "s": "es", "c": "se", "l": "el", "n": "en", "bn": "bien", "msj": "mensaje", "msjs": "mensajes",
    "cm": "como", "cmo": "como", "kmo": "como", "komo": "como", "dnd": "donde", "dond": "donde", "onde": "donde",
    "aonde": "a donde", "kien": "quien", "qn": "quien", "cdo": "cuando", "kndo": "cuando", "hno": "hermano",
    "hna": "hermana", "toy": "estoy", "ta": "esta", "tan": "estan", "tas": "estas", "aki": "aqui", "ak": "aqui",
    "grax": "gracias", "grcs": "gracias", "dpi": "dpi", "doc": "documento", "docs": "documentos", "nro": "numero",
    "num": "numero", "tel": "telefono", "cel": "celular", "sra": "señora", "sr": "señor", "gt": "guatemala",
    "usa": "estados unidos", "eeuu": "estados unidos", "eua": "estados unidos", "mx": "mexico", "ud": "usted",
    "uds": "ustedes", "info": "informacion", "pasap": "pasaporte",
}  # fmt: skip
"""What people write in haste, and the words they mean."""

_APOSTROPHES = re.compile(r"['’‘ʼꞌ´`ˈ]")
_ELONGATION = re.compile(r"([^\W\d_])\1{2,}")
_NOT_WORD = re.compile(r"[^\w]+")
_DIGITS = re.compile(r"\d+")


def words(text: str) -> list[str]:
    """Return the words of a text, folded and with abbreviations written out.

    >>> words("¡¡NESESITO ayudaaaa xfa!!")
    ['nesesito', 'ayuda', 'por', 'favor']
    """
    folded = _fold(text[:MAX_CHARACTERS])
    plain = [_DIGITS.sub("0", word) for word in _NOT_WORD.sub(" ", folded).split()]
    return [part for word in plain for part in ABBREVIATIONS.get(word, word).split()]


def _fold(text: str) -> str:
    lowered = unicodedata.normalize("NFKC", text).casefold()[: MAX_CHARACTERS * 2]
    decomposed = unicodedata.normalize("NFD", _APOSTROPHES.sub("", lowered))
    # ñ is a letter, not an n with a mark.
    kept = re.sub(r"n\u0303", "ñ", decomposed)
    bare = "".join(character for character in kept if not unicodedata.combining(character))
    return _ELONGATION.sub(r"\1", bare)


_SOUNDS = (
    (re.compile(r"ch"), "\x01"),
    (re.compile(r"h"), ""),
    (re.compile(r"\x01"), "ch"),
    (re.compile(r"qu(?=[ei])|q|ck"), "k"),
    (re.compile(r"gu(?=[ei])"), "\x02"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"\x02"), "g"),
    (re.compile(r"gü|gu(?=[ao])|w"), "u"),
    (re.compile(r"c(?=[ei])|z|x(?=[ei])"), "s"),
    (re.compile(r"c(?!h)"), "k"),
    (re.compile(r"v"), "b"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"\bi(?=[aeou])|y(?=[aeou])"), "y"),
    (re.compile(r"mb|nb"), "nb"),
    (re.compile(r"mp|np"), "np"),
    (re.compile(r"([^\W\d_])\1+"), r"\1"),
)


def sounds(word: str) -> str:
    """Return how a folded word sounds, letters that sound alike written alike.

    >>> sounds("nesesito") == sounds("necesito"), sounds("aser") == sounds("hacer"), sounds("bia") == sounds("via")
    (True, True, True)
    """
    for pattern, letters in _SOUNDS:
        word = pattern.sub(letters, word)
    return word
