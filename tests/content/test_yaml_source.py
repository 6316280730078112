"""YAML is read as plain data with its lines; whatever else it can do is refused with file, line and what to do."""

from pathlib import Path

import pytest

from content.source import MAX_BYTES, SourceError, parse_source, read_source

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n"


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        pytest.param(b"a: 1\nb: &x 2\n", 2, "anchor or alias (& or *). Write the text out", id="anchor"),
        pytest.param(b"a: 1\nb: *x\n", 2, "anchor or alias", id="alias"),
        pytest.param(BOMB, 1, "anchor or alias", id="alias bomb"),
        pytest.param(
            b"a: 1\nb: 2\n\na: 3\n", 4, "repeats the key 'a' (first on line 1). Remove one", id="duplicate key"
        ),
        pytest.param(
            b"a:\n  b: 1\n  c: 1\n  b: 2\n", 4, "repeats the key 'b' (first on line 2)", id="duplicate inside"
        ),
        pytest.param(b"a:\n\tb: 1\n", 2, "spaces, never tabs", id="tab"),
        pytest.param(b"a: b: c\n", 1, "put text with ': '", id="colon in text"),
        pytest.param(b"a: 1\nb: caf\xe9\n", 2, "is not UTF-8. Save the file", id="latin-1"),
        pytest.param(b"a: x\x00\n", 1, "Remove control characters", id="nul"),
        pytest.param(b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "Remove the '!'", id="tag on a list"),
        pytest.param(b"a: 1\nb: !!python/object:x.Y {a: 1}\n", 2, "Remove the '!'", id="tag on a mapping"),
        pytest.param(b"a: !!python/name:os.system ''\n", 1, "Remove the '!'", id="tag on quoted text"),
        pytest.param(b"a: !!python/name:os.system x\n", 1, "Remove the '!'", id="tag on a word"),
        pytest.param(b"a: !secret x\n", 1, "has the tag '!secret'", id="tag of one's own"),
        pytest.param(b"? [a]\n: 1\n", 1, "Keys are plain words", id="key that is a list"),
        pytest.param(b"a: 1\n---\nb: 1\n", 2, "is not valid YAML", id="two documents"),
        pytest.param(b"a: 1\nb: " + b"[" * 25 + b"]" * 25, 2, "nested too deeply", id="deep"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, 1, "nested too deeply", id="deep enough to crash a reader"),
    ],
)
def test_refuses_with_the_line_and_what_to_do(raw: bytes, line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(raw, "facts/x.yml")
    assert str(caught.value).startswith(f"facts/x.yml:{line}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(("size", "refused"), [(MAX_BYTES, False), (MAX_BYTES + 1, True)])
def test_takes_a_mebibyte_and_no_more(tmp_path: Path, size: int, refused: bool) -> None:
    path = tmp_path / "big.yml"
    path.write_bytes(b"a: 1\n#".ljust(size, b"x"))
    if refused:
        with pytest.raises(SourceError, match=r"^big.yml:1: is larger than 1048576 bytes. Split it"):
            read_source(path, tmp_path)
    else:
        assert read_source(path, tmp_path).data == {"a": 1}


def test_a_file_that_cannot_be_read_is_a_problem_too(tmp_path: Path) -> None:
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(SourceError, match=r"^folder.yml:1: cannot be read"):
        read_source(tmp_path / "folder.yml", tmp_path)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("no", "no"), ("Sí", "Sí"), ("yes", "yes"), ("true", True), ("false", False), ("~", None), ("", None)),
        *(("110", 110), ("0110", "0110"), ("'110'", "110"), ("14.64", 14.64), ("-90.5", -90.5), ("1e3", "1e3")),
        *(("2025-09-06", "2025-09-06"), ("12:30", "12:30"), ("+502 2305", "+502 2305"), ("0x1f", "0x1f")),
    ],
)
def test_values_are_what_an_editor_meant(written: str, value: object) -> None:
    assert parse_source(f"a: {written}\n".encode(), "x.yml").data == {"a": value}


def test_every_value_knows_its_line() -> None:
    source = parse_source(b"a:\n  b: 1\n  c:\n    - x\n    - y\n", "x.yml")
    assert source.line_of(("a", "c", 1)) == 5
    assert source.line_of(("a", "c", 1, "gone")) == 5
    assert source.line_of(("gone",)) == 1
