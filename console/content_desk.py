"""What the rooms of content share: the content as it is, whether it may be edited here, and how an edit is saved."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from console.app import TIME_ZONE, viewer
from console.diffing import DiffLine, diff_files
from console.permissions import Permission, allows
from content.history import Author, GitHistory, Hindrance, HistoryClosed
from content.loader import Loaded
from content.present import Present, PresentContent
from content.rewriting import FilesChanged
from content.saving import Busy, Saved, is_writable, save
from content.trial import Change
from stores.audit import SqlAudit

HINDRANCES: dict[Hindrance, LazyString] = {
    Hindrance.NO_BRANCH: _l(
        "El contenido no está en ninguna rama de git, y lo que se guarde se perdería. Pida a quien opera la línea "
        "que ponga una: git switch -c contenido"
    ),
    Hindrance.UNCOMMITTED: _l(
        "Alguien cambió %(detail)s a mano y no lo guardó en el historial. Para no mezclar su trabajo con el de usted, "
        "pida a quien opera la línea que lo guarde (git commit) o lo quite."
    ),
    Hindrance.LOCKED: _l(
        "Otro programa está usando el historial (git). Intente de nuevo en un momento. Si sigue igual, quien opera la "
        "línea debe ver si quedó un archivo index.lock."
    ),
    Hindrance.FAILED: _l("El historial (git) no aceptó el cambio: %(detail)s"),
}
READ_ONLY = _l("Aquí el contenido es de solo lectura: no se puede cambiar desde la consola.")


COMMITS_SEEN = 5
"""Among which a page looks for the edit that led to it."""


class NotSaved(Exception):
    """An edit was not saved, and nothing changed; the message is a sentence for the page."""


class ContentBroken(Exception):
    """The files cannot be read, so there is nothing to show or to edit."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__()
        self.problems = tuple(map(str, sorted(loaded.problems)))


@dataclass(frozen=True)
class ContentDesk:
    """Where content is read and edited."""

    root: Path
    content: PresentContent
    history: GitHistory
    audit: SqlAudit
    now: Callable[[], datetime]

    def today(self) -> date:
        """Return the day it is for those who sign."""
        return self.now().astimezone(ZoneInfo(TIME_ZONE)).date()

    def present(self) -> Present:
        """Return the content as it is; raise ContentBroken where it cannot be read."""
        present = self.content()
        if present.loaded.problems:
            raise ContentBroken(present.loaded)
        return present

    def closed(self) -> str:
        """Return why nothing can be edited here, "" where it can."""
        if not is_writable(self.root):
            return str(READ_ONLY)
        try:
            if self.history.is_kept():
                self.history.require_branch()
        except HistoryClosed as error:
            return _told(error)
        return ""

    def diff(self, change: Change) -> tuple[DiffLine, ...]:
        """Return what a change does to the files, line by line."""
        return tuple(diff_files(change.before, change.after))

    def saved(self, file: str, commit: str) -> tuple[DiffLine, ...]:
        """Return what one of the newest commits did to a file; nothing where it is none of them."""
        with suppress(HistoryClosed):
            for one in self.history.log(file, COMMITS_SEEN):
                if one.id == commit:
                    before, after = self.history.blob(one.before), self.history.blob(one.after)
                    return self.diff(Change({file: before}, {file: after or b""}))
        return ()

    def save(self, change: Change, action: str, subject: str, message: str) -> Saved:
        """Note, write and commit a change that was checked; raise NotSaved."""
        if closed := self.closed():
            raise NotSaved(closed)
        # Only ids: whatever was written stands in the content and its history.
        self.audit.record(viewer(), action, subject, ", ".join(change.after))
        try:
            return save(self.root, change, self.history, message, _author())
        except HistoryClosed as error:
            raise NotSaved(_told(error)) from error
        except (FilesChanged, Busy) as error:
            raise NotSaved(_("Otra persona está guardando lo mismo. Vea qué cambió e intente de nuevo.")) from error
        except OSError as error:
            raise NotSaved(_("El disco no aceptó el cambio. Nada cambió.")) from error


def saved_sentence(saved: Saved) -> str:
    """Say what became of a change."""
    if saved.commit is None:
        without = _(
            "Guardado. La línea lo usa en unos segundos. Este contenido no está en git, así que no queda historial."
        )
        return str(without)
    kept = _("Guardado en el historial como %(commit)s. La línea lo usa en unos segundos.", commit=saved.commit[:8])
    return str(kept)


def show_broken(error: ContentBroken) -> ResponseReturnValue:
    """Say what is wrong with the files."""
    return render_template("content/broken.html", problems=error.problems), 503


def require_one_of(*permissions: Permission) -> None:
    """Refuse who has none of the permissions; for a view that more than one kind of staff may use."""
    if not viewer_may(*permissions):
        abort(403)


def viewer_may(*permissions: Permission) -> bool:
    """Whether whoever is logged in has one of the permissions."""
    roles = frozenset(role.name for role in current_user.roles)
    return any(allows(roles, permission) for permission in permissions)


def viewer_name() -> str:
    """Return the name that a form suggests for whoever is logged in."""
    return str(current_user.username or current_user.email.partition("@")[0])


def _author() -> Author:
    return Author(str(current_user.username or current_user.email), str(current_user.email))


def _told(error: HistoryClosed) -> str:
    return str(HINDRANCES[error.hindrance]) % {"detail": error.detail}
