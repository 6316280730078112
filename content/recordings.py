"""What a recorded answer must hold before it is sent to anyone."""

from collections.abc import Iterator
from datetime import date

from bot.catalogue import Recording
from bot.languages import SPANISH
from content.audio import SUFFIXES
from content.loader import Loaded
from content.source import Problem

MAX_SECONDS = 120
"""Longer than anyone listens to; the text stands beside it."""
AIM_SECONDS = 60
MAX_BYTES = 1_000_000
"""WhatsApp takes 16 MB, but people pay for their data by the megabyte, and load over weak networks."""


def check_recordings(loaded: Loaded, today: date) -> None:
    """Judge every entry, its file, and the files that no entry names."""
    for key, card in loaded.recording_cards.items():
        origin, file = f"recording:{key[0]}:{key[1]}", f"audio/{key[0]}/{card.file}"
        if mistake := _misplaced(*key, loaded):
            loaded.problem_at(origin, mistake)
        if key in loaded.unplayable:
            mend = f"Put it there, as Ogg Opus, MP3 or M4A (AAC), or remove '{key[1]}'."
            loaded.problem_at(origin, f"{file} {loaded.unplayable[key]}. {mend}", "file")
        else:
            for message, is_warning in _findings(loaded.recordings[key]):
                loaded.problem_at(origin, f"{file} {message}", "file", is_warning=is_warning)
        if card.recorded_on > today:
            # Only a warning: a wrong clock must not stop the line.
            what = f"was recorded in the future ({card.recorded_on}). Correct the date, or this machine's clock."
            loaded.problem_at(origin, what, "recorded_on", is_warning=True)
    _check_shared_files(loaded)
    _check_unnamed_files(loaded)


def _misplaced(locale: str, intent: str, loaded: Loaded) -> str | None:
    if locale not in loaded.locales:
        return f"'{locale}' is no locale. Known: {', '.join(sorted(loaded.locales))}. Rename the file and its folder."
    if (SPANISH, intent) not in loaded.answers:
        return f"'{intent}' has no Spanish answer. Correct the name or write the Spanish first."
    return None


def _findings(recording: Recording) -> Iterator[tuple[str, bool]]:
    """Yield what is wrong with a file that can be played, and whether it may be served so."""
    suffix = SUFFIXES[recording.media_type]
    if not recording.file.endswith(suffix):
        yield f"is {recording.media_type} inside. Let its name end in {suffix}, here too.", False
    if not recording.seconds:
        yield "has no sound in it. Export it anew.", False
    if recording.seconds > MAX_SECONDS:
        yield f"lasts {recording.seconds:.0f} seconds, at most {MAX_SECONDS}. Record a shorter one.", False
    elif recording.seconds > AIM_SECONDS:
        yield f"lasts {recording.seconds:.0f} seconds; aim for {AIM_SECONDS}.", True
    if recording.size > MAX_BYTES:
        mend = "Export it in mono as Ogg Opus at 24 kbit/s."
        yield f"has {recording.size} bytes, at most {MAX_BYTES}: people pay for their data. {mend}", False
    if recording.is_stale:
        mend = "Listen to it: if it still holds, put 'of: new' and run 'rumbo content stamp'; else record it anew."
        yield f"was recorded from an older Spanish text and is not sent. {mend}", True


def _check_shared_files(loaded: Loaded) -> None:
    """A copied entry would answer one thing with the voice of another."""
    owners: dict[tuple[str, str], str] = {}
    for (locale, intent), card in loaded.recording_cards.items():
        first = owners.setdefault((locale, card.file), intent)
        if first != intent:
            message = f"'{card.file}' is the recording of '{first}'. Name the one of '{intent}'."
            loaded.problem_at(f"recording:{locale}:{intent}", message, "file")


def _check_unnamed_files(loaded: Loaded) -> None:
    named = {f"audio/{locale}/{card.file}" for (locale, _), card in loaded.recording_cards.items()}
    for file in sorted(loaded.audio_files - named):
        message = "is named by no entry, so nobody hears it. Name it in audio/<locale>.yml or remove it."
        loaded.problems.append(Problem(file, 1, message, is_warning=True))
