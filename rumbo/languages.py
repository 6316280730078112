"""The `rumbo language` commands: hear, measure and rebuild what tells languages apart."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.composing import PLACEHOLDER
from content.loader import Loaded, read_content
from nlu.languages import letters
from nlu.languages.attestation import Attestation, read_attestation
from nlu.languages.evaluation import evaluate_languages, read_texts
from nlu.languages.identifier import language_identifier
from nlu.training_data import read_training_data
from rumbo.models import run_rasa
from rumbo.settings import ROOT

language = typer.Typer(no_args_is_help=True, help="Languages: hear which one a text is in, measure that, rebuild it.")
out = Console(soft_wrap=True, highlight=False)

OWN_NAMES = ("Rumbo", "OIM", "BORRAR", "IDIOMA", "MENU", "ALTA", "FUENTE")
"""Names and commands of ours, which stand in every language's text."""

REVIEWED = "reviewed.yml"
"""The training file of what people themselves wrote (`rumbo nlu import-reviews`): it is a source of its words."""

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


@language.command()
def attest(as_json: JsonOption = False) -> None:
    """List every word of our Mayan text that no source attests, that is not Spanish, a name or a number; none may be.

    Example: `rumbo language attest`
    """
    found = list(unattested_words())
    if as_json:
        typer.echo(json.dumps([{"where": where, "word": word} for where, word in found], ensure_ascii=False))
    else:
        for where, word in found:
            typer.echo(f"{where}: '{word}' is attested in no source. Use an attested word or a Spanish loan.")
        typer.echo(f"{', '.join(mayan_locales())}: {len(found)} words without a source")
    raise typer.Exit(1 if found else 0)


def mayan_locales() -> list[str]:
    """Return the locales there is Mayan training data for."""
    return sorted(path.name for path in (ROOT / "nlu" / "training").iterdir() if path.is_dir() and path.name != "es")


def unattested_words() -> Iterator[tuple[str, str]]:
    """Yield file, line and word of everything unattested in the training data and in the locales' words."""
    loaded, borrowed = read_content(ROOT / "content"), _borrowed()
    for locale in mayan_locales():
        attestation = _attestation(locale, borrowed)
        for utterance in read_training_data(ROOT / "nlu" / "training" / locale).utterances:
            if utterance.file == REVIEWED:
                continue
            where = f"nlu/training/{locale}/{utterance.file}:{utterance.line}"
            yield from ((where, word) for word in attestation.unattested(utterance.text))
        yield from _unattested_in_content(locale, attestation, loaded)


def count_unattested(loaded: Loaded) -> dict[str, int]:
    """Return, for each Mayan locale of the content, how many words of it no source attests."""
    borrowed = _borrowed()
    locales = [locale for locale in mayan_locales() if locale in loaded.locales]
    found = {locale: _unattested_in_content(locale, _attestation(locale, borrowed), loaded) for locale in locales}
    return {locale: len([*pairs]) for locale, pairs in found.items()}


def _unattested_in_content(locale: str, attestation: Attestation, loaded: Loaded) -> Iterator[tuple[str, str]]:
    if words := loaded.locales.get(locale):
        phrases = [phrase for group in (words.keywords, words.danger) for listed in group.values() for phrase in listed]
        messages = [wording.whatsapp for wording in words.messages.values()]
        for phrase in (*phrases, *messages, words.question or ""):
            yield from ((f"content/locales/{locale}.yml", word) for word in attestation.unattested(_worded(phrase)))
    for (where, intent), translation in loaded.translations.items():
        said = (translation.wording, translation.near) if where == locale else ()
        for text in (wording.whatsapp for wording in said if wording):
            yield from ((f"content/answers/{locale}: {intent}", word) for word in attestation.unattested(_worded(text)))


def _attestation(locale: str, borrowed: frozenset[str]) -> Attestation:
    # The borrowed words are the same for all: sorting them out anew for each would take most of a second.
    return replace(read_attestation(locale, ()), borrowed=borrowed)


def _worded(text: str) -> str:
    """Return a text without its placeholders, which name facts and no words."""
    return PLACEHOLDER.sub(" ", text)


def _borrowed() -> frozenset[str]:
    """Return Spanish words, and names of places, languages and countries, without marks: speakers mix them in."""
    spanish = read_training_data(ROOT / "nlu" / "training" / "es")
    names = [name for lookup in spanish.lookups.values() for name in lookup]
    names += OWN_NAMES
    texts = [*(u.text for u in spanish.utterances), *names, *spanish.synonyms, *spanish.synonyms.values()]
    spelt = {token for text in texts for token in text.split()}
    # In one go: a call for each of ten thousand words takes three times as long.
    return frozenset(letters.bare(" ".join(letters.words(" ".join(spelt)))).split())
