"""Tokens of shared links: `{share_id}.{secret}`, given out once.

Only the SHA-256 of the secret is stored: it has 128 random bits, so a slow hash would add nothing. Both parts are
base32 in lowercase, which QR codes, messengers and people copy without damage.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

SHARE_ID_BYTES = 10
SECRET_BYTES = 16
TOKEN = re.compile(r"(?P<share_id>[a-z2-7]{16})\.(?P<secret>[a-z2-7]{26})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """The two parts of a token."""

    share_id: str
    secret: str

    def __str__(self) -> str:
        """The token as it stands in the link."""
        return f"{self.share_id}.{self.secret}"


def create_token(random_bytes: Callable[[int], bytes]) -> Token:
    """A new token; `random_bytes` is cryptographically secure."""
    return Token(_base32(random_bytes(SHARE_ID_BYTES)), _base32(random_bytes(SECRET_BYTES)))


def parse_token(text: str) -> Token | None:
    """The token, or None if it is malformed."""
    match = TOKEN.fullmatch(text)
    return Token(match["share_id"], match["secret"]) if match else None


def hash_secret(secret: str) -> str:
    """The SHA-256 of a secret in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, secret_hash: str) -> bool:
    """Whether this secret has this hash, in a time that does not depend on it."""
    return hmac.compare_digest(hash_secret(secret), secret_hash)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().lower().rstrip("=")
