"""Tables as files for spreadsheets, in which no cell is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | Decimal | date | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Cell) -> Cell:
    """Return a value that a spreadsheet shows and does not run: text that could start a formula gets an apostrophe.

    Source: OWASP, "CSV Injection". Numbers and dates stay what they are.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("DPI"), safe_cell(-3)
    ("'=HYPERLINK(1)", 'DPI', -3)
    """
    if not isinstance(value, str):
        return value
    readable = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{readable}" if readable.lstrip(" ").startswith(_STARTS_A_FORMULA) else readable


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the table as CSV in UTF-8, with the mark by which Excel knows it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([safe_cell(cell) for cell in row] for row in (columns, *rows))
    return file.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the table as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rumbo")
    for row in (columns, *rows):
        sheet.append([safe_cell(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
