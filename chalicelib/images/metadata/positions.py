"""Reads the GPS position, which only the owner of a photo sees (Exif 3.0, 4.6.7; XMP, part 2, 3.3).

A position that the receiver calls void, one that is not on Earth, and one without a hemisphere count as missing; so
does 0° N, 0° E exactly, which cameras write that have no position.
"""

import re
from collections.abc import Sequence

from chalicelib.images import ifd
from chalicelib.images.metadata.fields import decode
from chalicelib.util.coordinates import UNKNOWN, Coordinates, coordinates_from_degrees

_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _STATUS = 1, 2, 3, 4, 9
_MAX_REF_BYTES = 16
_VOID = "V"
_SIGNS = {"N": 1, "E": 1, "S": -1, "W": -1}
_UNITS = (1, 60, 3600)  # degrees, minutes, seconds
_TEXT = re.compile(r"(\d{1,3}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?(?:,(\d{1,2}(?:\.\d+)?))?\s*([NSEW])", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?", re.ASCII)


def read_position(directory: ifd.Directory) -> Coordinates | None:
    """The position of a GPS directory: degrees, minutes and seconds as fractions, of which the last may be missing."""
    if decode(directory.value(_STATUS, _MAX_REF_BYTES)).upper() == _VOID:
        return None
    return _coordinates(
        _degrees(directory.fractions(_LATITUDE), decode(directory.value(_LATITUDE_REF, _MAX_REF_BYTES)), "NS"),
        _degrees(directory.fractions(_LONGITUDE), decode(directory.value(_LONGITUDE_REF, _MAX_REF_BYTES)), "EW"),
    )


def parse_position(latitude: str, longitude: str, status: str) -> Coordinates | None:
    """The position of XMP: `41,24.1234N` and `2,10,30W`, or decimal degrees with a sign."""
    if status.strip().upper() == _VOID:
        return None
    return _coordinates(_parse_degrees(latitude, "NS"), _parse_degrees(longitude, "EW"))


def _coordinates(latitude: float | None, longitude: float | None) -> Coordinates | None:
    if latitude is None or longitude is None:
        return None
    try:
        coordinates = coordinates_from_degrees(latitude, longitude)
    except ValueError:
        return None
    return coordinates if coordinates != UNKNOWN else None


def _degrees(fractions: Sequence[tuple[int, int]], hemisphere: str, hemispheres: str) -> float | None:
    """Decimal degrees; a fraction by zero stands for no minutes or seconds, but not for no degrees."""
    if not 1 <= len(fractions) <= len(_UNITS) or not fractions[0][1]:
        return None
    return _signed([above / below if below else 0 for above, below in fractions], hemisphere, hemispheres)


def _parse_degrees(text: str, hemispheres: str) -> float | None:
    text = text.strip()
    if _DECIMAL.fullmatch(text):
        return float(text)
    match = _TEXT.fullmatch(text.upper())
    return _signed([float(part or 0) for part in match.groups()[:3]], match[4], hemispheres) if match else None


def _signed(parts: Sequence[float], hemisphere: str, hemispheres: str) -> float | None:
    letter = hemisphere[:1].upper()
    if not letter or letter not in hemispheres or min(parts) < 0 or max(parts[1:], default=0) > 60:
        return None
    return _SIGNS[letter] * sum(part / unit for part, unit in zip(parts, _UNITS, strict=False))
