"""Train on what was imported, measure the model in use and the new one, and take the new one only when none loses."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlu.evaluation import Decision, Verdict
from rumbo.importing import Places, write
from rumbo.kept_models import KeptModels, Score, name_of

NOISE = 2.0
"""Standard deviations. Messages that change sides do so like coin tosses: of n, one side leads the other by more than
2 √n in about one toss of twenty."""

Decisions = Sequence[Decision]


@dataclass(frozen=True)
class Change:
    """How two models did on the same messages of one locale."""

    measure: str
    locale: str
    before: Score
    after: Score
    wrong_before: int
    wrong_after: int
    """Answered, with another topic."""
    lost: int
    """Messages that only the first answered rightly."""
    won: int

    @property
    def name(self) -> str:
        """What its scores are kept under."""
        return f"{self.measure} {self.locale}"

    @property
    def is_fall(self) -> bool:
        """Whether more was lost than chance explains."""
        return self.lost - self.won > NOISE * math.sqrt(self.lost + self.won)

    @property
    def verdict(self) -> str:
        """What to say of it."""
        if self.is_fall:
            return "falls"
        return "within noise" if self.lost > self.won else "holds" if self.lost == self.won else "rises"


def compare(measure: str, before: Decisions, after: Decisions) -> list[Change]:
    """Return the changes by locale, over the messages that both were measured on."""
    afterwards = {decision.example: decision for decision in after}
    by_locale: defaultdict[str, list[tuple[Decision, Decision]]] = defaultdict(list)
    for decision in {decision.example: decision for decision in before}.values():
        if decision.example in afterwards:
            by_locale[decision.example.locale].append((decision, afterwards[decision.example]))
    return [_change(measure, locale, pairs) for locale, pairs in sorted(by_locale.items())]


def _change(measure: str, locale: str, pairs: Sequence[tuple[Decision, Decision]]) -> Change:
    verdicts = [(old.verdict, new.verdict) for old, new in pairs]
    right = [(old is Verdict.RIGHT, new is Verdict.RIGHT) for old, new in verdicts]
    return Change(
        measure,
        locale,
        before=Score(len(pairs), sum(old for old, _ in right)),
        after=Score(len(pairs), sum(new for _, new in right)),
        wrong_before=sum(old is Verdict.WRONG for old, _ in verdicts),
        wrong_after=sum(new is Verdict.WRONG for _, new in verdicts),
        lost=right.count((True, False)),
        won=right.count((False, True)),
    )


@dataclass(frozen=True)
class Bench:
    """How models are trained and measured."""

    train: Callable[[], Path]
    """Return the model for the present training data, trained if need be."""
    present: Callable[[], Path]
    """Return where that model belongs, without training it."""
    measure: Callable[[Path], Decisions]
    """Decide about every message of the test files with a model."""
    cross_check: Callable[[Path], Decisions] | None = None
    """Decide about training utterances with models that did not see them; keep it beside a model."""


@dataclass(frozen=True)
class Taken:
    """What came of it."""

    old: Path
    new: Path
    changes: tuple[Change, ...]
    falls: tuple[Change, ...]
    """Those that were not accepted beforehand: while there is one, the old model stays."""
    stays_pinned: bool
    """Whether the old one stays for another reason: somebody had pinned it before."""


def take(
    files: Mapping[Path, str], places: Places, models: KeptModels, bench: Bench, accepted: frozenset[str]
) -> Taken:
    """Write the files, train, measure and take or refuse the new model; `accepted` locales may lose.

    The old model is pinned from before the first change until the new one is taken, so that nothing that breaks in
    between, and no `rumbo up` that starts, brings in a model nobody compared.
    """
    pinned = models.pinned()
    old, was_present = pinned or bench.train(), bench.present()
    known = bench.cross_check(was_present) if bench.cross_check else ()
    models.pin(old)
    try:
        write(places, files)
    except Exception:
        models.pin(pinned)
        raise
    new = bench.train()
    before = bench.measure(old)
    after = before if new == old else bench.measure(new)
    learnt = bench.cross_check(new) if bench.cross_check and new != was_present else known
    changes = (*compare("messages", before, after), *compare("cross-check", known, learnt))
    _note(models, old, new, changes)
    falls = tuple(change for change in changes if change.is_fall and change.locale not in accepted)
    stays_pinned = pinned is not None and not accepted
    if not (falls or stays_pinned):
        models.pin(None)
    return Taken(old, new, changes, falls, stays_pinned)


def _note(models: KeptModels, old: Path, new: Path, changes: Sequence[Change]) -> None:
    models.note_scores(old, {**models.scores(old), **{change.name: change.before for change in changes}})
    models.note_scores(new, {**models.scores(new), **{change.name: change.after for change in changes}})


def unmeasured(locales: Sequence[str], changes: Sequence[Change]) -> list[str]:
    """Return the locales of which nothing is known."""
    return sorted({*locales} - {change.locale for change in changes})


def summary(taken: Taken) -> str:
    """Return in a sentence or two what came of it."""
    old, new = name_of(taken.old), name_of(taken.new)
    if taken.falls:
        falls = ", ".join(f"{change.locale} ({change.measure})" for change in taken.falls)
        options = " ".join(f"--accept-lower {locale}" for locale in sorted({change.locale for change in taken.falls}))
        return f"not taken: {new} answers less rightly than {old}, which stays in use: {falls}. To take it: {options}"
    if taken.stays_pinned:
        return f"{new} holds its own, but {old} was pinned before and stays. To take it: rumbo nlu rollback --latest"
    return f"taken: {new}" if new == old else f"taken: {new}. To go back: rumbo nlu rollback {old}"
