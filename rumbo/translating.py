"""The `rumbo content` commands for translations: how far they are, out to the translators, and back."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from content.exchange import STATES, ExchangeRefused, coverage, open_book
from rumbo.content import JsonOption, content
from rumbo.settings import ROOT, VAR

# Spreadsheets, PO files and the rewriting of YAML take half a second to load, which every other command would wait for.
if TYPE_CHECKING:
    from content.signing import Row

CONTENT = ROOT / "content"

out = Console(soft_wrap=True, highlight=False)


@content.command("status")
def show_status(as_json: JsonOption = False) -> None:
    """Count the texts of each locale and topic: missing, draft, reviewed, stale.

    Example: `rumbo content status`
    """
    counts, stale = coverage(CONTENT)
    if as_json:
        report = {locale: {"topics": topics, "stale": stale[locale]} for locale, topics in counts.items()}
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    table = Table("locale", "topic", *STATES, box=None)
    for locale, topics in counts.items():
        for topic, states in topics.items():
            table.add_row(locale, topic, *_numbers(states))
        table.add_row(locale, "[bold]all[/bold]", *_numbers(sum(topics.values(), Counter())), end_section=True)
    out.print(table)
    for locale, ids in stale.items():
        if ids:
            out.print(f"stale in {locale}: {', '.join(ids)}", markup=False)


def _numbers(states: Counter[str]) -> list[str]:
    return [str(states[state]) for state in STATES]


@content.command("export")
def export(
    locale: Annotated[str, typer.Option(help="Locale to translate into, such as kek.")],
    to: Annotated[Path, typer.Option(help="Folder for the files.", file_okay=False)] = VAR / "exchange",
) -> None:
    """Write all texts of a locale for its translators: a spreadsheet and a PO file with the same.

    Example: `rumbo content export --locale kek --to ~/kek`
    """
    from content.po import write_po_file
    from content.spreadsheet import write_spreadsheet

    book = open_book(CONTENT, locale, _today())
    paths = {to / f"{locale}.xlsx": write_spreadsheet, to / f"{locale}.po": write_po_file}
    if worked_on := [path for path in paths if _holds_work(path)]:
        what = f"{', '.join(map(str, worked_on))} holds work of a translator"
        raise ExchangeRefused([f"{what}. Import it first, move it away, or export --to another folder."])
    to.mkdir(parents=True, exist_ok=True)
    lines = [book.line(unit) for unit in book.units.values()]
    for path, write in paths.items():
        write(path, locale, f"Rumbo: {book.loaded.locales[locale].name} ({locale})", lines)
        typer.echo(f"{path}: {len(lines)} texts")


def _holds_work(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        return any(row.is_touched for row in _readers()[path.suffix](path)[1])
    except ExchangeRefused:
        return True


def _readers() -> "dict[str, Callable[[Path], tuple[str, list[Row]]]]":
    from content.po import read_po_file
    from content.spreadsheet import read_spreadsheet

    return {".xlsx": read_spreadsheet, ".po": read_po_file}


@content.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="A spreadsheet or PO file that was exported.", exists=True, dir_okay=False)
    ],
    by: Annotated[str, typer.Option(help="Who reviewed the rows that name nobody.")] = "",
) -> None:
    """Take a translator's file back: every row changed or signed is reviewed, by whom and when; all rows or none.

    Example: `rumbo content import kek.xlsx --by "María Caal"`
    """
    from content.signing import take_in

    read = _readers().get(file.suffix.lower())
    if read is None:
        raise ExchangeRefused([f"{file.name} is neither .xlsx nor .po. Save it as one of them."])
    locale, rows = read(file)
    outcome = take_in(CONTENT, locale, rows, by, _today())
    for change in outcome.changes:
        typer.echo(change)
    for note in outcome.notes:
        typer.echo(f"note: {note}")
    files = ", ".join(f"content/{name}" for name in outcome.files) or "nothing to change"
    typer.echo(f"{len(outcome.changes)} texts: {files}")


@content.command("stamp")
def stamp_drafts() -> None:
    """Give drafts and recordings whose `of` is missing or `new` the fingerprint of the Spanish as it stands.

    Example: `rumbo content stamp`
    """
    from content.stamping import stamp

    stamped = stamp(CONTENT)
    for place in stamped:
        typer.echo(f"content/{place}")
    typer.echo(f"{len(stamped)} drafts and recordings stamped")


def _today() -> date:
    return date.today()  # noqa: DTZ011  (a text is signed on the day where the command is run)
