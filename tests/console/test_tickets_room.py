"""The room where people are answered: who may enter, what it shows, what it sends, and what it never does."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from bot.handoffs import Addresses, Delivery, SendResult
from bot.messages import Channel, MessageKind
from bot.turns import Contact, Outcome, Turn
from console.answering import Desk
from console.permissions import Role
from console.reply_warnings import Doubt, warnings_of
from stores.handoffs import SqlHandoffs
from stores.sealing import Seal
from stores.tables import audit
from stores.turns import SqlTurnLog
from tests.console.conftest import Clock, Tray, Visitor

LogIn = Callable[[Role], Visitor]
Ask = Callable[..., None]
NUMBER = "50255512345"
PAGE = "/tickets/1"
REPLY = f"{PAGE}/reply"


@pytest.fixture
def write(engine: Engine, clock: Clock) -> Callable[..., Turn]:
    """Let a person write, as the line would keep it."""
    log, handoffs = SqlTurnLog(engine), SqlHandoffs(engine, Seal(b"k" * 32))

    def write(text: str, sender: str = "7f3a99", channel: Channel = Channel.WHATSAPP, **rest: object) -> Turn:
        clock.move(seconds=1)
        fields = {"outcome": Outcome.ANSWERED, "texts": ("Llame al 1500.",), "answer": "passport", **rest}
        id_ = f"SM{clock().timestamp()}"
        turn = Turn(id_, sender, channel, clock(), "es", MessageKind.TEXT, text, **fields)  # type: ignore[arg-type]
        log.record(turn, Contact(sender, "es", clock(), speaks="quc"))
        prefix = "whatsapp:" if channel is Channel.WHATSAPP else ""
        handoffs.follow(turn, Addresses(f"{prefix}+{NUMBER}", f"{prefix}+50255500000"))
        return turn

    return write


@pytest.fixture
def ask(write: Callable[..., Turn]) -> Ask:
    """Let a person ask for a person and say yes."""

    def ask(sender: str = "7f3a99", **rest: object) -> None:
        write("1", sender, outcome=Outcome.HANDOFF, answer=None, texts=("Anotado.",), department="Petén", **rest)

    return ask


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_those_who_answer_people_enter(log_in: LogIn, ask: Ask, role: Role) -> None:
    ask()
    visitor = log_in(role)
    assert visitor.get("/tickets").status_code == visitor.get(PAGE).status_code == 403


def test_who_waits_longest_stands_first_with_place_language_and_time_left(
    log_in: LogIn, ask: Ask, write: Callable[..., Turn], clock: Clock
) -> None:
    ask("aaaa11")
    clock.move(hours=21)
    ask("bbbb22", channel=Channel.SMS)
    write("¿siguen ahí?", "bbbb22", channel=Channel.SMS)
    page = log_in(Role.REVIEWER).get("/tickets").text
    assert page.index("Persona AAAA") < page.index("Persona BBBB")
    for words in ("Petén", "K&#39;iche&#39;", "quedan 3 horas", "sin límite", "21 horas"):
        assert words in page, words


def test_the_page_covers_personal_data_and_renders_no_hostile_text(
    log_in: LogIn, ask: Ask, write: Callable[..., Turn]
) -> None:
    ask()
    write("<script>alert(1)</script> me llamo Ana Caal, mi número es 5551-2345 \u202egnp.exe")
    page = log_in(Role.REVIEWER).get(PAGE).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "5551-2345" not in page
    assert "Ana Caal" not in page
    assert NUMBER not in page


def test_a_reply_goes_out_once_by_the_persons_own_channel(
    log_in: LogIn, ask: Ask, outbox: Tray, clock: Clock, engine: Engine
) -> None:
    ask()
    clock.move(minutes=10)
    visitor = log_in(Role.REVIEWER)
    form: dict[str, object] = {"text": "Buenas. ¿En qué municipio está?", "action": "send"}
    assert visitor.send(REPLY, form, page=PAGE).status_code == 303
    text = "Le escribe una persona de la OIM:\n\nBuenas. ¿En qué municipio está?"
    assert outbox.sent == [(f"whatsapp:+{NUMBER}", "whatsapp:+50255500000", text)]
    assert "ya se envió hace un momento" in visitor.send(REPLY, form, page=PAGE).text
    assert len(outbox.sent) == 1
    page = visitor.get("/tickets")
    assert "Nadie espera aquí" in page.text
    assert "10 minutos" in page.text
    with engine.connect() as connection:
        actions = [(row.action, row.subject) for row in connection.execute(select(audit).order_by(audit.c.id))]
        assert NUMBER not in str(connection.execute(select(audit)).all())
    assert ("ticket.view", "7f3a99") in actions
    assert ("ticket.reply", "7f3a99") in actions


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (SendResult(Delivery.UNKNOWN, error="ReadTimeout"), "no se sabe si salió"),
        (SendResult(Delivery.FAILED, error="21211"), "no salió"),
        (SendResult(Delivery.WINDOW_SHUT, error="63016"), "pasaron las 24 horas"),
        (SendResult(Delivery.OPTED_OUT, error="21610"), "La persona pidió que no le escribamos"),
    ],
    ids=lambda value: value.delivery.value if isinstance(value, SendResult) else "",
)
def test_what_did_not_surely_arrive_is_shown_so(
    log_in: LogIn, ask: Ask, outbox: Tray, result: SendResult, said: str
) -> None:
    ask()
    outbox.result = result
    visitor = log_in(Role.REVIEWER)
    visitor.send(REPLY, {"text": "Buenas", "action": "send"}, page=PAGE)
    assert said in visitor.get(PAGE).text
    assert len(outbox.sent) == 1


@pytest.mark.parametrize(
    ("channel", "hours", "is_refused"),
    [(Channel.WHATSAPP, 23.9, False), (Channel.WHATSAPP, 24, True), (Channel.SMS, 240, False)],
    ids=["within the window", "a day later", "SMS has none"],
)
def test_whatsapp_is_written_to_only_within_a_day(
    log_in: LogIn, ask: Ask, desk: Desk, outbox: Tray, clock: Clock, channel: Channel, hours: float, is_refused: bool
) -> None:
    ask(channel=channel)
    clock.move(hours=hours)
    page = log_in(Role.REVIEWER).get(PAGE).text
    assert ("Pasaron más de 24 horas" in page) is is_refused
    ticket = desk.tickets.find(1)
    assert ticket
    desk.send(ticket, "eva@example.org", desk.draft(ticket, "Buenas"))
    assert len(outbox.sent) == (0 if is_refused else 1)


def test_numbers_and_promises_are_sent_only_once_looked_at(log_in: LogIn, ask: Ask, outbox: Tray) -> None:
    ask()
    visitor = log_in(Role.REVIEWER)
    form: dict[str, object] = {"text": "Le garantizo la visa. Llame al 4444-3333 o al 110.", "action": "send"}
    page = visitor.send(REPLY, form, page=PAGE)
    assert page.status_code == 200
    assert "Suena a promesa" in page.text
    assert "<bdi>4444-3333</bdi>" in page.text
    assert "<bdi>110</bdi>" not in page.text
    assert outbox.sent == []
    assert visitor.send(REPLY, form | {"looked": "yes"}, page=PAGE).status_code == 303
    assert len(outbox.sent) == 1


def test_a_preview_sends_nothing_and_tells_what_an_sms_costs(log_in: LogIn, ask: Ask, outbox: Tray) -> None:
    ask(channel=Channel.SMS)
    page = log_in(Role.REVIEWER).send(REPLY, {"text": "ñandú {police} " * 10, "action": "preview"}, page=PAGE).text
    assert "2 mensajes SMS, unos US$0.10" in page
    assert "{police}" in page, "what staff type is not filled in"
    assert outbox.sent == []


def test_a_prepared_answer_comes_with_its_facts(log_in: LogIn, ask: Ask, desk: Desk) -> None:
    ask()
    visitor = log_in(Role.REVIEWER)
    phone = desk.catalogue().facts["iom_xela_phone"].value
    assert f"Quetzaltenango, {phone}" in visitor.get(f"{PAGE}?use=call_iom").text
    assert visitor.get(f"{PAGE}?use=gone").status_code == 200


@pytest.mark.parametrize("text", ["", " \u202f\n", "a" * 1001], ids=["empty", "blank", "too long"])
def test_nothing_and_too_much_are_not_sent(log_in: LogIn, ask: Ask, outbox: Tray, text: str) -> None:
    ask()
    assert log_in(Role.REVIEWER).send(REPLY, {"text": text, "action": "send"}, page=PAGE).status_code == 200
    assert outbox.sent == []


def test_closing_asks_whether_it_helped_and_forgets_the_number(
    log_in: LogIn, ask: Ask, desk: Desk, outbox: Tray, write: Callable[..., Turn]
) -> None:
    ask()
    visitor = log_in(Role.REVIEWER)
    assert visitor.send(f"{PAGE}/close", {}, page=PAGE).status_code == 303
    assert outbox.sent[0][2].endswith("¿Le ayudó? Responda con un número.\n\n*1* Sí\n*2* No")
    session = desk.sessions.get("7f3a99")
    assert session
    assert [choice.payload for choice in session.choices] == ["command:helped", "command:not_helped"]
    ticket = desk.tickets.find(1)
    assert ticket
    assert ticket.is_closed
    assert desk.tickets.addresses(ticket) is None
    assert "ya no tenemos el número" in visitor.get(PAGE).text
    write("2", outcome=Outcome.COMMAND, intent="deny")
    assert "dijo que no le ayudó" in visitor.get(PAGE).text


def test_a_question_that_never_went_out_leaves_the_digits_as_they_were(
    log_in: LogIn, ask: Ask, desk: Desk, outbox: Tray
) -> None:
    ask()
    outbox.result = SendResult(Delivery.FAILED, error="21211")
    visitor = log_in(Role.REVIEWER)
    visitor.send(f"{PAGE}/close", {}, page=PAGE)
    session = desk.sessions.get("7f3a99")
    assert session
    assert session.choices == ()


def test_a_ticket_is_taken_and_let_go(log_in: LogIn, ask: Ask) -> None:
    ask()
    visitor = log_in(Role.REVIEWER)
    visitor.send(f"{PAGE}/assign", {"to": "me"}, page=PAGE)
    assert "Dejar de atender" in visitor.get(PAGE).text
    assert "Persona 7F3A" in visitor.get("/tickets?mine=1").text
    visitor.send(f"{PAGE}/assign", {"to": "nobody"}, page=PAGE)
    assert "Persona 7F3A" not in visitor.get("/tickets?mine=1").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tickets/2", 404),
        ("/tickets/99999999999999999999", 404),
        ("/tickets?list=none&before=x", 200),
        ("/tickets?list=closed&before=99999999999999999999999", 200),
        (f"{PAGE}?before=99999999999999999999", 200),
        (f"{PAGE}?before=-1", 200),
    ],
)
def test_what_nobody_offered_breaks_nothing(log_in: LogIn, ask: Ask, path: str, status: int) -> None:
    ask()
    assert log_in(Role.REVIEWER).get(path).status_code == status


def test_our_own_number_comes_before_the_one_that_was_written_to(ask: Ask, desk: Desk, outbox: Tray) -> None:
    ask()
    ticket = desk.tickets.find(1)
    assert ticket
    own = Desk(**{**vars(desk), "outbound_from": "+50255509999"})
    own.send(ticket, "eva@example.org", own.draft(ticket, "Buenas"))
    assert outbox.sent[0][1] == "whatsapp:+50255509999"


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Llame al 110.", []),
        ("Llame a la OIM: +502 7824-1698", []),
        ("Son Q100 y hasta 2026", []),
        ("Marque el 1501", [Doubt.NUMBER]),
        ("escríbame al 5555 1234", [Doubt.NUMBER]),
        ("Le prometo que sale", [Doubt.PROMISE]),
        ("Enfréntelo con calma", [Doubt.CONFRONT]),
    ],
)
def test_what_is_looked_at_twice(text: str, doubts: list[Doubt]) -> None:
    known = frozenset({"110", "78241698"})
    assert [warned.doubt for warned in warnings_of(text, known)] == doubts


def test_a_ticket_of_ten_days_shows_its_wait_in_days(log_in: LogIn, ask: Ask, clock: Clock) -> None:
    ask(channel=Channel.SMS)
    clock.move(days=10)
    assert "10 días" in log_in(Role.REVIEWER).get("/tickets").text


def test_the_room_is_in_the_menu_of_those_who_may_enter(console: Flask, log_in: LogIn) -> None:
    assert 'href="/tickets"' in log_in(Role.REVIEWER).get("/tickets").text
