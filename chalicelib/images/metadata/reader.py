"""Reads what a file says about a photo: finds its blocks, and has each read by its kind."""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import IO

from chalicelib.images import cr3, formats, ifd, isobmff, raw
from chalicelib.images.metadata import containers, exif, iptc, xmp
from chalicelib.images.metadata.budget import STEPS_PER_BLOCK, Budget
from chalicelib.images.metadata.dates import Meaning, parse_rfc_date
from chalicelib.images.metadata.fields import (
    CHARACTERS_PER_STEP,
    MAX_TEXT_CHARACTERS,
    Fields,
    Source,
    decode,
    decode_text,
)
from chalicelib.images.metadata.merging import Metadata, merge

_XMP_STARTS = (b"<?xpacket", b"<x:xmpmeta", b"<x:xapmeta", b"<rdf:RDF", b"<?xml")
_TIFF_STARTS = (b"II", b"MM")

MAX_DATE_BYTES = 256


def _preview_blocks(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The blocks in the preview of a raw file; raises Unreadable if it has none."""
    return containers.jpeg(raw.find_preview(file).open(file), budget)


def _counted(read: Callable[[IO[bytes]], Iterator[bytes]]) -> "_Container":
    """A reader of blocks whose bytes are counted for it."""
    return lambda file, budget: (block[: budget.take_bytes(len(block))] for block in read(file))


_Container = Callable[[IO[bytes], Budget], Iterator[bytes]]
_CONTAINERS: Mapping[str, _Container] = {
    "JPEG": containers.jpeg,
    "PNG": containers.png,
    "WEBP": containers.webp,
    "GIF": containers.gif,
    "HEIC": _counted(isobmff.read_metadata_items),
    "AVIF": _counted(isobmff.read_metadata_items),
    "JPEG XL": containers.jxl,
    "CR3": _counted(cr3.read_metadata),
    "RAF": _preview_blocks,
    "X3F": _preview_blocks,
}


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
            for block in _CONTAINERS[format_name](file, found.budget):
                found.add_block(block)
                if found.budget.spent:
                    break
        else:
            found.add_file(file)
    except MemoryError:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # an offset that only a malformed file has
            raise
    except Exception:  # noqa: S110, BLE001  # damage, whatever it breaks: no photo is rejected for its metadata
        pass
    return merge(found.fields)


class _Found:
    """Collects the fields of the blocks of a file."""

    def __init__(self) -> None:
        self.fields: list[tuple[Source, Fields]] = []
        self.budget = Budget()

    def add_file(self, file: IO[bytes]) -> None:
        """Add the fields of a TIFF file, and those of the blocks inside."""
        self._add_nested(self._add_fields(Source.EXIF, exif.read(file, self.budget)))

    def add_block(self, block: bytes) -> None:
        """Add the fields of a block, and those of the blocks inside."""
        self._add_nested([block])

    def _add_nested(self, blocks: Iterable[bytes]) -> None:
        """Add blocks, each followed by those inside, without recursion: the file says how deep they are nested."""
        pending = [iter(blocks)]
        while pending and not self.budget.spent:
            block = next(pending[-1], None)
            if block is None:
                pending.pop()
            else:
                pending.append(iter(self._add_one(block)))

    def _add_one(self, block: bytes) -> Iterable[bytes]:
        """Add the fields of a block, whose kind its first bytes tell; returns the blocks inside."""
        self.budget.take_steps(STEPS_PER_BLOCK)
        start = block[:128].lstrip(b"\0 \t\r\n\xef\xbb\xbf")
        if block.startswith((containers.PHOTOSHOP_PREFIX, iptc.RESOURCE)):
            self.budget.blocks -= 1
            return iptc.resource_blocks(block.removeprefix(containers.PHOTOSHOP_PREFIX), self.budget)
        if block.startswith(containers.XMP_PREFIX):
            return self._add_fields(Source.XMP, xmp.read(block[len(containers.XMP_PREFIX) :], self.budget))
        if start.startswith(_XMP_STARTS) or b"<\0" in start[:8] or b"\0<" in start[:8]:
            return self._add_fields(Source.XMP, xmp.read(block, self.budget))
        if block.startswith(iptc.TAG):
            return self._add_fields(Source.IPTC, iptc.read(block, self.budget))
        keyword = block[: containers.MAX_KEYWORD_BYTES].partition(b"\0")[0]
        if keyword in containers.TEXT_KEYWORDS:
            return self._add_fields(Source.TEXT, _text_fields(keyword, block[len(keyword) + 1 :], self.budget))
        if any(order in block[: ifd.HEADER_WITHIN] for order in _TIFF_STARTS):
            return self._add_fields(Source.EXIF, exif.read(BytesIO(block), self.budget))
        return ()

    def _add_fields(self, source: Source, fields: Fields) -> Iterable[bytes]:
        self.budget.blocks -= 1
        self.fields.append((source, fields))
        return fields.blocks


def _text_fields(keyword: bytes, text: bytes, budget: Budget) -> Fields:
    """The field of a text in a PNG."""
    fields = Fields()
    if keyword == containers.CREATION_TIME:
        fields.add_time(Meaning.DIGITIZED, parse_rfc_date(decode(text[:MAX_DATE_BYTES])))
        return fields
    text = text[:MAX_TEXT_CHARACTERS]
    budget.take_steps(len(text) // CHARACTERS_PER_STEP)
    if keyword == containers.TITLE:
        fields.title = decode_text(text)
    else:
        fields.description = decode_text(text)
    return fields
