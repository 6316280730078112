"""Each check finds the mistake it is for, in a copy of the real content with one thing broken."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ContentInvalid
from content.checks import check, load_catalogue
from content.loader import read_content
from content.source import Problem
from content.stamping import stamp

TODAY = date(2026, 11, 24)
DANGER, TALK, LOCALE = "answers/es/danger.yml", "answers/es/conversation.yml", "locales/es.yml"
DOCUMENTS, LINES, OFFICES = "answers/es/documents.yml", "facts/lines.yml", "offices/guatemala.yml"
MAYAN = ("cak", "ixl", "kek", "kjb", "mam", "quc")
THANKS = r"(  thanks:\n    title: Gracias\n    whatsapp: ).*"

THANKS_SMS = r"(  thanks:\n(?:    .*\n)*?    sms: ).*"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def edit(root: Path, file: str, pattern: str, new: str) -> int:
    """Replace the first match and return its line."""
    path = root / file
    text = path.read_text("utf-8")
    changed, count = re.subn(pattern, new, text, count=1)
    assert count == 1, f"{file} holds no {pattern}"
    path.write_text(changed, "utf-8")
    found = re.search(pattern, text)
    assert found
    return text.count("\n", 0, found.start()) + 1


def errors(root: Path) -> list[Problem]:
    return [problem for problem in check(read_content(root), TODAY) if not problem.is_warning]


@pytest.mark.parametrize(
    ("file", "pattern", "new", "lines_below", "said"),
    [
        pytest.param(
            DANGER,
            r"\A.*\nanswers:\n",
            "answers:\n  dance: {title: Baile, whatsapp: Baile.}\n",
            1,
            "'dance' is no intent we know",
            id="unknown intent",
        ),
        pytest.param(
            TALK,
            THANKS,
            r'\1"Llame al 1500 ahora."',
            2,
            "a number typed by hand near 'Llame al 1500 ahora.'",
            id="number typed by hand",
        ),
        pytest.param(TALK, THANKS, r'\1"Son ٣ días."', 2, "a number typed by hand", id="number in another script"),
        pytest.param(
            TALK, THANKS, r'\1"Llame al {police_gone}."', 2, "'{police_gone}', which does not exist", id="unknown fact"
        ),
        pytest.param(TALK, THANKS, r'\1"Llame al {police."', 2, "a stray '{' or '}'", id="stray brace"),
        pytest.param(TALK, THANKS, r'\1"Llame al police}."', 2, "a stray '{' or '}'", id="stray closing brace"),
        pytest.param(TALK, THANKS, r'\1"Llame al {police_gone}."', 2, "(near it: police", id="fact with a near name"),
        pytest.param(
            TALK,
            THANKS_SMS,
            r'\1"Llame al 1500."',
            -1,
            "a number typed by hand near 'Llame al 1500.'",
            id="number in sms",
        ),
        pytest.param(
            TALK, THANKS, r'\1"Vaya a {office}."', 2, "'{office}', which does not exist", id="office outside near"
        ),
        pytest.param(
            "replies.yml", r"llame al \{police\}", "llame al 110", -2, "a number typed by hand", id="number for staff"
        ),
        pytest.param(
            "replies.yml",
            r'whatsapp: "Puede llamar a la OIM',
            f'whatsapp: "{"Espere. " * 45}Puede llamar a la OIM',
            -1,
            "segments by SMS. Shorten 'sms'.",
            id="dear answer for staff",
        ),
        pytest.param(
            TALK,
            r"next: \[human_agent\]",
            "next: [nowhere]",
            0,
            "'next' leads to 'nowhere', which has no answer",
            id="next to nowhere",
        ),
        pytest.param(
            DANGER,
            r'    lifeline: "Llame ya .*\n',
            "",
            -2,
            "'emergency' is danger and has no life-saving line",
            id="no lifeline",
        ),
        pytest.param(
            DANGER,
            r'(    lifeline: )"Llame ya .*',
            r'\1"Pida ayuda."',
            -2,
            "has no life-saving line",
            id="lifeline without a phone",
        ),
        pytest.param(
            DOCUMENTS,
            r"offices: \[passport, ",
            "offices: [castle, ",
            0,
            "no office is a 'castle'",
            id="unknown kind of office",
        ),
        pytest.param(
            OFFICES,
            r"municipality: Quetzaltenango\n",
            "municipality: Xelajú\n",
            0,
            "'Xelajú' is no place we know",
            id="office in an unknown place",
        ),
        pytest.param(LOCALE, r"menu: documents", "menu: papers", 0, "leads to no menu 'papers'", id="menu to nowhere"),
        pytest.param(
            LOCALE, r"answer: passport", "answer: paper", 0, "leads to no answer 'paper'", id="menu to no answer"
        ),
        pytest.param(LOCALE, r"  main:\n", "  first:\n", -1, "lacks the menu 'main'", id="no main menu"),
        pytest.param(
            LOCALE, r"  repeat: \[", "  repeat: [Menú, ", 0, "One word, one command", id="keyword clash, with an accent"
        ),
        pytest.param(LOCALE, r"  repeat: \[", "  encore: [", 0, "'encore' is no command", id="unknown command"),
        pytest.param(LOCALE, r"  trafficking:\n", "  fire:\n", 0, "'fire' is no danger", id="unknown danger"),
        pytest.param(
            LOCALE, r"  media:\n", "  picture:\n", 0, "no part of the program says 'picture'", id="unknown message"
        ),
        pytest.param(
            TALK, THANKS, r"\1" + "a" * 1025, -1, "characters by WhatsApp, at most 1024", id="too long for WhatsApp"
        ),
        pytest.param(
            TALK,
            THANKS_SMS,
            r"\1" + "a" * 460,
            -1,
            "'thanks' costs 4 segments by SMS",
            id="too long for SMS",
        ),
        pytest.param(
            TALK,
            THANKS_SMS,
            r"\1Con gusto 😀",
            -1,
            "make an SMS cost double: 😀",
            id="dear character",
        ),
    ],
)
def test_each_mistake_is_found(root: Path, file: str, pattern: str, new: str, lines_below: int, said: str) -> None:
    line = edit(root, file, pattern, new)
    (found,) = [problem for problem in errors(root) if said in problem.message]
    assert found.file == file
    if lines_below >= 0:
        assert found.line == line + lines_below


@pytest.mark.parametrize(
    "state",
    ["confidence: low", "confidence: high\n    status: superseded", "confidence: high\n    status: reported_closed"],
)
def test_a_fact_that_may_not_be_published_is_not_named(root: Path, state: str) -> None:
    edit(root, LINES, r"(  police:\n(?:    .*\n)*?)    confidence: \w+", rf"\1    {state}")
    assert any("'police' is low in confidence, superseded or closed" in problem.message for problem in errors(root))


def test_a_fact_of_low_confidence_that_nothing_names_may_stay(root: Path) -> None:
    card = "  rumour: {kind: price, label: x, value: x, unit: x, where: x, source: {title: x}, confidence: low,"
    edit(root, LINES, r"facts:\n", f"facts:\n{card} stale_risk: high, checked_on: 2026-11-23, checked_by: x}}\n")
    assert errors(root) == []


def test_a_fact_due_for_review_warns_and_lets_the_other_checks_judge(root: Path) -> None:
    edit(root, LINES, r"(  police:\n(?:    .*\n)*?    review_by: )\S+", r"\g<1>2026-11-23")
    edit(root, TALK, THANKS_SMS, r"\1" + "a" * 460)
    found = check(read_content(root), TODAY)
    assert [p.is_warning for p in found if "'police' was due for review on 2026-11-23" in p.message] == [True]
    assert [p.is_warning for p in found if "'thanks' costs 4 segments" in p.message] == [False]


@pytest.mark.parametrize(
    ("length", "said"),
    [(306, []), (307, ["costs 3 segments by SMS; aim"]), (459, ["aim for 2"]), (460, ["4 segments", "Shorten 'sms'"])],
    ids=str,
)
def test_two_segments_are_the_aim_and_three_the_limit(root: Path, length: int, said: list[str]) -> None:
    edit(root, TALK, THANKS_SMS, r"\1" + "a" * length)
    found = [problem for problem in check(read_content(root), TODAY) if "'thanks'" in problem.message]
    assert len(found) == bool(said)
    assert all(part in problem.message for part in said for problem in found)
    assert [problem.is_warning for problem in found] == [length < 460] * len(found)


@pytest.mark.parametrize("fact", ["passport_price_5y", "gone"])
def test_a_lifeline_must_name_a_phone_that_exists(root: Path, fact: str) -> None:
    edit(root, DANGER, r'(    lifeline: )"Llame ya .*', rf'\1"Llame al {{{fact}}}."')
    assert any("'emergency' is danger and has no life-saving line" in problem.message for problem in errors(root))


@pytest.mark.parametrize(
    ("link", "is_found"), [("http://example.org", True), ("https://example.org", False), ("example.org", False)]
)
def test_a_link_without_https_is_found(root: Path, link: str, is_found: bool) -> None:
    card = r'(    kind: link\n(?:    .*\n)*?    value: )".*"'
    edit(root, "facts/documents.yml", card, rf'\1"{link}"')
    assert any("is a link without https" in problem.message for problem in errors(root)) is is_found


def test_a_fact_checked_today_is_no_problem(root: Path) -> None:
    edit(root, LINES, r"checked_on: .*", "checked_on: 2026-11-24")
    assert errors(root) == []


def test_a_missing_answer_message_or_locale_is_found(root: Path) -> None:
    edit(root, TALK, r"  thanks:\n(?:    .*\n)+", "")
    edit(root, LOCALE, r"  media:\n(?:    .*\n)+", "")
    said = "\n".join(problem.message for problem in errors(root))
    assert "no answer for: thanks" in said
    assert "lacks the messages: media" in said
    (root / LOCALE).unlink()
    assert any("Every deployment needs Spanish" in problem.message for problem in errors(root))


def test_a_fact_that_ran_out_warns_and_is_served_without_its_value(root: Path) -> None:
    edit(root, LINES, r"(  police:\n(?:    .*\n)*?)(    review_by: )", r"\1    expires: 2026-11-23\n\2")
    warnings = [problem for problem in check(read_content(root), TODAY) if problem.is_warning]
    assert any("'police' ran out on 2026-11-23" in problem.message for problem in warnings)
    assert errors(root) == []


def test_every_problem_is_reported_at_once_and_nothing_is_served(root: Path) -> None:
    edit(root, TALK, THANKS, r'\1"Llame al 1500."')
    edit(root, LOCALE, r"menu: documents", "menu: papers")
    edit(root, DANGER, r'    lifeline: "Llame ya .*\n', "")
    edit(root, OFFICES, r"municipality: Quetzaltenango\n", "municipality: Xelajú\n")
    with pytest.raises(ContentInvalid) as caught:
        load_catalogue(root, TODAY)
    said = str(caught.value)
    assert said.startswith("The content has 4 problem(s), so it is not served:")
    for part in ("near 'Llame al 1500.'", "menu 'papers'", "no life-saving line", "'Xelajú' is no place"):
        assert part in said
    assert len(re.findall(r"^  content/\S+\.yml:\d+: ", said, re.MULTILINE)) == 4


def test_broken_files_are_all_reported_at_once(root: Path) -> None:
    edit(root, TALK, r"answers:\n", "answers:\n\tx: 1\n")
    edit(root, LINES, r"facts:\n", "facts:\n  x: *y\n")
    edit(root, LOCALE, r"menus:\n", "menues:\n")
    assert {problem.file for problem in errors(root)} == {TALK, LINES, LOCALE}


def test_a_card_checked_tomorrow_is_a_warning_for_the_clock_may_be_wrong(root: Path) -> None:
    edit(root, LINES, r"checked_on: .*", "checked_on: 2026-11-25")
    warnings = [problem for problem in check(read_content(root), TODAY) if problem.is_warning]
    assert any("was checked in the future" in problem.message for problem in warnings)
    assert errors(root) == []


def test_the_words_beside_an_office_are_measured_too(root: Path) -> None:
    edit(root, DOCUMENTS, r"(      sms: \"Cita gratis en)", r"\1 " + "muy largo " * 30)
    assert any("Shorten 'near.sms'" in problem.message for problem in errors(root))


def test_a_translation_of_an_older_spanish_text_warns_and_is_not_sent(root: Path) -> None:
    edit(root, TALK, THANKS, r'\1"Con mucho gusto y hasta luego."')
    problems = check(read_content(root), TODAY)
    stale = [problem for problem in problems if "older Spanish text" in problem.message]
    assert {problem.file for problem in stale} == {f"answers/{tag}/core.yml" for tag in MAYAN}
    assert all(problem.is_warning for problem in stale)
    assert load_catalogue(root, TODAY).translation("thanks", "quc") is None


def test_a_translation_may_name_no_fact_that_the_spanish_does_not(root: Path) -> None:
    edit(root, "answers/quc/core.yml", r'(  thanks:\n    whatsapp: )".*"', r'\1"Maltyox {police}"')
    (problem,) = errors(root)
    assert "names '{police}', which the Spanish does not" in problem.message


def test_a_danger_number_never_stands_in_a_draft_only(root: Path) -> None:
    edit(
        root,
        "answers/quc/core.yml",
        r'(  emergency:\n    whatsapp: ".*"\n)',
        r'\1    lifeline: "Ya {police}"\n',
    )
    assert any("life-saving line in a draft" in problem.message for problem in errors(root))


# --- messages, menus and words beside an office, in each language

KICHE, KICHE_WORDS = "answers/quc/core.yml", "locales/quc.yml"
EMPTY = r"(  empty:\n    whatsapp: ).*"
SIGNED = '    reviewed_by: "Ana"\n    reviewed_on: 2026-11-24\n'


@pytest.mark.parametrize(
    ("file", "pattern", "new", "lines_below", "said"),
    [
        pytest.param(
            LOCALE,
            EMPTY,
            r'\1"' + "a" * 161 + '"',
            1,
            "'empty' costs 2 segments by SMS (161 characters), at most 1. Add a shorter 'sms'.",
            id="Spanish over one segment",
        ),
        pytest.param(
            LOCALE,
            r"(  which_language:\n    whatsapp: .*\n    sms: ).*",
            r'\1"' + "a" * 140 + ' {languages}"',
            0,
            "'which_language' costs 2 segments",
            id="Spanish over one segment with the longest names",
        ),
        pytest.param(
            LOCALE,
            r"(  unknown:\n(?:    .*\n.*\n)    sms: )\|-\n.*",
            r'\1"Us 😀 {police}"',
            0,
            "'unknown' has characters that make an SMS cost double: 😀. Replace them.",
            id="message of dear characters",
        ),
        pytest.param(
            KICHE_WORDS,
            EMPTY,
            r'\1"' + "a" * 240 + '"',
            1,
            "with the Spanish below it, at most 2. Add a shorter 'sms'.",
            id="draft over two segments",
        ),
        pytest.param(
            KICHE_WORDS,
            EMPTY,
            r'\1"Zxq {police}"',
            1,
            "names '{police}', which the Spanish does not. Take it out.",
            id="fact that the Spanish does not name",
        ),
        pytest.param(
            KICHE_WORDS,
            r'(  opted_out:\n    whatsapp: )".*"\n    sms: ".*"\n',
            r'\1"Utz."\n' + SIGNED,
            1,
            "lacks '{police}', which the Spanish names. Add it.",
            id="signed without the number",
        ),
        pytest.param(
            KICHE,
            r"(  passport:\n)",
            r"\1    near: {whatsapp: Utz}\n",
            None,
            "was written from an older Spanish text",
            id="words beside an office that were not stamped",
        ),
        pytest.param(
            DOCUMENTS,
            r"(  passport:\n(?:    .*\n|\n)*?)    near:\n      whatsapp: \|-\n(?:        .*\n|\n)+      sms: .*\n",
            r"\1",
            None,
            "'passport' would ask for the place again once it is known. Add 'near'",
            id="place asked for again",
        ),
    ],
)
def test_each_mistake_in_messages_and_beside_offices_is_found(
    root: Path, file: str, pattern: str, new: str, lines_below: int | None, said: str
) -> None:
    line = edit(root, file, pattern, new)
    found = [problem for problem in check(read_content(root), TODAY) if said in problem.message]
    assert [problem.file for problem in found] == [file]
    assert [problem.is_warning for problem in found] == ["older Spanish" in said]
    if lines_below is not None:
        assert found[0].line - line in {lines_below, lines_below - 1}


def test_words_beside_an_office_are_judged_as_drafts_are_sent(root: Path) -> None:
    """Above the Spanish ones and the widest office; and they name what the Spanish does."""
    for near, said in (
        ('{whatsapp: "' + "a " * 60 + '{office}"}', "segments by SMS"),
        ('{whatsapp: "Utz {police}"}', "names '{police}', which the Spanish does not. Take it out."),
    ):
        edit(root, KICHE, r"(  iom_offices:\n)", rf"\1    near: {near}\n")
        edit(root, KICHE, r"(  iom_offices:\n(?:    .*\n)*?    of: )\w+", r"\1new")
        assert stamp(root) == (f"{KICHE}: iom_offices",)
        assert [p for p in errors(root) if said in p.message and p.file == KICHE]
        edit(root, KICHE, r"(  iom_offices:\n)    near: .*\n", r"\1")
    edit(root, KICHE, r"(  thanks:\n(?:    .*\n)*?)    of: \w+", r"\1    near: {whatsapp: Utz}\n    of: new")
    edit(root, KICHE, r"(  iom_offices:\n(?:    .*\n)*?    of: )\w+", r"\1new")
    stamp(root)
    (problem,) = errors(root)
    assert problem.message == "has words beside an office, and the Spanish has none. Take them out."


def test_a_message_or_menu_of_an_older_spanish_text_warns_and_is_not_sent(root: Path) -> None:
    edit(root, KICHE_WORDS, EMPTY, r'\1"Zxq"')
    menu = "menus:\n  line: {title: Us, items: [{title: Us, answer: passport}], of: 000000000000}\n\nkeywords:"
    line = edit(root, KICHE_WORDS, r"keywords:", menu) + 1
    edit(root, LOCALE, EMPTY, r'\1"No llegó nada. Escriba su pregunta o elija un número:"')
    found = [p for p in check(read_content(root), TODAY) if "older Spanish text and is not sent" in p.message]
    assert {p.file for p in found} == {f"locales/{tag}.yml" for tag in MAYAN}
    assert [(p.line, p.is_warning) for p in found if "'line'" in p.message] == [(line, True)]
    catalogue = load_catalogue(root, TODAY)
    assert catalogue.message("empty", "quc") == catalogue.message("empty", "es")
    assert catalogue.menu("line", "quc") == catalogue.menu("line", "es")


def test_a_locale_file_that_names_no_sources_makes_nothing_signed(root: Path) -> None:
    edit(root, KICHE_WORDS, r"\ndraft: .*\n", "\n")
    assert "(sin revisar por hablantes)" in load_catalogue(root, TODAY).message("empty", "quc").whatsapp


# --- what a language lacks, and what words clash


def warned(root: Path, said: str) -> list[str]:
    return [str(problem) for problem in check(read_content(root), TODAY) if said in problem.message]


def test_a_word_of_two_languages_that_does_two_things_is_found(root: Path) -> None:
    line = edit(root, KICHE_WORDS, r"  speak: ", '  erase: ["oficina menu"]\n  speak: ')
    edit(root, "locales/mam.yml", r"keywords:\n", 'keywords:\n  opt_in: ["Oficina  menú"]\n')
    (found,) = [problem for problem in errors(root) if "One word, one command" in problem.message]
    assert (found.file, found.line) == (KICHE_WORDS, line)
    assert found.message.endswith("already does 'opt_in'. One word, one command: take it out of one of them.")


def test_a_language_without_answers_some_or_words_is_found(root: Path) -> None:
    assert warned(root, "has no translation") == []
    edit(root, KICHE, r"  thanks:\n(?:    .*\n)+", "")
    (root / "answers/mam/core.yml").unlink()
    (root / "answers/ttc").mkdir()
    (root / "answers/ttc/core.yml").write_text(
        (root / KICHE).read_text("utf-8").split("  resource_center:")[0], "utf-8"
    )
    assert warned(root, "has no translation") == [
        "locales/mam.yml:2: 'mam' has no translations: whoever writes in it is answered in Spanish only. "
        "Write answers/mam/core.yml.",
        "locales/quc.yml:2: 'quc' has no translation of: thanks. Write answers/quc/core.yml.",
    ]
    (unheard,) = warned(root, "nobody is answered in 'ttc'")
    assert re.fullmatch(r"answers/ttc/core\.yml:\d: .*Write locales/ttc\.yml\.", unheard)
