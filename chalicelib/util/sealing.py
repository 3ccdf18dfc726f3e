"""Sealed tokens: a payload that their holder can neither read nor change, encrypted for the context it belongs to.

AES-SIV (RFC 5297): the same payload always makes the same token, and one of another context (another query, another
caller) is refused.
"""

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING

from chalicelib.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def seal(payload: str, *, context: tuple[str, ...], secret: str) -> str:
    """A sealed token for this payload in this context: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(_cipher(secret).encrypt(payload.encode(), _encode(context))).rstrip(b"=").decode()


def unseal(token: str, *, context: tuple[str, ...], secret: str) -> str:
    """The payload of a token; raises Invalid if it is malformed or belongs to another context."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return str(_cipher(secret).decrypt(sealed, _encode(context)).decode())
    except (binascii.Error, InvalidTag, ValueError):
        raise Invalid("cursor is malformed, or belongs to another query.", field="cursor") from None


def _cipher(secret: str) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # takes 30 ms, which few requests should pay

    return AESSIV(hashlib.sha512(f"seal:{secret}".encode()).digest())


def _encode(context: tuple[str, ...]) -> list[bytes]:
    """The context as one piece of associated data, of which AES-SIV takes at most 126."""
    return [hashlib.sha256(json.dumps(context, separators=(",", ":")).encode()).digest()]
