"""How far two reviewers agree, beyond what chance would bring."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[str, str]
"""The labels that the first and the second reviewer gave one turn."""


@dataclass(frozen=True)
class Agreement:
    """The figures of some pairs."""

    n: int
    agreed: int
    kappa: float | None
    """Cohen's: 1 is full agreement, 0 what chance brings; None where there are no pairs or only one label."""

    @property
    def share(self) -> float | None:
        """The share of pairs that agree."""
        return self.agreed / self.n if self.n else None


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """Return the figures.

    >>> agreement([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    Agreement(n=4, agreed=3, kappa=0.5)
    """
    n, agreed = len(pairs), sum(first == second for first, second in pairs)
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    by_chance = sum(count * seconds[label] for label, count in firsts.items())
    # In whole numbers (n² times each share), so that perfect chance agreement is found exactly.
    kappa = (agreed * n - by_chance) / (n * n - by_chance) if by_chance < n * n else None
    return Agreement(n, agreed, kappa)
