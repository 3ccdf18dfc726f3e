"""What the camera wrote beside the pixels, so far as the library uses it: the way up, the moment, the camera.

Anybody may have written these bytes. Whatever cannot be read counts as not written; a photo is never
rejected for its EXIF. Nothing else of it is kept, least of all the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import Image
from PIL.ExifTags import IFD, Base

MAX_CAMERA_CHARACTERS = 64
FIRST_PHOTOGRAPH, LAST_YEAR = 1826, 2100


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture was taken. `orientation` is EXIF's 1 to 8, `taken_at` in UTC."""

    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None


def read(data: object) -> Shot:
    """The facts in an EXIF block (Exif 3.0, 4.6), as bytes with or without their `Exif` prefix or read by Pillow.

    Anything else is an empty Shot.
    """
    if not isinstance(data, bytes | Image.Exif):
        return Shot()
    exif = data if isinstance(data, Image.Exif) else Image.Exif()
    try:
        if isinstance(data, bytes):
            exif.load(data)
        facts = dict(exif)
    except Exception:  # noqa: BLE001 Pillow raises whatever hostile bytes lead it to
        return Shot()
    try:
        details = exif.get_ifd(IFD.Exif)
    except Exception:  # noqa: BLE001 as above
        details = {}
    return Shot(
        orientation=_orientation(facts.get(Base.Orientation)),
        taken_at=_moment(details),
        camera=_camera(_text(facts.get(Base.Make)), _text(facts.get(Base.Model))),
    )


def _orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _moment(details: Mapping[int, object]) -> datetime | None:
    """DateTimeOriginal by its own offset, else taken as UTC: a camera without one knows no better."""
    written = _text(details.get(Base.DateTimeOriginal))
    offset = _text(details.get(Base.OffsetTimeOriginal)) or "+00:00"
    for zone in (offset, "+00:00"):
        try:
            moment = datetime.strptime(f"{written} {zone}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return moment if FIRST_PHOTOGRAPH <= moment.year < LAST_YEAR else None
    return None


def _camera(make: str, model: str) -> str | None:
    """`Canon EOS 40D`, `Apple iPhone 6`: the make once, though many models repeat it."""
    first = make.split(" ")[0].casefold()
    words = (model if first and model.casefold().startswith(first) else f"{make} {model}").split()
    while len(words) > 1 and words[0].casefold() == words[1].casefold():
        del words[0]
    return " ".join(words)[:MAX_CAMERA_CHARACTERS].strip() or None


def _text(value: object) -> str:
    """A tag as plain words: up to its first NUL, printable, single spaces."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value.partition("\0")[0]).split())
