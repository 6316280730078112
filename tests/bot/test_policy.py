"""Answer, ask back or admit: on both sides of each threshold, and danger first."""

import pytest

from bot.interpretation import Interpretation, ScoredIntent
from bot.policy import NO_NEED, Certain, Lost, Thresholds, Torn, Verdict, judge

LIMITS = Thresholds(answer=0.5, margin=0.125, sure=0.65, refuse=0.65, guess=0.18, danger=0.25)
PASSPORT = Certain("passport")


def verdict(intents: dict[str, float], danger: str | None = None) -> Verdict:
    return judge(Interpretation("es", tuple(ScoredIntent(*pair) for pair in intents.items())), danger, LIMITS)


@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        pytest.param({}, Lost(), id="nothing"),
        pytest.param({"passport": 0.5}, PASSPORT, id="answer: at"),
        pytest.param({"passport": 0.49}, Torn(("passport",)), id="answer: below"),
        pytest.param({"passport": 0.625, "us_visa": 0.5}, PASSPORT, id="margin: at"),
        pytest.param({"passport": 0.625, "us_visa": 0.51}, Torn(("passport", "us_visa")), id="margin: inside"),
        pytest.param({"passport": 0.65, "us_visa": 0.64}, PASSPORT, id="sure: at"),
        pytest.param({"passport": 0.64, "us_visa": 0.63}, Torn(("passport", "us_visa")), id="sure: below"),
        pytest.param({"passport": 0.18, "us_visa": 0.1}, Torn(("passport", "us_visa")), id="guess: at"),
        pytest.param({"passport": 0.17, "us_visa": 0.1}, Lost(), id="guess: below"),
        pytest.param({"out_of_scope": 0.65, "us_visa": 0.1}, Certain("out_of_scope"), id="refuse: at"),
        pytest.param({"out_of_scope": 0.64, "us_visa": 0.1}, Torn(("us_visa",)), id="refuse: below"),
        pytest.param({"out_of_scope": 0.5}, Lost(), id="refuse: nothing to offer"),
        pytest.param({"passport": 0.4, "emergency": 0.25}, Certain("emergency"), id="danger: at"),
        pytest.param({"passport": 0.4, "emergency": 0.24}, Torn(("passport", "emergency")), id="danger: below"),
    ],
)  # fmt: skip
def test_decides_on_both_sides_of_each_threshold(intents: dict[str, float], expected: Verdict) -> None:
    assert verdict(intents) == expected


@pytest.mark.parametrize(
    ("intents", "expected"),
    [
        pytest.param({}, Certain("emergency"), id="model down"),
        pytest.param({"emergency": 0.2}, Certain("emergency"), id="the same danger"),
        pytest.param({"trafficking": 0.65}, Certain("trafficking"), id="sure of another danger"),
        pytest.param({"trafficking": 0.64}, Certain("emergency"), id="unsure of another danger"),
        pytest.param({"shelter": 0.65}, Certain("shelter", lifeline="emergency"), id="sure of a topic: lifeline"),
        pytest.param({"shelter": 0.64}, Certain("emergency", also="shelter"), id="likely topic: offered beside"),
        pytest.param({"shelter": 0.5}, Certain("emergency", also="shelter"), id="likely topic: at"),
        pytest.param({"shelter": 0.49}, Certain("emergency"), id="unlikely topic"),
        *(pytest.param({name: 0.99}, Certain("emergency"), id=f"beside {name}") for name in sorted(NO_NEED)),
    ],
)
def test_words_of_danger_come_first(intents: dict[str, float], expected: Verdict) -> None:
    assert verdict(intents, "emergency") == expected


def test_the_two_likeliest_are_offered_though_one_of_the_first_three_is_not_for_us() -> None:
    ranked = {"shelter": 0.3, "out_of_scope": 0.28, "asylum": 0.27, "passport": 0.26}
    assert verdict(ranked) == Torn(("shelter", "asylum"))


def test_a_danger_below_the_third_place_does_not_act() -> None:
    assert verdict({"shelter": 0.3, "asylum": 0.27, "passport": 0.26, "emergency": 0.25}) == Torn(("shelter", "asylum"))


def test_a_likely_danger_in_a_mayan_message_is_asked_about_under_its_lifeline() -> None:
    ranked = (ScoredIntent("health_care", 0.40), ScoredIntent("child_protection", 0.30))
    interpretation = Interpretation("es", ranked)
    assert judge(interpretation, None, Thresholds()) == Certain("child_protection")
    torn = judge(interpretation, None, Thresholds().stricter)
    assert torn == Torn(("child_protection", "health_care"), lifeline="child_protection")
    sure = Interpretation("es", (ScoredIntent("child_protection", 0.9),))
    assert judge(sure, None, Thresholds().stricter) == Certain("child_protection")
    assert judge(interpretation, "child_protection", Thresholds().stricter) == Certain("child_protection")
