"""What editors have at hand: a check that is quick and advises, previews, schemas, and differences in words."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from typer.testing import CliRunner

from bot.composing import Composer
from bot.gsm7 import count_segments
from bot.messages import Channel
from bot.rendering import SmsPolicy, render
from content.checks import MESSAGES, check, load_catalogue
from content.comparing import Section, compare, line_diff
from content.figures import locale_figures, sms_figures
from content.intents import CORE
from content.loader import read_content
from content.longest import widest_places
from content.readability import count_syllables, ease
from content.schemas import schema_texts
from content.source import read_source
from rumbo.cli import app
from rumbo.revisions import NoRevision, folder_at
from rumbo.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
TODAY = date(2026, 11, 24)
CHECK_SECONDS = 2.0
TALK, DOCUMENTS, LOCALE = "answers/es/conversation.yml", "answers/es/documents.yml", "locales/es.yml"
LINES, OFFICES, KICHE = "facts/lines.yml", "offices/guatemala.yml", "answers/quc/core.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the real content."""
    return Path(shutil.copytree("content", tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def edit(root: Path, file: str, pattern: str, new: str, count: int = 1) -> None:
    """Replace the first matches, or all with a count of 0."""
    path = root / file
    changed, found = re.subn(pattern, new, path.read_text("utf-8"), count=count)
    assert found, f"{file} holds no {pattern}"
    path.write_text(changed, "utf-8")


def warnings(root: Path) -> list[str]:
    problems = check(read_content(root), TODAY)
    assert [str(problem) for problem in problems if not problem.is_warning] == []
    return [str(problem) for problem in problems]


def run(*arguments: str, code: int = 0) -> str:
    """Run a command in this process, and return what it says."""
    result = CliRunner().invoke(app, ["content", *arguments])
    assert result.exit_code == code, result.output
    return result.output


# --- check


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with content of its own to break."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("bot", "content", "nlu", "rumbo", "stores", "webhooks", "console"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    return folder


def rumbo(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as people do."""
    command = [sys.executable, "-m", "rumbo", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_check_tells_all_it_knows_in_one_json_object() -> None:
    report = json.loads(run("check", "--json"))
    assert set(report) == {"errors", "warnings", "answers", "facts", "offices", "locales", "sms"}
    assert report["errors"] == []
    assert set(report["locales"]) == {"es", "quc", "kek", "mam", "cak", "kjb", "ixl"}
    for locale, figures in report["locales"].items():
        states = ("draft", "reviewed", "stale", "missing")
        assert set(figures) == {"answers", "messages", "unattested", *states, *(f"{s}_messages" for s in states)}
        assert figures["unattested"] == 0, locale
        if locale != "es":
            assert figures["draft"] + figures["reviewed"] + figures["stale"] == figures["answers"]
    assert report["locales"]["es"]["answers"] == report["answers"] == report["sms"]["answers"] == 57
    assert report["sms"]["max_segments"] == 2
    assert 0 < report["sms"]["one_segment"] < 57


def test_an_error_ends_the_check_with_1_and_is_in_the_json(clone: Path) -> None:
    edit(clone / "content", TALK, r"(  thanks:\n    title: Gracias\n    whatsapp: ).*", r'\1"Llame al 1500."')
    ended = rumbo(clone, "content", "check", "--json")
    assert ended.returncode == 1
    report = json.loads(ended.stdout)
    assert len(report["errors"]) == 1
    assert re.match(rf"{TALK}:\d+: has a number typed by hand", report["errors"][0])
    (clone / "content" / LOCALE).write_text("name: [", "utf-8")
    ended = rumbo(clone, "content", "check", "--json")
    assert (ended.returncode, json.loads(ended.stdout)["sms"]["max_segments"]) == (1, 0), ended.stderr


def test_the_check_is_quick() -> None:
    """In processor time, which other programs on the machine do not lengthen."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert rumbo(ROOT, "content", "check").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < CHECK_SECONDS


def test_commands_load_neither_the_web_nor_the_stores_before_they_need_them() -> None:
    heavy = {"flask", "sqlalchemy", "alembic", "redis", "twilio", "pygal"}
    code = f"import sys, rumbo.cli; print(*({heavy!r} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (loaded.stdout, loaded.stderr) == ("\n", "")


@pytest.mark.parametrize("channel", list(Channel))
def test_the_longest_answer_for_any_place_is_among_those_measured(channel: Channel) -> None:
    catalogue = load_catalogue(Path("content"), TODAY)
    composer = Composer(catalogue, TODAY, channel, "es")
    for answer in catalogue.answers.values():
        if answer.office_kinds:
            lengths = [
                max(len(render(composer.answer(answer, place), channel, SmsPolicy())) for place in places)
                for places in (catalogue.places.values(), widest_places(composer, answer))
            ]
            assert lengths[0] == lengths[1], answer.intent


def test_figures_count_translations_by_state_and_what_is_missing(root: Path) -> None:
    edit(root, KICHE, r"    of: \w+", "    of: 000000000000")
    (root / "answers/kek/core.yml").unlink()
    loaded = read_content(root)
    figures = locale_figures(loaded, {"quc": 3})
    before = locale_figures(read_content(Path("content")), {})["quc"]
    assert figures["quc"] == {**before, "draft": before["draft"] - 1, "stale": before["stale"] + 1, "unattested": 3}
    messages = {name: count for name, count in figures["kek"].items() if "messages" in name}
    assert figures["kek"] == dict.fromkeys(figures["kek"], 0) | {"missing": len(CORE)} | messages
    assert messages["draft_messages"] == messages["messages"] > 0
    assert messages["messages"] + messages["missing_messages"] == len(MESSAGES)
    assert figures["es"]["missing"] == figures["es"]["draft"] == figures["es"]["reviewed"] == 0


def test_sms_figures_are_what_answers_cost(root: Path) -> None:
    catalogue = load_catalogue(root, TODAY)
    composer = Composer(catalogue, TODAY, Channel.SMS, "es")
    texts = [render(composer.answer(a), Channel.SMS, SmsPolicy()) for a in catalogue.answers.values()]
    segments = [count_segments(text) for text in texts]
    expected = {"answers": 57, "one_segment": segments.count(1), "max_segments": max(segments)}
    assert sms_figures(read_content(root), TODAY) == expected
    assert sms_figures(read_content(root), date(2035, 1, 1)) == expected, "time alone changes no figure"


def test_each_answer_s_cost_is_told_for_each_locale() -> None:
    report = json.loads(run("check", "--costs", "--json"))
    rows = {(row["locale"], row["answer"]): row for row in report["costs"]}
    locales = {locale for locale, _ in rows}
    assert len(rows) == len(locales) * 57
    assert rows["es", "thanks"] | {"state": "spanish", "with_office": None} == rows["es", "thanks"]
    assert rows["quc", "thanks"]["state"] == "draft"
    assert rows["quc", "thanks"]["segments"] >= rows["es", "thanks"]["segments"]
    office = rows["es", "iom_offices"]
    assert office["with_office"] >= office["segments"]
    assert Decimal(office["usd"]) == office["with_office"] * read_settings().sms_price_usd
    shown = run("check", "--costs")
    assert re.search(r"^ *quc +thanks +draft +\d +- +GSM-7 +0\.\d+", shown, re.MULTILINE)


# --- advice


def test_an_answer_no_number_leads_to_is_advised_on(root: Path) -> None:
    for file in (root / "answers" / "es").glob("*.yml"):
        file.write_text(re.sub(r"(next: \[.*?)(, )?\bus_visa\b(, )?", r"\1", file.read_text("utf-8")), "utf-8")
    edit(root, LOCALE, r"\n.*answer: us_visa.*", "")
    (found,) = [text for text in warnings(root) if "only in words" in text]
    assert re.match(rf"{DOCUMENTS}:\d+: 'us_visa' can be reached only in words\. Add it to a menu", found)


def test_a_menu_nothing_leads_to_and_the_answers_in_it_are_advised_on(root: Path) -> None:
    edit(root, LOCALE, r"\n.*menu: work\}", "")
    found = warnings(root)
    assert any(re.match(rf"{LOCALE}:\d+: no menu leads to the menu 'work'", text) for text in found)


def test_replies_to_something_said_need_no_number() -> None:
    assert [text for text in warnings(Path("content")) if "only in words" in text or "no menu leads" in text] == []


def test_a_language_without_translations_is_advised_on(root: Path) -> None:
    shutil.rmtree(root / "answers" / "mam")
    (found,) = [text for text in warnings(root) if "translations" in text]
    assert re.match(r"locales/mam\.yml:\d+: 'mam' has no translations: ", found)


def test_a_language_nobody_can_choose_is_an_error(root: Path) -> None:
    edit(root, "languages.yml", r"\n  quc: .*", "")
    problems = [str(problem) for problem in check(read_content(root), TODAY) if not problem.is_warning]
    (problem,) = problems
    assert re.match(r"locales/quc\.yml:\d+: 'quc' has no name in languages\.yml", problem)


HARD = (
    "El incumplimiento reiterado de las obligaciones administrativas correspondientes imposibilitará automáticamente "
    "la continuación del procedimiento extraordinario de regularización documental, independientemente de las "
    "circunstancias particulares que oportunamente acreditaran las personas interesadas ante la administración."
)
EASY = "Vaya a la oficina. Lleve su DPI y una copia. No pague a nadie. " * 4


def test_hard_reading_is_advised_on_with_its_figure_and_line(root: Path) -> None:
    edit(root, TALK, r"(  thanks:\n    title: Gracias\n    whatsapp: ).*", rf'\1"{HARD}"')
    (found,) = [text for text in warnings(root) if "'thanks' is hard to read" in text]
    figure = ease(HARD)
    assert figure is not None
    assert f"{figure:.0f} on the INFLESZ scale, aim for 65" in found


def test_the_scale_tells_hard_from_easy_and_does_not_judge_a_few_words() -> None:
    hard, easy = ease(HARD), ease(EASY)
    assert hard is not None
    assert hard < 40
    assert easy is not None
    assert easy > 80
    assert ease("Una frase corta.") is None
    assert ease(EASY + " 2305-3000 https://igm.gob.gt/citas correo@oim.int") == easy, "numbers and links are no words"


def test_the_formula_is_as_published() -> None:
    """206.835 - 62.3 syllables a word - words a sentence, by hand: 32 words, 64 syllables, 4 sentences."""
    text = "Casa mesa luna gato perro lobo nube rosa. " * 4
    assert ease(text) == pytest.approx(206.835 - 62.3 * 2 - 8)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        *(("a", 1), ("pasaporte", 4), ("ciudad", 2), ("día", 2), ("alegría", 4), ("aeropuerto", 5), ("averiguáis", 4)),
        *(("guerra", 2), ("queso", 2), ("pingüino", 3), ("antigüedad", 4), ("guitarra", 3), ("quiché", 2)),
        *(("ahora", 3), ("rehén", 2), ("bahía", 3), ("hueco", 2), ("chiapas", 2), ("huehuetenango", 5)),
        *(("rey", 1), ("muy", 1), ("y", 1), ("hoy", 1), ("mayo", 2), ("ayuda", 3), ("buey", 1), ("Paraguay", 3)),
        *(("leído", 3), ("oír", 2), ("país", 2), ("Raúl", 2), ("construí", 2), ("cuídese", 3), ("caían", 3)),
        *(("DPI", 1), ("niñez", 2), ("ruido", 2), ("reunir", 2), ("idea", 3), ("caos", 2)),
    ],
)
def test_syllables(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables
    assert count_syllables(word.upper()) == syllables


# --- preview


def test_a_preview_is_what_the_phone_shows_with_its_cost_and_its_facts() -> None:
    catalogue = load_catalogue(Path("content"), date.today())  # noqa: DTZ011  (as the command has it)
    answer = catalogue.answers["es", "passport"]
    reply = Composer(catalogue, date.today(), Channel.SMS, "es").answer(answer)  # noqa: DTZ011
    said = run("preview", "passport", "--channel", "sms")
    text = render(reply, Channel.SMS, SmsPolicy())
    assert said.startswith(f"{text}\n\n---")
    assert f"{len(text)} characters, {count_segments(text)} segments GSM-7 · Spanish" in said
    for fact in reply.facts:
        assert f"\n{fact}: {catalogue.facts[fact].value} (checked on " in said
    shown = json.loads(run("preview", "passport", "--channel", "sms", "--json"))
    assert shown == {
        "text": text,
        "characters": len(text),
        "segments": count_segments(text),
        "encoding": "GSM-7",
        "state": "Spanish",
        "facts": [*reply.facts],
        "recording": None,
    }


def test_a_preview_in_another_language_says_its_state() -> None:
    said = run("preview", "passport", "--locale", "quc")
    assert "sin revisar" in said
    assert "quc draft" in said
    assert "no translation to quc" in run("preview", "us_visa", "--locale", "quc")


def test_a_preview_shows_the_office_for_a_place() -> None:
    said = run("preview", "iom_offices", "--place", "quetzaltenango")
    assert "office:" in said
    assert "7824-1698" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pasport",), "No answer is called 'pasport'. Did you mean passport?"),
        (("zzz",), "No answer is called 'zzz'. There are: about_service, "),
        (("passport", "--locale", "xx"), "There is no locale 'xx'. There are: cak, es, ixl,"),
        (("passport", "--place", "Narnia"), "No place is called 'Narnia'."),
    ],
)
def test_a_preview_of_what_is_not_there_says_what_is(arguments: tuple[str, ...], said: str) -> None:
    assert run("preview", *arguments, code=2).startswith(said)


# --- schemas


@pytest.fixture(scope="module")
def validators() -> dict[str, Validator]:
    """Each schema, as an editor's YAML extension uses it."""
    schemas = {name.removesuffix(".json"): json.loads(text) for name, text in schema_texts().items()}
    for schema in schemas.values():
        Draft7Validator.check_schema(schema)
    return {name: Draft7Validator(schema) for name, schema in schemas.items()}


def schema_for(file: str) -> str:
    folder = file.split("/")[0]
    if folder == "answers":
        return "answers" if file.startswith("answers/es/") else "translations"
    return folder.removesuffix(".yml")


def test_the_committed_schemas_are_up_to_date() -> None:
    committed = {path.name: path.read_text("utf-8") for path in Path("content/schemas").iterdir()}
    assert committed == schema_texts(), "run `rumbo content schema`"


def test_schemas_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    assert "written: " in run("schema", "--to", str(tmp_path / "made"))
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "made").iterdir()} == schema_texts()
    assert run("schema", "--to", str(tmp_path / "made")) == "up to date\n"


def test_every_content_file_fits_its_schema(validators: dict[str, Validator]) -> None:
    root, wrong = Path("content"), list[str]()
    files = list(root.rglob("*.yml"))
    assert len(files) > 25
    for path in files:
        source = read_source(path, root)
        for error in validators[schema_for(source.name)].iter_errors(source.data):
            wrong.append(f"{source.name} {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    assert wrong == []


@pytest.mark.parametrize(
    ("file", "pattern", "new"),
    [
        (DOCUMENTS, r"    title: Pasaporte", "    titel: Pasaporte"),
        (DOCUMENTS, r"    title: Pasaporte", f"    title: {'a' * 25}"),
        (DOCUMENTS, r"    title: Pasaporte\n", ""),
        (DOCUMENTS, r"    asks_place: true", "    asks_place: perhaps"),
        (DOCUMENTS, r"  passport:", "  Passport Office:"),
        (LINES, r"confidence: high", "confidence: certain"),
        (LINES, r"      date: \S+", "      date: September"),
        (LINES, r"    kind: phone\n", ""),
        (KICHE, r"    state: draft", "    state: perfect"),
        (LOCALE, r"menus:\n", "menues:\n"),
        (OFFICES, r"country: GT", "country: Guatemala"),
        ("languages.yml", r"\n  quc: .*", "\n  kiche: K'iche'"),
        ("places/other.yml", r"kind: crossing", "kind: bridge"),
    ],
)
def test_a_schema_sees_the_mistakes_that_completion_can_prevent(
    root: Path, validators: dict[str, Validator], file: str, pattern: str, new: str
) -> None:
    validator = validators[schema_for(file)]
    assert validator.is_valid(read_source(root / file, root).data)
    edit(root, file, pattern, new)
    assert not validator.is_valid(read_source(root / file, root).data)


# --- differences


def sections(old: Path, new: Path) -> dict[str, Section]:
    return {section.title: section for section in compare(read_content(old), read_content(new))}


def test_nothing_changed_is_nothing_said(root: Path) -> None:
    assert sections(Path("content"), root) == {}
    edit(root, TALK, r"\A", "# Una nota.\n")
    assert sections(Path("content"), root) == {}, "comments are for editors, not for people"


def test_a_changed_answer_shows_its_channel_and_the_sentences(root: Path) -> None:
    edit(root, DOCUMENTS, r"Vaya en persona, sin tramitadores\.", "Vaya en persona. Nunca con tramitadores.")
    found = sections(Path("content"), root)
    lines = [
        "WhatsApp:",
        "  - Vaya en persona, sin tramitadores.",
        "  + Vaya en persona.",
        "  + Nunca con tramitadores.",
    ]
    assert found["Answers"].changed == {"passport (Pasaporte)": lines}
    assert found["Translations"].changed["quc passport"] == ["state: draft -> stale"]


def test_other_parts_of_an_answer_are_told_too(root: Path) -> None:
    edit(root, DOCUMENTS, r"next: \[national_id, minor", "next: [minor")
    edit(root, DOCUMENTS, r"(  passport:\n    title: )Pasaporte", r"\1El pasaporte")
    edit(root, DOCUMENTS, r"    asks_place: true\n", "")
    assert sections(Path("content"), root)["Answers"].changed["passport (El pasaporte)"] == [
        "title: Pasaporte -> El pasaporte",
        "next: national_id, minor_travel_permit, consular_protection, us_visa -> "
        "minor_travel_permit, consular_protection, us_visa",
        "asks for the place: yes -> no",
    ]


def test_answers_that_came_and_went(root: Path) -> None:
    edit(root, TALK, r"  thanks:\n", "  many_thanks:\n")
    found = sections(Path("content"), root)["Answers"]
    assert (found.added, found.removed) == (["many_thanks (Gracias)"], ["thanks (Gracias)"])


def test_a_changed_fact_shows_old_and_new_and_who_names_it(root: Path) -> None:
    edit(root, "facts/documents.yml", r"(  passport_price_5y:\n(?:    .*\n)*?    value: ).*", r'\1"US$55"')
    (lines,) = sections(Path("content"), root)["Facts"].changed.values()
    assert lines[0] == "value: US$50 -> US$55"
    assert re.match(r"named by: .*\bpassport\b", lines[1])
    assert "national_id" not in lines[1]


def test_a_card_that_was_only_checked_again_is_told_in_a_word(root: Path) -> None:
    edit(root, LINES, r"(  police:\n(?:    .*\n)*?    checked_on: )\S+", r"\g<1>2026-11-24")
    found = sections(Path("content"), root)
    assert set(found) == {"Facts"}
    assert found["Facts"].changed == {}
    (again,) = found["Facts"].checked_again
    assert again.startswith("police (")


def test_changed_offices_messages_menus_keywords_and_languages_are_told(root: Path) -> None:
    edit(root, OFFICES, r"7824-1698", "7824-1699")
    edit(root, LOCALE, r'title: "?Documentos"?, menu', "title: Papeles, menu")
    edit(root, LOCALE, r"whatsapp: Otra cosa", "whatsapp: Ninguno de estos")
    edit(root, LOCALE, r"  repeat: \[", "  repeat: [de nuevo otra vez, ")
    edit(root, "languages.yml", r"\n  quc: .*", '\n  quc: "Kiche"')
    found = sections(Path("content"), root)
    assert any("phones: " in line and "-> " in line and "7824-1699" in line for line in _all(found["Offices"]))
    words = found["Messages, menus and words"].changed
    assert words["es message none_of_these"][0] == "WhatsApp: Otra cosa -> Ninguno de estos"
    assert "  + 3 Papeles (documents)" in words["es menu main"]
    assert words["es keywords repeat"] == ["words:", "  + de nuevo otra vez"]
    assert _all(found["Places and languages"]) == ["name: K'iche' -> Kiche"]


def _all(section: Section) -> list[str]:
    return [line for lines in section.changed.values() for line in lines]


def test_only_new_line_breaks_are_called_so() -> None:
    assert line_diff("Una frase. Otra frase.", "Una frase.\n\nOtra frase.") == ["(only its line breaks)"]


@pytest.fixture
def history(root: Path) -> Callable[..., None]:
    """Make the folder above the content a git checkout, and commit."""
    folder = root.parent

    def git(*arguments: str) -> None:
        who = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b",
        }
        subprocess.run(["git", *arguments], cwd=folder, env=os.environ | who, check=True, capture_output=True)

    git("init", "-q")
    git("add", "content")
    git("commit", "-q", "-m", "first")
    return git


def test_the_content_of_a_revision_is_read_out_of_git(root: Path, history: Callable[..., None]) -> None:
    edit(root, LINES, r'(  police:\n(?:    .*\n)*?    value: )"110"', r'\1"112"')
    with folder_at("HEAD", root) as before:
        assert read_content(before).facts["police"].value == "110"
        assert "Facts" in [section.title for section in compare(read_content(before), read_content(root))]
    history("commit", "-q", "-a", "-m", "second")
    with folder_at("HEAD", root) as now, folder_at("HEAD~1", root) as before:
        assert [read_content(folder).facts["police"].value for folder in (now, before)] == ["112", "110"]
    assert not before.exists()


@pytest.mark.parametrize("revision", ["HEAD~7", "nobody", "", "--output=x", "HEAD:content", "-h", "a b"])
def test_a_revision_git_does_not_know_is_said_so(root: Path, history: Callable[..., None], revision: str) -> None:
    with pytest.raises(NoRevision, match="git knows no revision"), folder_at(revision, root):
        pass
    assert not (root / "x").exists()


def test_outside_a_checkout_is_said_so(root: Path) -> None:
    with pytest.raises(NoRevision, match="is not in a git checkout"), folder_at("HEAD", root):
        pass


def test_a_folder_that_was_not_there_yet_is_said_so(root: Path, history: Callable[..., None]) -> None:
    (root.parent / "later").mkdir()
    with pytest.raises(NoRevision, match="cannot take the folder later out of 'HEAD'"):  # noqa: SIM117
        with folder_at("HEAD", root.parent / "later"):
            pass


def test_the_command_tells_what_changed(clone: Path, root: Path) -> None:
    shutil.rmtree(clone / "content")
    shutil.copytree(ROOT / "content", clone / "content", ignore=shutil.ignore_patterns("__pycache__"))
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "content"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=clone, check=True, capture_output=True)
    ended = rumbo(clone, "content", "diff", "HEAD")
    assert ended.stdout == "Nothing that people read changed.\n", ended.stderr
    edit(clone / "content", LINES, r'(  police:\n(?:    .*\n)*?    value: )"110"', r'\1"112"')
    ended = rumbo(clone, "content", "diff", "HEAD")
    assert "Facts\n  changed: police (" in ended.stdout
    assert "      value: 110 -> 112\n      named by: " in ended.stdout
    ended = rumbo(clone, "content", "diff", "HEAD~9")
    assert (ended.returncode, ended.stderr.startswith("git knows no revision 'HEAD~9'.")) == (1, True)
