"""Reads the exposure (Exif 3.0, 4.6.6; XMP, part 2, 3.3).

Cameras write 0 for what they do not know, such as the aperture of a lens without contacts.
"""

import re
from collections.abc import Mapping

from chalicelib.util.exposure import HUNDREDTHS, NANOSECONDS, Exposure

_TIME, _F_NUMBER, _FOCAL_LENGTH, _EQUIVALENT_FOCAL_LENGTH = 0x829A, 0x829D, 0x920A, 0xA405
_ISO, _OUTPUT_SENSITIVITY, _EXPOSURE_INDEX = 0x8827, 0x8831, 0x8832
_SHUTTER_SPEED, _APERTURE = 0x9201, 0x9202  # in powers of 2 (APEX), which older cameras write instead
TAGS = frozenset(
    {_TIME, _F_NUMBER, _FOCAL_LENGTH, _EQUIVALENT_FOCAL_LENGTH, _ISO, _OUTPUT_SENSITIVITY, _EXPOSURE_INDEX}
    | {_SHUTTER_SPEED, _APERTURE}
)
_ISO_ELSEWHERE = 65535  # more than the field can hold
_MAX_APEX = 40.0
_MAX_SECONDS, _MAX_F_NUMBER, _MAX_ISO, _MAX_MILLIMETERS = 86_400.0, 1_000.0, 10_000_000.0, 100_000.0
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(?:/(\d{1,12}))?", re.ASCII)


def exposure_from_tags(numbers: Mapping[int, float]) -> Exposure | None:
    """The exposure by the numbers of EXIF's tags; None if nothing is known."""
    seconds, f_number, iso = (numbers.get(tag, 0.0) for tag in (_TIME, _F_NUMBER, _ISO))
    if not seconds and abs(numbers.get(_SHUTTER_SPEED, _MAX_APEX)) < _MAX_APEX:
        seconds = 2 ** -numbers[_SHUTTER_SPEED]
    if not f_number and 0 < numbers.get(_APERTURE, 0.0) < _MAX_APEX:
        f_number = 2 ** (numbers[_APERTURE] / 2)
    if iso in {0.0, _ISO_ELSEWHERE}:
        iso = numbers.get(_EXPOSURE_INDEX) or numbers.get(_OUTPUT_SENSITIVITY) or iso
    return _exposure(
        seconds, f_number, iso, numbers.get(_FOCAL_LENGTH, 0.0), numbers.get(_EQUIVALENT_FOCAL_LENGTH, 0.0)
    )


def parse_exposure(time: str, f_number: str, iso: str, focal_length: str, equivalent: str) -> Exposure | None:
    """The exposure by the texts of XMP: numbers such as `1/250`, `18/10` or `4.2`; None if nothing is known."""
    return _exposure(*map(_parse_number, (time, f_number, iso, focal_length, equivalent)))


def _exposure(seconds: float, f_number: float, iso: float, focal_length: float, equivalent: float) -> Exposure | None:
    exposure = Exposure(
        _whole(seconds, _MAX_SECONDS, NANOSECONDS),
        _whole(f_number, _MAX_F_NUMBER, HUNDREDTHS),
        _whole(iso, _MAX_ISO, 1),
        _whole(focal_length, _MAX_MILLIMETERS, HUNDREDTHS),
        _whole(equivalent, _MAX_MILLIMETERS, HUNDREDTHS),
    )
    return None if exposure == Exposure() else exposure


def _whole(number: float, most: float, unit: int) -> int | None:
    """The number in parts of its unit; None for 0 and for what no camera has."""
    return round(number * unit) or None if 0 < number <= most else None


def _parse_number(text: str) -> float:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return 0.0
    above, below = float(match[1]), float(match[2] or 1)
    return above / below if below else 0.0
