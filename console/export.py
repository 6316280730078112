"""Tables as files that a spreadsheet opens without running anything somebody wrote."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Value = str | int | float | Decimal | date | None

CSV, XLSX = "csv", "xlsx"
MIMETYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_CELL = 32_767
"""Characters a cell of Excel holds."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula; the last four are the wide forms of the first four."""


def safe_cell(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula: such a text gets an apostrophe before it.

    >>> safe_cell("=HYPERLINK(0)"), safe_cell(" +502"), safe_cell("hola"), safe_cell(-3)
    ("'=HYPERLINK(0)", "' +502", 'hola', -3)
    """
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL]
    is_risky = text.startswith(_STARTS) or text.lstrip().startswith(_STARTS)
    return f"'{text}"[:MAX_CELL] if is_risky else text


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a table as CSV in UTF-8, marked so that Excel reads it as such."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a table as an Excel workbook. Times lose their zone, which Excel knows nothing of."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for row in (head, *rows):
        sheet.append([_excel_value(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRITERS = {CSV: write_csv, XLSX: write_xlsx}


def _excel_value(value: Value) -> Value:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else safe_cell(value)
