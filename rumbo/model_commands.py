"""The `rumbo nlu` commands about what reviewers accepted and which model is in use."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from content.intents import INTENTS
from rumbo.kept_models import Scores, made_at, name_of
from rumbo.models import MODELS, model_path, run_rasa, train_model
from rumbo.settings import ROOT, read_settings

# As in rumbo/cli.py, what takes long to load is imported by the commands that need it.
if TYPE_CHECKING:
    from rumbo.importing import Left, Places, Plan
    from rumbo.taking import Bench, Change, Decisions

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

MAYAN = "mayan"
"""The plan of `nlu.crossvalidate` for the Mayan languages, of which there are few messages to test with."""


def say(text: str) -> None:
    """Tell progress, on standard error so that results can be piped."""
    err.print(text, markup=False)


def import_reviews(
    dry_run: Annotated[bool, typer.Option(help="Write nothing; print what would change.")] = False,
    accept_lower: Annotated[
        list[str] | None, typer.Option(metavar="LOCALE", help="Take the new model though this locale scores lower.")
    ] = None,
    mayan: Annotated[
        bool, typer.Option(help="Cross-check the Mayan languages too, which takes some minutes a model.")
    ] = True,
) -> None:
    """Write what reviewers accepted into the training data and the tests, train, and compare the scores by locale.

    The new model is taken unless a locale loses more than noise explains: then the one in use stays, and the command
    exits with 1. The changed files are left to be read and committed.

    Example: `rumbo nlu import-reviews --dry-run`
    """
    from rumbo.importing import Importer
    from rumbo.taking import summary, take, unmeasured
    from rumbo.wiring import now
    from stores.audit import SqlAudit
    from stores.database import make_engine
    from stores.reviews import SqlReviews

    places, accepted = _places(), frozenset(accept_lower or ())
    locales = [folder.name for folder in places.training.iterdir() if folder.is_dir()]
    if unknown := accepted - {*locales}:
        err.print(f"There is no training data in {', '.join(sorted(unknown))}.", markup=False)
        raise typer.Exit(2)
    engine = make_engine(read_settings().database_url)
    reviews = SqlReviews(engine, now)
    settled = reviews.to_import()
    if not settled:
        say("nothing to import")
        return
    plan = Importer(places).plan([found for reviewed in settled if (found := reviewed.accepted)])
    _show_plan(plan)
    files = plan.files(places, now().date())
    if dry_run:
        _show_diff(files)
        return
    done = [*plan.done, *(reviewed.turn_id for reviewed in settled if reviewed.accepted is None)]
    if not files and MODELS.pinned() is None:
        reviews.close(done)
        say("nothing to write")
        return
    taken = take(files, places, MODELS, _bench(places, mayan), accepted)
    _show_changes(taken.changes)
    if missing := unmeasured(locales, taken.changes):
        say(f"not measured: {', '.join(missing)}")
    say(summary(taken))
    if files:
        say("the changed files are left for you to read: git add -N nlu/training tests/nlu; git diff")
    if taken.falls:
        raise typer.Exit(1)
    SqlAudit(engine, now).record("system", "review.import", None, f"{len(plan.training)} {len(plan.tests)}")
    reviews.close(done)


def models() -> None:
    """List the models that are kept, newest first, with their scores and which is in use.

    Example: `rumbo nlu models`
    """
    pinned, present = MODELS.pinned(), model_path()
    table = Table("model", "trained", "", "right answers by set and locale", box=None)
    for path in MODELS.newest_first():
        marks = {"in use": path == (pinned or present), "pinned": path == pinned, "latest": path == present}
        state = ", ".join(mark for mark, holds in marks.items() if holds)
        table.add_row(name_of(path), f"{made_at(path):%Y-%m-%d %H:%M}", state, _scores(MODELS.scores(path)))
    out.print(table)


def rollback(
    name: Annotated[str | None, typer.Argument(help="A kept model: `rumbo nlu models` lists them.")] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Use the model for the present training data again.")
    ] = False,
) -> None:
    """Use a kept model, now and at every later start, until another or `--latest` is asked for.

    A running `rumbo up` takes it within seconds. The model is first tried with the components of this version.

    Example: `rumbo nlu rollback 3ccec05421029e50`
    """
    if latest == (name is not None):
        err.print("Name a MODEL or --latest. `rumbo nlu models` lists them.", markup=False)
        raise typer.Exit(2)
    model = MODELS.named(name) if name else None
    if model:
        _try(model)
    elif not model_path().exists():
        train_model(model_path(), say)
    MODELS.pin(model)
    say(f"in use: {name_of(model or model_path())}{', pinned' if model else ''}")


class ModelUnusable(RuntimeError):
    """A model does not load with the present components."""


def _try(model: Path) -> None:
    from rumbo.processes import ProcessFailed, nlu_server

    try:
        with nlu_server(say, model):
            pass
    except ProcessFailed as error:
        what = f"The model {name_of(model)} does not load with the components of this version. Nothing was changed."
        raise ModelUnusable(f"{what}\n{error}") from error


def _places() -> "Places":
    from rumbo.importing import Places

    return Places(ROOT / "nlu" / "training", ROOT / "tests" / "nlu", frozenset(INTENTS))


def _bench(places: "Places", mayan: bool) -> "Bench":
    from rumbo.evaluating import Evaluator, read_rankings
    from rumbo.taking import Bench
    from rumbo.wiring import read_catalogue

    settings = read_settings()
    evaluator = Evaluator(settings, read_catalogue(settings), say)

    def measure(model: Path) -> "Decisions":
        return [d for measured in evaluator.files(places.test_files, model) for d in measured.decisions]

    def cross_check(model: Path) -> "Decisions":
        rankings = MODELS.beside(model, f"{MAYAN}.jsonl")
        if not rankings.exists():
            unfinished = rankings.with_name(rankings.name + ".new")
            for stage in run_rasa("nlu.crossvalidate", str(places.training), MAYAN, str(unfinished)):
                say(f"cross-check: {stage}")
            unfinished.replace(rankings)
        return list(evaluator.decide(read_rankings(rankings)))

    return Bench(_train, model_path, measure, cross_check if mayan else None)


def _train() -> Path:
    """Return the model for the present training data whatever is pinned."""
    path = model_path()
    if not path.exists():
        train_model(path, say)
    return path


def _show_plan(plan: "Plan") -> None:
    table = Table("locale", "intent", "to learn", "tests", box=None)
    rows = sorted({(opinion.locale, opinion.intent or "") for opinion in (*plan.training, *plan.tests)})
    for locale, intent in rows:
        counts = (sum((o.locale, o.intent) == (locale, intent) for o in some) for some in (plan.training, plan.tests))
        table.add_row(locale, intent, *map(str, counts))
    if rows:
        out.print(table)
    for spelling in plan.spellings:
        out.print(f"{spelling.locale}: '{spelling.text}' also means {spelling.value}", markup=False)
    for left in plan.left:
        out.print(_why(left), markup=False)


def _why(left: "Left") -> str:
    state = "left out" if left.is_done else "waits"
    return f"{state}: {left.opinion.locale} {left.opinion.intent}: '{(left.opinion.utterance or '')[:60]}': {left.why}"


def _show_diff(files: dict[Path, str]) -> None:
    for path, text in sorted(files.items()):
        old = path.read_text("utf-8").splitlines() if path.exists() else []
        name = path.relative_to(ROOT).as_posix()
        for line in difflib.unified_diff(old, text.splitlines(), f"a/{name}", f"b/{name}", lineterm=""):
            typer.echo(line)


def _show_changes(changes: "Sequence[Change]") -> None:
    table = Table("set", "locale", "n", "right before", "after", "wrong before", "after", "lost", "won", "", box=None)
    for change in changes:
        shares = (
            change.before.accuracy,
            change.after.accuracy,
            change.wrong_before / change.before.n,
            change.wrong_after / change.after.n,
        )
        counts = (str(change.lost), str(change.won), change.verdict)
        shown = (f"{share:.3f}" for share in shares)
        table.add_row(change.measure, change.locale, str(change.before.n), *shown, *counts)
    out.print(table)


def _scores(scores: Scores) -> str:
    return ", ".join(f"{name} {score.accuracy:.3f} (n {score.n})" for name, score in scores.items()) or "not measured"
