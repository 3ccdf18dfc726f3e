"""Email addresses of people: checked, compared without regard to case, and stored only as a hash."""

import hmac
import re
import unicodedata
from hashlib import sha256

from chalicelib.accounts.identity import Caller
from chalicelib.accounts.notifications import Channel, verified_addresses
from chalicelib.errors import Invalid

MAX_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def clean_address(value: object) -> str:
    """An email address as it was typed, in NFC and without spaces around it; raises Invalid."""
    text = unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else ""
    if len(text) > MAX_CHARACTERS or not text.isprintable() or not ADDRESS.fullmatch(text):
        raise Invalid("email must be an email address, like name@example.org.", field="email")
    return text


def normalize_address(address: str) -> str:
    """The address in lower case: the user pool takes addresses that differ in case as the same."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def address_hash(address: str, id_secret: str) -> str:
    """HMAC-SHA256 of `email:{normalized address}`, cut to 32 hex digits, which stands for an address in the tables.

    Without the secret, nobody can try addresses. The input differs from that of every owner id and photo id.
    """
    return hmac.digest(id_secret.encode(), f"email:{normalize_address(address)}".encode(), sha256).hex()[:32]


def verified_email(caller: Caller) -> str | None:
    """The verified address in the caller's ID token; None for any other token or key."""
    if caller.token_use != "id":  # noqa: S105 (a kind of token)
        return None
    return verified_addresses(caller).get(Channel.EMAIL)
