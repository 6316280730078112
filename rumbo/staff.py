"""The `rumbo staff` commands: who may come into the console."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from console.permissions import Role
from rumbo.settings import read_settings

if TYPE_CHECKING:
    from stores.staff_accounts import SqlStaff, StaffAccount

# As in `rumbo.cli`: what takes long to load is imported by the commands.

staff = typer.Typer(no_args_is_help=True, help="Staff: accounts of the console.")
out = Console(soft_wrap=True, highlight=False)

Email = Annotated[str, typer.Argument(help="The e-mail that names the account; nothing is sent there.")]


@staff.command()
def add(email: Email, role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.VIEWER) -> None:
    """Add an account and print its password, which is shown once and changed at the first login.

    Example: `rumbo staff add ana@example.org --role reviewer`
    """
    from console.emails import normalise_email
    from rumbo.staffing import add_staff

    name = normalise_email(email) or _fail(f"'{email}' is not an e-mail.")
    with _accounts() as accounts:
        _tell(name, add_staff(accounts, name, role))


@staff.command("role")
def change_role(
    email: Email, role: Annotated[Role, typer.Argument(help="What the account may do from now on.")]
) -> None:
    """Change the role of an account; its sessions end.

    Example: `rumbo staff role ana@example.org editor`
    """
    from rumbo.staffing import SYSTEM

    with _accounts() as accounts:
        accounts.set_role(accounts.find(email), role, by=SYSTEM)
    typer.echo(f"{email}: {role.value}")


@staff.command()
def reset(email: Email) -> None:
    """Print a new password for who is locked out: second factors, locks and sessions of the account are gone.

    Example: `rumbo staff reset ana@example.org`
    """
    from rumbo.staffing import reset_staff

    with _accounts() as accounts:
        _tell(email, reset_staff(accounts, email))


@staff.command()
def disable(email: Email) -> None:
    """Let nobody in with an account any more; its sessions end. What it did stays in the audit.

    Example: `rumbo staff disable ana@example.org`
    """
    from rumbo.staffing import SYSTEM

    with _accounts() as accounts:
        accounts.disable(accounts.find(email), by=SYSTEM)
    typer.echo(f"{email}: disabled")


@staff.command()
def enable(email: Email) -> None:
    """Take a disabled account back.

    Example: `rumbo staff enable ana@example.org`
    """
    from rumbo.staffing import SYSTEM

    with _accounts() as accounts:
        accounts.enable(accounts.find(email), by=SYSTEM)
    typer.echo(f"{email}: enabled")


@staff.command("list")
def show() -> None:
    """List the accounts.

    Example: `rumbo staff list`
    """
    table = Table("e-mail", "role", "state", "second factor", box=None)
    with _accounts() as accounts:
        for account in accounts.all():
            state = "active" if account.is_active else "disabled"
            waits = "" if account.has_own_password else ", first login awaited"
            table.add_row(account.email, account.role or "none", state + waits, _factors(account))
    out.print(table)


def _factors(account: "StaffAccount") -> str:
    named = {"application": account.has_authenticator, f"{account.passkeys} passkeys": bool(account.passkeys)}
    return ", ".join(name for name, is_there in named.items() if is_there) or "none"


@contextmanager
def _accounts() -> "Iterator[SqlStaff]":
    from rumbo.staffing import open_staff
    from stores.staff_accounts import AccountExists, AccountUnknown, LastAdmin

    try:
        with open_staff(read_settings()) as accounts:
            yield accounts
    except AccountUnknown as error:
        _fail(f"There is no account '{error}'. See: rumbo staff list")
    except AccountExists as error:
        _fail(f"There is an account '{error}' already. For a new password: rumbo staff reset {error}")
    except LastAdmin:
        _fail("It is the last active admin; make another one first: rumbo staff add EMAIL --role admin")


def _tell(email: str, password: str) -> None:
    typer.echo(f"{email}\n{password}")
    typer.echo("The password is shown this once, and must be changed at the next login.", err=True)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
