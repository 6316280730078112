"""A card says what its value counts, is looked at again in time, and is used or says why not."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from content.cards import entries
from content.checks import check, load_catalogue
from content.loader import read_content
from content.source import Problem
from rumbo.cli import app

TODAY = date(2026, 11, 24)
DOCUMENTS, LINES, OFFICES = "facts/documents.yml", "facts/lines.yml", "offices/guatemala.yml"
PASSPORT = r"(    states: )\[passport_appointment_free, passport_no_agents\]"
MAYAN = ("cak", "ixl", "kek", "kjb", "mam", "quc")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def edit(root: Path, file: str, pattern: str, new: str) -> None:
    path = root / file
    changed, count = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    assert count == 1, f"{file} holds no {pattern}"
    path.write_text(changed, "utf-8")


def edit_card(root: Path, file: str, card: str, pattern: str, new: str) -> None:
    """Change the first line of a card that has the pattern."""
    edit(root, file, rf"(  {card}:\n(?:    .*\n)*?)    {pattern}\n", rf"\g<1>{new}")


def found(root: Path, *, warnings: bool = False) -> list[Problem]:
    return [problem for problem in check(read_content(root), TODAY) if problem.is_warning is warnings]


@pytest.mark.parametrize("card", ["dpi_price", "renap_offices"], ids=["price", "figure"])
def test_a_price_and_a_figure_need_a_unit(root: Path, card: str) -> None:
    edit_card(root, DOCUMENTS, card, "unit: .*", "")
    (problem,) = found(root)
    assert f"'{card}' is a" in problem.message
    assert "without a 'unit'" in problem.message


def test_a_rule_needs_no_unit(root: Path) -> None:
    edit_card(root, DOCUMENTS, "dpi_validity", "unit: .*", "")
    assert found(root) == []


@pytest.mark.parametrize(
    ("file", "card", "latest", "too_late"),
    [
        (LINES, "police", "2027-05-22", "2027-05-23"),
        (DOCUMENTS, "dpi_price", "2027-02-21", "2027-02-22"),
        (OFFICES, "iom-field-hue", "2026-12-23", "2026-12-24"),
    ],
    ids=["low stale risk", "medium stale risk", "office, high stale risk"],
)
def test_a_review_may_not_be_put_off_beyond_the_rule(
    root: Path, file: str, card: str, latest: str, too_late: str
) -> None:
    edit_card(root, file, card, "review_by: .*", f"    review_by: {latest}\n")
    assert found(root) == []
    edit_card(root, file, card, "review_by: .*", f"    review_by: {too_late}\n")
    (problem,) = found(root)
    assert problem.file == file
    assert f"reviewed by {too_late}, later than {latest}" in problem.message


def test_without_a_review_date_the_rule_gives_it(root: Path) -> None:
    edit_card(root, LINES, "police", "review_by: .*", "")
    assert found(root) == []
    assert read_content(root).facts["police"].validity.review_by == date(2027, 5, 22)


def test_an_earlier_review_is_kept_and_told_when_past(root: Path) -> None:
    edit_card(root, OFFICES, "iom-xela", "review_by: .*", "    review_by: 2026-11-23\n")
    (problem,) = found(root, warnings=True)
    assert "'iom-xela' was due on 2026-11-23" in problem.message


@pytest.mark.parametrize(("file", "card"), [(DOCUMENTS, "passport_hours"), (OFFICES, "renap")], ids=["fact", "office"])
def test_a_card_that_nothing_uses_says_why(root: Path, file: str, card: str) -> None:
    edit_card(root, file, card, "unused: .*", "")
    (problem,) = found(root)
    assert f"'{card}' is used by no answer" in problem.message


@pytest.mark.parametrize(
    ("file", "card", "user"),
    [
        (LINES, "police", "message unknown"),
        (DOCUMENTS, "passport_no_agents", "passport"),
        (OFFICES, "iom-xela", "iom_offices"),
    ],
    ids=["named", "stated", "office shown"],
)
def test_a_card_that_is_used_may_not_say_it_is_unused(root: Path, file: str, card: str, user: str) -> None:
    edit_card(root, file, card, "(review_by: .*)", r"    \g<2>" + '\n    unused: "Porque no."\n')
    (problem,) = found(root)
    assert f"'{card}' says why it is unused, yet" in problem.message
    assert user in problem.message


def test_an_answer_may_not_state_a_fact_that_does_not_exist(root: Path) -> None:
    edit(
        root, "answers/es/documents.yml", PASSPORT, r"\1[passport_appointment_free, passport_no_agents, passport_gone]"
    )
    (problem,) = found(root)
    assert problem.file == "answers/es/documents.yml"
    assert "states the fact 'passport_gone', which does not exist" in problem.message


def test_an_answer_may_not_state_a_superseded_fact(root: Path) -> None:
    edit_card(
        root, DOCUMENTS, "passport_no_agents", "confidence: high", "    confidence: high\n    status: superseded\n"
    )
    (problem,) = found(root)
    assert "'passport_no_agents' is low in confidence, superseded or closed" in problem.message


def test_a_stated_fact_that_ran_out_warns_and_people_are_told(root: Path) -> None:
    edit_card(root, DOCUMENTS, "passport_no_agents", "(review_by: .*)", r"    \g<2>" + "\n    expires: 2026-11-23\n")
    assert found(root) == []
    assert any("'passport_no_agents' ran out on" in problem.message for problem in found(root, warnings=True))


def test_a_stated_fact_that_changes_makes_the_translations_stale(root: Path) -> None:
    edit_card(root, DOCUMENTS, "passport_no_agents", "value: .*", '    value: "otra cosa"\n')
    catalogue = load_catalogue(root, TODAY)
    assert [catalogue.translation("passport", locale) for locale in MAYAN] == [None] * len(MAYAN)
    assert catalogue.translation("national_id", "quc")


@pytest.mark.parametrize("name", ["gone", "casas_abiertas"], ids=["unknown", "not to be said"])
def test_what_stands_for_a_gap_names_only_what_may_be_said(root: Path, name: str) -> None:
    card = "{kind: rule, label: x, value: x, where: x, source: {title: x}, confidence: low, stale_risk: high,"
    edit(root, LINES, r"facts:\n", f"facts:\n  casas_abiertas: {card} checked_on: 2026-11-23, checked_by: x}}\n")
    edit(root, DOCUMENTS, r"\{passport_appointment_site\} al pedir", f"{{{name}}} al pedir")
    (problem,) = found(root)
    assert f"names '{{{name}}}', which may not be said" in problem.message


def test_every_card_has_a_unit_and_a_use() -> None:
    listed = {entry.id: entry for entry in entries(read_content(Path("content")))}
    assert [entry.id for entry in listed.values() if entry.use.startswith("unused: no reason")] == []
    assert [entry.id for entry in listed.values() if not entry.unit and ":" not in entry.id] == []


def test_the_list_of_cards_says_what_each_is_for() -> None:
    result = CliRunner().invoke(app, ["content", "facts"])
    assert result.exit_code == 0
    rows = {cells[0]: cells[1:] for cells in (line.split("\t") for line in result.output.splitlines())}
    assert rows["dpi_price"] == ["price", "Q100", "quetzales (Q)", "Guatemala", "2027-02-21", "national_id"]
    assert rows["passport_hours"][-1].startswith("unused: ")
    assert rows["office:cdm-esq"][-1] == "never sent: medium confidence, reported_closed"


def test_the_documentation_names_only_cards_that_exist() -> None:
    loaded = read_content(Path("content"))
    known = {*loaded.facts, *loaded.gaps, *loaded.offices}
    named = set(re.findall(r"`([a-z0-9]+(?:[_-][a-z0-9]+)+)`", Path("docs/facts.md").read_text("utf-8")))
    assert named - known - {"review_by", "stale_risk", "checked_on"} == set()
