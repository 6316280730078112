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
    assert reply.closing == "Confirmado en septiembre de 2025."
    assert reply.facts == ("price",)
    assert compose(PRICE, channel=Channel.SMS).answer(ANSWER).paragraphs == ("Vale Q175-X.",)


@pytest.mark.parametrize(
    ("said", "closing"),
    [
        ((2025,), "Confirmado en 2025."),
        ((2025, 1), "Confirmado en enero de 2025."),
        ((), "Visto en noviembre de 2026; la fuente no trae fecha."),
    ],
)
def test_a_date_is_said_as_far_as_it_is_known(compose: Compose, said: tuple[int, ...], closing: str) -> None:
    fact = replace(PRICE, validity=replace(SURE, source=Citation("A", None, said)))
    assert compose(fact).answer(ANSWER).closing == closing


def test_the_oldest_of_several_months_is_said_and_a_rule_bears_none(compose: Compose) -> None:
    older = replace(PRICE, id="older", validity=replace(SURE, source=Citation("A", None, (2024, 2))))
    rule = replace(PRICE, id="rule", kind=FactKind.RULE, validity=older.validity)
    both = replace(ANSWER, wording=Wording("{price} {older}", ""))
    assert compose(PRICE, older).answer(both).closing == "Confirmado en febrero de 2024."
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


def test_a_fact_that_is_gone_is_told_as_pending(compose: Compose) -> None:
    reply = compose().answer(ANSWER)
    assert reply.paragraphs[0] == "Cuesta (dato en confirmación)."
    assert reply.facts == ()


def test_a_lifeline_whose_number_ran_out_says_so_and_never_shows_it(compose: Compose) -> None:
    stale = replace(PRICE, validity=replace(SURE, expires=date(2026, 11, 23)))
    reply = compose(stale).answer(replace(ANSWER, lifeline="Llame al {price}.", wording=Wording("Vaya.", "")))
    assert reply.paragraphs[0] == "Llame al (dato en confirmación)."
    assert "se está confirmando" in reply.paragraphs[-1]
    assert "Q175-X" not in repr(reply)


def test_without_any_office_of_the_kind_the_answer_stands_alone(compose: Compose) -> None:
    closed = replace(office("a", 15.2, phone="P-1"), validity=replace(SURE, confidence=Confidence.LOW))
    asks = replace(ANSWER, wording=Wording("Vaya.", ""), near=Wording("Esto hay:", ""), office_kinds=("hub",))
    for offices in ((), (closed,)):
        assert compose(offices=offices).answer(asks, TOWN).paragraphs == ("Vaya.",)


def test_only_offices_of_the_kinds_asked_for_are_shown(compose: Compose) -> None:
    other = replace(office("a", 15.0, phone="P-1", municipality="Pueblo"), kind="shelter")
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    reply = compose(offices=(other, office("b", 15.9, phone="P-2"))).answer(asks, TOWN)
    assert reply.facts == ("office:b",)


@pytest.mark.parametrize(
    ("phone", "hours", "has_month"),
    [("P-1", None, True), (None, "de 8 a 4", True), ("P-1", "de 8 a 4", True), (None, None, False)],
    ids=["phone", "hours", "both", "nothing that ages"],
)
def test_an_office_bears_a_month_when_it_shows_what_ages(
    compose: Compose, phone: str | None, hours: str | None, has_month: bool
) -> None:
    shown = replace(office("a", 15.0, phone=phone, municipality="Pueblo"), hours=hours)
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    closing = compose(offices=(shown,)).answer(asks, TOWN).closing
    assert closing == ("Confirmado en septiembre de 2025." if has_month else None)


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
    assert "La más cercana con datos confirmados:\nOficina c (a unos 100 km" in reply.paragraphs[0]
    assert "P-3" in reply.paragraphs[0]
    assert reply.facts == ("office:a", "office:c")


def test_with_nothing_reachable_the_ministry_is_named(compose: Compose, catalogue: Catalogue) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    reply = compose(offices=(office("a", 15.2, municipality="Pueblo"), office("b", 15.3))).answer(asks, TOWN)
    assert catalogue.facts["minex_pbx"].value in reply.paragraphs[0]
    assert reply.facts == ("office:a",)


@pytest.mark.parametrize(("lat", "shown"), [(18.59, ("office:a",)), (18.61, ())], ids=["399 km", "401 km"])
def test_nobody_is_told_of_an_office_too_far_to_go_to(compose: Compose, lat: float, shown: tuple[str, ...]) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    assert compose(offices=(office("a", lat, phone="P-1"),)).answer(asks, TOWN).facts == shown


@pytest.mark.parametrize(("lat", "second"), [(16.34, True), (16.36, False)], ids=["149 km", "151 km"])
def test_the_second_office_is_near_enough_to_stand_in_for_the_first(compose: Compose, lat: float, second: bool) -> None:
    asks = replace(ANSWER, wording=Wording("Vaya:", ""), office_kinds=("hub",))
    bare = office("a", 15.2, municipality="Pueblo")
    assert ("office:b" in compose(offices=(bare, office("b", lat, phone="P"))).answer(asks, TOWN).facts) is second


def test_an_sms_with_an_office_names_two_ways_on(compose: Compose) -> None:
    asks = replace(ANSWER, office_kinds=("hub",), next=("us_visa", "asylum", "shelter"))
    made = compose(offices=(office("a", 15.2, phone="P-1"),), channel=Channel.SMS)
    assert len(made.answer(asks, TOWN).choices) == 2


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


@pytest.mark.parametrize(("channel", "shown"), [(Channel.SMS, 3), (Channel.WHATSAPP, 4)])
def test_an_sms_names_three_ways_on_and_whatsapp_all(compose: Compose, channel: Channel, shown: int) -> None:
    ways = ("us_visa", "asylum", "gone", "passport", "shelter", "disaster")
    reply = compose(PRICE, channel=channel).answer(replace(ANSWER, next=ways))
    assert [choice.name for choice in reply.choices] == ["us_visa", "asylum", "shelter", "disaster"][:shown]


def test_sources_are_named_once_each(compose: Compose) -> None:
    composer = compose(PRICE, offices=(office("a", 15.2),))
    assert composer.sources(["price", "office:a", "price", "gone"]) == ("Fuente A: Precio; Oficina a.",)


RULE = replace(PRICE, id="rule", kind=FactKind.RULE, label="Regla", value="es gratis")
STATING = replace(ANSWER, wording=Wording("La cita es gratis.", "Cita gratis."), states=("rule",))


def test_a_fact_the_words_rely_on_is_logged_and_its_source_can_be_asked(compose: Compose) -> None:
    composer = compose(RULE)
    reply = composer.answer(STATING)
    assert reply.paragraphs == ("La cita es gratis.",)
    assert reply.facts == ("rule",)
    assert reply.closing is None
    assert composer.sources(reply.facts) == ("Fuente A: Regla.",)


def test_a_fact_that_is_named_and_stated_counts_once(compose: Compose) -> None:
    assert compose(PRICE).answer(replace(ANSWER, states=("price",))).facts == ("price",)


def test_when_a_fact_the_words_rely_on_ran_out_the_reply_says_so(compose: Compose) -> None:
    gone = replace(RULE, validity=replace(SURE, expires=date(2026, 11, 23)))
    reply = compose(gone).answer(STATING)
    assert reply.paragraphs[0] == "La cita es gratis."
    assert reply.paragraphs[-1].startswith("Un dato de esta respuesta se está confirmando")
    assert reply.facts == ()
