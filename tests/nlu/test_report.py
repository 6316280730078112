"""The page stands alone, says its figures in tables, and draws the same ones."""

from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.interpretation import ScoredIntent
from bot.policy import Thresholds
from nlu.evaluation import Decision, Example, Measure
from nlu.report import page, write_report

MADE = date(2026, 11, 24)


def held(expected: str, top: str, confidence: float, predicted: str | None, locale: str = "es") -> Decision:
    example = Example(expected, "un texto <privado>", locale, "sms")
    return Decision(example, predicted, confidence, "model", ScoredIntent(top, confidence))


DECISIONS = (
    *[held("shelter", "shelter", 0.95, "shelter")] * 17,
    *[held("greet", "shelter", 0.55, "shelter", "quc")] * 2,
    held("out_of_scope", "out_of_scope", 0.45, None),
)
MEASURE = Measure("folds & <co>", "Made up.", DECISIONS)


class Page(HTMLParser):
    """What a page holds: its tags, what they point to, the cells of its tables, and where tags do not match."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.open: list[str] = []
        self._caption = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.tables[self._caption].append([])
        if tag in {"td", "th"}:
            self.tables[self._caption][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["caption"]:
            self._caption = data
            self.tables[data] = []
        if self.open[-1:] in (["td"], ["th"]):
            self.tables[self._caption][-1][-1] += data

    def values(self, *names: str) -> Iterator[str]:
        yield from (value for _, name, value in self.attributes if name in names)


@pytest.fixture(scope="module")
def text() -> str:
    return page([MEASURE], MADE, Thresholds())


@pytest.fixture(scope="module")
def shown(text: str) -> Page:
    return Page(text)


def test_the_page_is_one_file_without_script(shown: Page, text: str) -> None:
    assert shown.open == []
    assert not {"script", "link", "img", "iframe", "object"} & set(shown.tags)
    assert [value for value in shown.values("src", "href", "xlink:href") if not value.startswith("#")] == []
    assert not [name for _, name, _ in shown.attributes if name.startswith("on")]
    assert "@import" not in text
    assert "url(http" not in text


def test_no_id_stands_twice(shown: Page) -> None:
    ids = list(shown.values("id"))
    assert len(ids) == len(set(ids))


def test_each_drawing_has_a_name_and_a_table_beneath(text: str, shown: Page) -> None:
    assert len([value for tag, name, value in shown.attributes if (tag, name) == ("svg", "aria-label") and value]) == 2
    assert text.count("</figure>") == text.count('<ul class="legend">') == 2
    for drawing in text.split("</figure>")[1:]:
        assert drawing.lstrip().startswith('<div class="wide"')


def test_it_fits_phones_and_dark_screens_and_paper(text: str) -> None:
    for needed in ("width=device-width", "prefers-color-scheme: dark", "@media print", "overflow-x: auto"):
        assert needed in text


def test_the_headline_counts_and_says_how_sure_it_is(shown: Page) -> None:
    assert shown.tables["What became of the messages"][1] == [
        "folds & <co>",
        "20",
        "85.0 %",
        "64.0 % to 94.8 %",
        "10.0 %",
        "5.0 %",
        "0.315",
    ]
    assert shown.tables["Not for us"][1] == ["folds & <co>", "0.0 %", "0.0 %"]


def test_groups_pairs_and_intents_have_their_rows(shown: Page) -> None:
    assert [row[1] for row in shown.tables["By locale"]] == ["Locale", "es", "quc"]
    assert [row[1] for row in shown.tables["By register or author"]] == ["Register or author", "sms"]
    assert shown.tables["Pairs"][1:] == [["folds & <co>", "greet", "shelter", "2"]]
    assert [row[0] for row in shown.tables["Intents"]] == ["Intent", "greet", "out_of_scope", "shelter"]


def test_confidence_stands_against_share_right_with_counts(shown: Page) -> None:
    assert [row[1:] for row in shown.tables["Confidence against share right"][1:]] == [
        ["0.4 to 0.5", "1", "0.45", "100.0 %"],
        ["0.5 to 0.6", "2", "0.55", "0.0 %"],
        ["0.9 to 1.0", "17", "0.95", "100.0 %"],
    ]


def test_the_threshold_in_force_and_the_line_itself_are_marked(shown: Page) -> None:
    rows = {row[0]: row[1:] for row in shown.tables["Share answered, and share of it wrong, by threshold"]}
    assert rows["0.50 (in force)"] == ["95.0 %", "10.5 %"]
    assert rows["0.60"] == ["85.0 %", "0.0 %"]
    assert rows["the line, all its rules"] == ["95.0 %", "10.5 %"]


def test_our_present_operating_point_is_drawn_larger(text: str) -> None:
    risk = text.split('id="chart-risk"')[1]
    assert risk.count('r="7"') == 1
    assert 'r="7"' not in text.split('id="chart-risk"')[0]


def test_nobodys_words_are_on_the_page(text: str) -> None:
    assert "privado" not in text


def test_sets_that_lack_an_intent_or_any_confidence_leave_a_gap(tmp_path: Path) -> None:
    light = Measure("light", "No model.", (Decision(Example("greet", "hola"), None, None, "none"),))
    write_report(tmp_path / "page.html", [MEASURE, light], MADE)
    shown = Page((tmp_path / "page.html").read_text("utf-8"))
    assert ["shelter", "0.944", "17", "–", "0"] in shown.tables["Intents"]
    assert shown.tables["Not for us"][2] == ["light", "–", "0.0 %"]


def test_the_same_figures_make_the_same_page(text: str) -> None:
    assert page([MEASURE], MADE, Thresholds()) == text
