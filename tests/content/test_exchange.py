"""Translators' texts go out and come back: nothing but what they signed changes, and nothing wrong comes in."""

import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from openpyxl import load_workbook
from typer.testing import CliRunner

from bot.catalogue import State, Wording
from content.checks import check, load_catalogue
from content.exchange import ExchangeRefused, Line, coverage, open_book
from content.loader import Loaded, read_content
from content.po import read_po_file, write_po_file
from content.rewriting import Edit, FilesChanged, replace_files, rewrite
from content.signing import Outcome, take_in
from content.spreadsheet import COLUMNS, read_spreadsheet, write_spreadsheet
from content.stamping import stamp
from content.translation import fingerprint, menu_fingerprint, message_fingerprint
from rumbo.cli import app

KEPT = {".yml", ".csv", ".new"}
TODAY = date(2026, 11, 24)
CORE, WORDS = "answers/kek/core.yml", "locales/kek.yml"
TEXT = """\
# Drafts of one helper.
built_from: "Palabras documentadas."  # a glossary
answers:
  passport:
    whatsapp: "Ayu sa' {passport_appointment_site}."
    sms: "Ayu {passport_appointment_site}."
    means: "Vaya a {passport_appointment_site}."
    state: draft
    of: PASSPORT

  # labor_rights is left out: no attested word carries it.
  thanks:
    whatsapp: "=Us -b'antiox"  # they say it often
    state: draft
    of: THANKS
  emergency:
    whatsapp: |-
      Aatinan sa' teléfono: {police}.

      Taaye b'ar wankat.
    state: draft
    of: EMERGENCY
  goodbye:
    whatsapp: "Us."
    state: reviewed
    reviewed_by: "Ana Caal"
    reviewed_on: 2026-10-02
    of: 12e345678901
# The end.
"""
LOCALE = """\
name: "Q'eqchi'"
draft: "Palabras documentadas."

messages:
  empty:
    whatsapp: "Maak'a' aatin."
    of: EMPTY

keywords:
  thanks: ["b'antiox"]   # attested
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content, with translations of our own into Q'eqchi'."""
    root = Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))
    loaded = read_content(root)
    text = TEXT
    for intent in ("passport", "thanks", "emergency"):
        text = text.replace(intent.upper(), fingerprint(loaded.answers["es", intent], loaded.facts))
    for path in (root / CORE).parent.glob("*.yml"):
        path.unlink()
    (root / CORE).write_text(text, "utf-8")
    (root / WORDS).write_text(locale_text(loaded), "utf-8")
    return root


def locale_text(loaded: Loaded) -> str:
    return LOCALE.replace("EMPTY", message_fingerprint(loaded.locales["es"].messages["empty"], loaded.facts))


@pytest.fixture
def xlsx(root: Path, tmp_path: Path) -> Path:
    """The spreadsheet for Q'eqchi'."""
    return exported(root, "kek", tmp_path)[0]


@pytest.fixture
def po(root: Path, tmp_path: Path) -> Path:
    """The PO file for Q'eqchi'."""
    return exported(root, "kek", tmp_path)[1]


def exported(root: Path, locale: str, folder: Path) -> tuple[Path, Path]:
    book = open_book(root, locale, TODAY)
    lines = [book.line(unit) for unit in book.units.values()]
    paths = folder / f"{locale}.xlsx", folder / f"{locale}.po"
    write_spreadsheet(paths[0], locale, "Idioma", lines)
    write_po_file(paths[1], locale, "Idioma", lines)
    return paths


def fill(path: Path, id_: str, **cells: str) -> None:
    """Write into the row of an id as a translator does; `_` in a name stands for a space."""
    book = load_workbook(path)
    sheet = book[id_.partition(".")[0]]
    places = {str(cell.value): number for number, cell in enumerate(sheet[1], 1)}
    (row,) = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == id_]
    for name, value in cells.items():
        sheet.cell(row, places[name.replace("_", " ")], value)
    book.save(path)


def edit_po(path: Path, context: str, text: str | None = None, is_fuzzy: bool = False) -> None:
    """Change an entry as an editor of PO files does, which takes its flag off."""
    with path.open("rb") as file:
        catalog = read_po(file)
    (entry,) = [message for message in catalog if message.context == context]
    entry.string = entry.string if text is None else text
    (entry.flags.add if is_fuzzy else entry.flags.discard)("fuzzy")
    with path.open("wb") as file:
        write_po(file, catalog)


def taken(root: Path, path: Path, by: str = "") -> Outcome:
    locale, rows = (read_spreadsheet if path.suffix == ".xlsx" else read_po_file)(path)
    return take_in(root, locale, rows, by, TODAY)


def refused(root: Path, path: Path, by: str = "Ana") -> str:
    """Return why a file is refused; nothing has changed."""
    before = snapshot(root)
    with pytest.raises(ExchangeRefused) as caught:
        taken(root, path, by)
    assert snapshot(root) == before
    return str(caught.value)


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*.*")) if path.suffix in KEPT}


def of(root: Path, id_: str) -> str:
    return open_book(root, "kek", TODAY).units[id_].of


def test_the_copy_has_no_errors(root: Path) -> None:
    assert [str(problem) for problem in check(read_content(root), TODAY) if not problem.is_warning] == []


def test_coverage_counts_states_and_names_what_is_stale(root: Path) -> None:
    counts, stale = coverage(root)
    assert "es" not in counts
    total = sum(sum(topic.values()) for topic in counts["kek"].values())
    loaded = read_content(root)
    assert total == len(loaded.answers) + len(loaded.locales["es"].messages)
    assert counts["kek"]["danger"]["draft"] == counts["kek"]["documents"]["draft"] == 1
    assert counts["kek"]["conversation"]["stale"] == counts["kek"]["conversation"]["draft"] == 1
    assert counts["kek"]["messages"] == {"missing": 45, "draft": 1, "reviewed": 0, "stale": 0}
    assert stale["kek"] == ["answers.goodbye"]


@pytest.mark.parametrize("suffix", [".xlsx", ".po"])
@pytest.mark.parametrize("locale", ["cak", "ixl", "kek", "kjb", "mam", "quc"])
def test_the_real_content_goes_out_and_comes_back_byte_for_byte(locale: str, suffix: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))
    before = snapshot(root)
    paths = exported(root, locale, tmp_path)
    assert taken(root, paths[suffix == ".po"], "Ana").changes == ()
    assert snapshot(root) == before


def test_the_spreadsheet_locks_what_is_only_to_be_read(xlsx: Path) -> None:
    sheet = load_workbook(xlsx)["answers"]
    head = [cell.value for cell in sheet[1]]
    assert head == [column.header for column in COLUMNS]
    assert sheet.freeze_panes == "B2"
    assert sheet.protection.sheet
    assert [name for name, cell in zip(head, sheet[2], strict=True) if not cell.protection.locked] == [
        "Texto nuevo",
        "SMS nuevo",
        "Primera frase nueva",
        "Con oficina, nuevo",
        "Con oficina, SMS nuevo",
        "Revisado por",
    ]
    assert all(cell.alignment.wrap_text for cell in sheet[2])
    row = {c.value: r for c, r in zip(sheet[1], row_of(xlsx, "answers.passport"), strict=True)}
    assert (row["Tema"], row["Estado"], row["Qué dice"]) == (
        "documents",
        "borrador",
        "Vaya a {passport_appointment_site}.",
    )
    assert row["Segmentos"] == 1
    site = read_content(Path("content")).facts["passport_appointment_site"].value
    assert row["Largo del SMS"] == len(f"Ayu {site}.")
    assert "{passport_appointment_site}: " in str(row["Notas"])
    assert re.search(r"\nSMS: (mejor hasta \d+, )?nunca más de \d+ letras", str(row["Notas"]))


def row_of(path: Path, id_: str) -> list[object]:
    sheet = load_workbook(path)[id_.partition(".")[0]]
    return next([*row] for row in sheet.iter_rows(values_only=True) if row[0] == id_)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_text_is_written_as_a_formula(root: Path, tmp_path: Path, start: str) -> None:
    (root / CORE).write_text((root / CORE).read_text("utf-8").replace('"=Us', f'"{start}Us'), "utf-8")
    xlsx, _ = exported(root, "kek", tmp_path)
    (cell,) = [c for row in load_workbook(xlsx)["answers"] for c in row if str(c.value).startswith(f"{start}Us")]
    assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True)
    fill(xlsx, "answers.thanks", Revisado_por="Ana")
    taken(root, xlsx)
    assert read_content(root).translations["kek", "thanks"].wording.whatsapp == f"{start}Us -b'antiox"


def test_a_po_file_has_an_entry_for_each_text(po: Path) -> None:
    with po.open("rb") as file:
        catalog = read_po(file)
    entries = {message.context: message for message in catalog if message.id}
    spanish = read_content(Path("content")).answers["es", "emergency"]
    lifeline, text = entries["answers.emergency.lifeline"], entries["answers.emergency.whatsapp"]
    assert (lifeline.id, lifeline.string, lifeline.fuzzy) == (spanish.lifeline, "", False)
    assert (text.id, text.fuzzy) == (spanish.wording.whatsapp, True)
    assert text.string == "Aatinan sa' teléfono: {police}.\n\nTaaye b'ar wankat."
    assert any(comment.startswith("SMS: ") for comment in text.auto_comments)
    assert entries["messages.empty.whatsapp"].string == "Maak'a' aatin."
    assert catalog.locale_identifier == "kek"


def test_a_new_text_is_reviewed_and_nothing_else_changes(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.passport", Texto_nuevo="Ayu sa' li {passport_appointment_site}.\n\nUs.", SMS_nuevo="Ayu.")
    fill(xlsx, "answers.thanks", Revisado_por="María Caal")
    before = snapshot(root)
    outcome = taken(root, xlsx, "Ana")
    assert [*outcome.changes] == [
        "answers.thanks: draft -> reviewed by María Caal (text as it was)",
        "answers.passport: draft -> reviewed by Ana (new whatsapp, new sms)",
    ]
    expected = (
        before[str(root / CORE)]
        .decode()
        .replace(
            """\
    whatsapp: "Ayu sa' {passport_appointment_site}."
    sms: "Ayu {passport_appointment_site}."
    means: "Vaya a {passport_appointment_site}."
    state: draft
""",
            """\
    whatsapp: |-
      Ayu sa' li {passport_appointment_site}.

      Us.
    sms: "Ayu."
    state: reviewed
    reviewed_by: "Ana"
    reviewed_on: 2026-11-24
""",
        )
        .replace(
            """they say it often
    state: draft
""",
            """they say it often
    state: reviewed
    reviewed_by: "María Caal"
    reviewed_on: 2026-11-24
""",
        )
    )
    after = snapshot(root)
    assert after.pop(str(root / CORE)).decode() == expected
    assert after.items() <= before.items()
    assert read_content(root).translations["kek", "thanks"].state is State.REVIEWED


def test_a_stale_text_that_is_signed_again_fits_again(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.goodbye", Revisado_por="Ana Caal")
    taken(root, xlsx)
    of_now = of(root, "answers.goodbye")
    signed = f'reviewed_by: "Ana Caal"\n    reviewed_on: 2026-11-24\n    of: {of_now}\n# The end.\n'
    assert (root / CORE).read_text("utf-8").endswith(signed)


def test_a_po_entry_without_its_flag_is_signed(root: Path, po: Path) -> None:
    edit_po(po, "answers.passport.whatsapp")
    edit_po(po, "answers.passport.sms", "Ayu sa' {passport_appointment_site}.")
    edit_po(po, "answers.labor_rights.whatsapp", "Us.")
    outcome = taken(root, po, "Ana")
    assert [*outcome.changes] == [
        "answers.labor_rights: missing -> reviewed by Ana (new whatsapp)",
        "answers.passport: draft -> reviewed by Ana (new sms)",
    ]
    assert 'means: "Vaya a' in (root / CORE).read_text("utf-8"), "it says what the unchanged text says"
    found = read_content(root).translations
    assert found["kek", "labor_rights"].state is found["kek", "passport"].state is State.REVIEWED
    assert "answers.labor_rights leaves out" in "\n".join(outcome.notes)


def test_a_signed_danger_may_bring_its_own_lifeline(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.emergency", Primera_frase_nueva="Aatinan anaqwan: {police}.", Revisado_por="Ana")
    taken(root, xlsx)
    assert read_content(root).translations["kek", "emergency"].lifeline == "Aatinan anaqwan: {police}."


def test_a_signed_message_goes_out_alone_until_its_spanish_changes(root: Path, xlsx: Path) -> None:
    fill(xlsx, "messages.empty", SMS_nuevo="Maak'a'.", Revisado_por="Ana")
    fill(xlsx, "messages.erased", Texto_nuevo="Us.", Revisado_por="Ana")
    outcome = taken(root, xlsx)
    signed = '    reviewed_by: "Ana"\n    reviewed_on: 2026-11-24\n    of: '
    assert (root / WORDS).read_text("utf-8") == LOCALE.replace(
        'aatin."\n    of: EMPTY\n',
        f'aatin."\n    sms: "Maak\'a\'."\n{signed}{of(root, "messages.empty")}\n'
        f'  erased:\n    whatsapp: "Us."\n{signed}{of(root, "messages.erased")}\n',
    )
    assert outcome.notes == ()
    assert load_catalogue(root, TODAY).message("empty", "kek") == Wording("Maak'a' aatin.", "Maak'a'.")
    counts, _ = coverage(root)
    assert (counts["kek"]["messages"]["reviewed"], counts["kek"]["messages"]["draft"]) == (2, 0)
    spanish = root / "locales/es.yml"
    spanish.write_text(spanish.read_text("utf-8").replace("Su mensaje llegó vacío.", "Llegó vacío."), "utf-8")
    assert coverage(root)[1]["kek"][-1] == "messages.empty"
    assert load_catalogue(root, TODAY).message("empty", "kek").whatsapp.startswith("Llegó vacío.")


def test_a_message_need_not_name_the_language_it_is_in(root: Path, xlsx: Path) -> None:
    fill(xlsx, "messages.language_heard", Texto_nuevo="Us, q'eqchi'.", Revisado_por="Ana")
    assert len(taken(root, xlsx).changes) == 1


def test_a_locale_without_answers_gets_a_file(root: Path, tmp_path: Path) -> None:
    (root / CORE).unlink()
    xlsx, _ = exported(root, "kek", tmp_path)
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.", Revisado_por="Ana")
    assert taken(root, xlsx).files == (CORE,)
    assert read_content(root).translations["kek", "thanks"].state is State.REVIEWED


def test_taking_the_same_file_in_twice_changes_nothing_more(root: Path, xlsx: Path, po: Path) -> None:
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.", Revisado_por="Ana")
    taken(root, xlsx)
    before = snapshot(root)
    assert taken(root, xlsx).changes == ()
    assert taken(root, po, "Ana").changes == (), "an older file with nothing changed in it has nothing to say"
    assert snapshot(root) == before


SITE = "{passport_appointment_site}"


@pytest.mark.parametrize(
    ("id_", "text", "sms", "said"),
    [
        ("answers.passport", "Ayu sa' {police}.", "", "names {police}, which the Spanish does not"),
        ("answers.passport", "Ayu sa' {Police}.", "", "a broken placeholder"),
        ("answers.passport", f"Ayu sa' {SITE}}}.", "", "a broken placeholder"),
        ("answers.passport", "", "Ayu sa' {passport_gone}.", "names {passport_gone}"),
        ("answers.passport", "Aatinan: 110.", "", "a number typed by hand near 'Aatinan: 110.'"),
        ("answers.thanks", "Us " * 200, "", "segments by SMS"),
        ("answers.thanks", "", "Us " * 200, "Shorten its sms"),
        ("answers.thanks", "Us " * 400, "Us.", "characters by WhatsApp, at most 1024"),
        ("answers.thanks", "", "Us 😀", "make an SMS cost double: 😀"),
        ("answers.goodbye", "Us {police", "", "a broken placeholder"),
        ("messages.empty", "Us " * 60, "", "costs 2 segments by SMS"),
        ("messages.office_phone", "Us.", "", "lacks {value} in its whatsapp, which the Spanish names"),
        ("messages.office_phone", "Us {value}.", "Us.", "lacks {value} in its sms"),
        ("messages.unknown", "Us.", "", "lacks {police} in its whatsapp"),
    ],
)
def test_a_wrong_text_is_refused(root: Path, xlsx: Path, id_: str, text: str, sms: str, said: str) -> None:
    fill(xlsx, "answers.menu", Texto_nuevo="Us.", Revisado_por="Ana")
    fill(xlsx, id_, Texto_nuevo=text, SMS_nuevo=sms, Revisado_por="Ana")
    why = refused(root, xlsx)
    assert said in why
    assert re.search(rf"{id_.partition('.')[0]} row \d+: '{id_}' ", why)
    assert "answers.menu" not in why


def test_an_sms_is_judged_with_the_office_beside_it(root: Path, xlsx: Path) -> None:
    book = open_book(root, "kek", TODAY)
    unit = book.units["answers.resource_center"]
    alone, beside = (room(book.line(unit), note) for note in ("SMS: ", "SMS con oficina: "))
    assert beside < 200 < alone, "three segments hold twice that, but for the office"
    for sizes in ((alone, beside), (alone + 1, 1), (1, beside + 1)):
        sms, near_sms = ("a" * size for size in sizes)
        texts = {"SMS_nuevo": sms, "Con_oficina,_nuevo": "Us {office}.", "Con_oficina,_SMS_nuevo": near_sms}
        fill(xlsx, unit.id, Texto_nuevo="Us.", Revisado_por="Ana", **texts)
        if sizes != (alone, beside):
            assert "costs 4 segments by SMS" in refused(root, xlsx)
        else:
            taken(root, xlsx)
            (xlsx,) = exported(root, "kek", xlsx.parent)[:1]


def room(line: Line, note: str) -> int:
    (found,) = [text for text in line.notes if text.startswith(note)]
    (limit,) = re.findall(r"nunca más de (\d+) letras", found)
    return int(limit)


@pytest.mark.parametrize("suffix", [".xlsx", ".po"])
def test_words_beside_an_office_go_out_and_come_back(root: Path, xlsx: Path, po: Path, suffix: str) -> None:
    if suffix == ".xlsx":
        cells = {"Con_oficina,_nuevo": f"Ayu {SITE}. {{office}}", "Con_oficina,_SMS_nuevo": f"Ayu {SITE}."}
        fill(xlsx, "answers.passport", Revisado_por="Ana", **cells)
    else:
        edit_po(po, "answers.passport.whatsapp")
        edit_po(po, "answers.passport.sms")
        edit_po(po, "answers.passport.near", f"Ayu {SITE}. {{office}}")
        edit_po(po, "answers.passport.near_sms", f"Ayu {SITE}.")
    outcome = taken(root, xlsx if suffix == ".xlsx" else po, "Ana")
    assert outcome.changes == ("answers.passport: draft -> reviewed by Ana (new near, new near_sms)",)
    near = f'    near:\n      whatsapp: "Ayu {SITE}. {{office}}"\n      sms: "Ayu {SITE}."\n    means:'
    assert near in (root / CORE).read_text("utf-8")
    found = read_content(root).translations["kek", "passport"]
    assert found.near == Wording(f"Ayu {SITE}. {{office}}", f"Ayu {SITE}.")
    assert found.state is State.REVIEWED
    documents = root / "answers/es/documents.yml"
    text = documents.read_text("utf-8")
    documents.write_text(re.sub(r"(    near:\n      whatsapp: \|-\n        )Pida", r"\1Saque", text, count=1), "utf-8")
    assert read_content(root).translations["kek", "passport"].state is State.STALE


@pytest.mark.parametrize(
    ("id_", "cells", "said"),
    [
        ("answers.thanks", {"Con_oficina,_nuevo": "Us."}, "has a text beside an office, and the Spanish has none"),
        ("answers.passport", {"Con_oficina,_SMS_nuevo": "Us."}, "no text for WhatsApp there"),
        ("answers.passport", {"Con_oficina,_nuevo": "Us {police}."}, "names {police}, which the Spanish does not"),
        ("answers.passport", {"Texto_nuevo": "Us {office}."}, "names {office}, which the Spanish does not"),
    ],
    ids=["none in Spanish", "SMS only", "unknown fact", "office elsewhere"],
)
def test_wrong_words_beside_an_office_are_refused(
    root: Path, xlsx: Path, id_: str, cells: dict[str, str], said: str
) -> None:
    fill(xlsx, id_, Revisado_por="Ana", **cells)
    assert said in refused(root, xlsx)


def test_facts_left_out_are_remarked_on_unless_the_spanish_lifeline_says_them(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.emergency", Texto_nuevo="Us.", Revisado_por="Ana")
    (remark,) = taken(root, xlsx).notes
    assert "leaves out {fire_volunteer}" in remark
    assert "{police}" not in remark


@pytest.mark.parametrize(
    ("id_", "lifeline", "said"),
    [
        ("answers.emergency", "Aatinan.", "lacks {police} in its lifeline"),
        ("answers.thanks", "Aatinan.", "has a lifeline, and the Spanish has none"),
    ],
)
def test_a_wrong_lifeline_is_refused(root: Path, xlsx: Path, id_: str, lifeline: str, said: str) -> None:
    fill(xlsx, id_, Primera_frase_nueva=lifeline, Revisado_por="Ana")
    assert said in refused(root, xlsx)


def test_nothing_is_signed_without_a_name_or_without_a_text(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.")
    fill(xlsx, "answers.labor_rights", Revisado_por="Ana")
    why = refused(root, xlsx, by=" ")
    assert "'answers.thanks' is signed by nobody" in why
    assert "'answers.labor_rights' has no WhatsApp text to sign" in why


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"ID": "answers.pasaporte"}, "'answers.pasaporte' is no id we know"),
        ({"ID": "answers.thanks"}, "too. Keep one"),
        ({"ID": "", "Texto_nuevo": "Us."}, "has a new text and no ID"),
        ({"Español": "Ayu."}, "has its spanish whatsapp written over"),
        ({"Texto_actual": "Ayu."}, "has its current whatsapp written over"),
        ({"Texto_nuevo": "=1+1"}, "has a formula in 'Texto nuevo'"),
        ({"Huella": "", "Revisado_por": "Ana"}, "was exported before"),
    ],
    ids=str,
)
def test_a_row_that_is_not_as_it_was_exported_is_refused(
    root: Path, xlsx: Path, cells: dict[str, str], said: str
) -> None:
    fill(xlsx, "answers.passport", **cells)
    assert said in refused(root, xlsx)


@pytest.mark.parametrize("header", ["ID", "Texto nuevo", "SMS nuevo", "Revisado por", "Huella"])
def test_a_missing_column_is_named(root: Path, xlsx: Path, header: str) -> None:
    book = load_workbook(xlsx)
    for cell in book["messages"][1]:
        if cell.value == header:
            cell.value = None
    book.save(xlsx)
    assert f"messages lacks the columns: {header}." in refused(root, xlsx)


def test_columns_may_be_moved_and_added(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.", Revisado_por="Ana")
    book = load_workbook(xlsx)
    book["answers"].insert_cols(1)
    book["answers"]["A1"] = "Mis notas"
    book.save(xlsx)
    assert len(taken(root, xlsx).changes) == 1


@pytest.mark.parametrize("column", ["ID", "Huella"])
def test_a_column_sorted_by_itself_is_refused(root: Path, xlsx: Path, column: str) -> None:
    """Each text would be signed as another answer."""
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.", Revisado_por="Ana")
    book = load_workbook(xlsx)
    sheet = book["answers"]
    (place,) = [cell.column for cell in sheet[1] if cell.value == column]
    values = [sheet.cell(row, place).value for row in range(2, sheet.max_row + 1)]
    for row, value in enumerate(sorted(map(str, values)), 2):
        sheet.cell(row, place, value)
    book.save(xlsx)
    assert "was exported before" in refused(root, xlsx)


def test_a_file_older_than_the_spanish_signs_nothing(root: Path, xlsx: Path, po: Path) -> None:
    fill(xlsx, "answers.passport", Revisado_por="Ana")
    edit_po(po, "answers.passport.whatsapp")
    edit_po(po, "answers.passport.sms")
    documents = root / "answers/es/documents.yml"
    text = documents.read_text("utf-8")
    documents.write_text(
        re.sub(r"(  passport:\n    title: Pasaporte\n    whatsapp: \|-\n      )", r"\1Por favor. ", text), "utf-8"
    )
    assert documents.read_text("utf-8") != text
    for path in (xlsx, po):
        assert "'answers.passport' was exported before its Spanish" in refused(root, path)


@pytest.mark.parametrize("id_", ["answers.emergency", "answers.greet"], ids=["draft", "missing"])
def test_a_file_older_than_a_fact_signs_nothing(root: Path, xlsx: Path, id_: str) -> None:
    fill(xlsx, id_, Texto_nuevo="Us {police}.", Revisado_por="Ana")
    lines = root / "facts/lines.yml"
    changed = re.sub(r"(  police:\n(?:    .*\n)*?    value: ).*", r'\1"911"', lines.read_text("utf-8"))
    lines.write_text(changed, "utf-8")
    assert "a fact it names" in refused(root, xlsx)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.replace("answers.passport.sms", "answers.pass.sms"), "'answers.pass' is no id we know"),
        (lambda t: t.replace("answers.passport.sms", "answers.passport.text"), "'answers.passport.text' is no id"),
        (lambda t: t.replace('msgctxt "answers.passport.sms"\n', ""), "has no msgctxt"),
        (lambda t: t.replace("answers.passport.sms", "answers.passport.whatsapp"), "stands there 2 times"),
        (lambda t: re.sub(r"#\. huella: .*\n", "", t, count=1), "lost its comment 'huella:"),
        (lambda t: t.replace('msgstr "Us."', 'msgstr ""'), "has 'answers.goodbye.whatsapp' emptied"),
        (lambda t: t.replace('msgstr "Us."', 'msgstr "Us us."'), "has 'answers.goodbye.whatsapp' still flagged fuzzy"),
        (lambda t: t.replace('msgid "Con gusto', 'msgid "Gusto'), "has its msgid whatsapp written over"),
        (lambda t: t.replace("Language: kek", "Language: xyz"), "'xyz' is no locale to translate into. Known: cak,"),
        (lambda t: t.replace("msgstr", "msgst"), "is no PO file"),
    ],
)
def test_a_po_file_that_is_not_as_it_was_exported_is_refused(
    root: Path, po: Path, change: Callable[[str], str], said: str
) -> None:
    text = po.read_text("utf-8")
    po.write_text(change(text), "utf-8")
    assert po.read_text("utf-8") != text
    assert said in refused(root, po)


def test_an_answer_is_signed_as_a_whole(root: Path, po: Path) -> None:
    edit_po(po, "answers.passport.whatsapp", f"Us {SITE}.")
    assert "has 'answers.passport.sms' still flagged fuzzy" in refused(root, po)


@pytest.mark.parametrize(("name", "raw"), [("kek.xlsx", b"no zip"), ("kek.po", b"\xff\xfe\x00"), ("kek.xlsx", b"")])
def test_a_file_of_another_kind_is_refused(root: Path, tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    assert "kek." in refused(root, tmp_path / name)


def test_what_fails_the_content_check_is_not_written(root: Path, xlsx: Path) -> None:
    fill(xlsx, "answers.thanks", Texto_nuevo="Us.", Revisado_por="Ana")
    menus = root / "locales/es.yml"
    menus.write_text(menus.read_text("utf-8").replace("menu: documents", "menu: papers"), "utf-8")
    assert "leads to no menu 'papers'" in refused(root, xlsx)


def test_content_that_cannot_be_read_takes_nothing_in(root: Path, xlsx: Path) -> None:
    (root / "facts/lines.yml").write_text("facts: [", "utf-8")
    assert "rumbo content check" in refused(root, xlsx)


def test_either_all_files_change_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"a")
    (tmp_path / "b.yml").write_bytes(b"b")
    # The last name is the one before it in other words: its turn comes when nothing is left to put in place.
    before = {"a.yml": b"a", "new/c.yml": None, "b.yml": b"b", "./b.yml": b"b"}
    with pytest.raises((FileNotFoundError, FilesChanged)):
        replace_files(tmp_path, before, dict.fromkeys(before, b"b"))
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"a.yml": b"a", "b.yml": b"b"}


def test_a_file_that_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"theirs")
    with pytest.raises(FilesChanged, match=r"a\.yml was changed by somebody else"):
        replace_files(tmp_path, {"a.yml": b"ours"}, {"a.yml": b"new"})
    assert (tmp_path / "a.yml").read_bytes() == b"theirs"
    assert [*tmp_path.iterdir()] == [tmp_path / "a.yml"]


HEADS = (
    'whatsapp: "a"\n',
    "whatsapp: |-\n      a\n\n      b\n",
    'whatsapp: "a"  # own\n',
    "whatsapp: >-\n      a\n      b\n",
)
LASTS = ("", "    of: 12e345678901\n", "    means: x\n    # doubt\n    state: draft\n")
TAILS = ("", "\n", "\n  # left out: because\n\n", "    # inside\n", "\n\n")
VALUES: tuple[dict[str, str | None], ...] = (
    {"whatsapp": "new"},
    {"whatsapp": "new\n\nlines"},
    {"sms": "s"},
    {"whatsapp": "n", "means": None, "state": "reviewed", "reviewed_by": "Ana", "of": "12e345678901"},
    {"lifeline": "x\ny", "means": None},
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_every_comment_and_blank_line_stays_where_it_is(newline: str) -> None:
    for head, last, tail, values in itertools.product(HEADS, LASTS, TAILS, VALUES):
        end = "  b:\n    sms: 1.10\n    of: 0o17  # odd\n# end\n"
        text = f"# top\nanswers:\n  # first\n  a:\n    {head}{last}{tail}{end}".replace("\n", newline)
        new = rewrite(text.encode(), "x.yml", [Edit(("answers", "a"), values)]).decode()
        assert re.findall(r"#.*", new) == re.findall(r"#.*", text)
        assert new.endswith((tail + end).replace("\n", newline))
        assert new.count("\r") == (new.count("\n") if newline == "\r\n" else 0)


@pytest.mark.parametrize("written", ["", "    of: new\n"])
def test_drafts_without_a_fingerprint_are_told_of_and_stamped(root: Path, written: str) -> None:
    path = root / CORE
    good = path.read_text("utf-8")
    line = f"    of: {of(root, 'answers.passport')}\n"
    path.write_text(good.replace(line, written), "utf-8")
    (problem,) = [str(p) for p in check(read_content(root), TODAY) if not p.is_warning]
    assert problem.startswith(f"{CORE}:4: ")
    assert "Run 'rumbo content stamp'" in problem
    assert stamp(root) == (f"{CORE}: passport",)
    assert path.read_text("utf-8") == good
    assert stamp(root) == ()


@pytest.mark.parametrize("written", ["", "    of: new\n"])
def test_draft_messages_without_a_fingerprint_are_told_of_and_stamped(root: Path, written: str) -> None:
    path = root / WORDS
    good = path.read_text("utf-8")
    path.write_text(LOCALE.replace("    of: EMPTY\n", written), "utf-8")
    (problem,) = [str(p) for p in check(read_content(root), TODAY) if not p.is_warning]
    assert problem == f"{WORDS}:5: 'empty' has no fingerprint of its Spanish. Run 'rumbo content stamp'."
    assert stamp(root) == (f"{WORDS}: empty",)
    assert path.read_text("utf-8") == good
    assert stamp(root) == ()


def test_a_signed_message_is_never_stamped(root: Path) -> None:
    signed = '    reviewed_by: "Ana"\n    reviewed_on: 2026-11-24\n'
    (root / WORDS).write_text(LOCALE.replace("    of: EMPTY\n", signed), "utf-8")
    assert stamp(root) == ()
    (problem,) = [str(p) for p in check(read_content(root), TODAY) if not p.is_warning]
    assert "Sign it through 'rumbo content import'" in problem


def test_a_menu_is_signed_by_hand_and_stamped(root: Path) -> None:
    lines = [f"      - {{title: Us, answer: {name}}}\n" for name in ("emergency", "passport")]
    menu = f'menus:\n  travel:\n    title: "Us"\n    items:\n{"".join(lines)}'
    signed = '    reviewed_by: "Ana"\n    reviewed_on: 2026-11-24\n'
    (root / WORDS).write_text(locale_text(read_content(root)).replace("keywords", f"{menu}{signed}\nkeywords"), "utf-8")
    assert stamp(root) == (f"{WORDS}: travel",)
    loaded = read_content(root)
    assert f"    of: {menu_fingerprint(loaded.locales['es'].menus['travel'])}\n" in (root / WORDS).read_text("utf-8")
    (problem,) = [str(p) for p in check(loaded, TODAY) if not p.is_warning]
    assert problem.startswith(f"{WORDS}:10: the menu 'travel' leads elsewhere than the Spanish one. Keep its lines")


def test_a_stamp_is_for_drafts_only(root: Path) -> None:
    path = root / CORE
    path.write_text(path.read_text("utf-8").replace("of: 12e345678901", "of: new"), "utf-8")
    assert stamp(root) == ()
    (problem,) = [str(p) for p in check(read_content(root), TODAY) if not p.is_warning]
    assert "'rumbo content import'" in problem
    (root / "facts/lines.yml").write_text("facts: [", "utf-8")
    with pytest.raises(ExchangeRefused, match=r"facts/lines\.yml"):
        stamp(root)


def test_the_commands_work_on_the_real_content(tmp_path: Path) -> None:
    before = snapshot(Path("content"))
    runner = CliRunner()
    report = json.loads(runner.invoke(app, ["content", "status", "--json"]).stdout)
    assert report["kek"]["topics"]["danger"].keys() == {"missing", "draft", "reviewed", "stale"}
    assert "conversation" in runner.invoke(app, ["content", "status"]).stdout
    arguments = ["content", "export", "--locale", "kek", "--to", str(tmp_path)]
    for _ in range(2):
        assert runner.invoke(app, arguments).exit_code == 0
    for name in ("kek.xlsx", "kek.po"):
        result = runner.invoke(app, ["content", "import", str(tmp_path / name), "--by", "Ana"])
        assert (result.exit_code, result.stdout) == (0, "0 texts: nothing to change\n")
    assert snapshot(Path("content")) == before
    fill(tmp_path / "kek.xlsx", "answers.thanks", Revisado_por="Ana")
    assert "holds work of a translator" in str(runner.invoke(app, arguments).exception)


def test_a_refusal_is_a_sentence_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "kek.csv").write_text("id")
    command = [sys.executable, "-m", "rumbo", "content", "import", str(tmp_path / "kek.csv")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "Nothing was changed:\n  kek.csv is neither .xlsx nor .po. Save it as one of them.\n"
