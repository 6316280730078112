"""The `rumbo` command."""

import csv
import json
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import RumboError
from bot.messages import Channel, InboundMessage
from bot.rendering import cost_of
from bot.turns import Contact, Turn
from nlu.evaluation import ExamplesInvalid, summarise, write_rows
from nlu.topics import read_topics, summarise_topics
from nlu.training_data import TrainingDataError
from rumbo import editing, translating  # noqa: F401  (they register their commands)
from rumbo.content import content
from rumbo.interface import interface
from rumbo.kept_models import ModelMissing, name_of
from rumbo.languages import language
from rumbo.model_commands import import_reviews, models, rollback
from rumbo.models import MODELS, RasaMissing, model_path, train_model
from rumbo.privacy import person, retention
from rumbo.processes import ProcessFailed, nlu_server
from rumbo.settings import ROOT, SettingsInvalid, read_settings
from rumbo.staff import staff

# What takes most of a second to load (web, stores, charts) is imported by the commands that need it: an editor checks
# the content many times a day.
if TYPE_CHECKING:
    from bot.conversation import Bot

KNOWN = (
    ProcessFailed,
    RasaMissing,
    RumboError,
    SettingsInvalid,
    ExamplesInvalid,
    ModelMissing,
    TrainingDataError,
    RuntimeError,
    OSError,
)
"""What goes wrong outside of this program, with a message that says what to do."""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)
nlu = typer.Typer(no_args_is_help=True, help="Understanding: train, measure and try the model.")
db = typer.Typer(no_args_is_help=True, help="Database.")
nlu.command("import-reviews")(import_reviews)
nlu.command("models")(models)
nlu.command("rollback")(rollback)
app.add_typer(nlu, name="nlu")
app.add_typer(language, name="language")
app.add_typer(content, name="content")
app.add_typer(interface, name="interface")
app.add_typer(staff, name="staff")
app.add_typer(db, name="db")
app.add_typer(retention, name="retention")
app.add_typer(person, name="person")

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
    from rumbo.up import up as run_up

    run_up(read_settings(port=port, simulator=None if simulator else False), say)


@app.command()
def chat(channel: ChannelOption = Channel.WHATSAPP) -> None:
    """Talk to the line in the terminal, as one person; nothing is kept. Empty line or Ctrl-D ends.

    Example: `rumbo chat --channel sms`
    """
    from rumbo.wiring import local_bot, read_catalogue

    with nlu_server(say) as server:
        settings = read_settings()
        bot = local_bot(settings, server, read_catalogue(settings))
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
    media = "".join(f" · recording {id_}" for id_ in turn.media)
    return f"{turn.intent or '-'} {turn.confidence or 0:.2f} · {turn.outcome.value} · {turn.source.value}{price}{media}"


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
    from rumbo.wiring import local_bot, read_catalogue

    with nlu_server(say) as server:
        settings = read_settings()
        bot = local_bot(settings, server, read_catalogue(settings))
        if not first_contact:
            _introduce(bot)
        turn = bot.respond(InboundMessage(uuid.uuid4().hex, "terminal", channel, text))
    if as_json:
        typer.echo(json.dumps(_as_json(turn, channel), ensure_ascii=False))
        return
    for reply in turn.texts:
        out.print(f"{reply}\n", markup=False)
    out.print(f"[dim]{_footnote(turn, channel)} · facts: {', '.join(turn.facts) or 'none'}[/dim]")


def _introduce(bot: "Bot") -> None:
    """Make the person known, so that the notice does not stand before the answer."""
    hello = bot.respond(InboundMessage(uuid.uuid4().hex, "terminal", Channel.WHATSAPP, "menu"))
    contact = bot.turns.find_contact("terminal") or Contact("terminal", hello.locale, bot.now())
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
        "media": list(turn.media),
    }


@nlu.command()
def train(force: Annotated[bool, typer.Option(help="Train even if the model is up to date.")] = False) -> None:
    """Train the model, if the training data or the pipeline changed.

    Example: `rumbo nlu train --force`
    """
    path = model_path()
    if pinned := MODELS.pinned():
        say(f"{name_of(pinned)} is pinned and stays in use; `rumbo nlu rollback --latest` takes what is trained here")
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
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="TSV with the columns intent, text and perhaps locale and register."),
    ] = None,
    cross_validate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLAN",
            help="Measure models on training utterances kept from them: `authors` (each file of es/voices in turn), "
            "`mayan` (4 folds) or a number of folds of the Spanish ones. May be given several times.",
        ),
    ] = None,
    as_json: JsonOption = False,
    rows: Annotated[Path | None, typer.Option(help="Write one row a message to this TSV.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page with figures and curves to this HTML file.")] = None,
    light: Annotated[
        bool, typer.Option(help="Measure the light classifier, which answers when the model does not.")
    ] = False,
) -> None:
    """Measure what the line would do with each message as a first message: keyword, model, threshold, fallback.

    Example: `rumbo nlu evaluate tests/nlu/heldout_es.tsv --json --rows rows.tsv`

    Example: `rumbo nlu evaluate --cross-validate authors --report authors.html`
    """
    from nlu.report import write_report
    from rumbo.evaluating import Evaluator, is_plan
    from rumbo.wiring import now, read_catalogue

    plans = cross_validate or []
    if not (files or plans):
        _fail("Name a FILE or --cross-validate PLAN.")
    if unknown := [plan for plan in plans if not is_plan(plan)]:
        _fail(f"--cross-validate takes authors, mayan or a number of folds from 2 on, not {unknown[0]}.")
    if light and plans:
        _fail("--light measures files only.")
    settings = read_settings()
    evaluator = Evaluator(settings, read_catalogue(settings), say)
    measures = [
        *(evaluator.files_light(files or []) if light else evaluator.files(files or [])),
        *map(evaluator.left_out, plans),
    ]
    if rows:
        write_rows(rows, (decision for measure in measures for decision in measure.decisions))
    if report:
        write_report(report, measures, now().date())
    summaries = {measure.name: summarise(measure.decisions) for measure in measures}
    if as_json:
        typer.echo(json.dumps(summaries if len(measures) > 1 else summaries[measures[0].name], ensure_ascii=False))
        return
    for measure in measures:
        out.print(f"\n[bold]{measure.name}[/bold]: {measure.about}")
        _show(summaries[measure.name])


SHARES = ("accuracy", "macro_f1", "answered_wrong", "clarified")
SHOWN_PAIRS = 8


def _show(summary: dict[str, Any]) -> None:
    table = Table("intent", "precision", "recall", "F1", "n", box=None)
    for name, scores in summary["intents"].items():
        table.add_row(name, *(f"{scores[key]:.2f}" for key in ("precision", "recall", "f1")), str(scores["n"]))
    out.print(table)
    for kind in ("locale", "register"):
        _show_groups(kind, summary[f"by_{kind}"])
    pairs = (f"{pair['expected']} as {pair['predicted']} {pair['n']}" for pair in summary["confusions"][:SHOWN_PAIRS])
    out.print("confused:", ", ".join(pairs) or "none")
    refusals = (f"{key} {'-' if share is None else f'{share:.3f}'}" for key, share in summary["out_of_scope"].items())
    out.print("out of scope:", ", ".join(refusals))
    out.print(f"n {summary['n']},", ", ".join(f"{key} {summary[key]:.3f}" for key in SHARES))


def _show_groups(kind: str, groups: dict[str, dict[str, Any]]) -> None:
    table = Table(kind, "n", *SHARES, box=None)
    for name, shares in groups.items():
        table.add_row(name, str(shares["n"]), *(f"{shares[key]:.3f}" for key in SHARES))
    if groups:
        out.print(table)


@nlu.command()
def topics(
    file: Annotated[Path, typer.Argument(help="TSV with the columns lang, topic and text.", dir_okay=False)],
    as_json: JsonOption = False,
) -> None:
    """Measure on sentences sorted into coarse topics, in languages the line may not know; only measure.

    Example: `rumbo nlu topics intent_examples.tsv --json`
    """
    from rumbo.evaluating import STRANGER, Evaluator, interpret_examples, trained_intents
    from rumbo.wiring import read_catalogue

    settings = read_settings()
    evaluator = Evaluator(settings, read_catalogue(settings), say)
    examples = read_topics(file)
    with nlu_server(say) as server:
        decisions = list(evaluator.decide(zip(examples, interpret_examples(server, examples), strict=True)))
    learnt = {locale: intents for locale, intents in trained_intents().items() if locale != STRANGER}
    figures = summarise_topics(decisions, learnt)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    table = Table("sentences", "n", "right", "question back", "wrong", box=None)
    languages = figures.pop("by_language")
    for name, counts in (figures | languages).items():
        table.add_row(name.replace("_", " "), *map(str, counts.values()))
    out.print(table)


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest schema (DATABASE_URL, or var/rumbo.db).

    Example: `rumbo db upgrade`
    """
    from stores.database import make_engine, upgrade

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
