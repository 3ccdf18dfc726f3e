"""CR3, Canon's raw format: boxes as in HEIC and video, with metadata in the TIFF structure in boxes of Canon's own."""

from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_METADATA = frozenset({b"CMT1", b"CMT2", b"CMT4"})  # main, EXIF and GPS directory
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def read_metadata(file: IO[bytes]) -> Iterator[bytes]:
    """The blocks with camera, orientation, dates, position, and XMP; raises Unreadable."""
    for name, body in isobmff.iter_boxes(isobmff.read_box(file, b"moov")):
        if name == b"uuid" and body.startswith(_CANON):
            yield from (block for inner, block in isobmff.iter_boxes(body[len(_CANON) :]) if inner in _METADATA)
    with suppress(Unreadable):
        body = isobmff.read_box(file, b"uuid")  # after it, there are only pictures
        if body.startswith(_XMP):
            yield body[len(_XMP) :]
