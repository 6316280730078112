"""Digits, buttons, menus, places and what is done when a message is not understood."""

from collections.abc import Callable

import pytest

from bot.catalogue import Catalogue
from bot.messages import Channel
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


def test_a_long_answer_to_where_is_a_new_question(write: Write, understand: Understand) -> None:
    text = "cuánto cuesta sacar mi pasaporte allá en Xela"
    understand(text, {"passport": 0.95}, ["Quetzaltenango"])
    write("oficina")
    assert write(text).answer == "passport"


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


def test_a_department_beside_it_makes_the_name_clear(write: Write, understand: Understand) -> None:
    understand("oficina en La Libertad Petén", {"iom_offices": 0.95}, ["La Libertad", "Petén"])
    assert write("oficina en La Libertad Petén").outcome is Outcome.ANSWERED


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


def test_fuente_names_the_sources_and_keeps_the_choices(write: Write, catalogue: Catalogue) -> None:
    answered = write("pasaporte")
    text = write("fuente").texts[0]
    for id_ in answered.facts:
        assert catalogue.facts[id_].validity.source.title in text
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
    assert "Seguimos en español" in write("en español por favor").texts[0]
    assert "solo en español" in write("en mam").texts[0]
