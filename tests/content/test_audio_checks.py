"""A recorded answer is checked by what its file holds, and is stale as soon as its Spanish moves on."""

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from bot.errors import ContentInvalid
from content.audio import NotPlayable, listen
from content.checks import check, load_catalogue
from content.comparing import compare
from content.loader import read_content
from content.recordings import check_recordings
from content.reloading import take_snapshot
from content.schemas import schema_texts
from content.source import Problem, read_source
from content.stamping import stamp
from rumbo import editing
from rumbo.cli import app

TODAY = date(2026, 11, 24)
TONES = Path(__file__).parent / "audio"
KEK, DOCUMENTS = "audio/kek.yml", "answers/es/documents.yml"
ENTRY = """\
# Grabado en Cobán.
recordings:
  passport:
    file: passport.ogg
    speaker: Persona de prueba
    consent: "nadie: es un tono de prueba"
    recorded_on: 2026-11-24
    of: new # lo pone `stamp`
"""

SILENT_FRAMES = {8_000: (b"\xff\xf3\x18\xc4", 36), 160_000: (b"\xff\xf3\xe8\xc4", 720)}
"""By bit rate, the header and length of a frame of MP3 (MPEG-2 layer III, 16 kHz, mono), which lasts 36 ms."""


def silence(seconds: float, rate: int = 8_000) -> bytes:
    """Return an MP3 of nothing."""
    header, length = SILENT_FRAMES[rate]
    return header.ljust(length, b"\0") * round(seconds / 0.036)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real content, with one recording, stamped."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "audio")
    root = Path(shutil.copytree("content", tmp_path_factory.mktemp("recorded") / "content", ignore=ignored))
    (root / "audio/kek").mkdir(parents=True)
    shutil.copy(TONES / "tone.ogg", root / "audio/kek/passport.ogg")
    (root / KEK).write_text(ENTRY, "utf-8")
    assert stamp(root) == (f"{KEK}: passport",)
    return root


@pytest.fixture
def root(recorded: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(recorded, tmp_path / "content"))


def edit(root: Path, pattern: str, new: str, file: str = KEK) -> None:
    path = root / file
    changed, count = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(changed, "utf-8")


def problems(root: Path) -> list[Problem]:
    """Return what is said of audio files and their entries; the other checks take longer than all these tests."""
    loaded = read_content(root)
    if not loaded.problems:
        check_recordings(loaded, TODAY)
    return sorted(loaded.problems)


def test_a_stamped_recording_of_a_good_file_is_served(root: Path) -> None:
    assert [problem for problem in check(read_content(root), TODAY) if problem.file.startswith("audio/")] == []
    found = load_catalogue(root, TODAY).recording("passport", "kek")
    assert found is not None
    assert (found.id, found.file, found.media_type) == ("kek/passport", "audio/kek/passport.ogg", "audio/ogg")
    assert found.seconds == pytest.approx(1, abs=0.1)
    assert found.size == (TONES / "tone.ogg").stat().st_size


@pytest.mark.parametrize(
    ("tone", "media_type"), [("tone.ogg", "audio/ogg"), ("tone.mp3", "audio/mpeg"), ("tone.m4a", "audio/mp4")]
)
def test_a_file_is_what_it_holds_whatever_its_name(tmp_path: Path, tone: str, media_type: str) -> None:
    named = tmp_path / "sound.txt"
    shutil.copy(TONES / tone, named)
    sound = listen(named)
    assert (sound.media_type, sound.size) == (media_type, (TONES / tone).stat().st_size)
    assert sound.seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    "held",
    [
        pytest.param((TONES / "tone_vorbis.ogg").read_bytes(), id="Ogg Vorbis"),
        pytest.param((TONES / "tone_lossless.m4a").read_bytes(), id="M4A without AAC"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt ", id="WAV"),
        pytest.param(b"ID3\x03\0\0\0\0\0\0" + b"hola " * 99, id="a tag and no sound"),
        pytest.param(b"\xff\xfe" + "hola".encode("utf-16-le") * 99, id="text that begins as MP3 might"),
        pytest.param((TONES / "tone.ogg").read_bytes()[:60], id="cut short"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_whatsapp_cannot_play_is_refused(root: Path, held: bytes) -> None:
    (root / "audio/kek/passport.ogg").write_bytes(held)
    (problem,) = problems(root)
    assert (problem.file, problem.line, problem.is_warning) == (KEK, 4, False)
    assert problem.message.startswith("audio/kek/passport.ogg is none of Ogg Opus, MP3 and M4A (AAC)")


def test_a_file_that_may_not_be_read_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(NotPlayable, match="cannot be read"):
        listen(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "new", "line", "said", "is_warning"),
    [
        pytest.param("passport.ogg", "pasaporte.ogg", 4, "pasaporte.ogg is not there", False, id="no such file"),
        pytest.param("passport.ogg", "../kek/passport.ogg", 4, "not written as expected", False, id="a path"),
        pytest.param("passport.ogg", "passport.wav", 4, "not written as expected", False, id="another suffix"),
        pytest.param("  passport:", "  pasport:", 3, "'pasport' has no Spanish answer", False, id="unknown intent"),
        pytest.param("    speaker: .*\n", "", 3, "speaker' is missing", False, id="no speaker"),
        pytest.param("    consent: .*\n", "    consent: ''\n", 6, "consent' is empty", False, id="no consent"),
        pytest.param("    recorded_on: .*\n", "", 3, "recorded_on' is missing", False, id="no date"),
        pytest.param("2026-11-24", "2026-11-25", 7, "was recorded in the future", True, id="tomorrow"),
        pytest.param("of: .* #", "of: new #", 3, "Run 'rumbo content stamp'", False, id="no fingerprint"),
        pytest.param("of: .* #", "of: 0123456789ab #", 4, "older Spanish text and is not sent", True, id="stale"),
    ],
)
def test_each_mistake_in_an_entry_is_found(
    root: Path, pattern: str, new: str, line: int, said: str, is_warning: bool
) -> None:
    edit(root, pattern, new)
    found = [problem for problem in problems(root) if problem.file == KEK]
    assert [(problem.line, problem.is_warning) for problem in found] == [(line, is_warning)]
    assert said in found[0].message


@pytest.mark.parametrize(
    ("seconds", "rate", "said", "is_warning"),
    [
        pytest.param(59.9, 8_000, None, None, id="a minute"),
        pytest.param(61, 8_000, "lasts 61 seconds; aim for 60", True, id="more than a minute"),
        pytest.param(119.9, 8_000, "aim for 60", True, id="two minutes"),
        pytest.param(121, 8_000, "lasts 121 seconds, at most 120", False, id="more than two minutes"),
        pytest.param(49.9, 160_000, None, None, id="a megabyte"),
        pytest.param(50.1, 160_000, "at most 1000000: people pay for their data", False, id="more than a megabyte"),
    ],
)
def test_length_and_size_have_limits(
    root: Path, seconds: float, rate: int, said: str | None, is_warning: bool | None
) -> None:
    (root / "audio/kek/passport.ogg").rename(root / "audio/kek/passport.mp3")
    (root / "audio/kek/passport.mp3").write_bytes(silence(seconds, rate))
    edit(root, "passport.ogg", "passport.mp3")
    found = problems(root)
    assert [problem.is_warning for problem in found] == ([] if said is None else [is_warning])
    assert all(said in problem.message for problem in found if said)


def test_a_name_that_belies_the_format_is_found(root: Path) -> None:
    shutil.copy(TONES / "tone.m4a", root / "audio/kek/passport.ogg")
    (problem,) = problems(root)
    assert "audio/kek/passport.ogg is audio/mp4 inside. Let its name end in .m4a" in problem.message


def test_files_that_no_entry_names_are_told_of(root: Path) -> None:
    for name in ("kek/shelter.ogg", "passport.ogg", "kek/.passport.ogg.part"):
        shutil.copy(TONES / "tone.ogg", root / "audio" / name)
    found = problems(root)
    assert [problem.file for problem in found] == ["audio/kek/shelter.ogg", "audio/passport.ogg"]
    assert all(problem.is_warning and "named by no entry" in problem.message for problem in found)


def test_two_answers_may_not_have_one_recording(root: Path) -> None:
    entry = (root / KEK).read_text("utf-8").partition("recordings:\n")[2]
    (root / KEK).write_text(f"recordings:\n{entry}{entry.replace('  passport:', '  national_id:')}", "utf-8")
    assert "'passport.ogg' is the recording of 'passport'" in "\n".join(problem.message for problem in problems(root))


def test_an_unknown_locale_is_found(root: Path) -> None:
    shutil.move(root / KEK, root / "audio/eng.yml")
    shutil.move(root / "audio/kek", root / "audio/eng")
    (problem,) = problems(root)
    assert problem.message.startswith("'eng' is no locale. Known: cak, es,")


def test_spanish_may_be_recorded_too(root: Path) -> None:
    shutil.copytree(root / "audio/kek", root / "audio/es")
    shutil.copy(root / KEK, root / "audio/es.yml")
    assert problems(root) == []
    assert read_content(root).catalogue().recording("passport", "es") is not None


@pytest.mark.parametrize(
    ("file", "pattern", "new"),
    [
        pytest.param(DOCUMENTS, r"(  passport:\n(?:    .*\n)*?      )Pida", r"\1Hoy pida", id="the Spanish"),
        pytest.param(
            "facts/documents.yml", r"(passport_price_5y:\n(?:    .*\n)*?    value: ).*", r"\1US$99", id="a fact"
        ),
    ],
)
def test_a_recording_is_stale_once_what_it_says_changed_and_holds_again_once_stamped(
    root: Path, file: str, pattern: str, new: str
) -> None:
    edit(root, pattern, new, file)
    (problem,) = problems(root)
    assert problem.is_warning
    assert read_content(root).catalogue().recording("passport", "kek") is None
    edit(root, "of: .* #", "of: new #")
    assert stamp(root) == (f"{KEK}: passport",)
    assert problems(root) == []


def test_a_stamp_changes_nothing_but_the_fingerprint(root: Path) -> None:
    stamped = (root / KEK).read_text("utf-8")
    assert re.sub(r"of: [0-9a-f]{12}", "of: new", stamped) == ENTRY
    assert stamp(root) == ()


def test_the_schema_knows_an_entry(root: Path) -> None:
    validator = Draft7Validator(json.loads(schema_texts()["audio.json"]))
    assert validator.is_valid(read_source(root / KEK, root).data)
    edit(root, "    consent: .*\n", "")
    assert not validator.is_valid(read_source(root / KEK, root).data)


def test_a_new_recording_is_seen_by_who_watches_the_folder(root: Path) -> None:
    before = take_snapshot(root)
    os.utime(root / "audio/kek/passport.ogg", ns=(1, 1))
    assert take_snapshot(root) != before


def test_a_difference_names_what_changed_of_a_recording(root: Path, tmp_path: Path) -> None:
    old = shutil.copytree(root, tmp_path / "old")
    shutil.copy(TONES / "tone_vorbis.ogg", root / "audio/kek/passport.ogg")
    edit(root, "Persona de prueba", "Otra persona")
    (section,) = compare(read_content(old), read_content(root))
    assert section.title == "Recordings"
    lines = section.changed["kek passport"]
    assert "speaker: Persona de prueba -> Otra persona" in lines
    assert any(line.startswith("state: sent -> is none of Ogg Opus") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "id_", "said"),
    [
        pytest.param([], "kek/passport", "recording after the text: kek/passport (audio/ogg, 1 s, 2 kB)", id="sent"),
        pytest.param(["--channel", "sms"], None, "recording not sent, only by WhatsApp", id="sms"),
    ],
)
def test_a_preview_says_which_recording_goes_along(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], id_: str | None, said: str
) -> None:
    monkeypatch.setattr(editing, "CONTENT", root)
    command = ["content", "preview", "passport", "--locale", "kek", *arguments]
    assert said in CliRunner().invoke(app, command).output
    assert json.loads(CliRunner().invoke(app, [*command, "--json"]).output)["recording"] == id_


def test_a_preview_says_that_a_recording_is_stale(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "CONTENT", root)
    edit(root, "of: .* #", "of: 0123456789ab #")
    said = CliRunner().invoke(app, ["content", "preview", "passport", "--locale", "kek"]).output
    assert "recording not sent, stale: kek/passport" in said


def test_a_recording_that_may_not_be_served_stops_the_content_from_being_served(root: Path) -> None:
    (root / "audio/kek/passport.ogg").unlink()
    with pytest.raises(ContentInvalid, match=r"content/audio/kek.yml:4: audio/kek/passport.ogg is not there"):
        load_catalogue(root, TODAY)
