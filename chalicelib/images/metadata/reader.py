"""Reads what a file says about a photo: when it was taken, and with which camera."""

import errno
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images import cr3, formats, ifd, isobmff, raw
from chalicelib.images.metadata import containers, exif, iptc, xmp
from chalicelib.images.metadata.dates import Meaning, combine, parse_rfc_date
from chalicelib.images.metadata.fields import Fields, decode
from chalicelib.util.capture_time import CaptureTime

MAX_BLOCKS = 200
MAX_TOTAL_BYTES = 16 * 1024 * 1024

_XMP_STARTS = (b"<?xpacket", b"<x:xmpmeta", b"<x:xapmeta", b"<rdf:RDF", b"<?xml")
_TIFF_STARTS = (b"II", b"MM")


def _preview_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The blocks in the preview of a raw file; raises Unreadable if it has none."""
    return containers.jpeg(raw.find_preview(file).open(file))


_CONTAINERS: Mapping[str, Callable[[IO[bytes]], Iterator[bytes]]] = {
    "JPEG": containers.jpeg,
    "PNG": containers.png,
    "WEBP": containers.webp,
    "GIF": containers.gif,
    "HEIC": isobmff.read_metadata_items,
    "AVIF": isobmff.read_metadata_items,
    "JPEG XL": containers.jxl,
    "CR3": cr3.read_metadata,
    "RAF": _preview_blocks,
    "X3F": _preview_blocks,
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a photo from its file, besides its pixels."""

    capture_time: CaptureTime | None = None
    camera: str | None = None


def read_file(file: IO[bytes]) -> Metadata:
    """Read the metadata of an image of any supported format; raises Unreadable if the file is none."""
    return read_metadata(file, formats.detect_file_format(file).name)


def read_metadata(file: IO[bytes], format_name: str) -> Metadata:
    """Read the metadata of a file of this format without decoding its pixels.

    Metadata that cannot be read counts as missing. Other formats are read as TIFF, which most raw files are too.
    """
    found = _Found()
    try:
        if format_name in _CONTAINERS:
            for block in _CONTAINERS[format_name](file):
                found.add_block(block)
                if found.full:
                    break
        else:
            found.add_fields(_EXIF, exif.read(file))
    except (Unreadable, ValueError, OverflowError, IndexError):  # damage between the blocks
        pass
    except OSError as error:
        if error.errno != errno.EINVAL:  # an offset that only a malformed file asks for
            raise
    return found.metadata()


_EXIF, _XMP, _IPTC, _TEXT = range(4)  # of equally good dates, the first counts


class _Found:
    """Collects the fields of the blocks of a file."""

    def __init__(self) -> None:
        self.fields: list[tuple[int, Fields]] = []
        self.bytes_left = MAX_TOTAL_BYTES

    @property
    def full(self) -> bool:
        return self.bytes_left <= 0 or len(self.fields) >= MAX_BLOCKS

    def add_block(self, block: bytes) -> None:
        """Add the fields of a block, whose kind its first bytes tell."""
        self.bytes_left -= len(block)
        start = block[:128].lstrip(b"\0 \t\r\n\xef\xbb\xbf")
        if block.startswith(containers.PHOTOSHOP_PREFIX):
            self._add_resources(block[len(containers.PHOTOSHOP_PREFIX) :])
        elif block.startswith(iptc.RESOURCE):
            self._add_resources(block)
        elif block.startswith(containers.XMP_PREFIX):
            self.add_fields(_XMP, xmp.read(block[len(containers.XMP_PREFIX) :]))
        elif start.startswith(_XMP_STARTS) or b"<\0" in start[:8] or b"\0<" in start[:8]:
            self.add_fields(_XMP, xmp.read(block))
        elif block.startswith(iptc.TAG):
            self.add_fields(_IPTC, iptc.read(block))
        elif block.startswith(containers.CREATION_TIME):
            fields = Fields()
            fields.add_time(Meaning.DIGITIZED, parse_rfc_date(decode(block.partition(b"\0")[2])))
            self.add_fields(_TEXT, fields)
        elif any(order in block[: ifd.HEADER_WITHIN] for order in _TIFF_STARTS):
            self.add_fields(_EXIF, exif.read(BytesIO(block)))

    def _add_resources(self, data: bytes) -> None:
        for block in iptc.resource_blocks(data):
            if not self.full:
                self.add_block(block)

    def add_fields(self, source: int, fields: Fields) -> None:
        """Add fields, and those of the blocks inside."""
        self.fields.append((source, fields))
        for block in fields.blocks:
            if not self.full:
                self.add_block(block)

    def metadata(self) -> Metadata:
        ordered = [fields for _, fields in sorted(self.fields, key=lambda found: found[0])]
        return Metadata(
            combine(
                [time for fields in ordered for time in fields.times],
                next((fields.gps_time for fields in ordered if fields.gps_time), None),
            ),
            next((fields.camera for fields in ordered if fields.camera), None),
        )
