"""Topics nobody planned: planted ones are found, noise is not, and nothing that few people wrote is shown."""

import random
from collections.abc import Sequence

import pytest

from console.new_topics import NewTopic, find_topics
from stores.insights import Unanswered

PENSION = (
    "cuando pagan el bono de la familia",
    "El BONO familia, cuando pagan???",
    "kiero saber del vono",
    "los bonos para familias",
    "donde cobro el bono",
    "bono social de familia",
)
DOGS = (
    "donde vacunan perros",
    "vacuna para mi perro",
    "vacunas de perros gratis",
    "mi perro nesesita vacuna",
    "bacunan perros en mi aldea",
)
LETTERS = "bcdfghjklmnprstvz"


def said(texts: Sequence[str], people: Sequence[str] = ()) -> list[Unanswered]:
    """Return messages, each of its own person unless people are given."""
    return [Unanswered(people[at] if people else f"{texts[0]}-{at}", text) for at, text in enumerate(texts)]


def noise(number: int, seed: int = 3) -> list[Unanswered]:
    """Return messages of made-up words that hardly two share."""
    dice = random.Random(seed)

    def word() -> str:
        return "".join(dice.choice(LETTERS) + dice.choice("aeiou") for _ in range(4))

    return [Unanswered(f"n{at}", " ".join(word() for _ in range(4))) for at in range(number)]


def mixed(*groups: list[Unanswered]) -> list[Unanswered]:
    """Return all messages in an order that tells nothing."""
    messages = [message for group in groups for message in group]
    random.Random(5).shuffle(messages)
    return messages


def test_planted_topics_are_found_among_noise_the_largest_first() -> None:
    found = find_topics(mixed(said(PENSION), said(DOGS), noise(200)))
    assert [topic.messages for topic in found] == [len(PENSION), len(DOGS)]
    assert found[0].words[0] == "bono"
    assert {"perro", "perros"} & set(found[1].words)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_messages_changes_nothing(seed: int) -> None:
    messages = mixed(said(PENSION), said(DOGS), noise(50))
    again = messages.copy()
    random.Random(seed).shuffle(again)
    assert {topic.messages for topic in find_topics(again)} == {topic.messages for topic in find_topics(messages)}


def test_noise_alone_makes_no_topic() -> None:
    assert find_topics(noise(500)) == ()
    assert find_topics([]) == ()
    assert find_topics(said(["", "🧭", "??", "hola buenas", "123"])) == ()


@pytest.mark.parametrize(
    ("people", "is_shown"), [("aaaaaa", False), ("abcdaa", False), ("abcdea", True)], ids=["one", "four", "five"]
)
def test_a_topic_is_of_five_people_or_more_however_much_one_writes(people: str, is_shown: bool) -> None:
    assert bool(find_topics(said(["precio del dolar"] * 6, people))) is is_shown


def test_words_and_examples_of_few_people_are_never_shown() -> None:
    texts = [f"busco el bono para {name}" for name in ("Ixchel", "Ixchel", "Oxlajuj", "Kan", "Tojil", "Aq", "No")]
    (topic,) = find_topics(said(texts))
    assert topic == NewTopic(7, 7, ("bono", "busco"), None)


def test_what_many_write_is_still_masked() -> None:
    texts = ["el bono de juana@example.org o al 5555-1234"] * 6
    (topic,) = find_topics(said(texts))
    assert topic.example == "el bono de [correo] o al [teléfono]"
    assert not {"juana", "example", "org"} & set(topic.words)
