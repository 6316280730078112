"""What a person is told, message by message."""

from collections.abc import Callable

import pytest

from bot.catalogue import Catalogue
from bot.danger import ORDER as DANGER
from bot.messages import Channel, Coordinates, MessageKind
from bot.sessions import TargetKind
from bot.turns import Outcome
from content.intents import INTENTS
from tests.core.conftest import Person

Meet = Callable[..., Person]


def test_a_stranger_gets_one_notice_and_the_answer(meet: Meet) -> None:
    person = meet(known=False)
    person.means("pasaporte por favor", ("passport", 0.95))
    first, second = person.writes("pasaporte por favor"), person.writes("pasaporte por favor")
    assert "BORRAR" in first.texts[0]
    assert "US$50" in first.texts[1]
    assert len(second.texts) == 1


def test_danger_is_answered_before_the_notice(meet: Meet) -> None:
    turn = meet(known=False).writes("auxilio nos vienen siguiendo")
    assert turn.texts[0].startswith("Llame ya al 110")
    assert "BORRAR" in turn.texts[1]


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_words_in_both_channels(meet: Meet, intent: str, channel: Channel) -> None:
    person = meet(channel)
    person.means("lo que sea", (intent, 0.95))
    turn = person.writes("lo que sea")
    assert turn.texts
    assert turn.texts[0]
    assert turn.intent in {intent, "menu"}
    if intent in DANGER:
        assert any(number in turn.texts[0].split(".")[0] for number in ("110", "1546", "1572"))


def test_a_digit_follows_what_was_last_offered(meet: Meet) -> None:
    person = meet()
    person.writes("menu")
    person.writes("3")
    assert person.writes("1").intent == "passport"


def test_a_digit_out_of_nowhere_means_the_main_menu(meet: Meet) -> None:
    assert meet().writes("1").intent == "emergency"


@pytest.mark.parametrize("text", ["0", "cero", "opcion 0"])
def test_zero_shows_the_menu(meet: Meet, text: str) -> None:
    assert meet().writes(text).outcome is Outcome.MENU


def test_a_number_that_is_not_on_the_list_is_said_to_be_so(meet: Meet) -> None:
    assert "no está en la lista" in meet().writes("77").texts[0]


@pytest.mark.parametrize("text", ["²", "2", "٢", "２", "dos", "la 2", "opción 2", "2.", "(2)"])
def test_numbers_are_read_in_any_script(meet: Meet, text: str) -> None:
    assert "Oficinas" in meet().writes(text).texts[0]


def test_every_line_of_every_menu_leads_to_words(meet: Meet, catalogue: Catalogue) -> None:
    for name, menu in catalogue.words("es").menus.items():
        for number, choice in enumerate(menu.choices, 1):
            person = meet()
            person.writes("", payload=f"menu:{name}")
            turn = person.writes(str(number))
            assert turn.texts, (name, choice)
            if choice.kind is TargetKind.ANSWER:
                assert turn.answer == choice.name


def test_two_close_intents_are_asked_about(meet: Meet) -> None:
    person = meet()
    person.means("papeles", ("passport", 0.40), ("national_id", 0.38))
    turn = person.writes("papeles")
    assert turn.outcome is Outcome.CLARIFIED
    assert "*1* Pasaporte" in turn.texts[0]
    assert person.writes("2").intent == "national_id"


def test_not_understood_twice_shows_the_way_to_a_person(meet: Meet) -> None:
    person = meet()
    assert person.writes("xyzzy").outcome is Outcome.UNKNOWN
    second = person.writes("plugh")
    assert second.outcome is Outcome.HANDOFF
    assert "7824-1698" in second.texts[0]


def test_understanding_once_forgives_the_miss_before(meet: Meet) -> None:
    person = meet()
    person.means("dpi", ("national_id", 0.95))
    person.writes("xyzzy")
    person.writes("dpi")
    assert person.writes("plugh").outcome is Outcome.UNKNOWN


def test_alto_silences_until_alta_but_never_in_danger(meet: Meet) -> None:
    person = meet()
    assert "ALTA" in person.writes("¡ALTO!").texts[0]
    assert person.writes("menu").texts == ()
    assert person.writes("me quieren matar").texts != ()
    assert person.writes("menu").texts == ()
    assert person.writes("Alta").texts != ()
    assert person.writes("menu").texts != ()


def test_what_the_carrier_answered_is_noted_in_silence(meet: Meet) -> None:
    person = meet()
    assert person.writes("STOP", answered_by_carrier=True).texts == ()
    assert person.writes("menu").texts == ()
    assert person.writes("START", answered_by_carrier=True).texts == ()
    assert person.writes("menu").texts != ()


def test_erasing_keeps_no_text_and_makes_a_stranger(meet: Meet) -> None:
    person = meet()
    person.means("mi secreto", ("passport", 0.9))
    told = person.message("mi secreto")
    person.bot.respond(told)
    turn = person.writes("borrar mis datos")
    assert turn.text == ""
    assert person.bot.turns.find_turn(told.id) is None
    assert len(person.writes("menu").texts) == 2


def test_erasing_keeps_the_wish_not_to_be_written_to(meet: Meet) -> None:
    person = meet()
    person.writes("alto")
    assert person.writes("borrar").texts != ()
    assert person.writes("menu").texts == ()


@pytest.mark.parametrize(("intent", "done"), [("opt_out", "ALTA"), ("delete_my_data", "Borramos")])
def test_a_sentence_that_means_to_stop_or_erase_is_asked_about_first(meet: Meet, intent: str, done: str) -> None:
    person = meet()
    person.means("ya no quiero nada de esto", (intent, 0.95))
    assert "*1* Sí" in person.writes("ya no quiero nada de esto").texts[0]
    assert person.bot.turns.find_contact("someone").opted_out is False  # type: ignore[union-attr]
    assert done in person.writes("1").texts[0]


def test_the_place_that_was_asked_for_gives_the_office(meet: Meet) -> None:
    person = meet()
    person.means("oficinas de la oim", ("iom_offices", 0.95))
    person.means("en xela pues", places=("Quetzaltenango",))
    assert "¿En qué municipio está usted?" in person.writes("oficinas de la oim").texts[0]
    assert "7824-1698" in person.writes("en xela pues").texts[0]


def test_a_place_is_remembered_for_the_next_question(meet: Meet) -> None:
    person = meet()
    person.means("oim xela", ("iom_offices", 0.95), places=("Quetzaltenango",))
    person.means("donde saco pasaporte", ("passport", 0.95))
    person.writes("oim xela")
    assert "Pasaportes, Quetzaltenango" in person.writes("donde saco pasaporte").texts[0]


def test_a_name_that_several_places_share_is_asked_about(meet: Meet) -> None:
    person = meet()
    person.means("oim san pedro", ("iom_offices", 0.95), places=("San Pedro Sacatepéquez",))
    assert "San Pedro Sacatepéquez, Guatemala" in person.writes("oim san pedro").texts[0]
    assert "OIM San Marcos" in person.writes("2").texts[0]


def test_a_department_named_beside_it_narrows_a_shared_name(meet: Meet) -> None:
    person = meet()
    person.means("oim", ("iom_offices", 0.95), places=("San Pedro Sacatepéquez", "San Marcos"))
    assert "OIM San Marcos" in person.writes("oim").texts[0]


def test_an_office_without_contact_comes_with_one_that_has(meet: Meet) -> None:
    person = meet()
    person.means("oim huehue", ("iom_offices", 0.95), places=("Huehuetenango",))
    text = person.writes("oim huehue").texts[0]
    assert text.index("OIM Huehuetenango") < text.index("OIM Quetzaltenango")


def test_nobody_is_sent_across_a_border_to_sleep(meet: Meet) -> None:
    person = meet()
    person.means("donde duermo", ("shelter", 0.95), places=("Huehuetenango",))
    text = person.writes("donde duermo").texts[0]
    assert "Tapachula" not in text
    assert "Casa del Migrante" in text


def test_a_shared_location_finds_the_nearest_office(meet: Meet) -> None:
    turn = meet().writes("", kind=MessageKind.LOCATION, location=Coordinates(14.85, -91.52))
    assert "OIM Quetzaltenango" in turn.texts[0]


@pytest.mark.parametrize(
    ("kind", "said"),
    [(MessageKind.VOICE, "mensajes de voz"), (MessageKind.MEDIA, "bórrelos"), (MessageKind.EMPTY, "vacío")],
)
def test_what_is_no_text_gets_a_sensible_reply(meet: Meet, kind: MessageKind, said: str) -> None:
    assert said in meet().writes("", kind=kind).texts[0]


@pytest.mark.parametrize(
    ("payload", "answer"), [("answer:passport", "passport"), ("answer:nothing", None), ("x", None)]
)
def test_a_button_leads_where_it_says_and_a_stranger_button_nowhere(
    meet: Meet, payload: str, answer: str | None
) -> None:
    assert meet().writes("", payload=payload).answer == answer


def test_a_duplicate_gets_the_first_turn_and_changes_nothing(meet: Meet) -> None:
    person = meet()
    person.writes("menu")
    digit = person.message("3")
    assert person.bot.respond(digit) is person.bot.respond(digit)
    assert person.writes("1").intent == "passport"


def test_fuente_names_the_sources_of_the_last_answer(meet: Meet) -> None:
    person = meet()
    person.means("dpi", ("national_id", 0.95))
    assert "no lleva datos" in person.writes("fuente").texts[0]
    person.writes("dpi")
    assert "Emisoras Unidas" in person.writes("fuente").texts[0]


def test_repeat_says_the_last_answer_again(meet: Meet) -> None:
    person = meet()
    person.means("dpi", ("national_id", 0.95))
    assert person.writes("dpi").texts == person.writes("otra vez").texts


def test_a_topic_we_are_sure_of_is_answered_under_the_life_saving_line(meet: Meet) -> None:
    person = meet()
    text = "me quieren matar en mi pueblo, cómo pido refugio en México"
    person.means(text, ("asylum", 0.9))
    turn = person.writes(text)
    assert turn.intent == "asylum"
    assert turn.texts[0].startswith("Llame ya al 110")
    assert "COMAR" in turn.texts[0]
