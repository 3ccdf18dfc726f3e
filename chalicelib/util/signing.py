"""Cursors: where a page ended, sealed so that they fit only the query they came from.

Sealed with an HMAC over the place and the query: a cursor tells nothing that its holder could change,
and one from another query, or another caller, is refused rather than misread.
"""

import base64
import binascii
import hashlib
import hmac
import json

from chalicelib.errors import Invalid

SIGNATURE_BYTES = 12


def sign(payload: str, *, context: tuple[str, ...], secret: str) -> str:
    """An opaque cursor for this place in this query: URL-safe, no padding."""
    body = _signature(payload, context, secret) + payload.encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def verify(token: str, *, context: tuple[str, ...], secret: str) -> str:
    """The place inside; raises Invalid for a cursor that is malformed or of another query."""
    problem = Invalid("cursor is malformed, or belongs to another query.", field="cursor")
    try:
        body = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        given, place = body[:SIGNATURE_BYTES], body[SIGNATURE_BYTES:].decode()
    except (binascii.Error, ValueError):
        raise problem from None
    if not hmac.compare_digest(given, _signature(place, context, secret)):
        raise problem
    return place


def _signature(place: str, query: tuple[str, ...], secret: str) -> bytes:
    message = json.dumps([*query, place], separators=(",", ":")).encode()
    return hmac.digest(secret.encode(), message, hashlib.sha256)[:SIGNATURE_BYTES]
