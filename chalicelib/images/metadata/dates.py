"""Reads dates and offsets as cameras and programs write them, and combines those of one photo.

Readers of the blocks of a file return times by what they mean; `combine` chooses. Text that is no date counts as
missing.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import IntEnum

from chalicelib.util.capture_time import FIRST_YEAR, MAX_OFFSET, CaptureTime

LAST_YEAR = 2100
FIRST_GPS_TIME = datetime(1980, 1, 6, tzinfo=UTC).replace(tzinfo=None)

# Offsets in use that are not whole hours, in minutes. GPS receivers and clocks differ by seconds, sometimes minutes.
_ODD_OFFSETS = (-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825)
_OFFSETS = tuple(timedelta(minutes=m) for m in (*range(-12 * 60, 14 * 60 + 1, 60), *_ODD_OFFSETS))
_MAX_GPS_DIFFERENCE = timedelta(minutes=3)
_SAME_CLOCK = timedelta(minutes=1)

_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
_DAY, _TIME = r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})", r"(\d{1,2})[^\d+-]{1,2}(\d{1,2})"
_FORMS = tuple(
    re.compile(pattern + _ZONE, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:[^\d+-]{{1,2}}{_TIME}(?:[^\d+-]{{1,2}}(\d{{1,2}})(?:[.,](\d+))?)?)?",
        r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:[.,](\d+))?)?",
        r"(\d{4})(?:[:-](\d{2}))?$",  # XMP allows dates without a day or a month: the first one
    )
)


class Meaning(IntEnum):
    """What a date in a file means, the best one first."""

    ORIGINAL = 0
    DIGITIZED = 1
    MODIFIED = 2


def parse_date(text: str) -> CaptureTime | None:
    """The time of `2025:01:14 18:31:30.5+0100` or another common spelling; None if it is not a date of a photo.

    A day without a time begins at midnight.
    """
    match = next(filter(None, (form.match(text.strip()) for form in _FORMS)), None)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction = [*(each or "" for each in match.groups()[:-1]), *[""] * 5][:7]
    try:
        day_begins = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC).replace(tzinfo=None)
    except ValueError:
        return None
    since = timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    # Some cameras count to second 60 and hour 24.
    if not FIRST_YEAR <= day_begins.year < LAST_YEAR or int(minute or 0) > 59 or int(second or 0) > 60:
        return None
    if since > timedelta(days=1):
        return None
    local = day_begins + since + timedelta(microseconds=parse_fraction(fraction))
    return CaptureTime(local, parse_offset(match["zone"] or ""))


def parse_rfc_date(text: str) -> CaptureTime | None:
    """The time of `Tue, 14 Jan 2025 18:31:30 +0100`, which PNG recommends, or of another common spelling."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return parse_date(text)
    return parse_date(moment.isoformat())


def parse_fraction(digits: str) -> int:
    """The microseconds of digits that follow the decimal point: `5` is half a second; 0 if there are none."""
    digits = digits.strip()
    return int(digits[:6].ljust(6, "0")) if digits.isdecimal() and digits.isascii() else 0


def parse_offset(text: str) -> timedelta | None:
    """The offset of `+02:00`, `+0200`, `+2` or `Z`; None if it is missing or further from UTC than any place."""
    text = text.strip()
    if text.upper() in {"Z", "UTC", "GMT"}:
        return timedelta(0)
    match = re.fullmatch(r"([+-])(\d{1,2})(?::?(\d{2}))?", text, re.ASCII)
    if not match:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0)) * (-1 if match[1] == "-" else 1)
    return offset if abs(offset) <= MAX_OFFSET else None


def combine(times: Sequence[tuple[Meaning, CaptureTime]], gps_time: datetime | None) -> CaptureTime | None:
    """The best time of a photo, given its times and the moment of its position in UTC, without a time zone.

    Of equally good times the first counts. Offset and fraction of a second may come from the others, if they show the
    same time. GPS gives the offset if it is that of a time zone.
    """
    best = min(times, key=lambda time: time[0], default=None)
    if best is None or (best[0] is Meaning.MODIFIED and gps_time and _offset_by_gps(best[1].local, gps_time) is None):
        return CaptureTime(gps_time, timedelta(0)) if gps_time else best and best[1]
    local, offset = best[1].local, best[1].offset
    others = [time for _, time in times if abs(time.local - local) < _SAME_CLOCK]
    if offset is None:
        offset = next((time.offset for time in others if time.offset is not None), None)
    if offset is None and gps_time:
        offset = _offset_by_gps(local, gps_time)
    if not local.microsecond:
        same_second = (time.local for time in others if time.local.replace(microsecond=0) == local)
        local = max(same_second, default=local)
    return CaptureTime(local, offset)


def _offset_by_gps(local: datetime, gps_time: datetime) -> timedelta | None:
    """The offset of the time zone in which it was `local` at this moment."""
    difference = local - gps_time
    nearest = min(_OFFSETS, key=lambda offset: abs(difference - offset))
    return nearest if abs(difference - nearest) <= _MAX_GPS_DIFFERENCE else None
