"""How much of a count may be shown, so that no number leads to a single person.

The rule, which the page states too:

* A count from 1 to 4 is shown as "<5". Nothing is shown as 0: that nobody asked leads to nobody.
* Every other count is rounded to a multiple of 5, totals as well, each by itself from its exact sum. So what was
  left out cannot be found by taking the rest from a total, one page of filters from another, or today from yesterday:
  a difference of two rounded counts is unsure by 4 either way, as much as what is hidden.
* A share is shown, in whole hundredths and made from the rounded counts, where there are 5 or more, and where both
  the part and the rest of it are 5 or more, or none.
"""

LEAST = 5
"""The smallest count that is shown as a number."""

SMALL = f"<{LEAST}"

Published = int | str
"""A rounded count, or SMALL."""


def publish(count: int) -> Published:
    """Return what is shown of a count.

    >>> publish(0), publish(4), publish(5), publish(7), publish(8), publish(1204)
    (0, '<5', 5, 5, 10, 1205)
    """
    return SMALL if 0 < count < LEAST else LEAST * round(count / LEAST)


def drawn(count: int) -> int:
    """Return how long a bar is drawn for a count: not at all where it is hidden."""
    shown = publish(count)
    return shown if isinstance(shown, int) else 0


def share(part: int, whole: int) -> float | None:
    """Return which share of the whole a part is, or None where it must not be shown.

    >>> share(33, 100), share(0, 100), share(4, 100), share(97, 100), share(0, 4)
    (0.35, 0.0, None, None, None)
    """
    if whole < LEAST or any(0 < count < LEAST for count in (part, whole - part)):
        return None
    return round(drawn(part) / drawn(whole), 2)
