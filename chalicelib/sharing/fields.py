"""Texts of shares: cleaned, or refused with the name of the field."""

from chalicelib.errors import Invalid
from chalicelib.util import text

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
    line = text.clean_line(value)
    if len(line) > max_characters or (required and not line):
        raise invalid
    return line
