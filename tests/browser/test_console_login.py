"""The way into the console in a real browser: the first login, codes of an application, passkeys."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bot.catalogue import Catalogue
from console.account import create_account
from console.app import ConsoleParts, ConsoleSettings, create_console
from console.audit import create_audit
from console.passwords import hash_password
from console.permissions import Role
from console.staff_accounts import create_staff_accounts
from stores.audit import SqlAudit
from stores.database import make_engine, upgrade
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.staff_accounts import SqlStaff

EMAIL = "ana@example.org"
GIVEN, OWN = "dada-por-otra-1234", "cuatro palabras al azar"


@dataclass(frozen=True)
class Console:
    """A console that is being served."""

    url: str
    staff: SqlStaff
    audit: SqlAudit


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """The console as in production but for TLS: browsers trust localhost without."""
    engine = make_engine(f"sqlite:///{tmp_path}/console.db")
    upgrade(engine)
    audit, staff = SqlAudit(engine), SqlStaff(engine, Role.ADMIN)
    with private_redis(tmp_path / "redis") as redis_url:
        blueprints = (create_account(staff), create_staff_accounts(staff), create_audit(audit))
        parts = ConsoleParts(
            engine, connect(redis_url), _no_content, tmp_path, lambda: datetime.now(UTC), audit, blueprints
        )
        app = create_console(ConsoleSettings(b"k" * 32, "localhost"), parts)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Console(f"http://localhost:{server.server_port}", staff, audit)
        server.shutdown()
        thread.join()
        server.server_close()
    engine.dispose()


def _no_content() -> Catalogue:
    raise NotImplementedError("no page of these tests shows content")


@pytest.fixture
def authenticator(page: Page) -> None:
    """A telephone with a fingerprint reader, as Chromium plays one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def first_login(page: Page, console: Console) -> Callable[[], None]:
    """Log in with the password that somebody was given, and choose one of one's own."""

    def log_in() -> None:
        console.staff.add(EMAIL, hash_password(GIVEN), Role.EDITOR, by="system")
        _give_password(page, console, GIVEN)
        page.get_by_label("Contraseña que le dieron").fill(GIVEN)
        page.get_by_label("Contraseña nueva", exact=True).fill(OWN)
        page.get_by_label("Contraseña nueva, otra vez").fill(OWN)
        page.get_by_role("button", name="Guardar").click()

    return log_in


def _give_password(page: Page, console: Console, password: str) -> None:
    page.goto(console.url)
    page.get_by_label("Correo").fill(EMAIL)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


def _note_recovery_codes(page: Page) -> list[str]:
    page.get_by_role("button", name="Mostrar mis códigos").click()
    codes = page.locator("ol.codes li").all_inner_texts()
    page.get_by_role("link", name="Ya los guardé: seguir").click()
    return codes


def _log_out(page: Page) -> None:
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_role("heading", name="Entrar", exact=True)).to_be_visible()


def _code(key: str, *, steps_ahead: int = 0) -> str:
    return str(TOTP(key=key.replace("-", "")).generate(time.time() + 30 * steps_ahead).token)


def test_a_first_login_leads_to_a_password_an_application_and_recovery_codes(
    page: Page, console: Console, first_login: Callable[[], None]
) -> None:
    first_login()
    page.get_by_role("link", name="Usar una aplicación").click()
    page.get_by_text("¿Sin cámara?").click()
    key = page.locator("details code").inner_text()
    page.get_by_label("Escriba el código").fill("000000")
    page.get_by_role("button", name="Comprobar y guardar").click()
    expect(page.get_by_text("El código no es correcto")).to_be_visible()
    page.get_by_label("Escriba el código").fill(_code(key))
    page.get_by_role("button", name="Comprobar y guardar").click()
    codes = _note_recovery_codes(page)
    expect(page.get_by_role("link", name=EMAIL)).to_be_visible()

    _log_out(page)
    _give_password(page, console, OWN)
    page.get_by_label("Código de seis cifras").fill(_code(key))
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_text("El código no es correcto")).to_be_visible()  # It was used before.
    page.get_by_label("Código de seis cifras").fill(_code(key, steps_ahead=1))
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("link", name=EMAIL)).to_be_visible()

    _log_out(page)
    _give_password(page, console, OWN)
    page.get_by_role("link", name="usar un código de recuperación").click()
    page.get_by_label("Uno de los códigos que guardó").fill(f" {codes[3].upper().replace('-', ' ')} ")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_role("link", name=EMAIL).click()
    expect(page.get_by_text("Le quedan 9.")).to_be_visible()


@pytest.mark.usefixtures("authenticator")
def test_a_passkey_lets_in_alone_and_after_the_password(
    page: Page, console: Console, first_login: Callable[[], None]
) -> None:
    first_login()
    page.get_by_role("link", name="Crear una llave").click()
    page.get_by_label("Nombre de la llave nueva").fill("Mi teléfono")
    page.get_by_role("button", name="Crear llave de acceso").click()
    _note_recovery_codes(page)

    _log_out(page)
    page.get_by_role("button", name="Entrar con llave de acceso").click()
    expect(page.get_by_role("link", name=EMAIL)).to_be_visible()

    _log_out(page)
    _give_password(page, console, OWN)
    page.get_by_role("button", name="Usar mi llave de acceso").click()
    page.get_by_role("link", name=EMAIL).click()

    page.get_by_role("link", name="Agregar o quitar").click()
    page.get_by_role("button", name="Quitar Mi teléfono").click()
    expect(page.get_by_text("Es su único segundo factor.")).to_be_visible()
    assert [entry.action for entry in console.audit.page()].count("login") == 3

    _log_out(page)
    for _ in range(5):
        _give_password(page, console, "not this one")
    page.get_by_role("button", name="Entrar con llave de acceso").click()
    expect(page.get_by_text("Demasiados intentos fallidos.")).to_be_visible()
