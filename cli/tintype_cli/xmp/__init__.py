"""XMP sidecars (ISO 16684-1): small files beside photos that say what is known of them.

Lightroom, digiKam, darktable, Immich and exiftool read and write them. Which properties carry what is in
docs/catalogue.md.
"""

from tintype_cli.xmp.packet import XmpError
from tintype_cli.xmp.reading import parse
from tintype_cli.xmp.writing import write

__all__ = ["XmpError", "parse", "write"]
