"""The `rumbo content` commands for editors."""

import json
from datetime import date
from typing import Annotated

import typer

from content.checks import check as check_content
from content.loader import read_content
from rumbo.settings import ROOT

content = typer.Typer(no_args_is_help=True, help="Content: check what people read.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@content.command("check")
def check(as_json: JsonOption = False) -> None:
    """Find every problem in the content at once; exit 1 when one keeps it from being served.

    Example: `rumbo content check`
    """
    loaded = read_content(ROOT / "content")
    problems = check_content(loaded, date.today())  # noqa: DTZ011  (facts are dated by the day where the line is run)
    errors = [problem for problem in problems if not problem.is_warning]
    warnings = [problem for problem in problems if problem.is_warning]
    counts = {"answers": len(loaded.answers), "facts": len(loaded.facts), "offices": len(loaded.offices)}
    if as_json:
        report = {"errors": [*map(str, errors)], "warnings": [*map(str, warnings)], **counts}
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        for problem in (*warnings, *errors):
            typer.echo(f"{'warning' if problem.is_warning else 'error'}: content/{problem}")
        what = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"{what}: {len(errors)} errors, {len(warnings)} warnings")
    raise typer.Exit(1 if errors else 0)
