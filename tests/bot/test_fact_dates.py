"""A fact is due for review on one day and no longer sent after another."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.facts import Citation, Confidence, StaleRisk, Status, Validity

CHECKED = date(2026, 1, 1)
DAY = timedelta(days=1)


def validity(risk: StaleRisk = StaleRisk.HIGH) -> Validity:
    return Validity(Citation("Una fuente", None, ()), Confidence.HIGH, risk, CHECKED, "nosotros")


@pytest.mark.parametrize(
    ("risk", "days"), [(StaleRisk.HIGH, 30), (StaleRisk.MEDIUM, 90), (StaleRisk.LOW, 180)], ids=lambda v: str(v)
)
def test_is_due_the_day_after_its_review_date(risk: StaleRisk, days: int) -> None:
    review = CHECKED + timedelta(days=days)
    assert not validity(risk).is_due(review)
    assert validity(risk).is_due(review + DAY)


@pytest.mark.parametrize(
    ("risk", "days"), [(StaleRisk.HIGH, 180), (StaleRisk.MEDIUM, 360), (StaleRisk.LOW, 720)], ids=lambda v: str(v)
)
def test_is_sent_up_to_its_last_day_and_not_after(risk: StaleRisk, days: int) -> None:
    last = CHECKED + timedelta(days=days)
    assert validity(risk).may_be_sent(last)
    assert not validity(risk).may_be_sent(last + DAY)


def test_its_own_expiry_comes_before_the_rule() -> None:
    expiring = replace(validity(StaleRisk.LOW), expires=date(2026, 2, 1))
    assert expiring.may_be_sent(date(2026, 2, 1))
    assert not expiring.may_be_sent(date(2026, 2, 2))


def test_a_review_date_of_its_own_comes_before_the_rule() -> None:
    early = replace(validity(StaleRisk.LOW), review_on=date(2026, 2, 1))
    assert early.is_due(date(2026, 2, 2))
    assert not early.is_due(date(2026, 2, 1))
    assert early.latest_review == CHECKED + timedelta(days=180)
    assert early.last_day == date(2026, 2, 1) + timedelta(days=540)


@pytest.mark.parametrize(
    ("confidence", "status", "expected"),
    [
        (Confidence.HIGH, Status.OPEN, True),
        (Confidence.MEDIUM, Status.OPEN, True),
        (Confidence.LOW, Status.OPEN, False),
        (Confidence.HIGH, Status.SUPERSEDED, False),
        (Confidence.HIGH, Status.REPORTED_CLOSED, False),
    ],
)
def test_low_superseded_and_closed_are_never_sent(confidence: Confidence, status: Status, expected: bool) -> None:
    assert replace(validity(), confidence=confidence, status=status).may_be_sent(CHECKED) is expected
