"""Read training files in Rasa's YAML: utterances by intent, lookup tables and synonyms.

Rasa reads the same files to train; this reader serves the light classifier, the checks and the evaluation.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import yaml


class TrainingDataError(Exception):
    """A training file that cannot be used; the message names file, line and mend."""


@dataclass(frozen=True)
class Utterance:
    """One example, and where it stands."""

    intent: str
    text: str
    file: str
    line: int


@dataclass(frozen=True)
class TrainingData:
    """All that one locale's files teach."""

    utterances: tuple[Utterance, ...] = ()
    lookups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    """From a way of writing to the canonical value."""


def read_training_data(folder: Path) -> TrainingData:
    """Read every file of a locale's folder and of the folders in it."""
    utterances: list[Utterance] = []
    lookups: dict[str, tuple[str, ...]] = {}
    synonyms: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yml")):
        for kind, name, examples in _entries(path):
            if kind == "intent":
                file = path.relative_to(folder).as_posix()
                utterances += [Utterance(name, text, file, line) for line, text in examples]
            elif kind == "lookup":
                lookups[name] = (*lookups.get(name, ()), *(text for _, text in examples))
            else:
                synonyms |= {text: name for _, text in examples}
    return TrainingData(tuple(utterances), lookups, synonyms)


def check_training(root: Path, intents: Collection[str]) -> TrainingData:
    """Read every locale's folder below `root` and return all of it; raise TrainingDataError for the first mistake.

    Beyond what a reader refuses: an intent nobody answers, an utterance that stands under two intents, an empty root.
    """
    everything = TrainingData()
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        data = read_training_data(folder)
        placed = tuple(replace(u, file=f"{folder.name}/{u.file}") for u in data.utterances)
        _refuse_mistakes(placed, intents)
        everything = TrainingData(
            (*everything.utterances, *placed), everything.lookups | data.lookups, everything.synonyms | data.synonyms
        )
    if not everything.utterances:
        raise TrainingDataError(f"{root.name}: holds no utterances. Put them in a folder a locale, such as es/.")
    return everything


def _refuse_mistakes(utterances: Iterable[Utterance], intents: Collection[str]) -> None:
    first: dict[str, Utterance] = {}
    for utterance in utterances:
        where = f"{utterance.file}:{utterance.line}"
        if utterance.intent not in intents:
            near = get_close_matches(utterance.intent, intents, 1)
            hint = f"Did you mean '{near[0]}'?" if near else "content/intents.py has the list."
            raise TrainingDataError(f"{where}: no intent is called '{utterance.intent}'. {hint}")
        other = first.setdefault(utterance.text.casefold(), utterance)
        if other.intent != utterance.intent:
            raise TrainingDataError(
                f"{where}: '{utterance.text[:40]}' also stands under {other.intent} ({other.file}:{other.line}). "
                "Keep it under one intent."
            )


KINDS = ("intent", "lookup", "synonym")

Entry = tuple[str, str, list[tuple[int, str]]]


def _entries(path: Path) -> list[Entry]:
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise TrainingDataError(f"{path.name}:{line}: is not valid YAML. Check indentation and quotes.") from error
    return [_entry(item, path) for item in _sequence(root, path)]


def _sequence(root: yaml.Node | None, path: Path) -> list[yaml.Node]:
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "nlu" and isinstance(value, yaml.SequenceNode):
                return list(value.value)
    raise TrainingDataError(f"{path.name}:1: has no 'nlu:' list. Start the file as the others do.")


def _entry(item: yaml.Node, path: Path) -> Entry:
    line = item.start_mark.line + 1
    pairs = {key.value: value for key, value in item.value} if isinstance(item, yaml.MappingNode) else {}
    kind = next((kind for kind in KINDS if kind in pairs), None)
    block = pairs.get("examples")
    if kind is None or not isinstance(block, yaml.ScalarNode):
        raise TrainingDataError(f"{path.name}:{line}: needs 'intent:' and 'examples: |' (or lookup, synonym).")
    return kind, str(pairs[kind].value), _examples(block, path)


def _examples(block: yaml.ScalarNode, path: Path) -> list[tuple[int, str]]:
    first = block.start_mark.line + 2
    examples: list[tuple[int, str]] = []
    for number, raw in enumerate(str(block.value).splitlines(), first):
        if not raw.strip():
            continue
        if not raw.startswith("- ") or not raw[2:].strip():
            raise TrainingDataError(f"{path.name}:{number}: '{raw.strip()[:40]}' must start with '- ' and hold text.")
        examples.append((number, raw[2:].strip()))
    return examples
