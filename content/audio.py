"""What an audio file is, judged by what it holds and not by its name; only its headers are read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus

AAC = "mp4a.40"
"""How MP4 names the codec; an .m4a may as well hold one that phones cannot play."""


@dataclass(frozen=True)
class Sound:
    """An audio file that WhatsApp can play."""

    media_type: str
    seconds: float
    size: int
    """Bytes."""


class NotPlayable(ValueError):
    """The file cannot be read, or is in none of the formats; the message says so."""


@dataclass(frozen=True)
class Format:
    """A format we take: how it is named, how it begins, and how long a file of it plays (None: not one after all)."""

    media_type: str
    suffix: str
    begins: Callable[[bytes], bool]
    seconds: Callable[[Path], float | None]


def listen(path: Path) -> Sound:
    """Return what a file holds; raise NotPlayable."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        format_ = next((format_ for format_ in FORMATS if format_.begins(head)), None)
        seconds = format_.seconds(path) if format_ else None
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotPlayable("is not there") from error
    except OSError as error:
        raise NotPlayable(f"cannot be read ({error.strerror})") from error
    except Exception as error:  # a broken file trips the reader in more ways than it has errors for.
        raise NotPlayable(NEITHER) from error
    if format_ is None or seconds is None:
        raise NotPlayable(NEITHER)
    return Sound(format_.media_type, seconds, size)


NEITHER = "is none of Ogg Opus, MP3 and M4A (AAC) inside, or is broken"
HEAD = 12


def _opus(path: Path) -> float:
    return float(OggOpus(path).info.length)


def _mp3(path: Path) -> float | None:
    info = MP3(path).info
    return None if info.sketchy else float(info.length)


def _m4a(path: Path) -> float | None:
    info = MP4(path).info
    return float(info.length) if info.codec.startswith(AAC) else None


FORMATS = (
    Format("audio/ogg", ".ogg", lambda head: head.startswith(b"OggS"), _opus),
    Format("audio/mp4", ".m4a", lambda head: head[4:8] == b"ftyp", _m4a),
    Format("audio/mpeg", ".mp3", lambda head: head.startswith((b"ID3", b"\xff")), _mp3),
)
"""What WhatsApp plays of what people record with; Ogg only with Opus in it, and only under the type it is of:
twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
"""
SUFFIXES = {format_.media_type: format_.suffix for format_ in FORMATS}
