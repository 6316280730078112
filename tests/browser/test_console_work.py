"""A day's work in a real browser: finding, reviewing, answering and changing, on a desk's screen and on a phone's."""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from threading import Thread

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from bot.catalogue import Catalogue
from bot.handoffs import Addresses
from bot.interpretation import Source
from bot.messages import Channel, MessageKind
from bot.reviews import Use
from bot.turns import Contact, Outcome, Turn
from console.app import ConsoleSettings, create_console
from console.passwords import hash_password
from console.permissions import Role
from content.checks import load_catalogue
from content.intents import INTENTS
from rumbo.importing import Importer, Places, write
from stores.database import make_engine, upgrade
from stores.handoffs import SqlHandoffs
from stores.private_redis import private_redis
from stores.reviews import SqlReviews
from stores.sealing import Seal
from stores.staff_accounts import SqlStaff
from stores.turns import SqlTurnLog
from tests.checkout import IDENTITY, check_out, git
from tests.console.conftest import START, Clock, Tray, make_desk, make_parts

EMAIL = "ana@example.org"
GIVEN, OWN = "dada-por-otra-1234", "cuatro palabras al azar"
NUMBER = "50255512345"
WAITING, WAITING_TOO, HOSTILE = "7f3a9900" * 4, "51f0aa00" * 4, "bad0bad0" * 4
HOSTILE_BODIES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'-alert(3)-'</textarea><svg onload=alert(4)>",
    '=HYPERLINK("https://example.org","premio")',
    "factura \u202egnp.exe",
    "{{ 7*7 }} javascript:alert(5)",
)
HEARD_WRONG = "mi esposo me persigue hasta en la capital y ocupo que otro gobierno me cuide"
WIDTHS = {"desktop": (1280, "light"), "phone": (390, "dark")}
"""Both schemes of colour are looked at, each at one width: a contrast does not depend on the width."""
NOWHERE = "/nowhere"
PAGES = (
    *("/conversations", "/conversations?q=pazaporte&channel=sms", f"/conversations/{HOSTILE}"),
    *("/review/", "/review/agreement", "/tickets", "/tickets?list=closed", "/tickets/1?use=call_iom"),
    *("/insights", "/insights/new-topics", "/answers", "/answers/passport?locale=quc", "/answers/passport/history"),
    *(
        "/facts?q=pasaporte",
        "/facts/fact/passport_price_5y",
        "/facts/office/iom-xela",
        "/facts/fact/passport_price_5y/history",
    ),
    *("/translations", "/translations/quc?topic=family", "/translations/quc/answers.passport"),
    *("/staff-accounts", "/audit", "/privacy", f"/privacy/person/{WAITING}", "/account", "/account/second-factor"),
    *("/change", NOWHERE),
)
SHOTS = os.environ.get("RUMBO_SHOTS")
"""A folder for pictures of every page, where somebody wants to look at them."""


@dataclass(frozen=True)
class Office:
    """A console that is being served, and what it works with."""

    url: str
    engine: Engine
    clock: Clock
    outbox: Tray
    catalogue: Catalogue
    content_root: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """All rooms over a real database and a real Redis, with some dozens of turns, and content in a checkout."""
    folder = tmp_path_factory.mktemp("office")
    root, clock, outbox = check_out(folder), Clock(), Tray()
    catalogue = load_catalogue(root, START.date())
    engine = make_engine(f"sqlite:///{folder}/console.db")
    upgrade(engine)
    _fill(engine)
    SqlStaff(engine, Role.ADMIN).add(EMAIL, hash_password(GIVEN), Role.ADMIN, by="system")
    with private_redis(folder / "redis") as redis_url:
        desk = make_desk(engine, redis_url, catalogue, clock, outbox)
        parts = make_parts(engine, redis_url, catalogue, clock, desk, root)
        app = create_console(ConsoleSettings(b"k" * 32, "localhost"), parts)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Office(f"http://localhost:{server.server_port}", engine, clock, outbox, catalogue, root)
        server.shutdown()
        thread.join()
        server.server_close()
    engine.dispose()


def _fill(engine: Engine) -> None:
    log, handoffs, at = SqlTurnLog(engine), SqlHandoffs(engine, Seal(b"k" * 32)), START - timedelta(hours=3)
    turns = [*_everyday(), *(_turn(body, HOSTILE) for body in HOSTILE_BODIES), _turn(HEARD_WRONG, "c0ffee", 0.41)]
    for index, turn in enumerate(turns):
        turn = Turn(**{**vars(turn), "id": f"SM{index}", "at": at + timedelta(minutes=2 * index)})
        log.record(turn, Contact(turn.sender, "es", turn.at))
        handoffs.follow(turn, Addresses(f"whatsapp:+{NUMBER}", "whatsapp:+50255500000"))


def _everyday() -> Iterator[Turn]:
    for index in range(30):
        said = ("cuánto cuesta el pasaporte de mi hija", "busco trabajo", "dónde está la oficina en Xela")[index % 3]
        channel = (Channel.SMS, Channel.WHATSAPP)[index % 2]
        yield _turn(said, f"aa{index // 3:04x}", 0.93, channel)
    yield _turn("kiero saver de mi tramite", "beef01", 0.44)
    for sender in (WAITING, WAITING_TOO):
        yield _turn("1", sender, None, outcome=Outcome.HANDOFF, answer=None, department="Quetzaltenango")


def _turn(
    text: str, sender: str, confidence: float | None = 0.9, channel: Channel = Channel.WHATSAPP, **rest: object
) -> Turn:
    fields: dict[str, object] = {
        "outcome": Outcome.ANSWERED,
        "texts": ("El pasaporte se saca en Migración.",),
        "answer": "passport",
        "intent": "passport" if confidence else None,
        "confidence": confidence,
        "source": Source.MODEL,
        "candidates": (("passport", confidence), ("national_id", 0.05)) if confidence else (),
        "facts": ("passport_price_5y",),
    }
    return Turn("", sender, channel, START, "es", MessageKind.TEXT, text, **(fields | rest))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def staff(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """Ana's browser, logged in with a code of her application; nothing it is shown may run or be refused."""
    context = browser.new_context(locale="es-GT", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(10_000)
    problems = _watch(context)
    page = context.new_page()
    _log_in(page, office)
    page.close()
    yield context
    context.close()
    assert problems == []


def _watch(context: BrowserContext) -> list[str]:
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        where = message.location["url"]
        if message.type in {"error", "warning"} and not where.endswith(NOWHERE):
            problems.append(f"{message.text} ({where})")

    def dismiss(dialog: Dialog) -> None:
        problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    context.on("console", note)
    context.on("dialog", dismiss)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    return problems


def _log_in(page: Page, office: Office) -> None:
    """Set up an application with the password that Ana was given, leave, and come back with a code."""
    _give_password(page, office, GIVEN)
    page.get_by_label("Contraseña que le dieron").fill(GIVEN)
    page.get_by_label("Contraseña nueva", exact=True).fill(OWN)
    page.get_by_label("Contraseña nueva, otra vez").fill(OWN)
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Usar una aplicación").click()
    page.get_by_text("¿Sin cámara?").click()
    totp = TOTP(key=page.locator("details code").inner_text().replace("-", ""))
    page.get_by_label("Escriba el código").fill(totp.generate().token)
    page.get_by_role("button", name="Comprobar y guardar").click()
    page.get_by_role("button", name="Mostrar mis códigos").click()
    page.get_by_role("link", name="Ya los guardé: seguir").click()
    page.get_by_role("button", name="Salir").click()
    _give_password(page, office, OWN)
    page.get_by_label("Código de seis cifras").fill(totp.generate(time.time() + 30).token)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("link", name=EMAIL)).to_be_visible()


def _give_password(page: Page, office: Office, password: str) -> None:
    page.goto(office.url)
    page.get_by_label("Correo").fill(EMAIL)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


@pytest.fixture
def page(staff: BrowserContext) -> Iterator[Page]:
    """A new page of Ana's."""
    page = staff.new_page()
    yield page
    page.close()


def test_a_conversation_is_found_by_a_misspelt_word(page: Page, office: Office) -> None:
    page.goto(office.url)
    page.get_by_role("link", name="Conversaciones").click()
    expect(page.get_by_role("heading", name="Conversaciones")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("pazaporte ija")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=pazaporte"))
    page.locator("section.person h2 a").first.click()
    expect(page.locator(".bubble.theirs").first).to_have_text("cuánto cuesta el pasaporte de mi hija")


def test_hostile_words_stand_there_as_words_and_in_a_table_as_text(page: Page, office: Office) -> None:
    page.goto(f"{office.url}/conversations/{HOSTILE}")
    assert page.locator(".bubble.theirs").all_inner_texts() == [*HOSTILE_BODIES]
    assert page.locator(".bubble.theirs").evaluate_all(
        "bubbles => bubbles.every(one => getComputedStyle(one).unicodeBidi === 'isolate' && !one.children.length)"
    )
    page.goto(f"{office.url}/conversations?q=hyperlink")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    table = download.value.path().read_text("utf-8-sig")
    assert "\"'=HYPERLINK(" in table


def test_a_topic_is_corrected_by_keys_and_stands_in_the_diff_of_the_training_data(
    page: Page, office: Office, tmp_path: Path
) -> None:
    page.goto(f"{office.url}/review/")
    page.get_by_role("link", name="Poca seguridad").click()
    expect(page.locator(".bubble.asked")).to_have_text(HEARD_WRONG)
    page.keyboard.press("o")
    page.keyboard.type("Refugio o asilo")
    page.keyboard.press("Tab")
    page.keyboard.press("t")
    expect(page.get_by_role("status").first).to_be_visible()

    reviews = SqlReviews(office.engine, office.clock)
    accepted = [found for reviewed in reviews.to_import() if (found := reviewed.accepted)]
    assert [(opinion.staff, opinion.intent, opinion.use) for opinion in accepted] == [(EMAIL, "asylum", Use.TRAINING)]
    places = Places(_copy_training(tmp_path), tmp_path / "tests", frozenset(INTENTS))
    write(places, Importer(places).plan(accepted).files(places, START.date()))
    git(tmp_path, "add", "--intent-to-add", ".")
    added = [line for line in git(tmp_path, "diff").splitlines() if line.startswith("+")]
    assert added[-3:] == ["+- intent: asylum", "+  examples: |", f"+    - {HEARD_WRONG}"]


def _copy_training(folder: Path) -> Path:
    (folder / "tests").mkdir()
    shutil.copytree("nlu/training", folder / "training")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, *IDENTITY, "commit", "--quiet", "--message=Start")
    return folder / "training"


def test_a_person_who_waits_is_answered_with_a_prepared_answer(page: Page, office: Office) -> None:
    page.goto(f"{office.url}/tickets")
    page.locator("table.cards tbody a").first.click()
    page.get_by_role("link", name="Teléfono de la OIM").click()
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_text("Enviado.")).to_be_visible()
    phone = office.catalogue.facts["iom_xela_phone"].value
    [(to, _, text)] = office.outbox.sent
    assert to == f"whatsapp:+{NUMBER}"
    assert phone in text
    expect(page.locator(".bubble.staff")).to_contain_text(phone)
    page.get_by_role("link", name="Personas que esperan").first.click()
    expect(page.locator("table.cards tbody tr")).to_have_count(1)


def test_a_changed_fact_is_shown_saved_and_committed_in_the_editors_name(page: Page, office: Office) -> None:
    page.goto(f"{office.url}/facts")
    page.keyboard.press("/")
    page.keyboard.type("pasaporte de 5 años, en guatemala")
    page.keyboard.press("Enter")
    page.locator("table.cards tbody a").first.click()
    page.get_by_label("Valor", exact=True).fill("US$55")
    page.get_by_role("button", name="Ver los cambios").click()
    expect(page.locator(".diff .added", has_text="US$55")).to_be_visible()
    _look(page, "confirm")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Lo que se guardó")).to_be_visible()
    assert 'value: "US$55"' in (office.content_root / "facts" / "documents.yml").read_text("utf-8")
    shown = git(office.content_root, "show", "--format=%ae", "--name-only", "HEAD").split()
    assert shown == [EMAIL, "content/facts/documents.yml"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_serious_fault_of_accessibility(page: Page, office: Office, path: str) -> None:
    response = page.goto(office.url + path)
    assert response
    assert response.ok or path == NOWHERE
    _look(page, re.sub(r"\W+", "-", path).strip("-"))


def test_the_menu_of_a_phone_begins_at_the_page_that_one_is_on(page: Page, office: Office) -> None:
    page.set_viewport_size({"width": 390, "height": 860})
    page.goto(f"{office.url}/privacy")
    expect(page.locator(".pages a[aria-current]")).to_be_in_viewport(ratio=1)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/menu-phone.png")


def test_those_who_are_not_in_find_no_such_fault_either(browser: Browser, office: Office) -> None:
    context = browser.new_context(locale="es-GT")
    page = context.new_page()
    page.goto(office.url)
    _look(page, "login")
    context.close()


def _look(page: Page, name: str) -> None:
    """Measure a page on both screens; none may scroll sideways."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    faults = []
    for screen, (width, scheme) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 860})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)")
        faults += [_told(screen, each) for each in found if each["impact"] in {"serious", "critical"}]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{screen}: scrolls sideways")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{screen}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})
    assert faults == []


def _told(screen: str, fault: dict[str, object]) -> str:
    nodes = fault["nodes"]
    assert isinstance(nodes, list)
    return f"{screen}: {fault['id']}: {json.dumps([node['target'] for node in nodes[:4]])}"
