"""E-mails as names of accounts. Nothing is ever sent there, so that one may be of a name only the deployment knows."""

import re

from flask_security import EmailValidateException, MailUtil
from flask_security.utils import get_message

EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9][a-z0-9.-]*")
MAX_EMAIL = 255


def normalise_email(text: str) -> str | None:
    """Return an e-mail in the one form that names an account; None when it cannot name one.

    >>> normalise_email(" Ana@Example.ORG "), normalise_email("admin@rumbo.local"), normalise_email("=cmd()@x.y")
    ('ana@example.org', 'admin@rumbo.local', None)
    """
    email = text.strip().lower()
    return email if len(email) <= MAX_EMAIL and EMAIL.fullmatch(email) else None


class AccountNames(MailUtil):
    """Which e-mails Flask-Security takes."""

    def normalize(self, email: str) -> str:
        """Return the form to look an account up by, or raise EmailValidateException."""
        normal = normalise_email(email)
        if normal is None:
            raise EmailValidateException(get_message("INVALID_EMAIL_ADDRESS")[0])
        return normal
