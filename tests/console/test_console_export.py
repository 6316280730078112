"""Files that a spreadsheet opens without running what somebody wrote."""

import csv
import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from console.export import Value, safe_cell, write_csv, write_xlsx

HEAD = ("Mensaje", "Fecha", "Milisegundos")
AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", " =", "\n@", "＝", "\x00="])
def test_no_text_begins_as_a_formula(start: str) -> None:
    cell = safe_cell(f"{start}HYPERLINK(0)")
    assert isinstance(cell, str)
    assert cell.startswith("'")


@pytest.mark.parametrize("value", ["hola", "Q100", "", 3, -3, 0.5, None])
def test_everything_else_stays_as_it_is(value: Value) -> None:
    assert safe_cell(value) == value


def test_csv_is_read_back_with_its_accents() -> None:
    body = write_csv(HEAD, [('=1+1;"é"\nK’iche’', AT, None)])
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows == [list(HEAD), ['\'=1+1;"é"\nK’iche’', "2026-11-24 08:30:00+00:00", ""]]


def test_a_workbook_holds_values_and_no_formula() -> None:
    body = write_xlsx(HEAD, [("=1+1", AT, 12), ("\u202eabc\x01", None, None)])
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["'=1+1", AT.replace(tzinfo=None), 12],
        ["\u202eabc", None, None],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}
