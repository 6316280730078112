"""Who hears what when: the notice once, danger before it, silence when wanted, and nothing kept that was erased."""

import re
from collections.abc import Callable

import pytest

from bot.catalogue import Catalogue
from bot.danger import ORDER as DANGER
from bot.facts import FactKind
from bot.messages import Channel, Coordinates, MessageKind
from bot.turns import Contact, Outcome, Turn
from content.intents import INTENTS
from stores.memory import MemorySessions

Write = Callable[..., Turn]
Understand = Callable[..., None]
Recorded = list[tuple[Turn, Contact, bool]]


@pytest.fixture(autouse=True)
def _understood(understand: Understand) -> None:
    understand("pasaporte", {"passport": 0.95})


def test_first_contact_gets_one_notice_and_then_the_answer(write: Write) -> None:
    notice, answer = write("pasaporte", "eva").texts
    assert notice.startswith("Hola, soy Rumbo")
    assert "cita gratis" in answer
    assert len(write("pasaporte", "eva").texts) == 1


def test_to_danger_the_answer_comes_first_and_the_notice_after(write: Write) -> None:
    answer, notice = write("auxilio", "eva").texts
    assert answer.startswith("Llame ya al 110")
    assert notice.startswith("Hola, soy Rumbo")
    assert len(write("pasaporte", "eva").texts) == 1


def test_a_lifeline_above_another_answer_also_comes_before_the_notice(write: Write, understand: Understand) -> None:
    understand("busco albergue me violaron", {"shelter": 0.9})
    answer, notice = write("busco albergue me violaron", "eva").texts
    assert "110" in answer.split("\n")[0]
    assert notice.startswith("Hola, soy Rumbo")


@pytest.mark.parametrize("text", ["menu", "xqzt", "papeles"])
def test_the_notice_comes_before_what_is_no_danger(write: Write, understand: Understand, text: str) -> None:
    understand("papeles", {"passport": 0.4, "national_id": 0.38})
    assert write(text, "eva").texts[0].startswith("Hola, soy Rumbo")


def test_the_notice_is_folded_for_sms_and_not_for_whatsapp(write: Write) -> None:
    assert write("pasaporte", "eva", Channel.SMS).texts[0].startswith("Rumbo, linea de informacion")
    assert "línea de información" in write("pasaporte", "ada", Channel.WHATSAPP).texts[0]


@pytest.mark.parametrize("text", ["ALTO", "BORRAR"])
def test_who_asks_for_silence_or_erasure_first_of_all_gets_no_notice(write: Write, text: str) -> None:
    (only,) = write(text, "eva").texts
    assert only.startswith("Listo.")
    assert "*1*" not in only


def test_alto_silences_until_alta(write: Write) -> None:
    assert write("ALTO").texts[0].startswith("Listo. Ya no le escribimos")
    assert write("pasaporte").texts == ()
    assert write("menu").outcome is Outcome.SILENT
    assert write("ALTA").texts
    assert "cita gratis" in write("pasaporte").texts[0]


def test_danger_is_answered_even_to_those_who_opted_out(write: Write) -> None:
    write("ALTO")
    assert write("me quieren matar").texts[0].startswith("Llame ya al 110")
    assert write("pasaporte").texts == ()


def test_a_stop_that_the_carrier_answered_is_silent_and_holds(write: Write) -> None:
    assert write("STOP", answered_by_carrier=True).texts == ()
    assert write("pasaporte").texts == ()
    assert write("START", answered_by_carrier=True).texts == ()
    assert len(write("pasaporte").texts) == 1


@pytest.mark.parametrize("text", ["HELP", "cualquier cosa"])
def test_anything_else_that_the_carrier_answered_changes_nothing(write: Write, text: str) -> None:
    assert write(text, answered_by_carrier=True).texts == ()
    assert write("pasaporte").texts
    write("ALTO")
    assert write(text, answered_by_carrier=True).texts == ()
    assert write("pasaporte").texts == ()


def test_borrar_erases_and_keeps_no_text(write: Write, sessions: MemorySessions, recorded: Recorded) -> None:
    write("pasaporte")
    assert sessions.get("ana")
    turn = write("borrar mis datos")
    assert turn.texts[0].startswith("Listo. Borramos")
    last, contact, erased = recorded[-1]
    assert erased
    assert (last.text, last.entities, contact.was_told) == ("", (), False)
    assert sessions.get("ana") is None
    assert [erase for _, _, erase in recorded] == [False, True]


def test_the_wish_for_silence_outlives_an_erasure(write: Write, recorded: Recorded) -> None:
    write("ALTO")
    write("BORRAR")
    assert recorded[-1][1].opted_out
    assert write("pasaporte").texts == ()


@pytest.mark.parametrize(
    ("intent", "done"), [("opt_out", "Ya no le escribimos"), ("delete_my_data", "Borramos lo que nos escribió")]
)
@pytest.mark.parametrize("way", ["sentence", "button", "menu", "repeat"])
def test_opting_out_and_erasing_ask_first_and_one_means_yes(
    write: Write, understand: Understand, recorded: Recorded, intent: str, done: str, way: str
) -> None:
    understand("una frase larga que lo dice", {intent: 0.95})
    if way == "button":
        asked = write("", payload=f"answer:{intent}")
    elif way == "menu":
        write("9")
        asked = write({"delete_my_data": "4", "opt_out": "5"}[intent])
    else:
        asked = write("una frase larga que lo dice")
    if way == "repeat":
        asked = write("otra vez")
    assert {"opt_out": "¿Dejamos de escribirle?", "delete_my_data": "¿Lo borramos?"}[intent] in asked.texts[0]
    assert "*1* Sí" in asked.texts[0]
    assert not recorded[-1][1].opted_out
    assert done in write("1").texts[0]
    assert recorded[-1][1].opted_out or recorded[-1][2]


def test_two_after_the_question_shows_the_menu_and_does_nothing(write: Write, understand: Understand) -> None:
    understand("ya no quiero sus mensajes", {"opt_out": 0.95})
    write("ya no quiero sus mensajes")
    assert write("2").outcome is Outcome.MENU
    assert write("pasaporte").texts


def test_a_duplicate_gets_its_first_turn_and_has_no_second_effect(
    write: Write, sessions: MemorySessions, recorded: Recorded
) -> None:
    first = write("pasaporte", "eva", id="SMsame")
    before = sessions.get("eva")
    assert write("menu", "eva", id="SMsame") == first
    assert sessions.get("eva") == before
    assert len(recorded) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MessageKind.VOICE, "no podemos oír"),
        (MessageKind.MEDIA, "No necesitamos sus fotos"),
        (MessageKind.EMPTY, "llegó vacío"),
        (MessageKind.LOCATION, "llegó vacío"),
        (MessageKind.TEXT, "llegó vacío"),
    ],
)
def test_what_has_no_text_gets_words_and_the_menu(write: Write, kind: MessageKind, words: str) -> None:
    turn = write("\x00 ", kind=kind)
    assert words in turn.texts[0]
    assert "*1* Peligro o emergencia" in turn.texts[0]


def test_the_caption_of_a_picture_is_read(write: Write) -> None:
    assert write("pasaporte", kind=MessageKind.MEDIA).answer == "passport"


def test_a_location_gives_the_nearest_office_and_is_not_kept(
    write: Write, sessions: MemorySessions, catalogue: Catalogue
) -> None:
    turn = write("", kind=MessageKind.LOCATION, location=Coordinates(14.85, -91.52))
    assert turn.facts == ("office:iom-xela",)
    assert "Oficentro" in turn.texts[0]
    session = sessions.get("ana")
    assert session is not None
    assert session.place is None


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_words_and_a_lifeline_names_a_number_first(
    write: Write, understand: Understand, catalogue: Catalogue, intent: str, channel: Channel
) -> None:
    understand("una pregunta", {intent: 0.95})
    turn = write("una pregunta", channel=channel)
    assert turn.intent == intent
    assert turn.texts[0].strip()
    answer = catalogue.answer(intent, "es")
    assert answer is not None
    if intent in DANGER or answer.lifeline:
        phones = {
            fact.value for id_ in turn.facts if (fact := catalogue.facts.get(id_)) and fact.kind is FactKind.PHONE
        }
        first_line = turn.texts[0].split("\n")[0]
        first = re.split(r"[.!?](?:\s|$)", first_line)[0] if intent in DANGER else first_line
        assert any(phone in first for phone in phones), first
