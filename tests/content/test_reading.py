"""A file that holds what it held is not parsed again; every change in it is seen, and what is wrong is told anew."""

import os
from pathlib import Path

import pytest

from content.reading import Reader, ShapeInvalid
from content.schema import LanguagesFile, PlacesFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of languages."""
    path = tmp_path / "languages.yml"
    path.write_text("languages: {mam: Mam}", "utf-8")
    return path


def test_the_same_bytes_are_not_parsed_again_whatever_their_time_stamp(file: Path) -> None:
    reader = Reader()
    first = reader.read(file, file.parent, LanguagesFile)
    os.utime(file, (0, 0))
    second = reader.read(file, file.parent, LanguagesFile)
    assert second[0] is first[0]
    assert second[1] is first[1]


def test_a_change_is_seen_even_with_the_same_length_and_time_stamp(file: Path) -> None:
    reader, stamp = Reader(), file.stat().st_mtime_ns
    reader.read(file, file.parent, LanguagesFile)
    file.write_text("languages: {mam: Mom}", "utf-8")
    os.utime(file, ns=(stamp, stamp))
    assert reader.read(file, file.parent, LanguagesFile)[1].languages == {"mam": "Mom"}


def test_what_is_wrong_is_told_at_every_reading_and_forgotten_once_mended(file: Path) -> None:
    reader, good = Reader(), file.read_bytes()
    reader.read(file, file.parent, LanguagesFile)
    file.write_text("languages: {mam: 5, MAM: x}\nothers: 1", "utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(ShapeInvalid) as wrong:
            reader.read(file, file.parent, LanguagesFile)
        told.append([str(problem) for problem in wrong.value.problems])
    assert told[0] == told[1]
    assert [sentence.split(": ")[0] for sentence in told[0]] == ["languages.yml:1", "languages.yml:2"]
    file.write_bytes(good)
    assert reader.read(file, file.parent, LanguagesFile)[1].languages == {"mam": "Mam"}


def test_a_file_read_in_one_shape_is_judged_anew_in_another(file: Path) -> None:
    reader = Reader()
    reader.read(file, file.parent, LanguagesFile)
    with pytest.raises(ShapeInvalid):
        reader.read(file, file.parent, PlacesFile)
