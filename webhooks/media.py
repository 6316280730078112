"""The recordings that Twilio fetches: an address for each turn's, which nobody else can make and which expires."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, abort, request, send_file

from bot.catalogue import Catalogue, Recording
from bot.turns import Turn
from webhooks.metrics import Metrics

LIFE = timedelta(hours=1)
"""From the turn on; Twilio fetches within seconds, or minutes when it has many to send."""

KEY_LABEL = b"rumbo media address"
"""Makes a key of its own out of the senders' one, so that no signature of an address tells anything of a pseudonym."""

PATH = "/media/audio"


@dataclass(frozen=True)
class MediaLinks:
    """Makes and checks addresses below the public one, which is what Twilio can reach."""

    public_base_url: str
    sender_key: bytes

    def of(self, turn: Turn) -> tuple[str, ...]:
        """Return the address of each recording of a turn: the same ones whenever it is asked."""
        until = str(int((turn.at + LIFE).timestamp()))
        base = self.public_base_url.rstrip("/") + PATH
        return tuple(f"{base}/{quote(id_)}?until={until}&by={self._signature(id_, until)}" for id_ in turn.media)

    def signed(self, id_: str, until: str, signature: str) -> bool:
        """Whether we made the address of a recording with this end and signature."""
        return hmac.compare_digest(self._signature(id_, until).encode(), signature.encode())

    def _signature(self, id_: str, until: str) -> str:
        key = hmac.new(self.sender_key, KEY_LABEL, hashlib.sha256).digest()
        return hmac.new(key, f"{id_}?{until}".encode(), hashlib.sha256).hexdigest()


def create_media(
    links: MediaLinks,
    catalogue: Callable[[], Catalogue],
    folder: Path,
    now: Callable[[], datetime],
    metrics: Metrics,
) -> Blueprint:
    """Return the blueprint of /media, which serves what the catalogue names below the content folder, and no more."""
    blueprint = Blueprint("media", __name__)
    root = folder.resolve()

    @blueprint.get(f"{PATH}/<locale>/<intent>")
    def audio(locale: str, intent: str) -> Response:
        until = request.args.get("until", "")
        if not links.signed(f"{locale}/{intent}", until, request.args.get("by", "")):
            metrics.refused.labels("media").inc()
            abort(403)
        if now().timestamp() > int(until):
            abort(410)
        recording = catalogue().recording(intent, locale)
        if recording is None or not _is_as_checked(root / recording.file, recording):
            abort(404)
        name = f"{intent}{Path(recording.file).suffix}"
        response = send_file(root / recording.file, mimetype=recording.media_type, download_name=name)
        response.headers["Cache-Control"] = "private"
        return response

    return blueprint


def _is_as_checked(path: Path, recording: Recording) -> bool:
    """Whether the file is still the one that was checked: a worse one may have taken its place, and was refused."""
    return path.is_file() and path.stat().st_size == recording.size
