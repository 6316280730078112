"""Change values in YAML files and nothing else in them, not a comment; all files change, or none."""

import io
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString
from ruamel.yaml.tokens import CommentToken

from bot.errors import RumboError
from content.source import Data, parse_source

ORDER = (
    *("built_from", "name", "draft", "question", "messages", "menus", "keywords", "danger", "answers"),
    *("whatsapp", "sms", "near", "lifeline", "means", "state", "reviewed_by", "reviewed_on", "of"),
    *("kind", "label", "value", "unit", "where", "address", "phones", "hours", "services", "lat", "lon"),
    *("source", "title", "url", "date", "confidence", "stale_risk", "status", "checked_on", "checked_by", "review_by"),
    *("conflict", "expires", "note", "unused"),
)
"""Where a new key goes: before the first of those after it here."""
PLAIN = frozenset(
    {
        *("state", "of", "reviewed_on"),
        *("url", "date", "confidence", "stale_risk", "status", "checked_on", "checked_by", "review_by"),
    }
)
"""Written without quotes, as editors write them."""

Value: TypeAlias = str | tuple[str, ...] | None


@dataclass(frozen=True)
class Edit:
    """New values for keys of the entry at a location, which is made where there is none; None takes a key out."""

    location: tuple[str, ...]
    values: Mapping[str, Value]


class FilesChanged(RumboError):
    """A file is no longer what it was when it was read."""


def rewrite(raw: bytes, name: str, edits: Iterable[Edit]) -> bytes:
    """Return the bytes of a file after the edits; raise SourceError where it is no YAML of ours."""
    expected = deepcopy(parse_source(raw, name).data)
    yaml = _yaml()
    document = yaml.load(raw.decode("utf-8").replace("\r\n", "\n"))
    for edit in edits:
        _edit_data(expected, edit)
        _edit_entry(document, edit)
    buffer = io.StringIO()
    yaml.dump(document, buffer)
    text = buffer.getvalue()
    changed = (text.replace("\n", "\r\n") if b"\r\n" in raw else text).encode()
    if _as_text(parse_source(changed, name).data) != _as_text(expected):
        raise RuntimeError(f"{name} could not be changed without changing more than asked. Nothing was written.")
    return changed


def replace_files(root: Path, before: Mapping[str, bytes | None], after: Mapping[str, bytes]) -> None:
    """Put new bytes in the place of those read before (None: no such file), in all files or in none."""
    new = {name: _beside(root / name, raw) for name, raw in after.items()}
    done: list[str] = []
    try:
        for name in after:
            path = root / name
            if (path.read_bytes() if path.exists() else None) != before[name]:
                raise FilesChanged(f"{name} was changed by somebody else just now. Nothing was changed; try again.")
        for name, path in new.items():
            path.replace(root / name)
            done.append(name)
    except BaseException:
        for name in done:
            _restore(root / name, before[name])
        raise
    finally:
        for path in new.values():
            path.unlink(missing_ok=True)


def put_back(root: Path, before: Mapping[str, bytes | None]) -> None:
    """Make files again what they were before `replace_files`."""
    for name, raw in before.items():
        _restore(root / name, raw)


def _beside(path: Path, raw: bytes) -> Path:
    """Write to a file that no reader of *.yml sees, on the same disk, so that taking the place is one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(raw)
    if path.exists():
        shutil.copymode(path, new)
    return new


def _restore(path: Path, raw: bytes | None) -> None:
    if raw is None:
        path.unlink(missing_ok=True)
    else:
        _beside(path, raw).replace(path)


class _AllText(VersionedResolver):
    """Reads every plain scalar as text: as a number, a fingerprint such as 12e345678901 would come back as `.inf`."""

    @property
    def versioned_resolver(self) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
        return {"": [("tag:yaml.org,2002:null", re.compile("^$"))]}


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _AllText
    yaml.preserve_quotes = True
    yaml.width = sys.maxsize
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _edit_data(data: Data, edit: Edit) -> None:
    """Do the same to plain data, to prove the edit by."""
    for key in edit.location:
        assert isinstance(data, dict)
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    assert isinstance(data, dict)
    for key, value in edit.values.items():
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value if isinstance(value, str) else [*value]


def _as_text(data: Data) -> Any:
    """Numbers as text: what is compared is what stands in the file."""
    if isinstance(data, dict):
        return {key: _as_text(value) for key, value in data.items()}
    return [_as_text(item) for item in data] if isinstance(data, list) else str(data)


def _edit_entry(document: CommentedMap, edit: Edit) -> None:
    entry, path = document, list(edit.location)
    while path and isinstance(entry.get(path[0]), CommentedMap):
        entry = entry[path.pop(0)]
    if path:
        texts = {key: text for key, text in edit.values.items() if text is not None}
        new = CommentedMap((key, _written(key, text, is_flow=False)) for key, text in texts.items())
        for key in reversed(path[1:]):
            new = CommentedMap([(key, new)])
        _set(entry, path[0], new)
        return
    for key, value in edit.values.items():
        if value is None:
            _remove(entry, key)
        else:
            _set(entry, key, _written(key, value, is_flow=bool(entry.fa.flow_style())))


def _written(key: str, value: str | tuple[str, ...], *, is_flow: bool) -> str | CommentedSeq:
    if isinstance(value, str):
        return _scalar(key, value, is_flow=is_flow)
    items = CommentedSeq(_scalar(key, text, is_flow=True) for text in value)
    items.fa.set_flow_style()
    return items


def _scalar(key: str, text: str, *, is_flow: bool) -> str:
    if key in PLAIN and "\n" not in text:
        return text
    style = LiteralScalarString if "\n" in text and not is_flow else DoubleQuotedScalarString
    quoted: str = style(text)
    return quoted


def _set(entry: CommentedMap, key: str, value: Any) -> None:
    """Set a key; the lines after the value it replaces, or after the entry it ends, stay where they are.

    Only a comment after the last entry stays with that one, and not with a new entry below it.
    """
    if key in entry:
        tail = _take_tail(entry, key)
        entry[key] = value
        _add_tail(entry, key, tail)
        return
    later = set(ORDER[ORDER.index(key) + 1 :] if key in ORDER else ())
    position = next((index for index, known in enumerate(entry) if known in later), len(entry))
    last = list(entry)[-1] if entry and position == len(entry) else None
    tail = _take_tail(entry, last) if last else ""
    entry.insert(position, key, value)
    _add_tail(entry, last if last and tail.strip() and isinstance(value, CommentedMap) else key, tail)


def _remove(entry: CommentedMap, key: str) -> None:
    keys: Sequence[str] = list(entry)
    if key in keys:
        tail = _take_tail(entry, key)
        entry.pop(key)
        entry.ca.items.pop(key, None)
        if before := keys.index(key):
            _add_tail(entry, keys[before - 1], tail)


def _take_tail(entry: CommentedMap, key: str) -> str:
    """Cut off the lines after a value: blank ones and comments, down to the next key, whosever they are."""
    if isinstance(entry[key], CommentedMap):
        return _take_tail(entry[key], list(entry[key])[-1]) if entry[key] else ""
    token = _token(entry, key)
    if token is None:
        return ""
    if _is_block(entry[key]):
        indent = " " * token.column if token.value.startswith("#") else ""
        own, rest = "", f"{indent}{token.value}"
    else:
        own, _, rest = str(token.value).partition("\n")
    entry.ca.items.pop(key)
    if own:
        _comment(entry, key, f"{own}\n", token.column)
    return rest


def _add_tail(entry: CommentedMap, key: str, tail: str) -> None:
    if not tail:
        return
    if isinstance(entry[key], CommentedMap):
        if entry[key]:
            _add_tail(entry[key], list(entry[key])[-1], tail)
        return
    token = _token(entry, key)
    own, column = (token.value, token.column) if token else ("", 0)
    end = "" if _is_block(entry[key]) or own.endswith("\n") else "\n"
    _comment(entry, key, f"{own}{end}{tail}", column)


def _token(entry: CommentedMap, key: str) -> CommentToken | None:
    comments: list[CommentToken | None] = entry.ca.items.get(key, [None] * 4)
    return comments[2]


def _comment(entry: CommentedMap, key: str, text: str, column: int) -> None:
    entry.ca.items[key] = [None, None, CommentToken(text, CommentMark(column), None), None]


def _is_block(value: object) -> bool:
    return isinstance(value, LiteralScalarString | FoldedScalarString)
