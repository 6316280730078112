"""Words of the interface in the chosen language, typed: Flask-Babel has no types."""

import flask_babel


def gettext(text: str, **values: object) -> str:
    """Return a text with its values filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Return the text for a number, which stands in it as `num`."""
    return str(flask_babel.ngettext(one, many, number, **values))
