"""Whether to answer, to ask back or to admit that we did not understand."""

from dataclasses import dataclass, replace

from bot.danger import ORDER as DANGER
from bot.interpretation import Interpretation, ScoredIntent

NOT_FOR_US = "out_of_scope"

NO_NEED = frozenset({NOT_FOR_US, "greet", "goodbye", "thanks", "affirm", "deny", "menu", "repeat"})
"""Intents that hold no need of their own: beside a danger they are not worth a word."""


@dataclass(frozen=True)
class Thresholds:
    """Confidences between 0 and 1, chosen by cross-validation (docs/nlu.md)."""

    answer: float = 0.50
    """From here on the likeliest intent is answered."""
    margin: float = 0.12
    """Closer than this, and below `sure`, two intents are asked about."""
    sure: float = 0.65
    refuse: float = 0.65
    """From here on we say that a message is not for us; below it, a real question may hide in it."""
    guess: float = 0.18
    """Below `answer` but above this the two likeliest are offered; below it we say we did not understand."""
    danger: float = 0.25
    """A danger is answered from here on, whatever else is likely."""
    danger_answer: float = 0.25
    """Below this, a danger is not answered but asked about, under its life-saving line."""
    mayan_answer: float = 0.80
    """As `answer` and `danger_answer`, for a message in a Mayan language: the model has read little of these.

    Chosen so that of messages in a language left out of training at most one in twenty is answered wrong.
    """

    @property
    def stricter(self) -> "Thresholds":
        """The thresholds for a message in a Mayan language."""
        return replace(
            self,
            answer=self.mayan_answer,
            sure=max(self.sure, self.mayan_answer),
            refuse=max(self.refuse, self.mayan_answer),
            danger_answer=self.mayan_answer,
        )


@dataclass(frozen=True)
class Certain:
    """Answer this intent. `also` is a second need to offer; `lifeline` a danger whose number comes first."""

    intent: str
    also: str | None = None
    lifeline: str | None = None


@dataclass(frozen=True)
class Torn:
    """Ask which of these is meant. `lifeline` is a danger among them whose number comes first."""

    intents: tuple[str, ...]
    lifeline: str | None = None


@dataclass(frozen=True)
class Lost:
    """Nothing was understood."""


Verdict = Certain | Torn | Lost


def judge(interpretation: Interpretation, danger: str | None, limits: Thresholds) -> Verdict:
    """Decide from the interpretation and from the danger that its words tell of, if any."""
    ranked = interpretation.intents
    guessed = likely_danger(ranked, limits)
    if danger or (guessed and _confidence(ranked, guessed) >= limits.danger_answer):
        return _danger_first(danger or guessed or "", ranked[0] if ranked else None, limits)
    if guessed:
        others = [scored.name for scored in ranked[:3] if scored.name not in {guessed, NOT_FOR_US}]
        return Torn((guessed, *others[:1]), lifeline=guessed)
    if not ranked:
        return Lost()
    top, runner_up = ranked[0].confidence, ranked[1].confidence if len(ranked) > 1 else 0.0
    is_close = top - runner_up < limits.margin and top < limits.sure
    if top >= (limits.refuse if ranked[0].name == NOT_FOR_US else limits.answer) and not is_close:
        return Certain(ranked[0].name)
    offered = tuple(scored.name for scored in ranked[:3] if scored.name != NOT_FOR_US)
    return Torn(offered[:2]) if offered and top >= limits.guess else Lost()


def likely_danger(ranked: tuple[ScoredIntent, ...], limits: Thresholds) -> str | None:
    """Return the danger that is likely enough to come first, though it need not be the likeliest meaning."""
    return next((s.name for s in ranked[:3] if s.name in DANGER and s.confidence >= limits.danger), None)


def _confidence(ranked: tuple[ScoredIntent, ...], intent: str) -> float:
    return next(scored.confidence for scored in ranked if scored.name == intent)


def _danger_first(danger: str, top: ScoredIntent | None, limits: Thresholds) -> Certain:
    """Answer the danger; but a topic we are sure of is answered under the danger's life-saving line."""
    if top is None or top.name == danger or top.name in DANGER:
        return Certain(top.name if top and top.confidence >= limits.sure else danger)
    if top.name in NO_NEED:
        return Certain(danger)
    if top.confidence >= limits.sure:
        return Certain(top.name, lifeline=danger)
    return Certain(danger, also=top.name if top.confidence >= limits.answer else None)
