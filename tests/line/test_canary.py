"""Canaries: what nobody but the turns may know, looked for in everything the running line writes."""

import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.messages import Channel, Coordinates
from bot.pseudonyms import pseudonym
from console.phone_message import PhoneKind, PhoneMessage
from console.twilio_form import build_form
from rumbo.settings import VAR
from stores.redis_client import connect
from stores.search import words_in
from tests.running_line import Line

KEY = b"k" * 32
"""As `start_line` sets it."""


@dataclass(frozen=True)
class Person:
    """Somebody all of whose words occur nowhere else; the number, too, is different each time."""

    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    digits: str = field(default_factory=lambda: f"{secrets.randbelow(10**8):08}")

    @property
    def number(self) -> str:
        return f"+502{self.digits}"

    @property
    def words(self) -> dict[str, str]:
        """What the person tells, by kind; letters alone, since that is how the search keeps them."""
        letters = self.mark.translate(str.maketrans("0123456789", "ghijklmnop"))
        return {
            "name": f"Xiloj{letters}",
            "mail": f"{letters}@example.org",
            "dpi": f"2987{self.digits}0901",
            "phrase": f"zumbalgar{letters}",
        }

    @property
    def profile(self) -> str:
        return f"Perfil {self.mark[::-1]}q"

    def form(self, channel: Channel, text: str, kind: PhoneKind = PhoneKind.TEXT) -> dict[str, str]:
        """Return what Twilio would post, the geography of SMS and the profile of WhatsApp included."""
        place = Coordinates(15.32, -91.47) if kind is PhoneKind.LOCATION else None
        message = PhoneMessage(channel, self.number, text, kind, place) if place else None
        form = build_form(message or PhoneMessage(channel, self.number, text, kind))
        extra = {"FromCity": self.profile} if channel is Channel.SMS else {"ProfileName": self.profile}
        return form | extra

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the door drops."""
        return (self.digits, self.profile)


def write_everything(line: Line, person: Person) -> None:
    """Have the person write in every way that is answered, and in every way that is refused."""
    told = " ".join(person.words.values())
    for channel in Channel:
        line.say(person.form(channel, f"me llamo {told}, mi numero es otro"))
        line.say(person.form(channel, f"necesito pasaporte {told}"))
    for kind in (PhoneKind.VOICE, PhoneKind.IMAGE, PhoneKind.LOCATION):
        line.say(person.form(Channel.WHATSAPP, told if kind is PhoneKind.IMAGE else "", kind))
    form = person.form(Channel.SMS, told)
    assert line.post("/twilio/inbound", form, token="x" * 32).status == 403
    assert line.post("/twilio/inbound", {name: value for name, value in form.items() if name != "From"}).status == 400
    assert line.post("/twilio/inbound", form | {"From": f"tel {person.number}"}).status == 400
    assert line.post("/twilio/inbound", form | {"MessageSid": told}).status == 400
    assert line.post("/twilio/status", form | {"MessageStatus": told, "ErrorCode": told}).status == 204
    assert line.post(f"/twilio/nowhere?{person.digits}", form).status in {403, 404}
    too_long = form | {"Body": told * 3000}
    assert line.http.request(
        "POST", f"{line.url}/twilio/inbound", fields=too_long, encode_multipart=False, headers={"Connection": "close"}
    ).status in {403, 413}
    for port in (line.port, line.console_port):
        for request in (told, f"{told} / HTTP/1.1", f"GET /{told} HTTP/9.9", f"GET / HTTP/1.1\r\n{told}"):
            send_raw(port, request)


def send_raw(port: int, request: str) -> None:
    """Send what is no HTTP: a length that is wrong makes the rest of a body look like the next request."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(f"{request}\r\n\r\n".encode())
        connection.settimeout(5)
        while connection.recv(4096):
            pass


@pytest.fixture(scope="module")
def people(line: Line) -> tuple[Person, Person]:
    """Two people who wrote everything; the second then wrote BORRAR."""
    stays, goes = Person(), Person()
    for person in (stays, goes):
        write_everything(line, person)
    assert "Borramos" in line.say(goes.form(Channel.SMS, "BORRAR"))[0]
    time.sleep(1)  # what is logged is written
    return stays, goes


def written(line: Line) -> Iterator[tuple[str, bytes]]:
    """Yield all that the line writes anywhere, but for its database."""
    yield "its output", "".join(line.output).encode()
    yield "its metrics", line.http.request("GET", f"{line.url}/metrics").data
    for folder in (VAR / "log", VAR / "run" / str(line.port)):
        for path in folder.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
    redis = connect(f"unix://{VAR / 'run' / str(line.port) / 'redis.sock'}")
    keys = list(redis.scan_iter())
    assert keys, "a Redis without keys is not the line's"
    for key in keys:
        kept = redis.dump(key)
        value = redis.get(key) if redis.type(key) in {"string", b"string"} else kept
        yield f"the key {key!r} of Redis", str(key).encode() + str(value).encode() + (kept or b"")
    redis.close()


def database_files(line: Line) -> Iterator[tuple[str, bytes]]:
    """Yield the database as it lies on disk, its write-ahead log included."""
    for path in line.database.parent.glob("line.db*"):
        yield path.name, path.read_bytes()


def traces(found: Iterator[tuple[str, bytes]], *canaries: str) -> list[tuple[str, str]]:
    """Return where each canary was heard."""
    return [
        (canary, place) for place, content in found for canary in canaries if canary.lower().encode() in content.lower()
    ]


def test_nothing_of_anybody_is_in_logs_metrics_or_redis(line: Line, people: tuple[Person, Person]) -> None:
    canaries = [word for person in people for word in (*person.unknown, *person.words.values())]
    assert traces(written(line), *canaries) == []


def test_what_the_door_drops_is_nowhere_in_the_database(line: Line, people: tuple[Person, Person]) -> None:
    dropped = [word for person in people for word in (f"502{person.digits}", person.profile)]
    assert traces(database_files(line), *dropped) == []


def test_words_stand_in_the_turns_of_who_wrote_them_and_in_the_search(
    line: Line, people: tuple[Person, Person]
) -> None:
    person = people[0]
    (sound,) = words_in(person.words["phrase"])
    with sqlite3.connect(line.database) as plain:
        tables = [row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: list(plain.execute(f'SELECT * FROM "{name}"')) for name in tables}
    plain.close()
    assert {name for name, kept in rows.items() if person.words["phrase"] in str(kept)} == {"turns"}
    assert {name for name, kept in rows.items() if sound in str(kept)} == {"turn_words"}
    turns = [row for row in rows["turns"] if person.words["phrase"] in str(row)]
    assert all(pseudonym(person.number, KEY) in row for row in turns)


def test_nothing_of_the_erased_is_left_in_the_database(line: Line, people: tuple[Person, Person]) -> None:
    stays, goes = people
    sounds = {sound for word in goes.words.values() for sound in words_in(word) if len(sound) > len("example")}
    assert traces(database_files(line), *goes.words.values(), *goes.unknown, *sounds) == []
    assert traces(database_files(line), stays.words["phrase"]), "the canary does sing"
