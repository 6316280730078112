"""Measure the line on sentences that someone else sorted into coarse topics, in languages it may not know.

They only measure: nothing is learnt from them and nothing chosen by them, so what they say stays honest.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlu.evaluation import Decision, Example, Verdict, read_table

TOPICS: Mapping[str, tuple[str, ...]] = {
    "greeting": ("greet",),
    "goodbye": ("goodbye",),
    "thanks": ("thanks",),
    "affirm": ("affirm",),
    "deny": ("deny",),
    "not_understand": ("repeat",),
    "health_sick": ("health_care",),
    "health_care": ("health_care",),
    "food_water": ("food_and_essentials",),
    "shelter": ("shelter",),
    "documents": ("passport", "national_id", "civil_registry", "consular_id"),
    "robbery": ("report_crime",),
    "violence": ("gender_violence", "emergency", "report_crime", "child_protection"),
    "jail_detention": ("detained_relative", "rights_abroad"),
    "missing_person": ("missing_migrant", "child_protection"),
    "seek_work": ("work_in_guatemala", "work_abroad"),
    "wages": ("labor_rights",),
    "school": ("education",),
    "sad_worried": ("psychosocial_support", "emergency"),
    "afraid": ("psychosocial_support", "emergency"),
    "language": ("change_language",),
    "want_talk": ("human_agent",),
    "travel_migration": ("safe_migration", "migration_risks", "work_abroad", "smuggler"),
    "drought_harvest": ("disaster",),
    "return_home": ("return_reception", "reintegration"),
    "death_family": ("psychosocial_support", "repatriation_remains"),
    "ask_help": ("menu", "human_agent", "emergency"),
}
"""The intents that answer a topic well enough. Topics that none of ours answers are not measured."""


def read_topics(path: Path) -> list[Example]:
    """Read a TSV with the columns `lang`, `topic` and `text`; the topic stands as the intent."""
    return [
        Example(row["topic"], row["text"], row["lang"])
        for row in read_table(path, ("lang", "topic", "text"))
        if row["topic"] in TOPICS
    ]


def worth(decision: Decision) -> Verdict:
    """Return what a decision was worth, when any intent of the topic will do."""
    if decision.predicted is None:
        return Verdict.CLARIFIED
    return Verdict.RIGHT if decision.predicted in TOPICS[decision.example.intent] else Verdict.WRONG


def summarise_topics(decisions: Sequence[Decision], learnt: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """Count in all, where the line answers the language, where it learnt the topic, both, and by language.

    `learnt` holds the intents with training data in each language that is answered. A topic is learnt when one of its
    intents is learnt in any of them.
    """
    taught = frozenset(intent for intents in learnt.values() for intent in intents)
    parts: dict[str, Callable[[Example], bool]] = {
        "all": lambda example: True,
        "answered_languages": lambda example: example.locale in learnt,
        "learnt_topics": lambda example: not taught.isdisjoint(TOPICS[example.intent]),
    }
    both = (parts["answered_languages"], parts["learnt_topics"])
    parts["answered_languages_learnt_topics"] = lambda example: all(holds(example) for holds in both)
    languages = sorted({decision.example.locale for decision in decisions})
    return {
        **{name: _count(d for d in decisions if holds(d.example)) for name, holds in parts.items()},
        "by_language": {name: _count(d for d in decisions if d.example.locale == name) for name in languages},
    }


def _count(decisions: Iterable[Decision]) -> dict[str, int]:
    counts = Counter(worth(decision) for decision in decisions)
    return {
        "n": counts.total(),
        "right": counts[Verdict.RIGHT],
        "question_back": counts[Verdict.CLARIFIED],
        "wrong": counts[Verdict.WRONG],
    }
