"""TIFF: the first page becomes the photo.

The tags for size, layout and pieces are parsed here before Pillow and libtiff open the file, because both allocate
whatever the tags say. Camera raw files are TIFFs too, whose first page is a thumbnail: they are refused.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import color_spaces
from chalicelib.images.color_spaces import BT709, ColorSpace
from chalicelib.images.probe import DAMAGED, ImageHeader, image_header, read_exactly

RAW = "Camera raw files are not supported. Export the photo as JPEG, HEIC or TIFF first."
UNSUPPORTED_ENCODING = "This TIFF uses an encoding that is not supported."

MAX_TAGS = 4096
MAX_SAMPLES = 8
MAX_TABLE_BITS = 16  # of a transfer function
# Allows one strip per row in three planes. Pillow keeps a record of every piece.
MAX_PIECES = 200_000
PIECE_OVERHEAD_BYTES = 500
HALF_BYTES_PER_PIXEL = 1.3  # the half-size image in RGB, and the strip in between

_SUBFILE_TYPE, _WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _ROWS, _PLANES = 273, 277, 278, 284
_TILE_WIDTH, _TILE_LENGTH, _TILES = 322, 323, 324
_SUB_IFDS, _DNG_VERSION = 330, 50706
_TRANSFER_FUNCTION, _WHITE_POINT, _PRIMARIES = 301, 318, 319

_WHITE_IS_ZERO, _CMYK = 0, 5
_UNCOMPRESSED, _SEPARATE = 1, 2
_RATIONAL = 5
_COMPRESSIONS = frozenset({_UNCOMPRESSED, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000, 50001})
_RAW_COMPRESSIONS = frozenset({32767, 32769, 34713, 34892, 65000, 65535})
_RAW_PHOTOMETRIC = frozenset({32803, 34892})  # sensor mosaic (CFA) and linear raw
# Bytes per value of each field type (TIFF 6.0, section 2), and struct formats of the integer types.
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGER_FORMATS = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the tags of the first page; raises Unreadable for raw files and encodings that Pillow does not support.

    Memory: the pixels in Pillow's memory plus the half-size copy; while decompressing, the whole file and one piece
    instead of the copy. Tags count three times: read twice, and stored by Pillow.
    """
    tags = _first_page(file)
    photometric, compression, bits = tags.number(_PHOTOMETRIC, 0), tags.number(_COMPRESSION, _UNCOMPRESSED), tags.bits()
    if (
        _DNG_VERSION in tags.entries
        or photometric in _RAW_PHOTOMETRIC
        or compression in _RAW_COMPRESSIONS
        or (tags.number(_SUBFILE_TYPE, 0) & 1 and _SUB_IFDS in tags.entries)
    ):
        raise Unreadable(RAW)
    deep_planes = compression == _UNCOMPRESSED and tags.number(_PLANES, 1) == _SEPARATE and max(bits) > 8
    if compression not in _COMPRESSIONS or len(bits) > MAX_SAMPLES or max(bits) > 64 or deep_planes:
        # Pillow reads every byte of uncompressed separate planes as one sample, whatever the depth.
        raise Unreadable(UNSUPPORTED_ENCODING)
    pieces = max(tags.count(_STRIPS), tags.count(_TILES))
    if pieces > MAX_PIECES:
        raise Unreadable(f"This TIFF has more than {MAX_PIECES:,} strips or tiles and cannot be processed.")
    width, length = tags.number(_WIDTH, 0), tags.number(_LENGTH, 0)
    unpacking = tags.file_bytes + _piece_bytes(tags, width, length, bits) if compression != _UNCOMPRESSED else 0
    fixed_bytes = max(0, unpacking - int(HALF_BYTES_PER_PIXEL * width * length))
    fixed_bytes += 3 * tags.other_bytes + PIECE_OVERHEAD_BYTES * pieces
    bytes_per_pixel = _decoded_bytes_per_pixel(bits, photometric) + HALF_BYTES_PER_PIXEL
    header = image_header(width, length, bytes_per_pixel, fixed_bytes=fixed_bytes)
    return replace(header, color_space=_color_space(tags, max(bits)) if photometric != _WHITE_IS_ZERO else None)


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the first page without decoding it; raises Unreadable for pixel formats that Pillow does not support."""
    try:
        return TiffPage(file)
    except SyntaxError as error:
        raise Unreadable(UNSUPPORTED_ENCODING if "unknown" in str(error) else DAMAGED) from error


class TiffPage(TiffImageFile):
    """A page as stored: Pillow would rotate it at full size and let errors in EXIF pass."""

    def _open(self) -> None:
        super()._open()
        self._size = self.tag_v2[_WIDTH], self.tag_v2[_LENGTH]

    def load_end(self) -> None:
        """Invert white-is-zero images, which Pillow does not, and keep the EXIF, which a TIFF holds in its own tags."""
        if self.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO and self.mode in {"I;16", "F"}:
            self.im = self.point(lambda value: value * -1 + (65535 if self.mode == "I;16" else 0)).im
        with suppress(Exception):
            self.info["exif"] = self.getexif()


@dataclass(frozen=True, slots=True)
class _Tags:
    """The tags of a page: type, number of values, and the values or their offset."""

    file: IO[bytes]
    byte_order: str
    offset_format: str
    entries: dict[int, tuple[int, int, bytes]]
    file_bytes: int

    @property
    def other_bytes(self) -> int:
        """Bytes of values stored outside the directory, which Pillow reads eagerly."""
        sizes = (_TYPE_BYTES.get(kind, 0) * count for kind, count, _ in self.entries.values())
        return min(sum(sizes), self.file_bytes)

    def count(self, tag: int) -> int:
        return self.entries[tag][1] if tag in self.entries else 0

    def number(self, tag: int, default: int) -> int:
        """The first value of a tag, or the default if it is missing."""
        return self.numbers(tag, 1)[0] if tag in self.entries else default

    def bits(self) -> tuple[int, ...]:
        """Bits of each sample of a pixel; a single value applies to all."""
        bits = self.numbers(_BITS, MAX_SAMPLES + 1) if _BITS in self.entries else (1,)
        samples = min(self.number(_SAMPLES, len(bits)), MAX_SAMPLES + 1)
        return bits if len(bits) >= samples else bits[:1] * samples

    def rationals(self, tag: int, count: int) -> tuple[float, ...]:
        """`count` fractions; raises Unreadable if the tag has another type or number, or divides by zero."""
        kind, number, data = self.entries[tag]
        if kind != _RATIONAL or number != count:
            raise Unreadable(DAMAGED)
        self.file.seek(struct.unpack(self.byte_order + self.offset_format, data)[0])
        parts = struct.unpack(f"{self.byte_order}{2 * count}L", read_exactly(self.file, 8 * count))
        if 0 in parts[1::2]:
            raise Unreadable(DAMAGED)
        return tuple(over / under for over, under in zip(parts[::2], parts[1::2], strict=True))

    def numbers(self, tag: int, max_values: int) -> tuple[int, ...]:
        """Up to `max_values` values of a tag; raises Unreadable if they are not integers."""
        kind, count, data = self.entries[tag]
        if kind not in _INTEGER_FORMATS or not count:
            raise Unreadable(DAMAGED)
        needed = min(count, max_values)
        if count * _TYPE_BYTES[kind] > len(data):
            self.file.seek(struct.unpack(self.byte_order + self.offset_format, data)[0])
            data = read_exactly(self.file, needed * _TYPE_BYTES[kind])
        return struct.unpack(f"{self.byte_order}{needed}{_INTEGER_FORMATS[kind]}", data[: needed * _TYPE_BYTES[kind]])


def _first_page(file: IO[bytes]) -> _Tags:
    """The directory of the first page, of a TIFF or BigTIFF in either byte order."""
    file_bytes = file.seek(0, 2)
    file.seek(0)
    head = read_exactly(file, 16)
    order = "<" if head[:2] == b"II" else ">"
    large = struct.unpack(order + "H", head[2:4])[0] == 43
    if head[8:10] == b"CR" and not large:
        raise Unreadable(RAW)  # Canon's CR2
    offset_format, count, entry = ("Q", "Q", "HHQ8s") if large else ("L", "H", "HHL4s")
    file.seek(struct.unpack(order + offset_format, head[8:16] if large else head[4:8])[0])
    tags = struct.unpack(order + count, read_exactly(file, 8 if large else 2))[0]
    if not 0 < tags <= MAX_TAGS:
        raise Unreadable(DAMAGED)
    entries: dict[int, tuple[int, int, bytes]] = {}
    table = read_exactly(file, tags * struct.calcsize("<" + entry))
    for tag, kind, number, data in struct.iter_unpack(order + entry, table):
        entries.setdefault(tag, (kind, number, data))  # the first of duplicates counts, as in Pillow and libtiff
    return _Tags(file, order, offset_format, entries, file_bytes)


def _color_space(tags: _Tags, bits: int) -> ColorSpace | None:
    """The color space by white point, primaries and transfer function (TIFF 6.0, section 20), None if unreadable."""
    with suppress(Unreadable):
        primaries, table = BT709, tuple[int, ...]()
        if _WHITE_POINT in tags.entries and _PRIMARIES in tags.entries:
            primaries = color_spaces.pair_points(tags.rationals(_WHITE_POINT, 2) + tags.rationals(_PRIMARIES, 6))
        if _TRANSFER_FUNCTION in tags.entries and bits <= MAX_TABLE_BITS:
            table = tags.numbers(_TRANSFER_FUNCTION, 3 << bits)
        return color_spaces.from_table(primaries, table, 1 << bits)
    return None


def _decoded_bytes_per_pixel(bits: tuple[int, ...], photometric: int) -> float:
    """Bytes per pixel in Pillow's memory: 32-bit samples are scaled through a copy, CMYK is converted."""
    if len(bits) > 1:
        return 5 if photometric == _CMYK else 4
    return 1 if bits[0] <= 8 else 2 if bits[0] <= 16 else 9


def _piece_bytes(tags: _Tags, width: int, length: int, bits: tuple[int, ...]) -> int:
    """Bytes of one strip or tile when decompressed."""
    if _TILES in tags.entries:
        pixels = tags.number(_TILE_WIDTH, width) * tags.number(_TILE_LENGTH, length)
    else:
        pixels = width * min(length, tags.number(_ROWS, length))
    planes = len(bits) if tags.number(_PLANES, 1) == _SEPARATE else 1
    return pixels * max(4, sum(bits) // 8 // planes)
