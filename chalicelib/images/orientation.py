"""Reads the EXIF orientation as the decoder of an image reports it; the rest of EXIF is read by `metadata`."""

from PIL import Image
from PIL.ExifTags import Base


def read_orientation(data: object) -> int:
    """The orientation, 1 to 8, of an EXIF block: bytes with or without the `Exif` prefix, or Pillow's Exif object.

    Anything else is upright (1).
    """
    if not isinstance(data, bytes | Image.Exif):
        return 1
    exif = data if isinstance(data, Image.Exif) else Image.Exif()
    try:
        if isinstance(data, bytes):
            exif.load(data)
        value = exif.get(Base.Orientation)
    except Exception:  # noqa: BLE001 Pillow raises many types on hostile bytes
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
