"""What staff do with all that is held about a person: look at it, hand it over, erase it; each act is audited."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sessions import SenderLocks, Sessions
from stores.audit import SqlAudit
from stores.persons import Held, SqlPersons


@dataclass(frozen=True)
class PersonRecords:
    """Acts on what is held about people. Each is noted in the audit before it is done."""

    persons: SqlPersons
    sessions: Sessions
    locks: SenderLocks
    audit: SqlAudit

    def view(self, sender: str, staff: str) -> Held:
        """Return what is held, to be looked at. Raise StoreUnavailable."""
        self.audit.record(staff, "person.view", sender)
        return self.persons.held_about(sender)

    def export(self, sender: str, staff: str, form: str) -> Held:
        """Return what is held, to be handed over as `form`. Raise StoreUnavailable."""
        self.audit.record(staff, "person.export", sender, form)
        return self.persons.held_about(sender)

    def erase(self, sender: str, staff: str) -> Mapping[str, int]:
        """Forget the person, and return how many rows of each table that had any. Raise StoreUnavailable.

        A message that is being answered meanwhile is answered first, and erased with the rest.
        """
        self.audit.record(staff, "person.erase", sender)
        with self.locks.hold(sender):
            counts = self.persons.erase(sender)
            self.sessions.forget(sender)
        return counts
