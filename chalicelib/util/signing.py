"""Signed tokens: a payload with an HMAC over the payload and the context it belongs to.

The holder can read the payload but cannot change it, and a token from another context is rejected. `sealing` hides the
payload, too.
"""

import base64
import binascii
import hashlib
import hmac
import json

from chalicelib.errors import Invalid

SIGNATURE_BYTES = 12


def sign(payload: str, *, context: tuple[str, ...], secret: str) -> str:
    """A signed token for this payload in this context: URL-safe base64 without padding."""
    body = _signature(payload, context, secret) + payload.encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def verify(token: str, *, context: tuple[str, ...], secret: str) -> str:
    """The payload of a token; raises Invalid if it is malformed or belongs to another context."""
    invalid = Invalid("This token is malformed, or belongs to something else.")
    try:
        body = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        signature, payload = body[:SIGNATURE_BYTES], body[SIGNATURE_BYTES:].decode()
    except (binascii.Error, ValueError):
        raise invalid from None
    if not hmac.compare_digest(signature, _signature(payload, context, secret)):
        raise invalid
    return payload


def _signature(payload: str, context: tuple[str, ...], secret: str) -> bytes:
    message = json.dumps([*context, payload], separators=(",", ":")).encode()
    return hmac.digest(secret.encode(), message, hashlib.sha256)[:SIGNATURE_BYTES]
