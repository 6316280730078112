"""The rooms of content in a browser without scripts: answers as the phone shows them, cards and translations edited."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from werkzeug.test import TestResponse

from bot.catalogue import Catalogue
from bot.composing import Composer
from bot.messages import Channel
from bot.rendering import SmsPolicy, render
from console.permissions import Role
from content.loader import read_content
from stores.audit import SqlAudit
from stores.database import writing
from stores.tables import daily_counts, feedback
from tests.checkout import check_out, git, put
from tests.console.conftest import START, Clock, Visitor

LogIn = Callable[[Role], Visitor]

FILE = "facts/documents.yml"
CARD = "/facts/fact/passport_price_5y"
TEXT = "/translations/quc/messages.clarify"
HOSTILE = '<script>"x"</script>'


@pytest.fixture
def content_root(tmp_path: Path) -> Path:
    """A copy of the content in a git checkout of its own."""
    return check_out(tmp_path)


@pytest.fixture
def editor(log_in: LogIn) -> Visitor:
    return log_in(Role.EDITOR)


def state(root: Path) -> tuple[dict[str, bytes], str]:
    """Return all files of the content, and its newest commit."""
    files = {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    return files, git(root, "rev-parse", "HEAD")


def words(response: TestResponse) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", response.text)).split())


def row_of(response: TestResponse, name: str) -> str:
    """Return the table row that a link to a page of this name stands in."""
    (row,) = (row for row in re.findall(r"<tr>.*?</tr>", response.text, re.DOTALL) if f'/{name}"' in row)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split())


def bubbles(response: TestResponse) -> dict[str, str]:
    """Return what the phone shows, by channel."""
    found = re.findall(r"<figcaption>(\w+).*?<div class=\"bubble ours\">(.*?)</div>", response.text, re.DOTALL)
    return {channel: unescape(re.sub(r"</?strong>", "*", text)) for channel, text in found}


def typed(visitor: Visitor, path: str) -> dict[str, object]:
    """Return what a page's forms hold, as a browser would send it."""
    page = visitor.get(path).text
    # A box that is not ticked sends nothing.
    inputs = [tag for tag in re.findall(r"<input [^>]*>", page) if 'type="checkbox"' not in tag or " checked" in tag]
    fields = dict(re.findall(r'<input [^>]*?name="([\w.]+)"[^>]*? value="([^"]*)"', "".join(inputs)))
    fields |= dict(re.findall(r'<textarea [^>]*?name="([\w.]+)"[^>]*>\n?([^<]*)</textarea>', page))
    chosen = r'<select [^>]*?name="([\w.]+)"[^>]*>(?:(?!</select>).)*?<option value="(\w*)" selected'
    fields |= dict(re.findall(chosen, page, re.DOTALL))
    return {name: unescape(value) for name, value in fields.items() if name not in {"csrf_token", "q", "show"}}


def audited(engine: Engine, action: str) -> list[tuple[str, str | None, str | None]]:
    return [(entry.staff, entry.subject, entry.detail) for entry in SqlAudit(engine).page(action=action)]


def count(engine: Engine, intent: str, turns: int, helped: int, not_helped: int) -> None:
    opinions = [True] * helped + [False] * not_helped
    one = dict.fromkeys(("source", "department"), "") | {"channel": "sms", "locale": "es", "outcome": "answered"}
    with writing(engine) as connection:
        connection.execute(
            insert(daily_counts), {**one, "day": START.date(), "intent": intent, "turns": turns, "segments": turns}
        )
        for number, yes in enumerate(opinions):
            row = {"turn_id": f"{intent}{number}", "sender": "7f3a09", "answer": intent, "helped": yes, "at": START}
            connection.execute(insert(feedback), row)


# Answers


def test_the_list_tells_the_states_and_uses_of_each_answer_and_of_few_only_that_they_are_few(
    log_in: LogIn, engine: Engine
) -> None:
    count(engine, "passport", turns=40, helped=3, not_helped=1)
    count(engine, "national_id", turns=4, helped=6, not_helped=2)
    page = log_in(Role.VIEWER).get("/answers")
    assert " 40 – " in row_of(page, "passport")
    assert " <5 75" in row_of(page, "national_id")
    assert " <5 – " in row_of(page, "asylum")
    assert row_of(page, "passport").count("borrador") == 6


@pytest.mark.parametrize("locale", ["es", "quc", "kek"])
@pytest.mark.parametrize("place", ["", "m901"])
def test_an_answer_is_shown_as_the_line_sends_it(log_in: LogIn, catalogue: Catalogue, locale: str, place: str) -> None:
    shown = bubbles(log_in(Role.VIEWER).get(f"/answers/iom_offices?locale={locale}&place={place}"))
    answer = catalogue.answers["es", "iom_offices"]
    for channel, name in ((Channel.WHATSAPP, "WhatsApp"), (Channel.SMS, "SMS")):
        reply = Composer(catalogue, START.date(), channel, locale).answer(answer, catalogue.places.get(place))
        assert shown[name] == render(reply, channel, SmsPolicy())


def test_an_answer_names_the_facts_and_offices_that_it_says_with_source_and_use(log_in: LogIn) -> None:
    viewer = log_in(Role.VIEWER)
    page = viewer.get("/answers/passport")
    row = row_of(page, "passport_price_5y")
    assert "US$50" in row
    assert "Publinews" in row
    assert "23/11/2026" in row
    near = viewer.get("/answers/iom_offices?place=m901")
    assert "/facts/office/iom-xela" in near.text
    assert "/facts/office/iom-xela" not in viewer.get("/answers/iom_offices").text


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/answers/nothing", id="no answer"),
        pytest.param("/answers/passport?locale=xx", id="no locale"),
        pytest.param("/answers/passport/history?locale=..", id="no history"),
        pytest.param("/answers/passport/recording/es", id="no recording"),
        pytest.param("/facts/fact/nothing", id="no fact"),
        pytest.param("/facts/place/passport_price_5y", id="no kind of card"),
        pytest.param("/translations/es", id="Spanish is no translation"),
        pytest.param("/translations/quc/answers.nothing", id="no text"),
    ],
)
def test_what_there_is_not_is_not_found(log_in: LogIn, path: str) -> None:
    assert log_in(Role.VIEWER).get(path).status_code == 404


# Cards


def test_the_list_of_cards_shows_due_ones_first_and_is_searched_and_filtered(log_in: LogIn, clock: Clock) -> None:
    clock.move(days=35)
    viewer = log_in(Role.VIEWER)
    everything = viewer.get("/facts").text
    assert everything.index("toca revisar</span>") < everything.index("al día</span>")
    due = viewer.get("/facts?show=due").text
    assert "toca revisar</span>" in due
    assert "al día</span>" not in due
    found = viewer.get("/facts?q=PASAPORTE+de+5+anos").text
    assert CARD in found
    assert "/facts/office/iom-xela" not in found
    assert "No hay ninguna ficha así." in viewer.get("/facts?q=zzzz&show=unused").text
    assert viewer.get("/facts?show=nonsense").status_code == 200


def test_a_card_tells_its_value_source_and_use(log_in: LogIn) -> None:
    told = words(log_in(Role.VIEWER).get(CARD))
    for part in ("US$50", "Publinews: jornada especial", "(2025-09-06)", "Dónde se usapassport", "al día"):
        assert part in told


def test_a_check_is_shown_and_then_written_with_comments_kept_and_committed_in_the_editors_name(
    editor: Visitor, content_root: Path, engine: Engine
) -> None:
    put(content_root / FILE, '    value: "US$50"\n', '    value: "US$50"  # de 5 años\n')
    git(content_root, "-c", "user.name=E", "-c", "user.email=e@example.org", "commit", "--quiet", "-am", "A comment")
    before, old = state(content_root), (content_root / FILE).read_text("utf-8")
    form = typed(editor, CARD) | {"checked_by": "Ana Caal", "way": "CALLED"}
    asked = editor.send(f"{CARD}/checked", form, page=CARD)
    assert "+ checked_by: Ana Caal, llamó por teléfono" in words(asked)
    assert state(content_root) == before
    assert audited(engine, "fact.checked") == []
    saved = editor.send(f"{CARD}/checked", form | {"step": "save"}, page=CARD)
    assert saved.status_code == 303
    commit = git(content_root, "rev-parse", "HEAD").strip()
    told = words(editor.get(saved.location))
    assert f"Guardado en el historial como {commit[:8]}" in told
    assert "+ checked_by: Ana Caal, llamó por teléfono" in told
    new = (content_root / FILE).read_text("utf-8")
    assert 'value: "US$50"  # de 5 años\n' in new
    assert len(set(new.splitlines()) ^ set(old.splitlines())) <= 6
    assert "checked_on: 2026-11-24\n    checked_by: Ana Caal, llamó por teléfono\n    review_by: 2027-02-22\n" in new
    assert git(content_root, "show", "--format=%ae %ce", "--name-only", "HEAD").split() == [
        "editor@example.org",
        "console@rumbo.invalid",
        f"content/{FILE}",
    ]
    assert audited(engine, "fact.checked") == [("editor@example.org", "fact:passport_price_5y", FILE)]
    assert "se revisó y no cambió" in words(editor.get(f"{CARD}/history"))


def test_a_new_value_shows_what_it_does_first_and_is_then_saved(
    editor: Visitor, content_root: Path, engine: Engine
) -> None:
    before = state(content_root)
    new = {"value": "US$55", "source.url": "https://igm.gob.gt/tarifas", "source.date": "2026-11"}
    form = typed(editor, CARD) | new
    asked = editor.send(f"{CARD}/changed", form, page=CARD)
    told = words(asked)
    assert '− value: "US$50"' in told
    assert '+ value: "US$55"' in told
    assert "quc: answers.passport" in told
    assert state(content_root) == before
    saved = editor.send(f"{CARD}/changed", form | {"step": "save"}, page=CARD)
    assert saved.status_code == 303
    fact = read_content(content_root).facts["passport_price_5y"]
    assert (fact.value, fact.validity.source.url) == ("US$55", "https://igm.gob.gt/tarifas")
    assert "US$55" in words(editor.get(CARD))
    assert audited(engine, "fact.changed") == [("editor@example.org", "fact:passport_price_5y", FILE)]
    message = git(content_root, "show", "--no-patch", "--format=%B", "HEAD")
    assert message.startswith("Change value, source.url, source.date of the fact passport_price_5y\n")
    assert "valor: US$50 → US$55" in words(editor.get(f"{CARD}/history"))


def test_who_goes_back_finds_what_was_typed(editor: Visitor, content_root: Path) -> None:
    before = state(content_root)
    back = editor.send(f"{CARD}/changed", typed(editor, CARD) | {"value": "US$55", "step": "back"}, page=CARD)
    assert 'value="US$55"' in back.text
    assert state(content_root) == before


@pytest.mark.parametrize("step", ["", "save"])
@pytest.mark.parametrize(
    ("new", "told"),
    [
        pytest.param({"value": ""}, "Falta. Escríbalo.", id="no value"),
        pytest.param({"source.url": "javascript:alert(1)"}, "No es un enlace.", id="no link"),
        pytest.param({"value": "\u202eUS$05"}, "caracteres que no se ven", id="a value turned around"),
        pytest.param({"value": "US$55", "checked_by": "Ana\u202e"}, "caracteres que no se ven", id="a name turned"),
        pytest.param({"status": "superseded"}, "an answer names", id="an answer would say what is no longer so"),
        pytest.param({}, "Los valores son los mismos.", id="nothing new"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    editor: Visitor, content_root: Path, engine: Engine, step: str, new: dict[str, str], told: str
) -> None:
    before = state(content_root)
    refused = editor.send(f"{CARD}/changed", typed(editor, CARD) | new | {"step": step}, page=CARD)
    assert refused.status_code == 422
    assert told in words(refused)
    assert state(content_root) == before
    assert audited(engine, "fact.changed") == []


def test_of_two_who_change_a_card_the_second_is_told_and_nothing_is_lost(editor: Visitor, content_root: Path) -> None:
    form = typed(editor, CARD)
    first = form | {"value": "US$55", "step": "save"}
    assert editor.send(f"{CARD}/changed", first, page=CARD).status_code == 303
    after_first = state(content_root)
    second = editor.send(f"{CARD}/changed", form | {"value": "US$60", "step": "save"}, page=CARD)
    assert second.status_code == 409
    told = words(second)
    assert "Otra persona cambió esta ficha" in told
    assert "Ahora dice: US$55" in told
    assert 'value="US$60"' in second.text
    assert state(content_root) == after_first


def test_a_change_of_another_card_of_the_file_stops_nobody(editor: Visitor, content_root: Path) -> None:
    form = typed(editor, CARD)
    other = "/facts/fact/passport_price_10y"
    assert editor.send(f"{other}/checked", typed(editor, other) | {"step": "save"}, page=other).status_code == 303
    assert editor.send(f"{CARD}/changed", form | {"value": "US$55", "step": "save"}, page=CARD).status_code == 303


def test_what_somebody_changed_by_hand_is_not_mixed_in(editor: Visitor, content_root: Path) -> None:
    put(content_root / FILE, "  # Pasaporte\n", "  # Pasaporte, a mano\n")
    before = state(content_root)
    refused = editor.send(f"{CARD}/checked", typed(editor, CARD) | {"step": "save"}, page=CARD)
    assert refused.status_code == 409
    assert f"Alguien cambió {FILE} a mano" in words(refused)
    assert state(content_root) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_may_not_edit_sees_no_form_and_is_refused(log_in: LogIn, content_root: Path, role: Role) -> None:
    visitor, before = log_in(role), state(content_root)
    page = visitor.get(CARD)
    assert "Su cuenta no puede cambiar fichas." in words(page)
    assert "Valor nuevo" not in page.text
    for edit in ("checked", "changed"):
        assert visitor.send(f"{CARD}/{edit}", {"step": "save"}, page=CARD).status_code == 403
    assert state(content_root) == before


def test_a_viewer_may_not_sign(log_in: LogIn, content_root: Path) -> None:
    viewer, before = log_in(Role.VIEWER), state(content_root)
    assert "Su cuenta no puede firmar traducciones." in words(viewer.get(TEXT))
    form: dict[str, object] = {"whatsapp": "Jun chik", "reviewer": "Ixchel", "sworn": "yes", "step": "save"}
    assert viewer.send(TEXT, form, page=TEXT).status_code == 403
    assert state(content_root) == before


def test_hostile_words_are_shown_and_kept_as_words(editor: Visitor, content_root: Path) -> None:
    form = typed(editor, CARD) | {"value": HOSTILE, "source.title": HOSTILE, "checked_by": HOSTILE}
    pages = [editor.send(f"{CARD}/changed", form, page=CARD)]
    saved = editor.send(f"{CARD}/changed", form | {"step": "save"}, page=CARD)
    assert saved.status_code == 303, words(saved)
    shown = (saved.location, "/facts", f"{CARD}/history", "/answers/passport", f"/facts?q={HOSTILE}")
    pages += [editor.get(path) for path in shown]
    assert not [page for page in pages if "<script>" in page.text]
    assert HOSTILE in unescape(pages[1].text)
    assert read_content(content_root).facts["passport_price_5y"].value == HOSTILE


# Translations


def test_a_signed_translation_is_reviewed_says_who_signed_and_is_committed(
    log_in: LogIn, content_root: Path, engine: Engine
) -> None:
    reviewer, before = log_in(Role.REVIEWER), state(content_root)
    assert "borrador" in row_of(reviewer.get("/translations/quc"), "messages.clarify")
    form = typed(reviewer, TEXT) | {"whatsapp": "¿Jas kawaj? Chtz'ib'aj jun numero.", "reviewer": "Ixchel Tzoc"}
    looked = reviewer.send(TEXT, form | {"step": "preview"}, page=TEXT)
    assert looked.status_code == 200
    assert bubbles(looked)["SMS"] == form["whatsapp"]
    assert '+ reviewed_by: "Ixchel Tzoc"' in words(looked)
    unsworn = reviewer.send(TEXT, form | {"step": "save"}, page=TEXT)
    assert "Marque que habla este idioma" in words(unsworn)
    assert state(content_root) == before
    saved = reviewer.send(TEXT, form | {"sworn": "yes", "step": "save"}, page=TEXT)
    assert saved.status_code == 303
    told = words(reviewer.get(saved.location))
    assert "firmada" in told
    assert "Firmó Ixchel Tzoc el 24 de noviembre de 2026." in told
    assert "firmada" in row_of(reviewer.get("/translations/quc"), "messages.clarify")
    assert git(content_root, "show", "--format=%ae %s", "--name-only", "HEAD").split() == [
        *("reviewer@example.org", "Sign", "messages.clarify", "in", "quc"),
        "content/locales/quc.yml",
    ]
    assert audited(engine, "translation.signed") == [
        ("reviewer@example.org", "quc:messages.clarify", "locales/quc.yml")
    ]


def test_a_signed_answer_is_told_in_the_list_of_answers(editor: Visitor, content_root: Path) -> None:
    path = "/translations/quc/answers.passport"
    form = typed(editor, path) | {"reviewer": "Ixchel Tzoc", "sworn": "yes", "step": "save"}
    assert editor.send(path, form, page=path).status_code == 303
    row = row_of(editor.get("/answers"), "passport")
    assert (row.count("firmada"), row.count("borrador")) == (1, 5)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        pytest.param({"whatsapp": "Jas kawaj \u202e?"}, "caracteres que no se ven", id="text turned around"),
        pytest.param({"whatsapp": "Jas kawaj? 110"}, "Tiene un número escrito a mano", id="a number by hand"),
        pytest.param({"whatsapp": "Jas kawaj {price}?"}, "Nombra {price}, y el español no.", id="no such fact"),
        pytest.param({"whatsapp": "Jas kawaj {?"}, "Tiene una llave suelta.", id="a loose brace"),
        pytest.param({"reviewer": ""}, "Falta el nombre de quien firma.", id="signed by nobody"),
        pytest.param({"reviewer": "Ix\u202echel"}, "caracteres que no se ven", id="a name turned around"),
    ],
)
def test_a_text_that_cannot_be_signed_is_shown_again_with_what_is_wrong(
    editor: Visitor, content_root: Path, engine: Engine, new: dict[str, str], told: str
) -> None:
    before = state(content_root)
    form = typed(editor, TEXT) | {"reviewer": "Ixchel", "sworn": "yes", "step": "save"} | new
    refused = editor.send(TEXT, form, page=TEXT)
    assert refused.status_code == 422
    assert told in words(refused)
    assert state(content_root) == before
    assert audited(engine, "translation.signed") == []


def test_a_text_that_somebody_signed_meanwhile_is_told_and_what_was_typed_is_kept(
    editor: Visitor, content_root: Path
) -> None:
    form = typed(editor, TEXT) | {"reviewer": "Ixchel", "sworn": "yes", "step": "save"}
    assert editor.send(TEXT, form, page=TEXT).status_code == 303
    after_first = state(content_root)
    second = editor.send(TEXT, form | {"whatsapp": "¿Jas kawaj? La utz?"}, page=TEXT)
    assert second.status_code == 409
    assert "Otra persona cambió este texto" in words(second)
    assert "¿Jas kawaj? La utz?" in unescape(second.text)
    assert state(content_root) == after_first


def test_hostile_words_in_a_translation_are_shown_as_words(editor: Visitor, content_root: Path) -> None:
    hostile = "<script>alert(x)</script> *</div>*"
    form = typed(editor, TEXT) | {"whatsapp": hostile, "sms": hostile, "reviewer": HOSTILE, "sworn": "yes"}
    pages = [editor.send(TEXT, form | {"step": "preview"}, page=TEXT)]
    saved = editor.send(TEXT, form | {"step": "save"}, page=TEXT)
    assert saved.status_code == 303
    pages += [editor.get(path) for path in (saved.location, f"{TEXT}/history", "/translations/quc")]
    assert not [page for page in pages if "<script>" in page.text or "*</div>*" in page.text]
    assert hostile in unescape(pages[1].text)
