"""The `rumbo interface` commands: the words of the pages for staff, from the sources to what gettext reads."""

from pathlib import Path
from typing import Annotated

import typer

from rumbo.settings import ROOT

# Babel's reading and writing of catalogues is loaded by the commands that need it.

interface = typer.Typer(no_args_is_help=True, help="The words of the pages for staff: gather, translate, build, check.")

Folder = Annotated[Path, typer.Option(help="The clone.", file_okay=False, exists=True)]


@interface.command("update")
def update(root: Folder = ROOT) -> None:
    """Take the texts marked in templates and code into the catalogues; what was translated stays.

    Example: `rumbo interface update`
    """
    from rumbo.catalogues import renew

    for path, count in renew(root).items():
        typer.echo(f"{path.relative_to(root)}: {count} texts")


@interface.command("compile")
def compile_(root: Folder = ROOT) -> None:
    """Build what gettext reads (.mo) from the catalogues; `make setup` does it.

    Example: `rumbo interface compile`
    """
    from rumbo.catalogues import build

    build(root)


@interface.command("check")
def check(root: Folder = ROOT) -> None:
    """Find texts that are marked and not in a catalogue, not translated, doubtful or not built; exit 1 if there are.

    Example: `rumbo interface check`
    """
    from rumbo.catalogues import LOCALES, problems

    found = list(problems(root))
    for problem in found:
        typer.echo(problem)
    typer.echo(f"interface in {', '.join(LOCALES)}: {len(found)} problems")
    raise typer.Exit(1 if found else 0)
