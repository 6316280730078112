"""Who may do what: roles are sets of permissions, and a view that names no permission is closed to everybody."""

import enum
from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Permission(enum.StrEnum):
    """What a view may ask for."""

    READ = "read"
    """Conversations with personal data masked, counts, content."""
    EDIT = "edit"
    """Facts, translations, canned answers."""
    REVIEW = "review"
    """Judge turns, answer people, uncover personal data with a reason."""
    ADMIN = "admin"
    """Accounts, the audit, erasing and exporting what is held about a person."""


class Role(enum.StrEnum):
    """What an account is."""

    VIEWER = "viewer"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.EDITOR: frozenset({Permission.READ, Permission.EDIT}),
    Role.REVIEWER: frozenset({Permission.READ, Permission.REVIEW}),
    Role.ADMIN: frozenset(Permission),
}

_MARK = "rumbo_permission"


def needs(permission: Permission) -> Callable[[View], View]:
    """Open a view to those who have a permission. It stands below the route, next to the function."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return mark


def permission_of(view: Callable[..., Any] | None) -> Permission | None:
    """Return what a view asks for; None where it names nothing."""
    return getattr(view, _MARK, None)


def allows(roles: frozenset[str], permission: Permission) -> bool:
    """Whether any of the roles has the permission; names that are no role have none."""
    return any(permission in PERMISSIONS[Role(role)] for role in roles if role in set(Role))
