"""Fields of requests about shared links: each checked, or refused with its name."""

import secrets
from collections.abc import Mapping
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.http import validation
from chalicelib.sharing.fields import MAX_NAME_CHARACTERS, MAX_TITLE_CHARACTERS, clean_line
from chalicelib.sharing.models import Download
from chalicelib.sharing.passwords import hash_password, parse_password

TERM_FIELDS = ("name", "download", "add", "review", "expires_at", "password", "max_photos", "max_bytes")
MAX_GUEST_PHOTOS = 10_000
MAX_GUEST_BYTES = 1_000_000_000_000


def read_terms(body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `ShareTerms` that a body sets; a password is hashed. Raises Invalid."""
    changes: dict[str, Any] = {}
    if "name" in body:
        changes["name"] = clean_line(body["name"], "name", max_characters=MAX_NAME_CHARACTERS)
    if "download" in body:
        changes["download"] = _download(body["download"])
    for name in ("add", "review"):
        if name in body:
            changes[name] = _flag(body[name], name)
    for name, maximum in (("max_photos", MAX_GUEST_PHOTOS), ("max_bytes", MAX_GUEST_BYTES)):
        if name in body:
            changes[name] = _number(body[name], name, maximum)
    if "expires_at" in body:
        value = body["expires_at"]
        changes["expires_at"] = None if value is None else validation.moment(value, "expires_at", hint=", or null")
    if "password" in body:
        password = body["password"]
        changes["password_hash"] = (
            None if password is None else hash_password(parse_password(password), secrets.token_bytes)
        )
    return changes


def read_title(body: Mapping[str, Any]) -> str:
    """The title of a selection, empty if it has none; raises Invalid."""
    return clean_line(body.get("title", ""), "title", max_characters=MAX_TITLE_CHARACTERS)


def _download(value: Any) -> Download:
    try:
        return Download(value)
    except ValueError:
        raise Invalid(f"download must be one of {', '.join(Download)}.", field="download") from None


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{field} must be true or false.", field=field)
    return value


def _number(value: Any, field: str, maximum: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= maximum:
        raise Invalid(f"{field} must be a whole number from 1 to {maximum:,}.", field=field)
    return value
