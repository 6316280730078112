"""The `rumbo` command."""

import csv
import json
import sys
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.conversation import Bot
from bot.errors import RumboError
from bot.messages import Channel, InboundMessage
from bot.rendering import cost_of
from bot.turns import Contact, Turn
from content.checks import check as check_content
from content.loader import read_content
from nlu.evaluation import Decision, ExamplesInvalid, read_examples, summarise, write_rows
from nlu.training_data import TrainingDataError
from rumbo.evaluating import decide, interpret_examples, read_rankings
from rumbo.languages import language
from rumbo.models import RasaMissing, model_path, run_rasa, train_model
from rumbo.processes import ProcessFailed, nlu_server
from rumbo.settings import ROOT, SettingsInvalid, read_settings
from rumbo.up import up as run_up
from rumbo.wiring import light_interpreter, local_bot, now, read_catalogue
from stores.database import make_engine, upgrade

KNOWN = (
    ProcessFailed,
    RasaMissing,
    RumboError,
    SettingsInvalid,
    ExamplesInvalid,
    TrainingDataError,
    RuntimeError,
    OSError,
)
"""What goes wrong outside of this program, with a message that says what to do."""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)
nlu = typer.Typer(no_args_is_help=True, help="Understanding: train, measure and try the model.")
content = typer.Typer(no_args_is_help=True, help="Content: check what people read.")
db = typer.Typer(no_args_is_help=True, help="Database.")
app.add_typer(nlu, name="nlu")
app.add_typer(language, name="language")
app.add_typer(content, name="content")
app.add_typer(db, name="db")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

ChannelOption = Annotated[Channel, typer.Option(help="How the person writes.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def say(text: str) -> None:
    """Tell progress, on standard error so that results can be piped."""
    err.print(text, markup=False)


@app.callback()
def rumbo() -> None:
    """Rumbo, the information line for people on the move."""


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Port of the web server on 127.0.0.1.", min=1, max=65535)] = None,
    simulator: Annotated[bool, typer.Option(help="Serve the phone simulator.")] = True,
) -> None:
    """Start everything and serve until Ctrl-C: database, Redis, understanding, webhook, simulator.

    Example: `rumbo up --no-simulator --port 8080`
    """
    run_up(read_settings(port=port, simulator=None if simulator else False), say)


@app.command()
def chat(channel: ChannelOption = Channel.WHATSAPP) -> None:
    """Talk to the line in the terminal, as one person; nothing is kept. Empty line or Ctrl-D ends.

    Example: `rumbo chat --channel sms`
    """
    with nlu_server(say) as server:
        bot = local_bot(read_settings(), server, read_catalogue())
        say("Write as a person would. An empty line ends.")
        while text := _line():
            turn = bot.respond(InboundMessage(uuid.uuid4().hex, "terminal", channel, text))
            for reply in turn.texts or ("(silence: this person opted out)",):
                out.print(f"\n{reply}", markup=False)
            out.print(f"\n[dim]{_footnote(turn, channel)}[/dim]\n")


def _line() -> str:
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _footnote(turn: Turn, channel: Channel) -> str:
    cost = cost_of(turn.texts)
    price = f" · {cost.segments} segments {cost.encoding.value}" if channel is Channel.SMS else ""
    return f"{turn.intent or '-'} {turn.confidence or 0:.2f} · {turn.outcome.value} · {turn.source.value}{price}"


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What the person writes.")],
    channel: ChannelOption = Channel.WHATSAPP,
    as_json: JsonOption = False,
    first_contact: Annotated[bool, typer.Option(help="As a stranger, who gets the notice of who we are too.")] = False,
) -> None:
    """Ask the line one thing and show the answer; starts what it needs.

    Example: `rumbo ask "¿dónde está la OIM en Xela?" --channel sms --json`
    """
    with nlu_server(say) as server:
        bot = local_bot(read_settings(), server, read_catalogue())
        if not first_contact:
            _introduce(bot)
        turn = bot.respond(InboundMessage(uuid.uuid4().hex, "terminal", channel, text))
    if as_json:
        typer.echo(json.dumps(_as_json(turn, channel), ensure_ascii=False))
        return
    for reply in turn.texts:
        out.print(f"{reply}\n", markup=False)
    out.print(f"[dim]{_footnote(turn, channel)} · facts: {', '.join(turn.facts) or 'none'}[/dim]")


def _introduce(bot: Bot) -> None:
    """Make the person known, so that the notice does not stand before the answer."""
    hello = bot.respond(InboundMessage(uuid.uuid4().hex, "terminal", Channel.WHATSAPP, "menu"))
    contact = bot.turns.find_contact("terminal") or Contact("terminal", hello.locale, now())
    bot.turns.record(replace(hello, id=uuid.uuid4().hex), replace(contact, was_told=True))
    bot.sessions.forget("terminal")


def _as_json(turn: Turn, channel: Channel) -> dict[str, Any]:
    cost = cost_of(turn.texts) if channel is Channel.SMS and turn.texts else None
    return {
        "locale": turn.locale,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "degraded": turn.is_degraded,
        "outcome": turn.outcome.value,
        "answer": turn.answer,
        "texts": list(turn.texts),
        "segments": cost.segments if cost else None,
        "encoding": cost.encoding.value if cost else None,
        "facts": list(turn.facts),
    }


@nlu.command()
def train(force: Annotated[bool, typer.Option(help="Train even if the model is up to date.")] = False) -> None:
    """Train the model, if the training data or the pipeline changed.

    Example: `rumbo nlu train --force`
    """
    path = model_path()
    if path.exists() and not force:
        say(f"up to date: {path.relative_to(ROOT)}")
        return
    train_model(path, say)
    say(f"trained: {path.relative_to(ROOT)}")


@nlu.command()
def parse(text: Annotated[str, typer.Argument(help="An utterance.")]) -> None:
    """Show what the model makes of an utterance, as JSON.

    Example: `rumbo nlu parse "estoy en tecun y no tengo donde dormir"`
    """
    with nlu_server(say) as server:
        meaning = server.interpret(text, "es")
    typer.echo(
        json.dumps(
            {
                "intents": [{"name": i.name, "confidence": round(i.confidence, 4)} for i in meaning.intents],
                "entities": [{"entity": e.kind.value, "value": e.value, "text": e.text} for e in meaning.entities],
            },
            ensure_ascii=False,
            indent=2,
        )
    )


@nlu.command()
def evaluate(
    file: Annotated[Path | None, typer.Argument(help="TSV with the columns intent, text and perhaps locale.")] = None,
    cross_validate: Annotated[
        int | None, typer.Option(help="Instead of a file: cross-validate on the training data in so many folds.", min=2)
    ] = None,
    as_json: JsonOption = False,
    rows: Annotated[Path | None, typer.Option(help="Write one row a message to this TSV.")] = None,
    light: Annotated[
        bool, typer.Option(help="Measure the light classifier, which answers when the model does not.")
    ] = False,
) -> None:
    """Measure what the line would do with each message as a first message: keyword, model, threshold, fallback.

    Example: `rumbo nlu evaluate tests/nlu/heldout_es.tsv --json --rows rows.tsv`
    """
    if (file is None) == (cross_validate is None):
        _fail("Name a FILE or --cross-validate FOLDS.")
    if file and light:
        decisions = _evaluate_light(file)
    else:
        decisions = _evaluate_file(file) if file else _cross_validate(cross_validate or 5)
    if rows:
        write_rows(rows, decisions)
    summary = summarise(decisions)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _show(summary)


def _evaluate_file(file: Path) -> list[Decision]:
    examples = read_examples(file)
    with nlu_server(say) as server:
        pairs = zip(examples, interpret_examples(server, examples), strict=True)
        return list(decide(read_settings(), read_catalogue(), pairs))


def _evaluate_light(file: Path) -> list[Decision]:
    examples, interpreter = read_examples(file), light_interpreter()
    pairs = ((example, interpreter.interpret(example.text, "es")) for example in examples)
    return list(decide(read_settings(), read_catalogue(), pairs))


def _cross_validate(folds: int) -> list[Decision]:
    with tempfile.TemporaryDirectory() as folder:
        rankings = Path(folder) / "rankings.jsonl"
        for stage in run_rasa("nlu.crossvalidate", str(ROOT / "nlu" / "training" / "es"), str(folds), str(rankings)):
            say(stage)
        return list(decide(read_settings(), read_catalogue(), read_rankings(rankings)))


def _show(summary: dict[str, Any]) -> None:
    table = Table("intent", "precision", "recall", "F1", "n", box=None)
    for name, scores in summary["intents"].items():
        table.add_row(name, *(f"{scores[key]:.2f}" for key in ("precision", "recall", "f1")), str(scores["n"]))
    out.print(table)
    totals = ", ".join(f"{key} {summary[key]:.3f}" for key in ("accuracy", "macro_f1", "answered_wrong", "clarified"))
    out.print(f"n {summary['n']}, {totals}")


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


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema (DATABASE_URL, or var/rumbo.db).

    Example: `rumbo db upgrade`
    """
    upgrade(make_engine(read_settings().database_url))
    say("database: up to date")


def _fail(message: str) -> NoReturn:
    err.print(message, markup=False)
    raise typer.Exit(2)


def _guarded(run: Callable[[], None]) -> None:
    try:
        run()
    except KNOWN as error:
        err.print(str(error), markup=False)
        sys.exit(1)


def main() -> None:
    """Run the command; a failure that a person can mend is a sentence, not a traceback."""
    csv.field_size_limit(10**7)
    _guarded(app)
