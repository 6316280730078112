"""Which opinion counts, how far reviewers agree, what may become an utterance, and what is said in unknown words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement import Agreement, agreement
from bot.drift import vocabulary
from bot.reviews import Opinion, Verdict, settled
from bot.scrubbing import Refusal, plain, refusal, scrub

AT = datetime(2026, 11, 24, tzinfo=UTC)


def opinion(intent: str | None, verdict: Verdict = Verdict.WRONG) -> Opinion:
    return Opinion("SM1", "ana", "staff", AT, verdict, "es", intent)


@pytest.mark.parametrize(
    ("intents", "wants_second", "label"),
    [
        ([], False, None),
        (["a"], False, "a"),
        (["a"], True, None),
        (["a", "a"], True, "a"),
        (["a", "b"], False, None),
        (["a", "b", "b"], True, "b"),
        (["a", "b", "c"], False, "c"),
        ([None], False, "wrong"),
        ([None, "a"], False, None),
    ],
)
def test_one_opinion_suffices_two_must_agree_and_a_third_settles(
    intents: list[str | None], wants_second: bool, label: str | None
) -> None:
    assert settled([opinion(intent) for intent in intents], wants_second=wants_second) == label


def spread(table: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [pair for pair, count in table.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        # The worked example of Cohen's kappa on Wikipedia: grants read by two people.
        (spread({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}), 0.4),
        (spread({("a", "a"): 3, ("b", "b"): 2}), 1.0),
        (spread({("a", "b"): 2, ("b", "a"): 2}), -1.0),
        (spread({("a", "a"): 4}), None),
        ([], None),
    ],
    ids=["known-table", "full", "opposite", "one-label", "none"],
)
def test_kappa_is_agreement_beyond_chance(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    figures = agreement(pairs)
    assert figures.kappa == (None if kappa is None else pytest.approx(kappa))
    assert figures.n == len(pairs)


def test_the_share_that_agrees_is_of_the_pairs() -> None:
    assert Agreement(4, 3, 0.5).share == 0.75
    assert agreement([]).share is None


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("hola, mi numero es 5555-1234 llameme", "hola, mi numero es llameme"),
        ("escribame a ana.lopez@example.org porfa", "escribame a porfa"),
        ("/restart", "restart"),
        ("[xela](place) dónde {\"entity\"} <script>alert</script>", 'xela (place) dónde "entity" script alert /script'),
        ("una\nlínea\u2028 y\u202e otra", "una línea y otra"),
        ("tengo 2 hijos de 3 años", "tengo 2 hijos de 3 años"),
    ],
    ids=["phone", "e-mail", "slash", "markup", "lines", "small-numbers"],
)  # fmt: skip
def test_scrubbing_leaves_the_words_and_nothing_of_the_person(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    ("utterance", "why"),
    [
        ("quiero mi pasaporte", None),
        ("tengo 123 quetzales", None),
        ("mi dpi es 1234", Refusal.DIGITS),
        ("55 55 12 34", Refusal.EMPTY),
        ("cel 55 55 12 34", Refusal.DIGITS),
        ("٥٥٥٥ es mi número", Refusal.DIGITS),
        ("soy ana@x", Refusal.ADDRESS),
        ("ver [xela](place)", Refusal.MARKUP),
        ("a" * 301, Refusal.LONG),
        ("", Refusal.EMPTY),
    ],
)
def test_what_may_tell_of_a_person_or_is_no_words_is_refused(utterance: str, why: Refusal | None) -> None:
    assert refusal(utterance) is why


@given(st.text(max_size=400))
def test_a_scrubbed_text_is_one_plain_line_and_stays_as_it_is(text: str) -> None:
    scrubbed = scrub(text)
    assert scrubbed.splitlines() in ([], [scrubbed])
    assert plain(scrubbed) == scrubbed
    assert refusal(scrubbed) is not Refusal.MARKUP


def test_drift_is_words_unknown_in_the_locale_and_in_the_one_people_mix_in() -> None:
    known = vocabulary({"es": ["quiero sacar mi pasaporte en xela"], "quc": ["saqirik nan kwaj"]}, "es")
    assert not known.is_strange("kiero pasaporte 12345678", "es")
    assert known.is_strange("quiero cotizar neumáticos", "es")
    assert not known.is_strange("neumáticos", "es")
    assert known.is_strange("saqirik nan kwaj", "es")
    assert not known.is_strange("saqirik nan, pasaporte", "quc")
    assert not known.is_strange("palabras que nadie conoce", "chj")
