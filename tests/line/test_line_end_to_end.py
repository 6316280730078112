"""A signed message in, a true answer out, by the line as people start it."""

import os
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.messages import Channel, Coordinates
from console.phone_message import PhoneKind, PhoneMessage
from console.twilio_form import build_form
from tests.running_line import Line, start_line, stop_line

XELA_PHONE = "7824-1698"


def form(text: str, sender: str, channel: Channel = Channel.SMS) -> dict[str, str]:
    return build_form(PhoneMessage(channel, sender, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿dónde está la OIM en Xela?", XELA_PHONE),
        ("ofisina oim en huehue", "OIM Huehuetenango"),
        ("me quieren matar ayuda", "110"),
        ("nesesito sacar pasaport", "US$50"),
        ("mi marido me pega", "1572"),
        ("se me perdio mi niña en la terminal", "1546"),
        ("menu", "Responda con un n"),
    ],
)
@pytest.mark.parametrize("channel", list(Channel))
def test_answers_what_was_asked(line: Line, text: str, expected: str, channel: Channel) -> None:
    sender = f"+5025550{abs(hash((text, channel))) % 10000:04d}"
    assert any(expected in reply for reply in line.say(form(text, sender, channel)))


def test_tells_a_stranger_once_who_it_is(line: Line) -> None:
    first = line.say(form("cuánto cuesta el dpi", "+50255507001"))
    second = line.say(form("cuánto cuesta el pasaporte", "+50255507001"))
    assert "BORRAR" in first[0]
    assert len(first) == 2
    assert len(second) == 1


def test_life_comes_before_the_notice(line: Line) -> None:
    replies = line.say(form("auxilio me vienen siguiendo", "+50255507002"))
    assert replies[0].startswith("Llame ya al 110")
    assert "BORRAR" in replies[-1]


def test_a_duplicate_gets_the_same_bytes_and_has_no_second_effect(line: Line) -> None:
    line.say(form("menu", "+50255507003"))
    digit = form("3", "+50255507003")
    first, second = (line.post("/twilio/inbound", digit).data for _ in range(2))
    assert first == second
    assert "US$50" in line.say(form("1", "+50255507003"))[0], "the digit still means the first line of the menu shown"


def test_twenty_copies_at_once_have_one_effect_and_the_same_bytes(line: Line) -> None:
    line.say(form("menu", "+50255507012"))
    digit = form("3", "+50255507012")
    with ThreadPoolExecutor(20) as threads:
        replies = set(threads.map(lambda _: bytes(line.post("/twilio/inbound", digit).data), range(20)))
    assert len(replies) == 1
    assert "US$50" in line.say(form("1", "+50255507012"))[0]


def test_a_place_is_remembered_for_the_question_that_waits(line: Line) -> None:
    line.say(form("oficinas de la oim", "+50255507004"))
    assert XELA_PHONE in line.say(form("en xela", "+50255507004"))[0]


def test_a_shared_location_finds_the_nearest_office(line: Line) -> None:
    huehue = PhoneMessage(Channel.WHATSAPP, "+50255507005", "", PhoneKind.LOCATION, Coordinates(15.32, -91.47))
    assert any("OIM Huehuetenango" in reply for reply in line.say(build_form(huehue)))


def test_silence_after_alto_until_alta_but_never_in_danger(line: Line) -> None:
    sender = "+50255507006"
    line.say(form("hola", sender))
    assert "ALTA" in line.say(form("ALTO", sender))[0]
    assert line.say(form("cuánto cuesta el dpi", sender)) == []
    assert "110" in line.say(form("me quieren matar", sender))[0]
    assert line.say(form("alta", sender)) != []


def test_a_person_who_erased_is_a_stranger_again(line: Line) -> None:
    sender = "+50255507007"
    line.say(form("mi secreto inconfundible zanahoria", sender))
    assert "Borramos" in line.say(form("BORRAR", sender))[0]
    assert "BORRAR" in line.say(form("hola", sender))[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\x0b\x0c",
        "²",
        "1" * 1600,
        "😂" * 400,
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́O̵̹̻̝̳͂̌̌͘",
        "مساعدة",
        "]]></Message>",
        "/restart",
        "ﷺ" * 500,
        "\ufffe\uffff",
    ],
    ids=[
        "empty",
        "blank",
        "nul",
        "control",
        "superscript",
        "digits",
        "emoji",
        "zalgo",
        "rtl",
        "xml",
        "slash",
        "grows",
        "nonchar",
    ],
)
def test_odd_text_gets_a_reply(line: Line, text: str) -> None:
    assert line.say(form(text, "+50255507008")) != []


def test_unsigned_and_wrongly_signed_messages_are_refused(line: Line) -> None:
    assert line.post("/twilio/inbound", form("hola", "+50255507009"), token="x" * 32).status == 403
    assert line.http.request("POST", f"{line.url}/twilio/inbound", fields={"Body": "hola"}).status == 403
    # The server does not read so much and closes: this connection must not go back to the pool.
    closing = {"Connection": "close"}
    body = b"x" * 100_000
    assert line.http.request("POST", f"{line.url}/twilio/inbound", body=body, headers=closing).status in {403, 413}


def test_counts_without_naming_anyone(line: Line) -> None:
    line.say(form("hola", "+50255507010"))
    metrics = line.http.request("GET", f"{line.url}/metrics").data.decode()
    assert re.search(r"rumbo_messages_total\{.*\} \d", metrics)
    assert "5550" not in metrics


def test_logs_hold_no_word_and_no_number_of_people(line: Line) -> None:
    line.say(form("palabra secreta calabaza", "+50255507011"))
    logs = "".join(path.read_text("utf-8", "replace") for path in Path("var/log").glob("*.log"))
    assert "calabaza" not in logs
    assert "55507011" not in logs


@pytest.fixture
def own_line(tmp_path: Path) -> Line:
    """A line for one test, which may break it."""
    return start_line(tmp_path, "--no-simulator")


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, row.split())) for row in listed.splitlines()]
    direct = [child for child, parent in pairs if parent == pid]
    return direct + [grandchild for child in direct for grandchild in _children(child)]


def _commands(pids: list[int]) -> dict[int, str]:
    listed = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    rows = (row.split(None, 1) for row in listed.splitlines())
    return {int(pid): args for pid, args in rows if int(pid) in pids}


def test_it_answers_while_understanding_is_down_recovers_and_leaves_nothing_running(own_line: Line) -> None:
    family = _children(own_line.process.pid)
    nlu = next(pid for pid, args in _commands(family).items() if "nlu.server" in args)
    assert own_line.http.request("GET", f"{own_line.url}/simulator").status == 404

    os.kill(nlu, signal.SIGSTOP)
    began = time.monotonic()
    replies = own_line.say(form("donde esta la oim en xela", "+50255508001"))
    assert time.monotonic() - began < 5
    assert any(XELA_PHONE in reply for reply in replies), "the light classifier answers in its place"
    assert own_line.http.request("GET", f"{own_line.url}/health/ready").status == 200

    os.kill(nlu, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while b'"nlu":true' not in own_line.http.request("GET", f"{own_line.url}/health/ready").data:
        assert time.monotonic() < deadline, "the supervisor starts it again"
        time.sleep(0.5)

    family = _children(own_line.process.pid)
    stop_line(own_line)
    assert own_line.process.returncode == 0
    assert _commands(family) == {}
