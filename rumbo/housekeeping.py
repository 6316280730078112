"""What `rumbo up` does beside answering: forget what is old, once a day, and have Twilio delete what was erased."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from bot.errors import RumboError
from rumbo.settings import Settings
from rumbo.wiring import remote_deletions, retention
from stores.database import drop_write_ahead_log, make_engine

RETENTION_EVERY = timedelta(hours=24).total_seconds()
TIDY_EVERY = timedelta(minutes=10).total_seconds()

Say = Callable[[str], None]


def keep_house(settings: Settings, stopping: threading.Event, say: Say) -> None:
    """Do it in a thread of its own until `stopping`: the line does not wait for it, and goes on when it fails."""
    threading.Thread(target=_keep, args=(settings, stopping, say), name="housekeeping", daemon=True).start()


def _keep(settings: Settings, stopping: threading.Event, say: Say) -> None:
    last_retention: float | None = None
    while True:
        is_due = last_retention is None or monotonic() - last_retention > RETENTION_EVERY
        try:
            tidy(settings, with_retention=is_due)
            last_retention = monotonic() if is_due else last_retention
        except Exception as error:  # whatever it is, old texts must still go the next time
            reason = str(error) if isinstance(error, RumboError) else type(error).__name__
            say(f"housekeeping: {reason}; the next try is in {TIDY_EVERY / 60:.0f} minutes")
        if stopping.wait(TIDY_EVERY):
            return


def tidy(settings: Settings, *, with_retention: bool) -> None:
    """Do once what is due. Raise StoreUnavailable."""
    engine = make_engine(settings.database_url)
    try:
        if with_retention:
            retention(settings, engine).run()
        remote_deletions(settings, engine).run()
        # A reader may have kept an erasure from doing so.
        drop_write_ahead_log(engine)
    finally:
        engine.dispose()
