"""Tables that leave as files: what a person wrote is never run as a formula."""

import csv
import io

import pytest
from openpyxl import load_workbook

from console.export import safe_cell, write_csv, write_xlsx

HOSTILE = ('=HYPERLINK("http://x.example","ver")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_could_start_a_formula_is_kept_from_it(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


@pytest.mark.parametrize("value", ["pasaporte", "<5", "", -3, 2.5, None])
def test_other_cells_stay_what_they_are(value: str | int | float | None) -> None:
    assert safe_cell(value) == value


def test_both_kinds_of_file_hold_the_same_harmless_cells() -> None:
    rows = [(text, number) for number, text in enumerate(HOSTILE)]
    told = write_csv(("Qué", "=1"), rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(told, newline="")))
    sheet = load_workbook(io.BytesIO(write_xlsx(("Qué", "=1"), rows))).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert read[0] == cells[0] == ["Qué", "'=1"]
    assert [row[0] for row in read[1:]] == ["'" + text for text in HOSTILE]
    assert [row[1] for row in cells[1:]] == list(range(len(HOSTILE)))


def test_characters_that_no_workbook_can_hold_are_left_out() -> None:
    assert load_workbook(io.BytesIO(write_xlsx(("a\x00b",), []))).active is not None
