"""What an audio file is, judged by what it holds and not by its name."""

from dataclasses import dataclass
from pathlib import Path

from tinytag import TinyTag

NEITHER = "is none of Ogg Opus, MP3 and M4A (AAC) inside, or is broken"

FORMATS = {
    'audio/ogg; codecs="opus"': "audio/ogg",
    'audio/mp4; codecs="mp4a.40': "audio/mp4",
    "audio/mpeg": "audio/mpeg",
}
"""What WhatsApp plays of what people record with, by how tinytag names it (an .m4a may as well hold a codec that phones
cannot play); Ogg only with Opus in it: twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
"""

SHORTEST_SECONDS = 0.3
"""Nobody says anything in less; other files may begin with what looks like one frame of MP3."""

SUFFIXES = {"audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/mpeg": ".mp3"}


@dataclass(frozen=True)
class Sound:
    """An audio file that WhatsApp can play."""

    media_type: str
    seconds: float
    size: int
    """Bytes."""


class NotPlayable(ValueError):
    """The file cannot be read, or is in none of the formats; the message says so."""


def listen(path: Path) -> Sound:
    """Return what a file holds; raise NotPlayable."""
    try:
        with path.open("rb") as file:
            tag = TinyTag.get(file_obj=file)  # A name would decide the format.
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotPlayable("is not there") from error
    except OSError as error:
        raise NotPlayable(f"cannot be read ({error.strerror})") from error
    except Exception as error:  # a broken file trips the reader in more ways than it has errors for.
        raise NotPlayable(NEITHER) from error
    held = tag.mime_type or ""
    media_type = next((kind for name, kind in FORMATS.items() if held.startswith(name)), None)
    seconds = tag.duration or 0.0
    if media_type is None or seconds < SHORTEST_SECONDS:
        raise NotPlayable(NEITHER)
    return Sound(media_type, seconds, size)
