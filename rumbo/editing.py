"""More `rumbo content` commands: preview an answer, write the schemas for editors, compare with earlier states."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.catalogue import Answer, Catalogue
from bot.composing import OFFICE_FACT, Composer, Reply
from bot.languages import SPANISH
from bot.messages import Channel
from bot.places import Place
from bot.rendering import SmsPolicy, cost_of, render
from content.cards import entries
from content.checks import MAX_WHATSAPP_CHARACTERS
from content.comparing import Section, compare
from content.figures import can_be_shown
from content.loader import Loaded, read_content
from content.schemas import write_schemas
from rumbo.content import JsonOption, content, today
from rumbo.revisions import folder_at
from rumbo.settings import ROOT, read_settings

CONTENT = ROOT / "content"


@content.command("preview")
def preview(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The answer's name, such as passport.")],
    locale: Annotated[str, typer.Option(help="The language of the person, such as es or quc.")] = SPANISH,
    channel: Annotated[Channel, typer.Option(help="How the person writes.")] = Channel.WHATSAPP,
    place: Annotated[str | None, typer.Option(help="Where the person is, as in content/places.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show an answer as the phone shows it, with what it costs and the facts in it.

    Example: `rumbo content preview passport --channel sms --place Quetzaltenango`
    """
    settings = read_settings()
    catalogue = replace(_readable(CONTENT).catalogue(), shows_drafts=settings.drafts == "show_with_spanish")
    if locale not in catalogue.locales:
        _fail(f"There is no locale '{locale}'. There are: {', '.join(sorted(catalogue.locales))}.")
    answer = catalogue.answer(id_, locale) or _no_answer(id_, catalogue)
    composer = Composer(catalogue, today(), channel, locale)
    reply = composer.answer(answer, _place(place, catalogue) if place else None)
    text = render(reply, channel, SmsPolicy(fold_accents=settings.sms_accents == "fold"))
    if as_json:
        cost = cost_of((text,)) if channel is Channel.SMS else None
        sizes = {"characters": len(text), "segments": cost and cost.segments, "encoding": cost and cost.encoding.value}
        state = _state(answer, locale, catalogue)
        recording = reply.recording.id if reply.recording else None
        told = {"text": text, **sizes, "state": state, "facts": reply.facts, "recording": recording}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"{text}\n\n{'-' * 40}")
    typer.echo(f"{_size(text, channel)} · {_state(answer, locale, catalogue)}")
    for line in (*_recording(reply, answer, locale, catalogue), *_facts(reply, catalogue)):
        typer.echo(line)


def _readable(folder: Path) -> Loaded:
    """Return the content if answers can be put together; end otherwise, with what is wrong."""
    loaded = read_content(folder)
    if loaded.problems or not can_be_shown(loaded):
        listing = "\n".join(f"  content/{problem}" for problem in sorted(loaded.problems))
        _fail(f"The content cannot be shown before this is mended; `rumbo content check` says all.\n{listing}".strip())
    return loaded


def _no_answer(id_: str, catalogue: Catalogue) -> NoReturn:
    names = sorted({intent for _, intent in catalogue.answers})
    near = get_close_matches(id_, names, 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
    _fail(f"No answer is called '{id_}'. {hint}")


def _place(name: str, catalogue: Catalogue) -> Place:
    found = catalogue.places_named(name)
    if not found:
        _fail(f"No place is called '{name}'. content/places has all of them.")
    return found[0]


def _size(text: str, channel: Channel) -> str:
    if channel is not Channel.SMS:
        return f"{len(text)} of {MAX_WHATSAPP_CHARACTERS} characters"
    cost = cost_of((text,))
    return f"{len(text)} characters, {cost.segments} segment{'s' * (cost.segments > 1)} {cost.encoding.value}"


def _state(answer: Answer, locale: str, catalogue: Catalogue) -> str:
    if locale == SPANISH:
        return "Spanish"
    found = catalogue.translations.get((locale, answer.intent))
    if found is None:
        return f"no translation to {locale}, so the Spanish is sent"
    is_sent = catalogue.translation(answer.intent, locale) is not None
    return f"{locale} {found.state.value}" + ("" if is_sent else ", not sent: the Spanish is")


def _recording(reply: Reply, answer: Answer, locale: str, catalogue: Catalogue) -> Iterator[str]:
    found = catalogue.recordings.get((locale, answer.intent))
    if found is None:
        return
    what = f"{found.id} ({found.media_type}, {found.seconds:.0f} s, {found.size / 1000:.0f} kB)"
    if reply.recording:
        yield f"recording after the text: {what}"
    else:
        why = "stale" if found.is_stale else "only by WhatsApp, and only where the text says the same"
        yield f"recording not sent, {why}: {what}"


def _facts(reply: Reply, catalogue: Catalogue) -> Iterator[str]:
    said = {id_: (fact.value, fact.validity) for id_, fact in catalogue.facts.items()}
    said |= {f"{OFFICE_FACT}{office.id}": (office.name, office.validity) for office in catalogue.offices}
    for id_ in reply.facts:
        value, validity = said[id_]
        yield f"{id_}: {value} (checked on {validity.checked_on})"


@content.command("facts")
def facts(
    due: Annotated[bool, typer.Option("--due", help="Only the cards past their review date.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List every fact and office card: id, kind, value, unit, where, review by, and what uses it or why nothing does.

    Example: `rumbo content facts --due`
    """
    cards = [entry for entry in entries(_readable(CONTENT)) if not due or entry.validity.is_due(today())]
    rows = [(c.id, c.kind, c.value, c.unit, c.where, c.validity.review_by.isoformat(), c.use) for c in cards]
    if as_json:
        keys = ("id", "kind", "value", "unit", "where", "review_by", "use")
        report = {"cards": [dict(zip(keys, row, strict=True)) for row in rows]}
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for row in rows:
        typer.echo("\t".join(row))
    typer.echo(f"{len(rows)} cards{' past their review date' if due else ''}")


@content.command("schema")
def schema(
    to: Annotated[Path, typer.Option(help="Where to write them.", file_okay=False)] = CONTENT / "schemas",
) -> None:
    """Write the JSON Schemas of all content files, for editors that complete and check YAML while one types.

    Example: `rumbo content schema`
    """
    changed = write_schemas(to)
    for path in changed:
        typer.echo(f"written: {path}")
    if not changed:
        typer.echo("up to date")


@content.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="REV", help="A git revision: a commit, branch or tag.")],
    new: Annotated[
        str | None, typer.Argument(metavar="[REV]", help="Another; without it, the content as it is now.")
    ] = None,
) -> None:
    """Say what changed in the content since a revision, or between two.

    Example: `rumbo content diff HEAD~1`
    """
    with ExitStack() as stack:
        before = read_content(stack.enter_context(folder_at(old, CONTENT)))
        after = read_content(stack.enter_context(folder_at(new, CONTENT)) if new else CONTENT)
    for name, loaded in ((old, before), (new or "the content now", after)):
        for problem in sorted(loaded.problems):
            typer.echo(f"left out, cannot be read in {name}: content/{problem}", err=True)
    sections = compare(before, after)
    for section in sections:
        typer.echo("\n".join(_told(section)))
    if not sections:
        typer.echo("Nothing that people read changed.")


def _told(section: Section) -> Iterator[str]:
    yield section.title
    for word, headings in (("added", section.added), ("removed", section.removed)):
        if headings:
            yield f"  {word}: {'; '.join(headings)}"
    for heading, lines in section.changed.items():
        yield f"  changed: {heading}"
        yield from (f"      {line}" for line in lines)
    if section.checked_again:
        yield f"  checked again, nothing changed: {'; '.join(section.checked_again)}"
    yield ""


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
