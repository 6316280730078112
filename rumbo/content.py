"""The `rumbo content` commands for editors."""

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.languages import SPANISH
from content.checks import check as check_content
from content.figures import AnswerCost, answer_costs, locale_figures, sms_figures
from content.loader import read_content
from content.source import Problem
from rumbo.languages import count_unattested
from rumbo.settings import ROOT, read_settings

content = typer.Typer(no_args_is_help=True, help="Content: check, preview and compare what people read.")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def today() -> date:
    """Return the day where the line is run: facts are dated by it."""
    return date.today()  # noqa: DTZ011


@content.command("check")
def check(
    as_json: JsonOption = False,
    costs: Annotated[bool, typer.Option("--costs", help="Add what each answer costs by SMS in each locale.")] = False,
) -> None:
    """Find every problem in the content at once; exit 1 when one keeps it from being served.

    Example: `rumbo content check --costs`
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
    priced = [*answer_costs(loaded, today())] if costs else []
    if as_json:
        report = {"errors": [*map(str, errors)], "warnings": [*map(str, warnings)], **counts, **figures}
        report |= {"costs": [*map(_cost_row, priced)]} if costs else {}
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        _show_costs(priced)
        _show((*warnings, *errors), figures)
        what = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"{what}: {len(errors)} errors, {len(warnings)} warnings")
    raise typer.Exit(1 if errors else 0)


def _show(problems: tuple[Problem, ...], figures: dict[str, Any]) -> None:
    for problem in problems:
        typer.echo(f"{'warning' if problem.is_warning else 'error'}: content/{problem}")
    for locale, of_locale in figures["locales"].items():
        if locale != SPANISH:
            counts = (f"{count} {name.replace('_', ' ')}" for name, count in of_locale.items() if count)
            typer.echo(f"{locale}: {', '.join(counts)}")
    sms = figures["sms"]
    typer.echo(f"SMS: {sms['one_segment']} of {sms['answers']} answers in one segment, {sms['max_segments']} at most")


def _cost_row(cost: AnswerCost) -> dict[str, str | int | None]:
    """Return what an answer costs; `usd` is of the dearer way, at the price that the deployment assumes."""
    dearest = cost.with_office or cost.alone
    segments = max(dearest.segments, cost.alone.segments)
    return {
        "locale": cost.locale,
        "answer": cost.intent,
        "state": cost.state,
        "segments": cost.alone.segments,
        "with_office": cost.with_office.segments if cost.with_office else None,
        "encoding": cost.alone.encoding.value,
        "usd": str(segments * _price()),
    }


def _price() -> Decimal:
    return read_settings().sms_price_usd


def _show_costs(priced: list[AnswerCost]) -> None:
    rows = [*map(_cost_row, priced)]
    if rows:
        table = Table(*(name.replace("_", " ") for name in rows[0]), box=None)
        for row in rows:
            table.add_row(*("-" if value is None else str(value) for value in row.values()))
        Console(soft_wrap=True, highlight=False).print(table)
