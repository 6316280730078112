"""Is this really Twilio? Nothing of a request is believed before."""

import urllib.parse
from dataclasses import dataclass

from flask import Request
from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"


@dataclass(frozen=True)
class SignatureCheck:
    """Checks against the configured public address, never the Host header, which anyone may write.

    Two tokens are allowed at once, so that one can replace the other without losing a message.
    """

    public_base_url: str
    tokens: tuple[str, ...]

    def accepts(self, request: Request) -> bool:
        """Whether any of our tokens signed this request; whatever hostile input makes the check raise is a no."""
        signature = request.headers.get(HEADER, "")
        if not signature:
            return False
        return any(self._fits(request, token, signature) for token in self.tokens)

    def _fits(self, request: Request, token: str, signature: str) -> bool:
        query = request.query_string.decode("latin-1")
        url = self.public_base_url + request.path + (f"?{query}" if query else "")
        # Read before the try: a body that is too large is a 413. The MultiDict goes in whole, because the validator
        # signs every distinct value of a repeated field (`getlist`), and of a plain dict it would see only one.
        form = request.form
        try:
            return bool(RequestValidator(token).validate(url, form, signature))
        except Exception:  # the door stays shut whatever breaks in it; what breaks depends on the caller's bytes.
            return False


def check_base_url(url: str) -> None:
    """Raise ValueError unless Twilio could call this address."""
    if not _is_callable_address(url):
        raise ValueError(f"PUBLIC_BASE_URL is {url!r}; it must look like https://rumbo.example.org")


def _is_callable_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = url.isprintable() and " " not in url and not parts.query and not parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and is_plain
