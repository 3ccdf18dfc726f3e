"""Fields of JSON bodies: each checked and normalized, or rejected with the name of the field."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.library.descriptions import clean_caption, clean_place
from chalicelib.library.photo import MAX_RATING, clean_tag, clean_tags, clean_weight
from chalicelib.util.coordinates import Coordinates, coordinates_from_degrees

MAX_NAME_CHARACTERS = 1024
DATE_AND_MINUTE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"
OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"
LOCAL_TIME = re.compile(DATE_AND_MINUTE + r"(:[0-9]{2}(\.[0-9]{1,6})?)?")
# RFC 3339; Python would also read weeks, times without seconds, and a lot more.
MOMENT = re.compile(DATE_AND_MINUTE + r":[0-9]{2}(\.[0-9]+)?" + OFFSET, re.IGNORECASE)
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
PHOTO_ID = re.compile(r"[0-9a-f]{32}")
UTC_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-5]):([0-5][0-9])")


def filename(body: Mapping[str, Any], field: str = "filename") -> str:
    """A required filename; raises Invalid."""
    name = body.get(field)
    if not isinstance(name, str) or not name or len(name) > MAX_NAME_CHARACTERS:
        raise Invalid(f"{field} is required: text of at most {MAX_NAME_CHARACTERS} characters.", field=field)
    return name


def tags(value: Any) -> tuple[str, ...]:
    """The tags of a photo, distinct and normalized; raises Invalid, also over 20 tags."""
    return clean_tags(_string_list(value, "tags"))


def search_tags(value: Any, field: str, *, max_tags: int) -> tuple[str, ...]:
    """Tags to search for, distinct and normalized; raises Invalid."""
    values = _string_list(value, field)
    if len(values) > max_tags:
        raise Invalid(f"{field} must contain at most {max_tags} tags; it contains {len(values)}.", field=field)
    try:
        return tuple(dict.fromkeys(clean_tag(tag) for tag in values))
    except Invalid as error:
        raise Invalid(str(error), field=field) from None


def sha256(value: Any) -> str:
    """A SHA-256 in lower-case hexadecimal; raises Invalid."""
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        raise Invalid("sha256 must be 64 hexadecimal digits.", field="sha256")
    return value.lower()


def sha256_list(value: Any, *, max_digests: int) -> tuple[str, ...]:
    """Distinct SHA-256 in lower-case hexadecimal, in the order given; raises Invalid, also if there are too many."""
    digests = _string_list(value, "sha256")
    if not 1 <= len(digests) <= max_digests:
        raise Invalid(f"sha256 must contain 1 to {max_digests} hashes; it contains {len(digests)}.", field="sha256")
    if not all(map(SHA256.fullmatch, digests)):
        raise Invalid("Each hash in sha256 must be 64 hexadecimal digits.", field="sha256")
    return tuple(dict.fromkeys(digest.lower() for digest in digests))


def photo_ids(value: Any, *, max_ids: int, min_ids: int = 0) -> tuple[str, ...]:
    """Distinct photo ids in the order given; raises Invalid, also if there are too many with repeated ones."""
    ids = _string_list(value, "photo_ids")
    if not min_ids <= len(ids) <= max_ids:
        raise Invalid(
            f"photo_ids must contain {min_ids} to {max_ids:,} ids; it contains {len(ids):,}.", field="photo_ids"
        )
    return tuple(dict.fromkeys(ids))


def album_id(value: Any) -> str:
    """The id of an album; raises Invalid."""
    if not isinstance(value, str):
        raise Invalid("album_id must be the id of an album.", field="album_id")
    return value


def album_ids(value: Any, *, max_ids: int) -> tuple[str, ...]:
    """Distinct ids of albums in the order given; raises Invalid, also if there are too many."""
    ids = tuple(dict.fromkeys(_string_list(value, "albums")))
    if len(ids) > max_ids:
        raise Invalid(f"albums can contain at most {max_ids} ids; it contains {len(ids)}.", field="albums")
    return ids


def enum_value[E: StrEnum](value: Any, field: str, values: type[E]) -> E:
    """One of the values of an enumeration; raises Invalid."""
    if value not in list(values):
        raise Invalid(f"{field} must be {' or '.join(values)}.", field=field)
    return values(value)


def weight(value: Any) -> int:
    """A JSON number as a weight in millionths; raises Invalid, also for text, which only forms may use."""
    return clean_weight(None if isinstance(value, str) else value)


def label(value: Any) -> str:
    """A label, normalized; empty text stays empty. Raises Invalid."""
    if not isinstance(value, str):
        raise Invalid("label must be text.", field="label")
    try:
        return clean_tag(value) if value else ""
    except Invalid as error:
        raise Invalid(str(error).replace("tag", "label"), field="label") from None


def local_time(value: Any, field: str) -> datetime | None:
    """A time without a zone such as 2026-03-14T23:30:00, or None; raises Invalid."""
    if value is None:
        return None
    try:
        if isinstance(value, str) and LOCAL_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise Invalid(f"{field} must be a local time like 2026-03-14T23:30:00, without a time zone.", field=field)


def utc_offset(value: Any, field: str) -> timedelta | None:
    """An offset from UTC such as -08:00, or None; raises Invalid."""
    if value is None:
        return None
    match = UTC_OFFSET.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Invalid(f"{field} must be an offset from UTC like -08:00, at most 15:59 either way.", field=field)
    sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


def moment(value: Any, field: str, *, hint: str = "") -> datetime:
    """A time of RFC 3339 such as 2026-12-31T23:00:00Z, in UTC; raises Invalid, with the `hint` at its end."""
    try:
        if isinstance(value, str) and MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(f"{field} must be a time with a zone, like 2026-12-31T23:00:00Z{hint}.", field=field)


def photo_id(value: Any) -> str:
    """An id that a photo can have; raises Invalid."""
    if not isinstance(value, str) or not PHOTO_ID.fullmatch(value):
        raise Invalid("photo_id must be 32 hexadecimal digits in lower case.", field="photo_id")
    return value


def caption(value: Any) -> str | None:
    """A caption as it is stored, empty to remove it, or None; raises Invalid."""
    return None if value is None else clean_caption(_text(value, "caption"))


def place(value: Any) -> tuple[str, ...] | None:
    """The names of a place, none to remove it, or None; raises Invalid."""
    return None if value is None else clean_place(_text(value, "place"))


def coordinates(value: Any) -> Coordinates | None:
    """Coordinates of decimal degrees, to 6 places, 0 and 0 to remove them, or None; raises Invalid."""
    if value is None:
        return None
    if isinstance(value, dict) and value.keys() == {"latitude", "longitude"}:
        latitude, longitude = value["latitude"], value["longitude"]
        if _is_number(latitude) and _is_number(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
            return coordinates_from_degrees(latitude, longitude)
    raise Invalid(
        "coordinates must have two numbers, latitude from -90 to 90 and longitude from -180 to 180, or be null.",
        field="coordinates",
    )


def rating(value: Any) -> int | None:
    """0 to 5 stars, or None; raises Invalid."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_RATING):
        return value
    raise Invalid(f"rating must be a whole number from 0 to {MAX_RATING}, or null.", field="rating")


def favorite(value: Any) -> bool:
    """Whether a photo is a favorite; raises Invalid."""
    if not isinstance(value, bool):
        raise Invalid("favorite must be true or false.", field="favorite")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{field} must be text, or null.", field=field)
    return value


def _string_list(value: Any, field: str) -> list[str]:
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise Invalid(f"{field} must be a list of strings.", field=field)
    return value
