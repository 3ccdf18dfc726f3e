"""The fields of a photo that people may set, read from a body: each cleaned, or refused by its name."""

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.library.photo import clean_tag, clean_tags, clean_weight

MAX_NAME_CHARACTERS = 1024


def filename(body: Mapping[str, Any], field: str = "filename") -> str:
    """A name that must be there."""
    name = body.get(field)
    if not isinstance(name, str) or not name or len(name) > MAX_NAME_CHARACTERS:
        raise Invalid(f"{field} is required: text of at most {MAX_NAME_CHARACTERS} characters.", field=field)
    return name


def tags(value: Any) -> tuple[str, ...]:
    """A list of words, each once, as they are stored."""
    if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
        raise Invalid("tags must be a list of words.", field="tags")
    return clean_tags(value)


def words(value: Any, field: str, *, at_most: int) -> tuple[str, ...]:
    """A list of tags to look for, each once, as they are stored."""
    if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
        raise Invalid(f"{field} must be a list of words.", field=field)
    if len(value) > at_most:
        raise Invalid(f"{field} may name at most {at_most}; these are {len(value)}.", field=field)
    try:
        return tuple(dict.fromkeys(clean_tag(word) for word in value))
    except Invalid as problem:
        raise Invalid(str(problem), field=field) from None


def ids(value: Any, *, at_most: int, at_least: int = 0) -> tuple[str, ...]:
    """A list of ids of photos, each once."""
    if not (isinstance(value, list) and all(isinstance(photo_id, str) for photo_id in value)):
        raise Invalid("photo_ids must be a list of ids.", field="photo_ids")
    photo_ids = tuple(dict.fromkeys(value))
    if not at_least <= len(photo_ids) <= at_most:
        told = f"photo_ids must be from {at_least} to {at_most:,} ids; these are {len(photo_ids):,}."
        raise Invalid(told, field="photo_ids")
    return photo_ids


def weight(value: Any) -> int:
    """A number, in millionths; text will do in a form, where there is nothing else, but not in JSON."""
    return clean_weight(None if isinstance(value, str) else value)


def label(value: Any) -> str:
    """One word, as it is stored; the empty text stays empty."""
    if not isinstance(value, str):
        raise Invalid("label must be text.", field="label")
    try:
        return clean_tag(value) if value else ""
    except Invalid as problem:
        raise Invalid(str(problem).replace("tag", "label"), field="label") from None
