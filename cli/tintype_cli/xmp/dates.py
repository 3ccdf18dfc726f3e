"""Dates of XMP (ISO 16684-1, 8.2.1.3), also as Exif writes them."""

import re
from datetime import UTC, datetime

FIRST_YEAR, LAST_YEAR = 1826, 2100  # as the library accepts them
_DATE = re.compile(
    r"(\d{4})(?:[-:](\d{1,2})(?:[-:](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_MAX_OFFSET_HOURS = 15


def parse_date(text: str) -> tuple[str, str | None] | None:
    """The local time of a date, and its offset as ±HH:MM if it has one; None for what is no date of a photo.

    What is missing counts as the beginning: `2019` is midnight on 1 January 2019.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    microseconds = int((fraction or "")[:6].ljust(6, "0"))
    try:
        time = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
                        microseconds, tzinfo=UTC)  # fmt: skip
    except ValueError:
        return None
    if not FIRST_YEAR <= time.year < LAST_YEAR:
        return None
    return time.replace(tzinfo=None).isoformat(), _offset(zone)


def format_date(local: str, offset: str | None) -> str:
    """A local time in ISO 8601 as XMP writes it; a fraction of zero is left out."""
    whole, _, fraction = local.partition(".")
    fraction = fraction.rstrip("0")
    return whole + (f".{fraction}" if fraction else "") + (offset or "")


def _offset(zone: str | None) -> str | None:
    if not zone:
        return None
    if zone == "Z":
        return "+00:00"
    sign, hours, minutes = zone[0], zone[1:3], zone[-2:]
    return f"{sign}{hours}:{minutes}" if int(hours) <= _MAX_OFFSET_HOURS and int(minutes) < 60 else None
