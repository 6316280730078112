"""An answer is filled with facts that hold, the office for the place and the month it was confirmed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.catalogue import Answer, Catalogue, Wording
from bot.composing import Composer
from bot.facts import Citation, Confidence, Fact, FactKind, StaleRisk, Validity
from bot.messages import Channel, Coordinates
from bot.places import Office, Place

TODAY = date(2026, 11, 24)
SURE = Validity(Citation("Fuente A", None, (2025, 9, 6)), Confidence.HIGH, StaleRisk.LOW, date(2026, 11, 1), "nosotros")
TOWN = Place("t", "Pueblo", "GT", "Depto", Coordinates(15.0, -91.0))
PRICE = Fact("price", FactKind.PRICE, "Precio", "Q175-X", "GT", SURE)
ANSWER = Answer("passport", "documents", "es", "Pasaporte", Wording("Cuesta {price}.", "Vale {price}."))

Compose = Callable[..., Composer]


def office(id_: str, lat: float, *, phone: str | None = None, municipality: str = "Otro", **validity: str) -> Office:
    phones = (phone,) if phone else ()
    trusted = replace(SURE, conflict=validity.get("conflict"))
    point = Coordinates(lat, -91.0)
    return Office(id_, f"Oficina {id_}", "hub", "GT", "Depto", municipality, None, phones, None, "", point, trusted)


@pytest.fixture
def compose(catalogue: Catalogue) -> Compose:
    """A composer whose catalogue has these facts and offices added."""

    def make(*facts: Fact, offices: tuple[Office, ...] = (), channel: Channel = Channel.WHATSAPP) -> Composer:
        own = {fact.id: fact for fact in facts}
        return Composer(replace(catalogue, facts={**catalogue.facts, **own}, offices=offices), TODAY, channel, "es")

    return make


def test_a_fact_is_filled_in_with_the_month_it_was_confirmed(compose: Compose) -> None:
    reply = compose(PRICE).answer(ANSWER)
    assert reply.paragraphs == ("Cuesta Q175-X.",)
    assert reply.closing == "Confirmado en septiembre 2025."
    assert reply.facts == ("price",)
    assert compose(PRICE, channel=Channel.SMS).answer(ANSWER).paragraphs == ("Vale Q175-X.",)


@pytest.mark.parametrize(
    ("said", "closing"),
    [
        ((2025,), "Confirmado en 2025."),
        ((2025, 1), "Confirmado en enero 2025."),
        ((), "Visto en noviembre 2026; la fuente no trae fecha."),
    ],
)
def test_a_date_is_said_as_far_as_it_is_known(compose: Compose, said: tuple[int, ...], closing: str) -> None:
    fact = replace(PRICE, validity=replace(SURE, source=Citation("A", None, said)))
    assert compose(fact).answer(ANSWER).closing == closing


def test_the_oldest_of_several_months_is_said_and_a_rule_bears_none(compose: Compose) -> None:
    older = replace(PRICE, id="older", validity=replace(SURE, source=Citation("A", None, (2024, 2))))
    rule = replace(PRICE, id="rule", kind=FactKind.RULE, validity=older.validity)
    both = replace(ANSWER, wording=Wording("{price} {older}", ""))
    assert compose(PRICE, older).answer(both).closing == "Confirmado en febrero 2024."
    assert compose(rule).answer(replace(ANSWER, wording=Wording("{rule}", ""))).closing is None


@pytest.mark.parametrize(
    "change",
    [{"expires": date(2026, 11, 23)}, {"confidence": Confidence.LOW}],
    ids=["ran out yesterday", "low confidence"],
)
def test_a_fact_that_may_not_be_sent_never_shows_its_value(compose: Compose, change: dict[str, object]) -> None:
    stale = replace(PRICE, validity=replace(SURE, **change))  # type: ignore[arg-type]  # any field
    reply = compose(stale).answer(ANSWER)
    assert "Q175-X" not in repr(reply)
    assert "(dato en confirmación)" in reply.paragraphs[0]
    assert "se está confirmando" in reply.paragraphs[-1]
    assert reply.facts == ()


def test_an_office_in_the_place_is_named_without_distance(compose: Compose) -> None:
    here = office("a", 15.2, phone="P-1", municipality="Pueblo")
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    reply = compose(offices=(here,)).answer(asks, TOWN)
    assert reply.paragraphs == ("Vaya:\n\nOficina a\nTeléfono: P-1",)
    assert reply.facts == ("office:a",)


def test_the_nearest_office_is_named_with_its_distance(compose: Compose) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    body = (
        compose(offices=(office("a", 15.9, phone="P-1"), office("b", 15.2, phone="P-2")))
        .answer(asks, TOWN)
        .paragraphs[0]
    )
    assert "En Pueblo" in body
    assert "Oficina b (a unos 22 km en línea recta)" in body
    assert "Oficina a" not in body


def test_an_office_without_contact_brings_one_that_can_be_reached(compose: Compose) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    bare = office("a", 15.2, municipality="Pueblo")
    reply = compose(offices=(bare, office("b", 15.3), office("c", 15.9, phone="P-3"))).answer(asks, TOWN)
    assert "No tenemos confirmada su dirección ni su teléfono" in reply.paragraphs[0]
    assert "Oficina c (a unos 100 km" in reply.paragraphs[0]
    assert "P-3" in reply.paragraphs[0]
    assert reply.facts == ("office:a", "office:c")


def test_with_nothing_reachable_the_ministry_is_named(compose: Compose, catalogue: Catalogue) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    reply = compose(offices=(office("a", 15.2, municipality="Pueblo"),)).answer(asks, TOWN)
    assert catalogue.facts["minex_pbx"].value in reply.paragraphs[0]


def test_where_sources_disagree_people_are_told_to_confirm(compose: Compose) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    doubtful = office("a", 15.2, phone="P-1", municipality="Pueblo", conflict="dos direcciones")
    body = compose(offices=(doubtful,)).answer(asks, TOWN).paragraphs[0]
    assert "Confirme antes de ir" in body
    assert "dos direcciones" not in body


def test_the_words_may_say_where_the_office_stands(compose: Compose) -> None:
    near = replace(ANSWER, office_kinds=("hub",), near=Wording("Antes {office} después", ""))
    body = compose(offices=(office("a", 15.2, municipality="Pueblo"),)).answer(near, TOWN).paragraphs[0]
    assert body.startswith("Antes Oficina a")
    assert body.endswith("después")


def test_a_lifeline_comes_first_and_its_danger_is_offered(compose: Compose) -> None:
    composer = compose(PRICE)
    reply = composer.answer(ANSWER, lifeline="trafficking")
    trafficking = composer.catalogue.answers["es", "trafficking"]
    assert "110" in reply.paragraphs[0]
    assert reply.paragraphs[1] == "Cuesta Q175-X."
    assert reply.choices[0].label == trafficking.title
    assert "police" in reply.facts


def test_a_second_need_is_offered_first(compose: Compose) -> None:
    reply = compose(PRICE).answer(replace(ANSWER, next=("us_visa", "asylum")), also="asylum")
    assert [choice.name for choice in reply.choices] == ["asylum", "us_visa"]


def test_sources_are_named_once_each(compose: Compose) -> None:
    composer = compose(PRICE, offices=(office("a", 15.2),))
    assert composer.sources(["price", "office:a", "price", "gone"]) == ("Precio: Fuente A", "Oficina a: Fuente A")
