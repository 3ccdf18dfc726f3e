"""Which tags an object can have, with S3's texts."""

import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from local.ministack.objects.errors import S3Error, invalid_argument

MAX_TAGS = 10
MAX_TAG_KEY, MAX_TAG_VALUE = 128, 256  # characters
SYSTEM_PREFIX = "aws:"
TAG_CHARACTERS = "+-=._:/@"  # besides letters, numbers and spaces
ENCODING = (
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
    "duplicates."
)


def header_tags(headers: Mapping[str, str]) -> dict[str, str]:
    """The tags in `x-amz-tagging`; raises S3Error if an object can't have them."""
    try:
        tags = parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise invalid_argument(ENCODING) from error
    if len(dict(tags)) < len(tags):
        raise invalid_argument(ENCODING)
    return check_tags(tags)


def check_tags(tags: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The tags by key; raises S3Error if an object can't have them."""
    if len(tags) > MAX_TAGS:
        raise S3Error(400, "BadRequest", "Object tags cannot be greater than 10")
    if len(dict(tags)) < len(tags):
        raise _invalid_tag("Cannot provide multiple Tags with the same key")
    for key, value in tags:
        if not key or not _is_tag_text(key, MAX_TAG_KEY):
            raise _invalid_tag("The TagKey you have provided is invalid")
        if not _is_tag_text(value, MAX_TAG_VALUE):
            raise _invalid_tag("The TagValue you have provided is invalid")
        if key.lower().startswith(SYSTEM_PREFIX):
            raise _invalid_tag("System tags cannot be added/updated by requester")
    return dict(tags)


def _is_tag_text(text: str, max_length: int) -> bool:
    return len(text) <= max_length and all(
        character in TAG_CHARACTERS or unicodedata.category(character)[0] in "LNZ" for character in text
    )


def _invalid_tag(message: str) -> S3Error:
    return S3Error(400, "InvalidTag", message)
