"""Find turns by words, however they are spelt; of an erased text no word stays."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, select

from bot.cleaning import fold
from bot.spelling import sounds
from stores.tables import turn_words, turns

MAX_WORDS = 80
"""Words of one message that can be found: few write more, and each costs a row."""
SHORTEST = 2
LONGEST = 24
PREFIX = 3
"""Letters from which the last word of a search finds longer ones too."""

_LAST = "\U0010ffff"


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text as they sound, without accents or apostrophes.

    >>> words_in("¿Q'eqchi' o kekchí?") == {"kekchi"}
    True
    """
    words = (sounds(word)[:LONGEST] for word in fold(text).split()[:MAX_WORDS])
    return frozenset(word for word in words if len(word) >= SHORTEST)


def add_words(connection: Connection, seq: int, text: str) -> None:
    """Make a turn findable."""
    if rows := [{"word": word, "seq": seq} for word in sorted(words_in(text))]:
        connection.execute(insert(turn_words), rows)


def drop_words(connection: Connection, seqs: Iterable[tuple[int, str | None]]) -> None:
    """Forget the words of turns, given with their texts."""
    for seq, text in seqs:
        if words := words_in(text or ""):
            connection.execute(delete(turn_words).where(turn_words.c.seq == seq, turn_words.c.word.in_(words)))


def read_words(connection: Connection, seqs: Iterable[tuple[int, str | None]]) -> list[tuple[int, str]]:
    """Return the words kept of turns, given with their texts, each with its turn's `seq`."""
    found: list[tuple[int, str]] = []
    for seq, text in seqs:
        kept = select(turn_words.c.word).where(turn_words.c.seq == seq, turn_words.c.word.in_(words_in(text or "")))
        found += [(seq, word) for word in connection.execute(kept).scalars()]
    return found


def matches(query: str, seqs: tuple[int, int] | None = None) -> ColumnElement[bool] | None:
    """Return the condition on `turns` that every word of a query stands in the text; None for a query of no words.

    The last word may be the beginning of one. `seqs` narrows the search to turns from the first to the last of these:
    of a common word that saves reading most of its places.
    """
    words = [word for word in (sounds(word)[:LONGEST] for word in fold(query).split()) if len(word) >= SHORTEST]
    if not words:
        return None
    return and_(*(turns.c.seq.in_(_with(word, seqs, whole=word is not words[-1])) for word in words))


def _with(word: str, seqs: tuple[int, int] | None, *, whole: bool) -> Select[tuple[int]]:
    found = select(turn_words.c.seq)
    if seqs:
        found = found.where(turn_words.c.seq.between(*seqs))
    if whole or len(word) < PREFIX:
        return found.where(turn_words.c.word == word)
    return found.where(turn_words.c.word >= word, turn_words.c.word < word + _LAST)
