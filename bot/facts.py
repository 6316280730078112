"""Fact cards: every phone, price, address, hour and rule that an answer may state, and until when."""

import enum
from dataclasses import dataclass
from datetime import date, timedelta


class FactKind(enum.StrEnum):
    """What a fact is; prices, phones, addresses and hours carry the month they were confirmed."""

    PHONE = "phone"
    PRICE = "price"
    HOURS = "hours"
    ADDRESS = "address"
    RULE = "rule"
    LINK = "link"
    FIGURE = "figure"


class Confidence(enum.StrEnum):
    """How far the sources carry a fact."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class StaleRisk(enum.StrEnum):
    """How likely a fact has changed since its source was written."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Status(enum.StrEnum):
    """Whether the thing a fact or an office describes still stands."""

    OPEN = "open"
    SUPERSEDED = "superseded"
    REPORTED_CLOSED = "reported_closed"


REVIEW_AFTER = {
    StaleRisk.HIGH: timedelta(days=30),
    StaleRisk.MEDIUM: timedelta(days=90),
    StaleRisk.LOW: timedelta(days=180),
}
"""Days from a check to the next, by the rules the facts came with."""

GRACE = {
    StaleRisk.HIGH: timedelta(days=150),
    StaleRisk.MEDIUM: timedelta(days=270),
    StaleRisk.LOW: timedelta(days=540),
}
"""Days past the review date until a fact that nobody looked at again is no longer sent."""

MONTH_MATTERS = frozenset({FactKind.PHONE, FactKind.PRICE, FactKind.HOURS, FactKind.ADDRESS})


@dataclass(frozen=True)
class Citation:
    """Where a fact was read.

    `date` is when the source said so, as far as known: (2025, 9, 6), (2025, 9), (2025,) or ().
    """

    title: str
    url: str | None
    date: tuple[int, ...]


@dataclass(frozen=True)
class Validity:
    """How far a fact or an office can be trusted, and until when."""

    source: Citation
    confidence: Confidence
    stale_risk: StaleRisk
    checked_on: date
    checked_by: str
    status: Status = Status.OPEN
    conflict: str | None = None
    """What sources disagree on, for editors; people are then told to confirm first."""
    expires: date | None = None
    review_on: date | None = None
    """The review date an editor set; without one it is the latest that the rule allows."""

    @property
    def latest_review(self) -> date:
        """The latest review date that the rule allows."""
        return self.checked_on + REVIEW_AFTER[self.stale_risk]

    @property
    def review_by(self) -> date:
        """The day by which an editor must have looked at it again."""
        return self.review_on or self.latest_review

    @property
    def last_day(self) -> date:
        """The last day it may be sent."""
        return self.expires or self.review_by + GRACE[self.stale_risk]

    @property
    def is_publishable(self) -> bool:
        """Never publish what is low in confidence, superseded or reported closed."""
        return self.confidence is not Confidence.LOW and self.status is Status.OPEN

    def may_be_sent(self, today: date) -> bool:
        """Whether people may still be told."""
        return self.is_publishable and today <= self.last_day

    def is_due(self, today: date) -> bool:
        """Whether an editor should look at it again."""
        return today > self.review_by


@dataclass(frozen=True)
class Fact:
    """One value that answers name by its id, as `{id}`."""

    id: str
    kind: FactKind
    label: str
    value: str
    where: str
    validity: Validity
    unit: str | None = None
    """What the value is counted in, in Spanish: "quetzales (Q)", "años"; None for what is not counted."""
