"""Emptying turns: their words go, their media is noted for deletion at Twilio, and a tombstone stays for a while."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot.messages import MessageKind
from stores.remote_deletions import note_media
from stores.rows import EMPTIED
from stores.search import drop_words
from stores.tables import turns

BATCH = 500
"""Rows named in one statement."""

LIFE = timedelta(hours=48)
"""How long the id of an emptied turn keeps a redelivered message from having a second effect."""

_WITH_MEDIA = {MessageKind.MEDIA.value, MessageKind.VOICE.value}


def empty_turns(
    connection: Connection, condition: ColumnElement[bool], at: datetime, *, most: int | None = None
) -> int:
    """Leave only tombstones of the turns and return how many there were.

    With `most`, take so many at a time, and only those no other transaction is at: an erasure empties its own itself.
    """
    # Rows are locked before their words, by everybody in this order, lest PostgreSQL see a deadlock.
    rows = select(turns.c.seq, turns.c.text, turns.c.id, turns.c.kind).where(condition).order_by(turns.c.seq)
    found = connection.execute(rows.limit(most).with_for_update(skip_locked=most is not None)).all()
    drop_words(connection, [(row.seq, row.text) for row in found])
    note_media(connection, [row.id for row in found if row.kind in _WITH_MEDIA], at)
    for seqs in _batches([row.seq for row in found]):
        connection.execute(update(turns).where(turns.c.seq.in_(seqs)).values(EMPTIED))
    return len(found)


def _batches(seqs: Sequence[int]) -> Iterator[Sequence[int]]:
    return (seqs[start : start + BATCH] for start in range(0, len(seqs), BATCH))
