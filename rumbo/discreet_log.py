"""gunicorn's log without what stood in the request: a length that is wrong makes it quote a person's words."""

import sys
import traceback
from pathlib import Path

from gunicorn.glogging import Logger

REFUSED = "Invalid request"
BROKEN = ("Error handling", "Socket error")
FRAMES = 4


class DiscreetLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn logs, with the kind of an error and its place instead of its message where a request was read."""

    def warning(self, msg: object, *args: object, **kwargs: object) -> None:
        """Log a warning."""
        if str(msg).startswith(REFUSED):
            msg, args = f"Refused what is no HTTP: {_kind()}", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: object) -> None:
        """Log an error; the traceback too when it is not of a request, such as a worker's that does not start."""
        if str(msg).startswith(BROKEN):
            super().error("%s at %s", _kind(), _places())
        else:
            super().exception(msg, *args, **kwargs)


def _kind() -> str:
    error = sys.exc_info()[1]
    return type(error).__name__ if error else "unknown"


def _places() -> str:
    frames = traceback.extract_tb(sys.exc_info()[2])[-FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
