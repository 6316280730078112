"""The catalogues of the console's texts: in step with what is marked, translated, built; and Babel reads them."""

import gettext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rumbo.catalogues import is_built, problems, unbuilt
from rumbo.interface import interface
from rumbo.settings import ROOT

PAGE = "{% trans %}Registros{% endtrans %} {{ _('Buscar en %(count)s mensajes', count=3) }}"
CODE = "from flask_babel import lazy_gettext as _l\nTITLE = _l('Cobertura')\n"
ENGLISH = {
    "Registros": "Logs",
    "Buscar en %(count)s mensajes": "Search %(count)s messages",
    "Cobertura": "Coverage",
}


def run(command: str, root: Path) -> str:
    result = CliRunner().invoke(interface, [command, "--root", str(root)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone with a page and a module of its own, translated and built."""
    (tmp_path / "console" / "templates" / "logs").mkdir(parents=True)
    (tmp_path / "console" / "templates" / "logs" / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "console" / "logs.py").write_text(CODE, "utf-8")
    (tmp_path / "babel.cfg").write_bytes((ROOT / "babel.cfg").read_bytes())
    run("update", tmp_path)
    for spanish, english in ENGLISH.items():
        put(tmp_path, f'msgid "{spanish}"\nmsgstr ""', f'msgid "{spanish}"\nmsgstr "{english}"')
    run("compile", tmp_path)
    return tmp_path


def catalogue(root: Path, locale: str = "en") -> Path:
    return root / "console" / "translations" / locale / "LC_MESSAGES" / "messages.po"


def put(root: Path, old: str, new: str) -> None:
    text = catalogue(root).read_text("utf-8")
    assert text.count(old) == 1, text
    catalogue(root).write_text(text.replace(old, new), "utf-8")


def test_the_catalogues_of_this_clone_are_in_step_and_complete() -> None:
    assert [problem for problem in problems(ROOT) if "is not built" not in problem] == []


def test_what_is_marked_in_pages_and_code_is_gathered_translated_and_read_by_gettext(root: Path) -> None:
    assert list(problems(root)) == []
    english = gettext.translation("messages", root / "console" / "translations", ["en"])
    assert {spanish: english.gettext(spanish) for spanish in ENGLISH} == ENGLISH
    spanish = gettext.translation("messages", root / "console" / "translations", ["es"])
    assert spanish.gettext("Registros") == "Registros"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param('"Coverage"', '""', "'Cobertura' is not translated", id="missing"),
        pytest.param('"Search %(count)s', '"Search %(cuenta)s', "other placeholders", id="placeholder"),
        pytest.param('msgid "Registros"', 'msgid "Registro"', "lacks 'Registros'", id="out of step"),
        pytest.param('msgid "Registros"', 'msgid "Registro"', "has 'Registro', which no source says", id="left over"),
        pytest.param('msgid "Cobertura"', '#, fuzzy\nmsgid "Cobertura"', "'Cobertura' is marked fuzzy", id="fuzzy"),
    ],
)
def test_each_kind_of_mistake_is_told(root: Path, old: str, new: str, told: str) -> None:
    put(root, old, new)
    assert any(told in problem for problem in problems(root)), list(problems(root))
    assert CliRunner().invoke(interface, ["check", "--root", str(root)]).exit_code == 1


def test_an_update_keeps_what_was_translated_drops_what_is_gone_and_changes_nothing_else(root: Path) -> None:
    before = catalogue(root).read_bytes()
    run("update", root)
    assert catalogue(root).read_bytes() == before
    (root / "console" / "logs.py").write_text("", "utf-8")
    run("update", root)
    text = catalogue(root).read_text("utf-8")
    assert "Coverage" not in text
    assert 'msgstr "Logs"' in text


def test_what_was_changed_since_it_was_built_is_told(root: Path) -> None:
    assert unbuilt(root) == []
    catalogue(root).with_suffix(".mo").unlink()
    assert unbuilt(root) == ["en"]
    assert not is_built(catalogue(root))
    assert [problem for problem in problems(root) if "Run `make setup`" in problem]
