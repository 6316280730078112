"""The spreadsheet a translator works in: what to read is locked, what to write stands in the columns at the end."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from bot.catalogue import State
from content.exchange import ANSWERS, MESSAGES, ExchangeRefused, Line, Texts, tidy
from content.signing import Row

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
"""A workbook of ours unpacks to less than one; this keeps a bomb out."""

GUIDE = "instrucciones"
LOCALE = "Idioma"
STATE_NAMES = {
    None: "falta",
    State.DRAFT: "borrador",
    State.REVIEWED: "revisada",
    State.STALE: "desactualizada",
}
INSTRUCTIONS = (
    "Cada fila de las hojas «answers» y «messages» es un texto. Lea el español, el texto actual y las notas.",
    "Si el texto actual está bien, escriba su nombre en «Revisado por».",
    "Si hay que cambiarlo, escriba el texto completo en «Texto nuevo» (y en «SMS nuevo» el más corto), con su nombre.",
    "«Con oficina» se dice cuando ya se sabe el lugar y abajo va la oficina: ahí no pregunte otra vez el lugar.",
    "Lo que va entre llaves, como {police}, cópielo igual: ahí pone el programa el teléfono, el precio o la dirección.",
    "No escriba números con cifras. No cambie la columna ID ni las demás: solo las amarillas.",
    "Lo que deje vacío queda como está.",
)
OPEN_FILL = PatternFill("solid", fgColor="FFF8DC")
TOP = Alignment(wrap_text=True, vertical="top")
BOLD = Font(bold=True)
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Column:
    """A column: its header, its width and what stands in it; the translator writes in those of no value."""

    header: str
    width: int
    value: Callable[[Line], str | int] | None = None
    reads: str = ""
    """Which of the texts a translator is only to read it holds, by the name `exchange.shown` has for it."""


NEW_TEXT, NEW_SMS, NEW_LIFELINE, REVIEWER = "Texto nuevo", "SMS nuevo", "Primera frase nueva", "Revisado por"
NEW_NEAR, NEW_NEAR_SMS = "Con oficina, nuevo", "Con oficina, SMS nuevo"
NEW = (NEW_TEXT, NEW_SMS, NEW_LIFELINE, NEW_NEAR, NEW_NEAR_SMS)
"""Where the new texts stand, in the order of `Texts`."""
ID, MARK = "ID", "Huella"
COLUMNS = (
    Column(ID, 28, lambda line: line.unit.id),
    Column("Tema", 14, lambda line: line.unit.topic),
    Column("Español", 60, lambda line: line.unit.spanish.whatsapp, "spanish whatsapp"),
    Column("Español por SMS", 40, lambda line: line.unit.spanish.sms, "spanish sms"),
    Column("Primera frase en español", 30, lambda line: line.unit.spanish.lifeline, "spanish lifeline"),
    Column("Con oficina, en español", 40, lambda line: line.unit.spanish.near, "spanish near"),
    Column("Con oficina, SMS en español", 40, lambda line: line.unit.spanish.near_sms, "spanish near_sms"),
    Column("Texto actual", 60, lambda line: line.unit.current.whatsapp, "current whatsapp"),
    Column("SMS actual", 40, lambda line: line.unit.current.sms, "current sms"),
    Column("Primera frase actual", 30, lambda line: line.unit.current.lifeline, "current lifeline"),
    Column("Con oficina, actual", 40, lambda line: line.unit.current.near, "current near"),
    Column("Con oficina, SMS actual", 40, lambda line: line.unit.current.near_sms, "current near_sms"),
    Column("Qué dice", 50, lambda line: line.unit.means),
    Column("Largo del SMS", 10, lambda line: line.sms_length),
    Column("Segmentos", 11, lambda line: line.sms_segments),
    Column("Estado", 15, lambda line: STATE_NAMES[line.unit.state]),
    Column("Notas", 50, lambda line: "\n".join(line.notes)),
    Column(NEW_TEXT, 60),
    Column(NEW_SMS, 40),
    Column(NEW_LIFELINE, 30),
    Column(NEW_NEAR, 40),
    Column(NEW_NEAR_SMS, 40),
    Column(REVIEWER, 20),
    Column(MARK, 16, lambda line: line.unit.mark),
)
"""`Huella` is hidden: by it an import knows whether anything the translator saw has changed since."""


def write_spreadsheet(path: Path, locale: str, name: str, lines: Sequence[Line]) -> None:
    """Write a workbook: how to fill it in, the answers, the messages."""
    book = Workbook()
    book.remove(book.worksheets[0])
    guide = book.create_sheet(GUIDE)
    guide.column_dimensions["B"].width = 100
    for number, (label, text) in enumerate([(LOCALE, locale), ("", name), *(("", text) for text in INSTRUCTIONS)], 1):
        _write(guide.cell(number, 1), label)
        _write(guide.cell(number, 2), text)
    for kind in (ANSWERS, MESSAGES):
        _fill_sheet(book.create_sheet(kind), [line for line in lines if line.unit.kind == kind])
    book.active = 1
    book.save(path)


def _fill_sheet(sheet: Worksheet, lines: Sequence[Line]) -> None:
    for number, column in enumerate(COLUMNS, 1):
        head = sheet.cell(1, number)
        _write(head, column.header)
        head.font = BOLD
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.hidden = column.width, column.header == MARK
        for row, line in enumerate(lines, 2):
            cell = sheet.cell(row, number)
            _write(cell, column.value(line) if column.value else "")
            if column.value is None:
                cell.fill, cell.protection = OPEN_FILL, Protection(locked=False)
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    # False lets people do it: read comfortably.
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _write(cell: Cell | MergedCell, value: str | int) -> None:
    """Write a value as what it is: no text is ever a formula, nor becomes one when somebody edits the cell."""
    cell.value = value if value != "" else None
    cell.alignment = TOP
    if isinstance(value, str):
        cell.number_format = "@"
        if value.startswith(FORMULA_STARTS):
            cell.data_type = "s"
            cell.quotePrefix = True


def read_spreadsheet(path: Path) -> tuple[str, list[Row]]:
    """Return the locale and the rows of a workbook; raise ExchangeRefused naming everything wrong with its form."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ExchangeRefused([f"{path.name} is far too large. Export again and copy the new texts over."])
        book = load_workbook(path)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ExchangeRefused([f"{path.name} is no xlsx file. Save it as Excel workbook (.xlsx)."]) from error
    problems = [
        f"{path.name} lacks the sheet '{name}'. Export again and copy the new texts over."
        for name in (GUIDE, ANSWERS, MESSAGES)
        if name not in book.sheetnames
    ]
    if problems:
        raise ExchangeRefused(problems)
    cells = {tidy(str(row[0])): tidy(str(row[1])) for row in book[GUIDE].iter_rows(max_col=2, values_only=True)}
    rows: list[Row] = []
    for kind in (ANSWERS, MESSAGES):
        rows += _rows(book[kind], problems)
    if problems:
        raise ExchangeRefused(problems)
    return cells.get(LOCALE, ""), rows


def _rows(sheet: Worksheet, problems: list[str]) -> Iterator[Row]:
    head, *body = sheet.iter_rows() if sheet.max_row > 1 else [next(sheet.iter_rows())]
    places = {tidy(str(cell.value)): index for index, cell in enumerate(head) if cell.value is not None}
    if missing := [column.header for column in COLUMNS if column.header not in places]:
        problems.append(f"{sheet.title} lacks the columns: {', '.join(missing)}. Restore them in its first row.")
        return
    for cells in body:
        where = f"{sheet.title} row {cells[0].row}"
        problems += (
            f"{where}: has a formula in '{header}'. Write it as text."
            for header, index in places.items()
            if cells[index].data_type == "f"
        )
        texts = {header: _text(cells[index].value) for header, index in places.items()}
        new = Texts(*(texts[header] for header in NEW))
        is_touched = bool(new.items() or texts[REVIEWER])
        if not texts[ID] and is_touched:
            problems.append(f"{where}: has a new text and no ID. Restore it as it was exported.")
        elif texts[ID]:
            shown = {column.reads: texts[column.header] for column in COLUMNS if column.reads}
            yield Row(where, texts[ID], new, texts[REVIEWER], is_touched, texts[MARK], shown)


def _text(value: object) -> str:
    return "" if value is None else tidy(str(value))
