"""The `rumbo language` commands: hear, measure and rebuild what tells languages apart."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nlu.languages.evaluation import evaluate_languages, read_texts
from nlu.languages.identifier import language_identifier
from rumbo.models import run_rasa

language = typer.Typer(no_args_is_help=True, help="Languages: hear which one a text is in, measure that, rebuild it.")
out = Console(soft_wrap=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@language.command()
def hear(text: Annotated[str, typer.Argument(help="What the person writes.")], as_json: JsonOption = False) -> None:
    """Say which language a text is in, and each of its words.

    Example: `rumbo language hear "kwaj pasaporte"`
    """
    heard = language_identifier().hear(text)
    likely = sorted(heard.probabilities.items(), key=lambda pair: -pair[1])[:4]
    if as_json:
        marked = [{"text": word.text, "language": word.language} for word in heard.words]
        likely_json = {name: round(p, 4) for name, p in likely}
        typer.echo(json.dumps({"language": heard.language, "likely": likely_json, "words": marked}, ensure_ascii=False))
        return
    out.print(heard.language or "not to be told", " ".join(f"{name} {p:.2f}" for name, p in likely))
    out.print(" ".join(f"{word.text}/{word.language}" for word in heard.words), markup=False)


@language.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="TSV with the columns locale and text; Spanish is es.", dir_okay=False)],
    as_json: JsonOption = False,
) -> None:
    """Measure the identifier on texts of known language; hearing none counts as not right.

    Example: `rumbo language evaluate texts.tsv --json`
    """
    figures = evaluate_languages(language_identifier(), read_texts(file))
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    table = Table("texts", "n", "accuracy", "macro-F1", "abstained")
    changed = {name: part for name, part in figures.items() if name.startswith("without")}
    for name, part in {"as written": figures, **changed}.items():
        shares = (f"{part[key]:.3f}" for key in ("accuracy", "macro_f1", "abstained"))
        table.add_row(name.replace("_", " "), str(part["n"]), *shares)
    out.print(table)
    out.print("By words:", ", ".join(f"{k}: {v['accuracy']:.3f} (n {v['n']})" for k, v in figures["by_words"].items()))
    worst = figures["confusions"][:12]
    out.print("Confused:", ", ".join(f"{c['locale']} as {c['heard'] or 'none'} {c['n']}" for c in worst))


@language.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Language material: corpus/, glossary/, phrases/.", file_okay=False)],
    measure: Annotated[bool, typer.Option(help="Write nothing; print how well texts left out are heard.")] = False,
) -> None:
    """Rebuild the language profile and the lists of attested words from a folder of text (about a minute).

    Example: `rumbo language build ../material --measure`
    """
    for stage in run_rasa("nlu.languages.build", str(folder.resolve()), *(["--measure"] if measure else [])):
        out.print(stage, markup=False)
