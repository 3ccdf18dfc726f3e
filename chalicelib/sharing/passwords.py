"""Passwords of shared links, hashed by scrypt (RFC 7914).

The cost is one of those that OWASP's Password Storage Cheat Sheet calls equally strong, the one that takes 32 MB: the
API function has a gigabyte, and handles one request at a time. A hash names its cost, so that it can change.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable

from chalicelib.errors import Invalid

MIN_CHARACTERS = 6
MAX_CHARACTERS = 128
SALT_BYTES = 16
HASH_BYTES = 32
LOG2_N, R, P = 15, 8, 3
# What OpenSSL may allocate: 128 * N * r bytes, and a little for each of the p lanes.
MAX_MEMORY_BYTES = 64 * 1024 * 1024


def parse_password(value: object) -> str:
    """A new password, in NFC so that every keyboard types it alike; raises Invalid."""
    invalid = Invalid(f"password must be text of {MIN_CHARACTERS} to {MAX_CHARACTERS} characters.", field="password")
    if not isinstance(value, str):
        raise invalid
    password = _normalize(value)
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise invalid
    return password


def hash_password(password: str, random_bytes: Callable[[int], bytes]) -> str:
    """The hash of a password: cost, salt and scrypt's output, separated by `$`."""
    salt = random_bytes(SALT_BYTES)
    return "$".join(("scrypt", f"{LOG2_N},{R},{P}", _encode(salt), _encode(_scrypt(password, salt, LOG2_N, R, P))))


def is_password(password: str, password_hash: str) -> bool:
    """Whether this password has this hash."""
    _, cost, salt, digest = password_hash.split("$")
    log2_n, r, p = map(int, cost.split(","))
    found = _scrypt(_normalize(password), base64.b64decode(salt), log2_n, r, p)
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    # A request may contain a lone surrogate, which UTF-8 cannot encode.
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=2**log2_n, r=r, p=p, maxmem=MAX_MEMORY_BYTES, dklen=HASH_BYTES)


def _normalize(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
