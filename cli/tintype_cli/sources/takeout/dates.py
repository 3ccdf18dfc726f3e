"""Decides whether the date of a photo in Google Photos says more than the file.

Google tells the moment in UTC; which time zone it was taken in is unknown. A date in the file, which is the camera's
clock, is better if it can be the same moment: the difference then is that of a time zone.
"""

import calendar
import re
from collections.abc import Iterable
from typing import BinaryIO

# EXIF has dates such as 2019:07:13 18:20:05, XMP such as 2019-07-13T18:20:05.
_DATE = re.compile(rb"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DATE_BYTES = 19
_CHUNK_BYTES = 64 * 1024
_HEAD_BYTES = 256 * 1024  # of a JPEG, whose metadata come first
_MAX_BYTES = 64 * 1024 * 1024  # of the others
_JPEG = b"\xff\xd8\xff"

_ZONE_STEP = 15 * 60  # time zones are multiples of this
_MAX_ZONE = 14 * 3600
_MAX_ROUNDING = 2  # fractions of a second, and the clocks of zips and FAT


def is_same_moment(taken_at: int, clock: int) -> bool:
    """Whether a camera's clock, in seconds as if it were UTC, can be this Unix time in some time zone."""
    zone = clock - taken_at
    distance = abs(zone) % _ZONE_STEP
    return abs(zone) <= _MAX_ZONE + _MAX_ROUNDING and min(distance, _ZONE_STEP - distance) <= _MAX_ROUNDING


def file_has_date(file: BinaryIO, taken_at: int) -> bool:
    """Whether the metadata of a file has a date that can be this Unix time. Raises OSError."""
    tail, read, limit = b"", 0, _HEAD_BYTES
    while read < limit and (chunk := file.read(_CHUNK_BYTES)):
        if not read and not chunk.startswith(_JPEG):
            limit = _MAX_BYTES
        data = tail + chunk
        if any(is_same_moment(taken_at, clock) for clock in _clocks(data)):
            return True
        tail, read = data[-_DATE_BYTES + 1 :], read + len(chunk)
    return False


def _clocks(data: bytes) -> Iterable[int]:
    """All dates in these bytes, in seconds as if they were UTC."""
    for found in _DATE.finditer(data):
        year, month, day, hour, minute, second = map(int, found.groups())
        if year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
            yield calendar.timegm((year, month, day, hour, minute, second))
