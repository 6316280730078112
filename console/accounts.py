"""Accounts of the console: the tables of `stores.tables` in the shape that Flask-Security reads and writes."""

from flask import current_app
from flask_security import RoleMixin, SQLAlchemySessionUserDatastore, UserMixin, WebAuthnMixin
from sqlalchemy import Engine
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import DeclarativeBase, configure_mappers, relationship, scoped_session, sessionmaker

from stores import tables


class Base(DeclarativeBase):
    """Maps onto the tables that the migrations make."""

    metadata = tables.metadata


class Role(Base, RoleMixin):
    """A role; what it permits stands in `console.permissions`."""

    __table__ = tables.roles


class WebAuthn(Base, WebAuthnMixin):
    """A passkey."""

    __table__ = tables.passkeys
    user = relationship("User", back_populates="webauthn")


class User(Base, UserMixin):
    """A member of staff."""

    __table__ = tables.staff
    roles = relationship("Role", secondary=tables.roles_staff, lazy="selectin")
    webauthn = relationship("WebAuthn", back_populates="user", cascade="all, delete", lazy="selectin")

    @property
    def has_authenticator(self) -> bool:
        """Whether an application makes codes for the account."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def has_second_factor(self) -> bool:
        """Whether the password alone lets nobody in."""
        return self.has_authenticator or bool(self.webauthn)

    @property
    def may_lose_a_factor(self) -> bool:
        """Whether one of the second factors can be taken away."""
        factors = int(self.has_authenticator) + len(self.webauthn)
        return factors > 1 or not current_app.config["SECURITY_TWO_FACTOR_REQUIRED"]

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for the second factor of whoever has one; `console.enrolment` leads the others to set one up."""
        return bool(tf_setup_methods), tf_setup_methods


configure_mappers()
# Flask-Security changes its lists in place.
for _model, _name in ((User, "mf_recovery_codes"), (Role, "permissions"), (WebAuthn, "transports")):
    MutableList.associate_with_attribute(getattr(_model, _name))


def make_datastore(engine: Engine) -> SQLAlchemySessionUserDatastore:
    """Return the accounts of a database. `session.remove()` belongs at the end of each request."""
    # SQLite: each statement for itself. A transaction over the whole request would hold the write lock, for which the
    # audit waits, or read a state that it cannot write to once the audit has written.
    statements = engine.execution_options(sqlite_begin=None)
    session = scoped_session(sessionmaker(statements, expire_on_commit=False))
    return SQLAlchemySessionUserDatastore(session, User, Role, WebAuthn)
