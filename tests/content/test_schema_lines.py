"""A file of the wrong shape is told of at the exact line, in words an editor understands."""

from pathlib import Path

import pytest

from content.loader import read_content

FACT = """\
facts:
  price:
    kind: price
    label: Precio
    value: "Q1"
    where: Guatemala
    source:
      title: Una fuente
      date: 2025-09
    confidence: high
    stale_risk: low
    checked_on: 2026-11-23
    checked_by: nosotros
"""
ANSWER = """\
answers:
  passport:
    title: Pasaporte
    whatsapp: Vaya.
    next: [greet]
"""


def problems(root: Path, file: str, text: str) -> list[str]:
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return [str(problem) for problem in read_content(root).problems if problem.file == file]


def test_the_examples_are_right_as_they_stand(tmp_path: Path) -> None:
    assert problems(tmp_path, "facts/x.yml", FACT) == []
    assert problems(tmp_path, "answers/es/x.yml", ANSWER) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        pytest.param("    label: Precio\n", "", 2, "'facts.price.label' is missing. Add it.", id="missing key"),
        pytest.param(
            "label: Precio",
            "label: Precio\n    lable: Precio",
            5,
            "'facts.price.lable' is not a key we know",
            id="unknown key",
        ),
        pytest.param("kind: price", "kind: cost", 3, "'facts.price.kind' must be one of: 'phone'", id="unknown kind"),
        pytest.param('value: "Q1"', "value: [Q1]", 5, "'facts.price.value' must be text. Put it in quotes.", id="type"),
        pytest.param('value: "Q1"', "value: true", 5, "must be text. Put it in quotes.", id="bool for text"),
        pytest.param('value: "Q1"', 'value: " "', 5, "'facts.price.value' is empty", id="empty"),
        pytest.param("2026-11-23", "23/11/2026", 12, "must be a date such as 2026-11-23", id="date the other way"),
        pytest.param("2026-11-23", "2026-11-31", 12, "must be a date such as 2026-11-23", id="no such day"),
        pytest.param("date: 2025-09", "date: 2025-13", 9, "must be a date such as 2025-09-06", id="no such month"),
        pytest.param("date: 2025-09", "date: 2025-00", 9, "must be a date such as 2025-09-06", id="month zero"),
        pytest.param("date: 2025-09", "date: 2025-02-30", 9, "must be a date such as", id="no such source day"),
        pytest.param("date: 2025-09", "date: septiembre", 9, "must be a date such as 2025-09-06", id="month in words"),
        pytest.param("      title: Una fuente\n", "", 7, "'facts.price.source.title' is missing", id="missing inside"),
        pytest.param("  price:", "  Precio:", 2, "is not written as expected", id="id in capitals"),
    ],
)
def test_a_wrong_fact_card(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in FACT
    (problem,) = problems(tmp_path, "facts/x.yml", FACT.replace(old, new))
    assert problem.startswith(f"facts/x.yml:{line}: ")
    assert said in problem


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        pytest.param("title: Pasaporte", f"title: {'a' * 25}", 3, "is longer than 24 characters", id="title too long"),
        pytest.param("[greet]", "greet", 5, "must be a list, such as [a, b]", id="no list"),
        pytest.param("[greet]", "[a, b, c, d, e]", 5, "more than 4 entries", id="too many ways on"),
        pytest.param(
            "next: [greet]", "asks_place: true", 2, "'near' or 'asks_place' but no 'offices'", id="no offices"
        ),
        pytest.param("whatsapp: Vaya.", "sms: Vaya.", 2, "'answers.passport.whatsapp' is missing", id="no whatsapp"),
    ],
)
def test_a_wrong_answer(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in ANSWER
    (problem,) = problems(tmp_path, "answers/es/x.yml", ANSWER.replace(old, new))
    assert problem.startswith(f"answers/es/x.yml:{line}: ")
    assert said in problem


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "facts/x.yml", "")
    assert problem.startswith("facts/x.yml:1: ")


def test_a_second_entry_of_the_same_name_is_refused_with_the_first_ones_place(tmp_path: Path) -> None:
    problems(tmp_path, "facts/x.yml", FACT)
    (tmp_path / "facts/y.yml").write_text(FACT, "utf-8")
    found = [str(problem) for problem in read_content(tmp_path).problems if problem.file == "facts/y.yml"]
    assert found == ["facts/y.yml:2: 'price' is already defined in facts/x.yml:2. Give it another name or remove it."]


@pytest.mark.parametrize("row", ["m1,Uno,Depto,14.6", "m1,Uno,Depto,catorce,-90", "m1"], ids=["short", "words", "bare"])
def test_a_wrong_row_of_the_municipalities_is_a_problem(tmp_path: Path, row: str) -> None:
    (problem,) = problems(tmp_path, "places/municipalities.csv", f"id,name,department,lat,lon\n{row}\n")
    assert "Keep the columns id,name,department,lat,lon" in problem
