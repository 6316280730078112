"""A mistake in the content is named with its file, its line and what to do; and the content itself has none."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Catalogue
from bot.composing import Composer
from bot.errors import ContentInvalid
from bot.gsm7 import Encoding
from bot.messages import Channel
from bot.places import nearest
from bot.rendering import SmsPolicy, cost_of, finish_sms, render
from content.checks import check, load_catalogue
from content.loader import read_content
from content.source import SourceError, parse_source
from rumbo.settings import ROOT

TODAY = date(2026, 11, 24)
TRAPS = (
    "US$30",
    "Q25",
    "Q85",
    "multa",
    "2305-3000",
    "4214-3566",
    "2411-2412",
    "2253-5889",
    "2232-3835",
    "10,000",
    "1541",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(ROOT / "content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return apply


DOCUMENTS, DANGER, SPANISH = "answers/es/documents.yml", "answers/es/danger.yml", "locales/es.yml"
OFFICES, TITLE = "offices/guatemala.yml", "    title: Pasaporte\n"


@pytest.mark.parametrize(
    ("apply", "where", "said"),
    [
        (change(DOCUMENTS, "{passport_price_5y}", "US$30"), DOCUMENTS, "number typed by hand near"),
        (change(DOCUMENTS, "{passport_price_5y}", "{passport_cost}"), DOCUMENTS, "names the fact '{passport_cost}'"),
        (change(DOCUMENTS, "{passport_price_5y}", "{passport"), DOCUMENTS, "stray '{' or '}'"),
        (change(DOCUMENTS, "next: [national_id", "next: [nowhere"), DOCUMENTS, "leads to 'nowhere'"),
        (change(DOCUMENTS, TITLE, ""), DOCUMENTS, "'answers.passport.title' is missing"),
        (change(DOCUMENTS, TITLE, f"{TITLE}    color: red\n"), DOCUMENTS, "not a key we know"),
        (change(DOCUMENTS, "title: Pasaporte", f"title: {'x' * 25}"), DOCUMENTS, "longer than 24 characters"),
        (change(DANGER, '    lifeline: "Llame ya al {police} (Policía)."\n', ""), DANGER, "no life-saving line"),
        (change("facts/lines.yml", "confidence: high", "confidence: low"), "facts/lines.yml", "low in confidence"),
        (change("facts/lines.yml", "date: 2025-12-24", "date: ayer"), "facts/lines.yml", "must be a date"),
        (change("facts/lines.yml", "confidence: high", "confidence: sure"), "facts/lines.yml", "must be one of"),
        (change(OFFICES, "municipality: Quetzaltenango", "municipality: Xela"), OFFICES, "no place"),
        (change(SPANISH, "menu: documents}", "menu: nothing}"), SPANISH, "leads to no menu 'nothing'"),
        (change(SPANISH, "opt_in: [alta", "opt_in: [alto"), SPANISH, "'alto' already does"),
        (change(SPANISH, "  unknown:", "  unknwon:"), SPANISH, "no part of the program says 'unknwon'"),
        (change(SPANISH, "keywords:\n", "keywords:\n  jump: [salta]\n"), SPANISH, "'jump' is no command"),
        (change(DOCUMENTS, "Cita gratis en", f"{'muy largo ' * 60}Cita gratis en"), DOCUMENTS, "segments by SMS"),
        (change("places/municipalities.csv", "id,name", "code,name"), "places/municipalities.csv", "Keep the columns"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(copy: Path, apply: Callable[[Path], None], where: str, said: str) -> None:
    apply(copy)
    errors = [str(problem) for problem in check(read_content(copy), TODAY) if not problem.is_warning]
    assert any(re.match(rf"{re.escape(where)}:\d+: ", error) and said in error for error in errors), errors


def test_every_problem_is_listed_at_once_and_nothing_is_served(copy: Path) -> None:
    change(DOCUMENTS, "{passport_price_5y}", "US$30")(copy)
    change(DANGER, "next: [gender_violence", "next: [nowhere")(copy)
    with pytest.raises(ContentInvalid) as caught:
        load_catalogue(copy, TODAY)
    assert "2 problem(s)" in str(caught.value)
    assert DOCUMENTS in str(caught.value)
    assert DANGER in str(caught.value)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\n"


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        (BOMB.encode(), 1, "anchor or alias"),
        (b"a: 1\nb: 2\na: 3\n", 3, "repeats the key 'a' (first on line 1)"),
        (b"a:\n\tb: 1\n", 2, "not valid YAML"),
        (b"a: \xff\xfe\n", 1, "not UTF-8"),
        (b"ok: 1\na: !!python/object/apply:os.system [ls]\n", 2, "anchor or alias|not valid|tag|key"),
        (b"? [a]\n: 1\n", 1, "key that is not a word"),
        (b"a: \x00", 1, "not valid YAML"),
        (("[" * 3000).encode(), 1, "not valid YAML|too deeply"),
    ],
    ids=["alias", "duplicate", "tab", "encoding", "tag", "key", "nul", "depth"],
)
def test_hostile_or_broken_yaml_is_refused_with_its_line(raw: bytes, line: int, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_source(raw, "bad.yml")
    assert re.search(said if "|" in said else re.escape(said), str(caught.value))
    if "|" not in said:
        assert str(caught.value).startswith(f"bad.yml:{line}:")


def test_yes_and_no_are_words_and_numbers_stay_as_written() -> None:
    data = parse_source(b"a: no\nb: 'true'\nc: true\nd: 0110\ne: 110\nf: 2025-09-06\n", "x.yml").data
    assert data == {"a": "no", "b": "true", "c": True, "d": "0110", "e": 110, "f": "2025-09-06"}


def test_the_content_has_no_errors() -> None:
    assert [p for p in check(read_content(ROOT / "content"), TODAY) if not p.is_warning] == []


def rendered(catalogue: Catalogue, channel: Channel) -> dict[str, str]:
    composer = Composer(catalogue, TODAY, channel, "es")
    return {a.intent: render(composer.answer(a), channel, SmsPolicy()) for a in catalogue.answers.values()}


@pytest.mark.parametrize("channel", list(Channel))
def test_no_answer_repeats_a_known_falsehood(catalogue: Catalogue, channel: Channel) -> None:
    assert [(i, trap) for i, text in rendered(catalogue, channel).items() for trap in TRAPS if trap in text] == []


def test_every_sms_fits_two_segments_of_the_cheap_alphabet(catalogue: Catalogue) -> None:
    costs = {intent: cost_of((text,)) for intent, text in rendered(catalogue, Channel.SMS).items()}
    assert {i: c for i, c in costs.items() if c.segments > 2 or c.encoding is not Encoding.GSM7} == {}


def test_the_notice_costs_one_segment(catalogue: Catalogue) -> None:
    notice = Composer(catalogue, TODAY, Channel.SMS, "es").message("notice")
    assert cost_of((finish_sms(notice, SmsPolicy()),)).segments == 1


def test_no_low_superseded_or_closed_office_is_ever_shown(catalogue: Catalogue) -> None:
    composer = Composer(catalogue, TODAY, Channel.WHATSAPP, "es")
    kinds = {office.kind for office in catalogue.offices}
    shown = {found.office.id for p in catalogue.places.values() for found in nearest(composer.offices(kinds), p)}
    hidden = {o.id for o in catalogue.offices if not o.validity.is_publishable}
    assert {"cdm-esq", "iom-gt-hq-2021", "con-em-atl", "1518"} <= hidden
    assert shown & hidden == set()


def test_a_fact_that_ran_out_is_not_sent_and_the_answer_says_so(catalogue: Catalogue) -> None:
    late = Composer(catalogue, date(2032, 1, 1), Channel.WHATSAPP, "es")
    text = render(late.answer(catalogue.answers["es", "passport"]), Channel.WHATSAPP, SmsPolicy())
    assert "US$50" not in text
    assert "confirmando" in text
