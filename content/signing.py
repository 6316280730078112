"""Take what translators gave back into the content: judge every row, then write all that was signed, or nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.catalogue import State
from bot.cleaning import is_hidden
from bot.composing import OFFICE, PLACEHOLDER
from bot.gsm7 import count_segments, fits_gsm7, fold
from bot.messages import Channel
from content.checks import DIGIT, MAX_WHATSAPP_CHARACTERS, OWN_PLACEHOLDERS
from content.exchange import (
    ANSWERS,
    MESSAGES,
    MISSING,
    NEAR,
    Book,
    ExchangeRefused,
    Texts,
    Unit,
    mark_of,
    open_book,
    shown,
    tidy,
)
from content.message_checks import lost_names, must_name
from content.mistakes import Kind, Mistake
from content.rewriting import Edit, Value, replace_files, rewrite
from content.trial import Change, CheckFails, try_out

EMPTY_FILE = b'built_from: "Palabras de quien firma cada texto."\nanswers:\n'


@dataclass(frozen=True)
class Row:
    """What came back for one unit."""

    where: str
    id: str
    new: Texts
    """Empty where the translator left it as it is."""
    reviewer: str
    is_touched: bool
    mark: str
    shown: Mapping[str, str]
    """What the translator was only to read, by the names of `shown`."""
    problems: tuple[str, ...] = ()
    """What keeps it from being signed, in sentences without a full stop."""


@dataclass(frozen=True)
class Outcome:
    """What an import changed, in sentences."""

    changes: tuple[str, ...]
    remarks: tuple[tuple[str, Mistake], ...]
    """What is allowed, yet worth a look, with the id of the unit it is in."""
    files: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """The remarks in sentences."""
        return tuple(f"{id_} {remark}" for id_, remark in self.remarks)


class RowsRefused(ExchangeRefused):
    """Rows that came back cannot be signed."""

    def __init__(self, problems: Iterable[str], mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        """What is wrong with the texts themselves, each also told in `problems`."""
        super().__init__(problems)


@dataclass(frozen=True)
class _Signing:
    """Texts that somebody signs."""

    unit: Unit
    texts: Texts
    by: str

    @property
    def changed(self) -> tuple[tuple[str, str], ...]:
        current = dict(self.unit.current.items())
        return tuple((key, text) for key, text in self.texts.items() if text != tidy(current.get(key, "")))

    @property
    def is_done(self) -> bool:
        """Whether it was taken in before."""
        return not self.changed and self.unit.state is State.REVIEWED and self.unit.reviewed_by == self.by

    def edits(self, today: date) -> list[Edit]:
        texts: dict[str, Value] = {key: text for key, text in self.changed if key not in NEAR}
        signed = {"reviewed_by": self.by, "reviewed_on": today.isoformat(), "of": self.unit.of}
        if "whatsapp" in texts and self.unit.means:
            texts["means"] = None  # It says what the old text said.
        if self.unit.kind == MESSAGES:
            return [Edit((MESSAGES, self.unit.name), {**texts, **signed})]
        if self.texts.near:
            signed["of"] = self.unit.of_near
        answer = Edit((ANSWERS, self.unit.name), {**texts, "state": State.REVIEWED.value, **signed})
        near = {NEAR[key]: text for key, text in self.changed if key in NEAR}
        return [answer, *([Edit((*answer.location, "near"), near)] if near else [])]

    def __str__(self) -> str:
        new = ", ".join(f"new {key}" for key, _ in self.changed) or "text as it was"
        return f"{self.unit.id}: {self.unit.state or MISSING} -> reviewed by {self.by} ({new})"


def take_in(root: Path, locale: str, rows: Iterable[Row], by: str, today: date) -> Outcome:
    """Write the rows that a translator touched into the content, all or, with ExchangeRefused, none.

    `by` signs the rows that name nobody.
    """
    change, outcome = prepare(root, locale, rows, by, today)
    replace_files(root, change.before, change.after)
    return outcome


def prepare(root: Path, locale: str, rows: Iterable[Row], by: str, today: date) -> tuple[Change, Outcome]:
    """Return what `take_in` would write and tell, judged and checked; raise ExchangeRefused as it does."""
    book = open_book(root, locale, today)
    signings = _judge_all(book, rows, by)
    edits: dict[str, list[Edit]] = {}
    for signing in signings:
        edits.setdefault(book.file_of(signing.unit), []).extend(signing.edits(today))
    before = {name: (root / name).read_bytes() if (root / name).exists() else None for name in edits}
    after = {name: rewrite(before[name] or EMPTY_FILE, name, edits[name]) for name in edits}
    if after:
        _refuse_what_fails_the_check(root, after, today)
    return Change(before, after), Outcome(tuple(map(str, signings)), tuple(_remarks(signings)), tuple(after))


def _judge_all(book: Book, rows: Iterable[Row], by: str) -> list[_Signing]:
    signings: list[_Signing] = []
    problems: list[str] = []
    mistakes: list[Mistake] = []
    seen: dict[str, str] = {}
    for row in rows:
        found: list[str | Mistake] = [f"stands in {seen[row.id]} too. Keep one"] if row.id in seen else []
        seen.setdefault(row.id, row.where)
        unit = book.units.get(row.id)
        if unit is None:
            found.append("is no id we know. Restore it as it was exported")
        elif row.mark == unit.mark and (hint := _overwritten(unit, row)):
            found.append(hint)
        elif row.problems:
            found += row.problems
        elif row.is_touched:
            signing = _signing(unit, row, by)
            if signing.is_done:
                continue
            found += _mistakes(book, signing, row)
            signings.append(signing)
        problems += [f"{row.where}: '{row.id}' {problem}." for problem in found]
        mistakes += [mistake for mistake in found if isinstance(mistake, Mistake)]
    if problems:
        raise RowsRefused(problems, mistakes)
    return signings


def _overwritten(unit: Unit, row: Row) -> str:
    """Say so where somebody wrote over what was only to be read: the text would be lost."""
    known = shown(unit)
    for name, text in row.shown.items():
        if mark_of(text) != mark_of(known.get(name, "")):
            return f"has its {name} written over. Restore it, and write the new text where it belongs"
    return ""


def _signing(unit: Unit, row: Row, by: str) -> _Signing:
    new = dict(row.new.items())
    texts = Texts(**{key: tidy(text) for key, text in {**dict(unit.current.items()), **new}.items()})
    return _Signing(unit, texts, " ".join((row.reviewer or by).split()))


def _mistakes(book: Book, signing: _Signing, row: Row) -> Iterator[Mistake]:
    unit, texts = signing.unit, signing.texts
    if row.mark != unit.mark:
        yield Mistake(Kind.CHANGED)
        return
    if not texts.whatsapp:
        yield Mistake(Kind.NO_TEXT, "whatsapp")
        return
    if not signing.by:
        yield Mistake(Kind.NO_SIGNER, "reviewer")
    for key, text in (*texts.items(), ("reviewer", signing.by)):
        if is_hidden(text):
            yield Mistake(Kind.HIDDEN, key)
    for key, text in texts.items():
        yield from _text_mistakes(unit, key, text)
    yield from _near_mistakes(unit, texts)
    yield from _lost(book, unit, texts)
    yield from _lifeline_mistakes(unit, texts.lifeline)
    yield from _length_mistakes(book, unit, texts)


def _text_mistakes(unit: Unit, key: str, text: str) -> Iterator[Mistake]:
    bare, named = PLACEHOLDER.sub("", text), unit.may_name(key)
    for name in sorted(set(PLACEHOLDER.findall(text)) - set(named)):
        known = ", ".join(f"{{{known}}}" for known in named) or "none"
        yield Mistake(Kind.NOT_NAMED, key, {"name": name, "known": known})
    if "{" in bare or "}" in bare:
        yield Mistake(Kind.BROKEN, key)
    if match := DIGIT.search(bare):
        around = bare[max(0, match.start() - 12) : match.end() + 12].replace("\n", " ")
        yield Mistake(Kind.DIGIT, key, {"around": around})


def _near_mistakes(unit: Unit, texts: Texts) -> Iterator[Mistake]:
    if (texts.near or texts.near_sms) and not unit.spanish.near:
        yield Mistake(Kind.NO_OFFICE, "near")
    elif texts.near_sms and not texts.near:
        yield Mistake(Kind.ONLY_SMS_BESIDE, "near")


def _lost(book: Book, unit: Unit, texts: Texts) -> Iterator[Mistake]:
    must = must_name(unit.name, OWN_PLACEHOLDERS, book.loaded.facts) if unit.kind == MESSAGES else ()
    for key, name in lost_names(texts.wording(), unit.spanish.wording(), must):
        yield Mistake(Kind.LOST, key, {"name": name})


def _lifeline_mistakes(unit: Unit, lifeline: str) -> Iterator[Mistake]:
    if lifeline and not unit.spanish.lifeline:
        yield Mistake(Kind.NO_LIFELINE, "lifeline")
    elif lifeline:
        for name in sorted(set(PLACEHOLDER.findall(unit.spanish.lifeline)) - set(PLACEHOLDER.findall(lifeline))):
            yield Mistake(Kind.LIFELINE_LOST, "lifeline", {"name": name})


def _length_mistakes(book: Book, unit: Unit, texts: Texts) -> Iterator[Mistake]:
    whatsapp, sms = (book.sent(unit, texts, channel) for channel in (Channel.WHATSAPP, Channel.SMS))
    if len(whatsapp) > MAX_WHATSAPP_CHARACTERS:
        yield Mistake(Kind.TOO_LONG, "whatsapp", {"length": len(whatsapp), "most": MAX_WHATSAPP_CHARACTERS})
    if not fits_gsm7(sms):
        strange = " ".join(sorted({character for character in sms if not fits_gsm7(fold(character))}))
        yield Mistake(Kind.STRANGE, "sms", {"characters": strange})
    elif (segments := count_segments(sms)) > unit.sms_limit:
        kind = Kind.TOO_DEAR if texts.sms else Kind.TOO_DEAR_WITHOUT_OWN
        yield Mistake(kind, "sms", {"segments": segments, "length": len(sms), "most": unit.sms_limit})


def _remarks(signings: Iterable[_Signing]) -> Iterator[tuple[str, Mistake]]:
    """Yield what is allowed, yet worth a look."""
    for signing in signings:
        unit, named = signing.unit, {n for _, text in signing.texts.items() for n in PLACEHOLDER.findall(text)}
        if not signing.texts.lifeline:
            named |= {*PLACEHOLDER.findall(unit.spanish.lifeline)}  # It is said in Spanish.
        spanish = unit.may_name("near" if signing.texts.near else "whatsapp")
        left_out = [f"{{{name}}}" for name in spanish if name not in named and f"{{{name}}}" != OFFICE]
        if left_out:
            yield unit.id, Mistake(Kind.LEAVES_OUT, values={"names": ", ".join(left_out)})
        if "whatsapp" in dict(signing.changed) and unit.current.sms and "sms" not in dict(signing.changed):
            yield unit.id, Mistake(Kind.KEEPS_SMS, "sms")


def _refuse_what_fails_the_check(root: Path, after: Mapping[str, bytes], today: date) -> None:
    try:
        try_out(root, after, today)
    except CheckFails as error:
        problems = [*map(str, error.problems), "With the changes the content check fails. Mend this first."]
        raise ExchangeRefused(problems) from error
