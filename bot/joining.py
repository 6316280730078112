"""Join several things into one phrase, as a language does it: "Mam, Ixil o Chuj"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True)
class ListPattern:
    """How a language joins things, each pattern with {0} and {1}: CLDR's list patterns (Unicode TR 35, part 2)."""

    pair: str
    start: str
    middle: str
    end: str

    def join(self, things: Sequence[str]) -> str:
        """Return all things as one phrase; nothing for none.

        >>> ListPattern("{0} o {1}", "{0}, {1}", "{0}, {1}", "{0} o {1}").join(["Mam", "Ixil", "Chuj"])
        'Mam, Ixil o Chuj'
        """
        if len(things) <= 2:
            return self.pair.format(*things) if len(things) == 2 else "".join(things)
        *others, last = things
        start = self.start.format(*others[:2])
        return self.end.format(reduce(self.middle.format, others[2:], start), last)
