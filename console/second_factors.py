"""Second factors: codes of an application, each taken once; passkeys, which can stand alone; recovery codes, hashed."""

import hashlib
import hmac
import re
from typing import Any, cast

from flask import Flask
from flask_babel import gettext
from flask_security import UserMixin, WebAuthnRegisterForm, WebAuthnRegisterResponseForm, current_user
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from flask_security.webauthn import WebAuthnDeleteForm, WebAuthnTfPlugin
from flask_security.webauthn_util import WebauthnUtil
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from console.accounts import User
from console.login_guard import guard

NOT_IN_A_CODE = re.compile(r"[^0-9a-f]")


class OneTimeCodes(Totp):
    """Codes of an application: who looks over a shoulder cannot use one again (RFC 6238, 5.2)."""

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Take a code, or raise what Flask-Security reads as a wrong one."""
        if not guard().attempts.is_first_use(user.fs_uniquifier, tmatch.counter):
            raise UsedTokenError


class RecoveryCodes(MfRecoveryCodesUtil):
    """Codes for who lost their telephone: shown once, used once, kept as a keyed hash."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._key = str(app.config["SECURITY_PASSWORD_SALT"]).encode()

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Return new codes; the old ones are void."""
        codes = super().create_recovery_codes(user)
        guard().note("recovery_codes.made", cast(User, user))
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """Return none: nobody sees them a second time."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether it is one of the account's; capitals, spaces and dashes do not matter."""
        return self._hash(code) in (user.mf_recovery_codes or ())

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Make a code void."""
        guard().note("recovery_codes.used", cast(User, user))
        return super().delete_recovery_code(user, self._hash(code))

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [self._hash(code) for code in codes]

    def _hash(self, code: str) -> str:
        plain = NOT_IN_A_CODE.sub("", code.lower())
        return hmac.new(self._key, plain.encode(), hashlib.sha256).hexdigest()


class PasskeyRules(WebauthnUtil):
    """Which passkeys we take: those that ask for a finger, a face or a PIN, in the telephone, computer or a key."""

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        """Say what a new one must be able to."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        """Say that its owner must show that it is them, each time."""
        return UserVerificationRequirement.REQUIRED


class PasskeyFactor(WebAuthnTfPlugin):
    """A passkey as a second factor, after the password."""

    def get_setup_methods(self, user: UserMixin) -> list[tuple[str, str]]:
        """Return it for whoever has one: Flask-Security would want one registered for this only."""
        return [("webauthn", "webauthn")] if user.webauthn else []


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new passkey."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it has a name of its own."""
        self.usage.data = "first"
        return super().validate(**kwargs)


class PasskeyMadeForm(WebAuthnRegisterResponseForm):
    """What the browser says about a new passkey."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is as we asked."""
        is_right = super().validate(**kwargs)
        self.extensions = ""  # As the browser claims them; nothing of ours reads them.
        return is_right


class PasskeyRemovalForm(WebAuthnDeleteForm):
    """The passkey to forget."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether there is one of this name, and it is not the last factor of an account that must have one."""
        if not super().validate(**kwargs):
            return False
        if not current_user.may_lose_a_factor:
            self.name.errors = [last_factor()]
            return False
        return True


def last_factor() -> str:
    """Return why a factor stays."""
    return str(gettext("Es su único segundo factor. Agregue otro antes de quitar este."))
