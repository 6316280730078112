"""The pages of the console, in the order of its menu."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from console.permissions import Permission, allows


@dataclass(frozen=True)
class Page:
    """One entry of the menu."""

    endpoint: str
    label: LazyString
    permission: Permission


PAGES: tuple[Page, ...] = (
    Page("answers.index", _l("Respuestas"), Permission.READ),
    Page("facts.index", _l("Datos"), Permission.READ),
    Page("translations.index", _l("Traducciones"), Permission.READ),
)


def pages_for(roles: frozenset[str]) -> tuple[Page, ...]:
    """Return the pages that somebody with these roles may open."""
    return tuple(page for page in PAGES if allows(roles, page.permission))
