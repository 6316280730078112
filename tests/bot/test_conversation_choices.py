"""Digits, buttons, menus, places and what is done when a message is not understood."""

from collections.abc import Callable

import pytest

from bot.catalogue import Catalogue
from bot.messages import Channel, Coordinates, MessageKind
from bot.turns import Outcome, Turn
from stores.memory import MemorySessions

Write = Callable[..., Turn]
Understand = Callable[..., None]


@pytest.fixture(autouse=True)
def _understood(understand: Understand) -> None:
    understand("pasaporte", {"passport": 0.95})
    understand("oficina", {"iom_offices": 0.95})
    understand("Xela", {"greet": 0.2}, ["Quetzaltenango"])


def test_a_digit_follows_the_last_choices(write: Write, catalogue: Catalogue) -> None:
    write("pasaporte")
    passport = catalogue.answers["es", "passport"]
    assert write("2").answer == passport.next[1]
    assert write("opcion 1").answer == catalogue.answers["es", passport.next[1]].next[0]


def test_a_digit_without_a_pending_choice_means_the_main_menu(write: Write) -> None:
    assert write("1").answer == "emergency"
    write("gracias", payload="answer:thanks")
    assert "Documentos" in write("3").texts[0]


def test_zero_is_the_menu_and_a_number_not_on_the_list_says_so(write: Write) -> None:
    write("pasaporte")
    assert write("0").outcome is Outcome.MENU
    assert "no está en la lista" in write("44").texts[0]
    assert write("1").answer == "emergency"


def test_an_sms_digit_follows_what_the_sms_showed(write: Write, catalogue: Catalogue) -> None:
    shown = write("pasaporte", channel=Channel.SMS).texts[0]
    assert "3=" in shown
    assert "4=" not in shown
    assert "no esta en la lista" in write("4", channel=Channel.SMS).texts[0]


def test_every_line_of_every_menu_leads_to_words(write: Write, catalogue: Catalogue) -> None:
    def walk(path: tuple[int, ...], name: str) -> set[str]:
        reached = {name}
        for number, choice in enumerate(catalogue.words("es").menus[name].choices, 1):
            write("menu")
            for digit in path:
                write(str(digit))
            turn = write(str(number))
            assert turn.texts[0].strip()
            assert "no está en la lista" not in turn.texts[0]
            if choice.kind == "menu":
                assert turn.texts[0].startswith(catalogue.words("es").menus[choice.name].title)
                reached |= walk((*path, number), choice.name)
            else:
                assert turn.answer == choice.name
        return reached

    assert walk((), "main") == set(catalogue.words("es").menus)


def test_torn_between_two_it_asks_and_the_digit_decides(write: Write, understand: Understand) -> None:
    understand("papeles", {"passport": 0.4, "national_id": 0.38})
    turn = write("papeles")
    assert turn.outcome is Outcome.CLARIFIED
    assert "*1* Pasaporte\n*2* DPI\n*3* Otra cosa" in turn.texts[0]
    assert write("2").answer == "national_id"
    write("papeles")
    assert write("3").outcome is Outcome.MENU


def test_lost_once_gives_the_menu_and_twice_a_person(write: Write) -> None:
    first = write("xqzt")
    assert first.outcome is Outcome.UNKNOWN
    assert "*1* Peligro o emergencia" in first.texts[0]
    second = write("wvut")
    assert second.outcome is Outcome.HANDOFF
    assert "hablar con una persona" in second.texts[0]
    assert write("xqzt").outcome is Outcome.UNKNOWN


def test_being_understood_in_between_starts_the_count_anew(write: Write) -> None:
    write("xqzt")
    write("pasaporte")
    assert write("xqzt").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("payload", "expected"),
    [("answer:passport", "passport"), ("command:person", "human_agent"), ("place:m901", "iom_offices")],
)
def test_a_button_leads_where_it_says(write: Write, payload: str, expected: str) -> None:
    assert write("", payload=payload).answer == expected


def test_a_button_opens_a_menu(write: Write, catalogue: Catalogue) -> None:
    assert (
        write("Documentos", payload="menu:documents")
        .texts[0]
        .startswith(catalogue.words("es").menus["documents"].title)
    )


@pytest.mark.parametrize("payload", ["answer:gone", "menu:gone", "command:gone", "place:gone", "gone", ":", "²:²"])
def test_an_unknown_button_falls_back_to_its_text(write: Write, payload: str) -> None:
    assert write("pasaporte", payload=payload).answer == "passport"
    assert write("", payload=payload).outcome is Outcome.UNKNOWN


def test_the_place_that_was_asked_for_gives_the_office(write: Write) -> None:
    assert "¿" in write("oficina").texts[0]
    turn = write("Xela")
    assert turn.answer == "iom_offices"
    assert turn.facts[-1] == "office:iom-xela"
    assert "Oficentro" in turn.texts[0]


def test_a_place_is_remembered_for_the_next_question(write: Write, understand: Understand) -> None:
    understand("pasaporte en Xela", {"passport": 0.95}, ["Quetzaltenango"])
    write("pasaporte en Xela")
    assert "office:iom-xela" in write("oficina").facts


@pytest.mark.parametrize(
    ("text", "answer"),
    [("papeles para viajar allá en Xela", "iom_offices"), ("mis papeles para viajar allá en Xela", "passport")],
    ids=["six words", "seven words"],
)
def test_a_long_answer_to_where_is_a_new_question(write: Write, understand: Understand, text: str, answer: str) -> None:
    understand(text, {"passport": 0.8}, ["Quetzaltenango"])
    write("oficina")
    assert write(text).answer == answer


@pytest.mark.parametrize("intents", [{}, {"greet": 0.99}], ids=["nothing", "what shows no offices"])
def test_a_place_is_taken_for_the_place_whatever_else_it_sounds_like(
    write: Write, understand: Understand, intents: dict[str, float]
) -> None:
    understand("en Xela, buenas", intents, ["Quetzaltenango"])
    write("oficina")
    assert write("en Xela, buenas").answer == "iom_offices"


@pytest.mark.parametrize("before", [("DPI",), ("oficina", "Xela"), ("oficina", "DPI")], ids=repr)
def test_a_bare_place_that_nobody_asked_for_is_not_an_answer(
    write: Write, understand: Understand, before: tuple[str, ...]
) -> None:
    understand("Cobán", {"greet": 0.1}, ["Cobán"])
    understand("DPI", {"national_id": 0.95})
    for text in before:
        write(text)
    assert write("Cobán").outcome is Outcome.UNKNOWN


def test_danger_is_answered_though_a_place_was_asked_for(write: Write, understand: Understand) -> None:
    understand("mi cuñado pega, Xela", {"gender_violence": 0.9}, ["Quetzaltenango"])
    write("oficina")
    assert write("mi cuñado pega, Xela").answer == "gender_violence"
    write("oficina")
    assert write("auxilio estoy en Xela").answer == "emergency"


@pytest.mark.parametrize(("likely", "answer"), [(0.25, "emergency"), (0.24, "iom_offices")], ids=["likely", "less"])
def test_a_likely_danger_is_answered_though_a_place_was_asked_for(
    write: Write, understand: Understand, likely: float, answer: str
) -> None:
    understand("aquí en Xela tengo miedo", {"shelter": 0.3, "emergency": likely}, ["Quetzaltenango"])
    write("oficina")
    assert write("aquí en Xela tengo miedo").answer == answer


@pytest.mark.parametrize(("confidence", "intent"), [(0.9, "passport"), (0.89, "iom_offices")], ids=["sure", "less"])
def test_a_sure_question_that_names_a_place_is_not_taken_for_the_place(
    write: Write, understand: Understand, confidence: float, intent: str
) -> None:
    understand("oficinas de la oim", {"iom_offices": 0.95})
    understand("pasaporte en xela", {"passport": confidence}, places=("Quetzaltenango",))
    write("oficinas de la oim")
    assert write("pasaporte en xela").intent == intent


def test_a_name_of_several_places_is_asked_about(write: Write, understand: Understand) -> None:
    understand("oficina en La Libertad", {"iom_offices": 0.95}, ["La Libertad"])
    turn = write("oficina en La Libertad")
    assert turn.outcome is Outcome.CLARIFIED
    assert "La Libertad, Huehuetenango" in turn.texts[0]
    assert "La Libertad, Petén" in turn.texts[0]
    answered = write("2")
    assert answered.answer == "iom_offices"
    assert "office:" in answered.facts[-1]


def test_the_place_that_was_picked_answers_what_waited_and_is_remembered(
    write: Write, understand: Understand, sessions: MemorySessions
) -> None:
    understand("albergue en La Libertad", {"shelter": 0.95}, ["La Libertad"])
    assert write("albergue en La Libertad").intent == "shelter"
    picked = write("2")
    assert (picked.intent, picked.answer, picked.confidence) == ("shelter", "shelter", 1.0)
    session = sessions.get("ana")
    assert session is not None
    assert (session.place, session.asked_place_for) == ("m1705", None)
    assert write("fuente").texts[0].startswith("Esto es lo que sostiene")
    assert write("otra vez").texts == picked.texts


@pytest.mark.parametrize(
    ("places", "meant"),
    [
        (("La Libertad", "Petén"), "m1705"),
        (("Petén", "La Libertad"), "m1705"),
        (("La Libertad", "Huehuetenango"), "m1311"),
        (("Quetzaltenango",), "d-m901"),
    ],
    ids=repr,
)
def test_a_department_beside_it_makes_the_name_clear(
    write: Write, understand: Understand, sessions: MemorySessions, places: tuple[str, ...], meant: str
) -> None:
    understand("oficina por ahí", {"iom_offices": 0.95}, places)
    assert write("oficina por ahí").outcome is Outcome.ANSWERED
    session = sessions.get("ana")
    assert session is not None
    assert session.place == meant


def test_a_location_answers_what_waited_for_a_place(write: Write, understand: Understand) -> None:
    understand("albergue", {"shelter": 0.95})
    write("albergue")
    turn = write("", kind=MessageKind.LOCATION, location=Coordinates(14.85, -91.52))
    assert (turn.intent, turn.answer) == ("shelter", "shelter")
    assert write("fuente").texts[0].startswith("Esto es lo que sostiene")
    assert write("otra vez").answer == "shelter"


def test_a_place_that_may_be_two_is_not_remembered_as_one(
    write: Write, understand: Understand, sessions: MemorySessions
) -> None:
    understand("perdí mi DPI en La Libertad", {"national_id": 0.95}, ["La Libertad"])
    assert write("perdí mi DPI en La Libertad").answer == "national_id"
    session = sessions.get("ana")
    assert session is not None
    assert session.place is None


def test_a_sure_topic_in_danger_is_answered_under_the_lifeline(write: Write, understand: Understand) -> None:
    understand("busco albergue me violaron", {"shelter": 0.9})
    text = write("busco albergue me violaron").texts[0]
    assert "110" in text.split("\n")[0]
    assert "*1* Violencia o abuso" in text


@pytest.mark.parametrize("intent", ["opt_out", "delete_my_data", "opt_in", "change_language"])
def test_danger_beside_a_command_in_a_sentence_still_gets_the_lifeline(
    write: Write, understand: Understand, intent: str
) -> None:
    understand("me quieren matar, y lo otro", {intent: 0.9})
    assert write("me quieren matar, y lo otro").texts[0].startswith("Llame ya al 110")


def test_fuente_names_the_sources_and_keeps_the_choices(write: Write, catalogue: Catalogue) -> None:
    answered = write("pasaporte")
    text = write("fuente").texts[0]
    for id_ in answered.facts:
        assert catalogue.facts[id_].validity.source.title in text
    assert "; La cita de pasaporte es gratuita; " in text, "a fact said in words has its source too"
    assert write("2").answer == catalogue.answers["es", "passport"].next[1]


def test_fuente_without_an_answer_says_so(write: Write) -> None:
    assert "no lleva datos de una fuente" in write("fuente").texts[0]


def test_repeat_says_the_last_answer_again(write: Write) -> None:
    assert write("otra vez").outcome is Outcome.MENU
    first = write("pasaporte")
    assert write("otra vez").texts == first.texts


def test_a_language_we_answer_in_is_taken_and_another_told_the_truth(write: Write, understand: Understand) -> None:
    understand("en español por favor", {"change_language": 0.95}, language="es")
    understand("en mam", {"change_language": 0.95}, language="mam")
    taken = write("en español por favor").texts[0]
    assert "Seguimos en español" in taken
    assert "*1* Peligro o emergencia" in taken
    assert "Anotado: Mam. Puede escribirnos en Mam. Contestamos en español" in write("en mam").texts[0]
