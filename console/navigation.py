"""The pages of the console, in the order of its menu."""

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from console.permissions import Permission, allows


@dataclass(frozen=True)
class Page:
    """One entry of the menu."""

    endpoint: str
    label: LazyString
    permission: Permission


PAGES: tuple[Page, ...] = (
    Page("tickets.index", lazy_gettext("Personas que esperan"), Permission.REVIEW),
    Page("conversations.index", lazy_gettext("Conversaciones"), Permission.READ),
    Page("review.show", lazy_gettext("Revisar"), Permission.REVIEW),
    Page("insights.show", lazy_gettext("Qué necesita la gente"), Permission.READ),
    Page("answers.index", lazy_gettext("Respuestas"), Permission.READ),
    Page("facts.index", lazy_gettext("Datos"), Permission.READ),
    Page("translations.index", lazy_gettext("Traducciones"), Permission.READ),
    Page("staff_accounts.index", lazy_gettext("Cuentas"), Permission.ADMIN),
    Page("audit.index", lazy_gettext("Registro"), Permission.ADMIN),
    Page("privacy.index", lazy_gettext("Privacidad"), Permission.ADMIN),
)


def pages_for(roles: frozenset[str]) -> tuple[Page, ...]:
    """Return the pages that somebody with these roles may open."""
    return tuple(page for page in PAGES if allows(roles, page.permission))
