"""Passwords that we make up for somebody: read off a screen once, typed once, then changed."""

import secrets

from argon2 import PasswordHasher

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is mistaken for another: no i, l, o, 0, 1."""
GROUPS, GROUP = 4, 4


def new_password() -> str:
    """Return a password of 79 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def hash_password(password: str) -> str:
    """Return what is stored of a password: Argon2id with the parameters of RFC 9106, as Flask-Security reads it."""
    return PasswordHasher().hash(password)
