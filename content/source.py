"""Read a YAML file into plain data, and remember on which line each value stands.

Nothing in the file is evaluated: only mappings, lists, strings, numbers, booleans, dates as text and null exist.
Aliases are refused (a few lines of them can expand to gigabytes), and so are duplicate keys and files over 1 MiB.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20

Data: TypeAlias = "bool | int | float | str | list[Data] | dict[str, Data] | None"
Location: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in the content: where it stands, what is wrong and what to do about it."""

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class SourceError(Exception):
    """A file that cannot be read as YAML at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Source:
    """The data of one file, and the line of every location in it."""

    name: str
    data: Data
    lines: dict[Location, int] = field(default_factory=dict)

    def line_of(self, location: Location) -> int:
        """Return the line of a location, or that of the nearest thing around it that has one."""
        for length in range(len(location), -1, -1):
            if (line := self.lines.get(location[:length])) is not None:
                return line
        return 1

    def problem(self, location: Location, message: str, *, is_warning: bool = False) -> Problem:
        """Describe what is wrong at a location."""
        return Problem(self.name, self.line_of(location), message, is_warning)


def read_source(path: Path, root: Path) -> Source:
    """Read a file; raise SourceError with file, line and what to do."""
    return parse_source(read_bytes(path, root), path.relative_to(root).as_posix())


def read_bytes(path: Path, root: Path) -> bytes:
    """Return what a file holds; raise SourceError for one that cannot be read or is too large."""
    name = path.relative_to(root).as_posix()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(
            Problem(name, 1, f"cannot be read ({error.strerror}). Check the file's permissions.")
        ) from error
    if len(raw) > MAX_BYTES:
        raise SourceError(Problem(name, 1, f"is larger than {MAX_BYTES} bytes. Split it into several files."))
    return raw


def parse_source(raw: bytes, name: str) -> Source:
    """Parse the bytes of a file; raise SourceError with file, line and what to do."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(Problem(name, line, "is not UTF-8. Save the file with the encoding UTF-8.")) from error
    try:
        _refuse_bombs(text, name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        hint = "Check the indentation (spaces, never tabs) and put text with ': ' or '#' in quotes."
        raise SourceError(Problem(name, line, f"is not valid YAML: {error.problem}. {hint}")) from error
    except yaml.YAMLError as error:
        raise SourceError(Problem(name, 1, f"is not valid YAML: {error}. Remove control characters.")) from error
    lines: dict[Location, int] = {}
    data = _build(node, (), lines, name) if node is not None else None
    return Source(name, data, lines)


def _refuse_bombs(text: str, name: str) -> None:
    """Refuse what would take all memory (aliases) or crash the reader (deep nesting) before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise SourceError(Problem(name, line, "is nested too deeply. Answers need three levels at most."))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise SourceError(Problem(name, line, "uses a YAML anchor or alias (& or *). Write the text out instead."))


def _build(node: yaml.Node, at: Location, lines: dict[Location, int], name: str) -> Data:
    lines.setdefault(at, node.start_mark.line + 1)
    _refuse_tag(node, name)
    if isinstance(node, yaml.MappingNode):
        return {key: _build(value, (*at, key), lines, name) for key, value in _pairs(node, at, lines, name)}
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*at, index), lines, name) for index, item in enumerate(node.value)]
    return _scalar(node, name)


def _refuse_tag(node: yaml.Node, name: str) -> None:
    """Refuse a '!tag' that somebody wrote; what a plain word resolves to is judged in `_scalar`."""
    if isinstance(node, yaml.ScalarNode):
        expected = "tag:yaml.org,2002:str" if node.style else node.tag
    else:
        expected = f"tag:yaml.org,2002:{'map' if isinstance(node, yaml.MappingNode) else 'seq'}"
    if node.tag != expected:
        raise _tagged(node, name)


def _tagged(node: yaml.Node, name: str) -> SourceError:
    return SourceError(Problem(name, node.start_mark.line + 1, f"has the tag '{node.tag}'. Remove the '!'."))


def _pairs(
    node: yaml.MappingNode, at: Location, lines: dict[Location, int], name: str
) -> Iterator[tuple[str, yaml.Node]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise SourceError(Problem(name, line, "has a key that is not a word. Keys are plain words."))
        key = str(key_node.value)
        if key in seen:
            raise SourceError(Problem(name, line, f"repeats the key '{key}' (first on line {seen[key]}). Remove one."))
        seen[key] = lines[*at, key] = line
        yield key, value_node


_TRUE, _FALSE = {"true", "True"}, {"false", "False"}


def _scalar(node: yaml.Node, name: str) -> Data:
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style:  # plain is None in Python's reader, '' in the C one
        return text
    match node.tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            # YAML 1.1 reads "no" and "sí/si" traps as booleans; only true and false are taken so here.
            return True if text in _TRUE else False if text in _FALSE else text
        case "tag:yaml.org,2002:int" if text.lstrip("-").isdecimal() and not text.startswith("0"):
            return int(text)
        case "tag:yaml.org,2002:float" if text.lstrip("-").replace(".", "", 1).isdecimal():
            return float(text)
        case (
            "tag:yaml.org,2002:int"
            | "tag:yaml.org,2002:float"
            | "tag:yaml.org,2002:timestamp"
            | "tag:yaml.org,2002:str"
        ):
            return text
    raise _tagged(node, name)
