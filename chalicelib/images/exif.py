"""Reads the EXIF fields that the library uses: orientation, date taken, and camera.

The bytes are untrusted. Fields that cannot be read count as missing; a photo is never rejected because of its EXIF.
Nothing else is stored, least of all the GPS position.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image
from PIL.ExifTags import IFD, Base

from chalicelib.util.capture_time import CaptureTime

MAX_CAMERA_CHARACTERS = 64
FIRST_YEAR, LAST_YEAR = 1826, 2100


@dataclass(frozen=True, slots=True)
class ExifData:
    """EXIF fields of one photo. `orientation` is 1 to 8."""

    orientation: int = 1
    capture_time: CaptureTime | None = None
    camera: str | None = None


def read(data: object) -> ExifData:
    """Parse an EXIF block (Exif 3.0, 4.6): bytes with or without the `Exif` prefix, or Pillow's Exif object.

    Anything else returns an empty ExifData.
    """
    if not isinstance(data, bytes | Image.Exif):
        return ExifData()
    exif = data if isinstance(data, Image.Exif) else Image.Exif()
    try:
        if isinstance(data, bytes):
            exif.load(data)
        tags = dict(exif)
    except Exception:  # noqa: BLE001 Pillow raises many types on hostile bytes
        return ExifData()
    try:
        details = exif.get_ifd(IFD.Exif)
    except Exception:  # noqa: BLE001 as above
        details = {}
    return ExifData(
        orientation=_orientation(tags.get(Base.Orientation)),
        capture_time=_capture_time(details),
        camera=_camera(_text(tags.get(Base.Make)), _text(tags.get(Base.Model))),
    )


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _capture_time(details: Mapping[int, object]) -> CaptureTime | None:
    """DateTimeOriginal with its own fraction of a second and its own offset, as far as they can be read."""
    try:
        written = _text(details.get(Base.DateTimeOriginal))
        local = datetime.strptime(f"{written} +0000", "%Y:%m:%d %H:%M:%S %z").replace(tzinfo=None)
    except ValueError:
        return None
    if not FIRST_YEAR <= local.year < LAST_YEAR:
        return None
    local = local.replace(microsecond=_microseconds(_text(details.get(Base.SubsecTimeOriginal))))
    try:
        return CaptureTime(local, _offset(_text(details.get(Base.OffsetTimeOriginal))))
    except ValueError:
        return CaptureTime(local)


def _microseconds(digits: str) -> int:
    """The microseconds of SubSecTime, whose digits follow the decimal point: `5` is half a second."""
    return int(digits[:6].ljust(6, "0")) if digits.isdecimal() and digits.isascii() else 0


def _offset(text: str) -> timedelta | None:
    """The offset `+02:00`; None if there is none."""
    try:
        return datetime.strptime(text, "%z").utcoffset()
    except ValueError:
        return None


def _camera(make: str, model: str) -> str | None:
    """Make and model, such as `Apple iPhone 6`; the make only once, since many models repeat it."""
    first = make.split(" ")[0].casefold()
    words = (model if first and model.casefold().startswith(first) else f"{make} {model}").split()
    while len(words) > 1 and words[0].casefold() == words[1].casefold():
        del words[0]
    return " ".join(words)[:MAX_CAMERA_CHARACTERS].strip() or None


def _text(value: object) -> str:
    """A tag as text: up to its first NUL, printable characters, single spaces."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value.partition("\0")[0]).split())
