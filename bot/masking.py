"""Cover what tells who a person is in a text they wrote."""

import re

PHONE, MAIL, NAME = "[teléfono]", "[correo]", "[nombre]"

_MAIL = re.compile(r"[^\s@]{1,64}@[\w.-]{1,100}")
_NUMBER = re.compile(r"\+?\d(?:[\s.()/-]{0,2}\d){7,}")
_NAME = re.compile(r"(?P<before>\b(?:me\s+llamo|mi\s+nombre\s+es)\s+)\w+(?:\s+\w+)?", re.IGNORECASE)


def mask(text: str) -> str:
    """Return the text with personal data covered.

    >>> mask("Me llamo Ana Caal, mi cel es 5555-1234")
    'Me llamo [nombre], mi cel es [teléfono]'
    """
    covered = _NUMBER.sub(PHONE, _MAIL.sub(MAIL, text))
    return _NAME.sub(lambda found: f"{found['before']}{NAME}", covered)
