"""Passes: a guest who knows the password of a link gets one, instead of sending the password with every request.

A pass is signed and bound to the link's revision, so it ends with any change of password, download, uploads or expiry.
"""

from datetime import datetime, timedelta

from chalicelib.errors import Invalid
from chalicelib.sharing.models import Share
from chalicelib.util.signing import sign, verify

PASS_LIFETIME = timedelta(hours=12)


def create_pass(share: Share, now: datetime, secret: str) -> tuple[str, datetime]:
    """A pass for this link as it is now, and when it expires, at the latest with the link; `secret` signs it."""
    expires_at = min(now + PASS_LIFETIME, share.terms.expires_at or now + PASS_LIFETIME).replace(microsecond=0)
    return sign(str(int(expires_at.timestamp())), context=_context(share), secret=secret), expires_at


def is_valid_pass(text: str, share: Share, now: datetime, secret: str) -> bool:
    """Whether this is a pass for this link as it is now, and has not expired."""
    try:
        return now.timestamp() < int(verify(text, context=_context(share), secret=secret))
    except Invalid:
        return False


def _context(share: Share) -> tuple[str, ...]:
    return "pass", share.share_id, str(share.revision)
