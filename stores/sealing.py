"""Seal an address so that only this program reads it, and only where it was put."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SealBroken

VERSION = b"\x01"
NONCE_BYTES = 12
PURPOSE = b"rumbo sealed address"
"""Makes a key of its own out of the secret, so that nothing sealed tells anything of a pseudonym."""


class Seal:
    """AES-256-GCM under a key derived from the newest secret; what older secrets sealed can still be opened.

    What is sealed is bound to a place: moved to another row or column, it does not open.
    """

    def __init__(self, secret: bytes, old_secrets: tuple[bytes, ...] = ()) -> None:
        self._ciphers = tuple(AESGCM(_key(one)) for one in (secret, *old_secrets))

    def close(self, text: str, place: str) -> bytes:
        """Return the text sealed for a place."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._ciphers[0].encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Return the text; raise SealBroken when none of our keys opens it there."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] == VERSION and len(nonce) == NONCE_BYTES:
            for cipher in self._ciphers:
                try:
                    return cipher.decrypt(nonce, body, place.encode()).decode()
                except InvalidTag:
                    continue
        raise SealBroken


def _key(secret: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(secret)
