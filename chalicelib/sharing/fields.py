"""Texts of shares: cleaned, or refused with the name of the field."""

import unicodedata

from chalicelib.errors import Invalid
from chalicelib.util.text import repeat_until_stable, without_invisible

MAX_NAME_CHARACTERS = 100
MAX_TITLE_CHARACTERS = 200
MAX_GUEST_NAME_CHARACTERS = 40


def clean_line(value: object, field: str, *, max_characters: int, required: bool = False) -> str:
    """A line of text: NFC, single spaces, no invisible characters; raises Invalid. Idempotent."""
    invalid = Invalid(
        f"{field} is required: text of 1 to {max_characters} characters."
        if required
        else f"{field} must be text of at most {max_characters} characters.",
        field=field,
    )
    if not isinstance(value, str):
        raise invalid
    line = repeat_until_stable(_clean, value)
    if len(line) > max_characters or (required and not line):
        raise invalid
    return line


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", without_invisible(" ".join(text.split()))).split())
