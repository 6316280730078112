"""The `rumbo content` commands for editors."""

import json
from datetime import date
from typing import Annotated, Any

import typer

from bot.languages import SPANISH
from content.checks import check as check_content
from content.figures import locale_figures, sms_figures
from content.loader import read_content
from content.source import Problem
from rumbo.languages import count_unattested
from rumbo.settings import ROOT

content = typer.Typer(no_args_is_help=True, help="Content: check, preview and compare what people read.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def today() -> date:
    """Return the day where the line is run: facts are dated by it."""
    return date.today()  # noqa: DTZ011


@content.command("check")
def check(as_json: JsonOption = False) -> None:
    """Find every problem in the content at once; exit 1 when one keeps it from being served.

    Example: `rumbo content check`
    """
    loaded = read_content(ROOT / "content")
    problems = check_content(loaded, today())
    errors = [problem for problem in problems if not problem.is_warning]
    warnings = [problem for problem in problems if problem.is_warning]
    counts = {"answers": len(loaded.answers), "facts": len(loaded.facts), "offices": len(loaded.offices)}
    figures = {
        "locales": locale_figures(loaded, count_unattested(loaded)),
        "sms": sms_figures(loaded, today()),
    }
    if as_json:
        report = {"errors": [*map(str, errors)], "warnings": [*map(str, warnings)], **counts, **figures}
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        _show((*warnings, *errors), figures)
        what = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"{what}: {len(errors)} errors, {len(warnings)} warnings")
    raise typer.Exit(1 if errors else 0)


def _show(problems: tuple[Problem, ...], figures: dict[str, Any]) -> None:
    for problem in problems:
        typer.echo(f"{'warning' if problem.is_warning else 'error'}: content/{problem}")
    for locale, of_locale in figures["locales"].items():
        if locale != SPANISH:
            typer.echo(f"{locale}: {', '.join(f'{count} {name}' for name, count in of_locale.items())}")
    sms = figures["sms"]
    typer.echo(f"SMS: {sms['one_segment']} of {sms['answers']} answers in one segment, {sms['max_segments']} at most")
