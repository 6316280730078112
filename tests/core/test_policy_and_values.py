"""The pure decisions, on both sides of each boundary."""

from datetime import date

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import clean, is_writable
from bot.danger import danger_in
from bot.facts import Citation, Confidence, StaleRisk, Status, Validity
from bot.gsm7 import BASIC, EXTENDED, count_segments, fold
from bot.interpretation import Interpretation, ScoredIntent
from bot.messages import Coordinates
from bot.places import HERE_KM, Office, Place, nearest
from bot.policy import Certain, Lost, Thresholds, Torn, judge
from content.checks import load_catalogue
from rumbo.settings import ROOT

LIMITS = Thresholds()


def meaning(*ranked: tuple[str, float]) -> Interpretation:
    return Interpretation("es", tuple(ScoredIntent(*pair) for pair in ranked))


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ([("passport", LIMITS.answer)], Certain("passport")),
        ([("passport", LIMITS.answer - 0.01)], Torn(("passport",))),
        ([("passport", LIMITS.guess - 0.01)], Lost()),
        ([("passport", 0.55), ("national_id", 0.55 - LIMITS.margin + 0.01)], Torn(("passport", "national_id"))),
        ([("passport", 0.55), ("national_id", 0.55 - LIMITS.margin - 0.01)], Certain("passport")),
        ([("out_of_scope", LIMITS.refuse - 0.01), ("passport", 0.1)], Torn(("passport",))),
        ([("out_of_scope", LIMITS.refuse)], Certain("out_of_scope")),
        ([("out_of_scope", 0.5)], Lost()),
        ([("shelter", 0.5), ("emergency", LIMITS.danger)], Certain("emergency", also="shelter")),
        ([("shelter", 0.5), ("emergency", LIMITS.danger - 0.01)], Certain("shelter")),
        ([("shelter", LIMITS.sure), ("emergency", 0.3)], Certain("shelter", lifeline="emergency")),
        ([("trafficking", 0.3), ("labor_rights", 0.29)], Certain("trafficking")),
        ([], Lost()),
    ],
)
def test_the_policy_answers_asks_back_or_admits(ranked: list[tuple[str, float]], expected: object) -> None:
    assert judge(meaning(*ranked), None, LIMITS) == expected


def test_words_of_danger_win_over_an_unsure_model() -> None:
    assert judge(meaning(("shelter", 0.55)), "emergency", LIMITS) == Certain("emergency", also="shelter")
    assert judge(meaning(), "emergency", LIMITS) == Certain("emergency")


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("ME QUIEREN MATAR!!", "emergency"),
        ("señor me vienen siguiendo desde tecún", "emergency"),
        ("se me perdió mi hijo", "child_protection"),
        ("se perdio mi otro hijo", "child_protection"),
        ("mi propio hermano me golpea", "gender_violence"),
        ("nos tienen encerrados", "trafficking"),
        ("m kieren matar alludenme", "emergency"),
        ("se m perdio mi nina", "child_protection"),
        ("mi marido m golpio", None),
        ("quiero matar el tiempo", None),
        ("me quieren matarife", None),
        ("mi hijo quiere pasaporte", None),
        ("", None),
    ],
)
def test_danger_is_found_as_whole_words_in_a_row(text: str, danger: str | None) -> None:
    assert danger_in(text, load_catalogue(ROOT / "content", date(2026, 11, 24)).locales) == danger


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("ó" * 70, 1), ("ó" * 71, 2), ("ó" * 134, 2), ("ó" * 135, 3),
        ("€" * 80, 1), ("a" * 159 + "€", 2), ("a" * 152 + "€" + "a" * 152, 3), ("", 1), ("😂" * 35, 1), ("😂" * 36, 2),
    ],
)  # fmt: skip
def test_counts_segments_on_both_sides_of_each_boundary(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@given(st.text(alphabet=sorted(BASIC | EXTENDED | set("áíóúʼ😂")), max_size=400))
def test_counts_as_smsutil_does(text: str) -> None:
    assert count_segments(text) == max(1, len(smsutil.split(text).parts))


@given(st.text(max_size=300))
def test_folding_never_costs_more(text: str) -> None:
    assert count_segments(fold(text)) <= count_segments(text) * 3


@given(st.text(max_size=3000))
def test_cleaning_leaves_what_can_be_written_and_is_done_once(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= 1000
    assert all(map(is_writable, cleaned))
    assert clean(cleaned) == cleaned


def validity(**changes: object) -> Validity:
    fields = {
        "source": Citation("s", None, (2025, 9)),
        "confidence": Confidence.HIGH,
        "stale_risk": StaleRisk.HIGH,
        "checked_on": date(2026, 11, 23),
        "checked_by": "x",
    }
    return Validity(**(fields | changes))  # type: ignore[arg-type]


def test_a_fact_is_due_and_then_runs_out() -> None:
    card = validity()
    assert (card.review_by, card.last_day) == (date(2026, 12, 23), date(2027, 5, 22))
    assert not card.is_due(date(2026, 12, 23))
    assert card.is_due(date(2026, 12, 24))
    assert card.may_be_sent(card.last_day)
    assert not card.may_be_sent(date(2027, 5, 23))


@pytest.mark.parametrize(
    "changes",
    [{"confidence": Confidence.LOW}, {"status": Status.SUPERSEDED}, {"status": Status.REPORTED_CLOSED}],
)
def test_low_superseded_and_closed_never_go_out(changes: dict[str, object]) -> None:
    assert not validity(**changes).may_be_sent(date(2026, 11, 24))


def office(name: str, country: str, department: str, municipality: str, lat: float) -> Office:
    point = Coordinates(lat, -91.0)
    return Office(name, name, "k", country, department, municipality, None, (), None, "", point, validity())


def test_the_nearest_is_here_then_in_the_department_then_in_the_country_then_abroad() -> None:
    place = Place("p", "Aquí", "GT", "D", Coordinates(15.0, -91.0))
    offices = [
        office("abroad", "MX", "C", "X", 15.1),
        office("country", "GT", "E", "Y", 15.2),
        office("department", "GT", "D", "Z", 16.0),
        office("here", "GT", "D", "Aquí", 15.0),
    ]
    found = nearest(offices, place)
    assert [one.office.name for one in found] == ["here", "department", "country", "abroad"]
    assert found[0].km is None
    assert found[2].km == pytest.approx(22.2, abs=0.5)


def test_an_office_as_near_as_a_walk_is_here_but_not_across_the_border() -> None:
    place = Place("p", "Aquí", "GT", "D", Coordinates(15.0, -91.0))
    near = 15.0 + (HERE_KM - 1) / 111
    assert nearest([office("a", "GT", "E", "Y", near)], place)[0].km is None
    assert nearest([office("a", "MX", "E", "Y", near)], place)[0].km is not None
