"""How soon people are answered, in two figures."""

from collections.abc import Sequence
from datetime import timedelta


def share_within(ascending: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the time within which a share of the replies came: the nearest of them, None of none.

    >>> share_within([timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=9)], 0.5)
    datetime.timedelta(seconds=120)
    """
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))] if ascending else None
