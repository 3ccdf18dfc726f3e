"""CR3, Canon's raw format: boxes as in HEIC and video, with metadata in the TIFF structure in boxes of Canon's own."""

from collections.abc import Iterator
from typing import IO

from chalicelib.images import isobmff

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_METADATA = frozenset({b"CMT1", b"CMT2"})  # main and EXIF directory


def read_metadata(file: IO[bytes]) -> Iterator[bytes]:
    """The blocks with camera, orientation and dates; raises Unreadable."""
    for name, body in isobmff.iter_boxes(isobmff.read_box(file, b"moov")):
        if name == b"uuid" and body.startswith(_CANON):
            yield from (block for inner, block in isobmff.iter_boxes(body[len(_CANON) :]) if inner in _METADATA)
