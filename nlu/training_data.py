"""Read training files in Rasa's YAML: utterances by intent, lookup tables and synonyms.

Rasa reads the same files to train; this reader serves the light classifier, the checks and the evaluation.
"""

from dataclasses import dataclass, field
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
