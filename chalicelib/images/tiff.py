"""TIFF: a box of any size and kind of pixels, of which the first page becomes the photo.

What its tags say of size, kind and pieces is read by hand before Pillow and libtiff are let near it, for both
make room for whatever it says. Cameras' raw files are TIFFs too, whose first page is a stamp: they are refused.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from chalicelib.errors import Unreadable
from chalicelib.images.probe import DAMAGED, Declared, declared, exactly

RAW = "This is a camera's raw file: it must be developed first, by its maker's program or one for photographers."
UNUSUAL = "This TIFF stores its picture in a way that cannot be processed."

MAX_TAGS = 4096
MAX_SAMPLES = 8
# A tall picture of rows of their own in three planes is within it. Pillow keeps a record of every piece.
MAX_PIECES = 200_000
PIECE_COST = 500
HALF_COST = 1.3  # bytes a pixel: the half in true colours, and the strip between

_KIND, _WIDTH, _LENGTH, _BITS, _COMPRESSION, _COLOURS = 254, 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _ROWS, _PLANES = 273, 277, 278, 284
_TILE_WIDTH, _TILE_LENGTH, _TILES = 322, 323, 324
_INNER_PAGES, _DNG_VERSION = 330, 50706

_LIGHT_IS_ZERO, _INKS = 0, 5
_PLAIN, _SEPARATE = 1, 2
_COMPRESSIONS = frozenset({_PLAIN, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000, 50001})
_RAW_COMPRESSIONS = frozenset({32767, 32769, 34713, 34892, 65000, 65535})
_RAW_COLOURS = frozenset({32803, 34892})  # the mosaic of a sensor, and what was made of it but not developed
# Bytes that a value of each type takes (TIFF 6.0, section 2), and which of them are whole numbers.
_TYPES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}


def declares(file: IO[bytes]) -> Declared:
    """What the tags of the first page say; raises Unreadable for raw files and kinds that Pillow does not know.

    Memory: the pixels as Pillow keeps them, then the half beside them; while they are unpacked, the whole file
    and one piece of it instead. Tags come three times: read twice, and kept by the file.
    """
    tags = _first_page(file)
    colours, compression, bits = tags.number(_COLOURS, 0), tags.number(_COMPRESSION, _PLAIN), tags.bits()
    if (
        _DNG_VERSION in tags.entries
        or colours in _RAW_COLOURS
        or compression in _RAW_COMPRESSIONS
        or (tags.number(_KIND, 0) & 1 and _INNER_PAGES in tags.entries)
    ):
        raise Unreadable(RAW)
    deep_planes = compression == _PLAIN and tags.number(_PLANES, 1) == _SEPARATE and max(bits) > 8
    if compression not in _COMPRESSIONS or len(bits) > MAX_SAMPLES or max(bits) > 64 or deep_planes:
        raise Unreadable(UNUSUAL)  # of deep planes that are not packed, Pillow takes every byte for a value
    pieces = max(tags.count(_STRIPS), tags.count(_TILES))
    if pieces > MAX_PIECES:
        raise Unreadable(f"This TIFF is cut into more than {MAX_PIECES:,} pieces; no program writes it so.")
    width, length = tags.number(_WIDTH, 0), tags.number(_LENGTH, 0)
    unpacking = tags.file_bytes + _piece(tags, width, length, bits) if compression != _PLAIN else 0
    beside = max(0, unpacking - int(HALF_COST * width * length)) + 3 * tags.other_bytes + PIECE_COST * pieces
    return declared(width, length, _kept(bits, colours) + HALF_COST, beside=beside)


def opens(file: IO[bytes]) -> ImageFile:
    """The first page, not yet read; raises Unreadable for a kind of pixels that Pillow does not know."""
    try:
        return Page(file)
    except SyntaxError as fault:
        raise Unreadable(UNUSUAL if "unknown" in str(fault) else DAMAGED) from fault


class Page(TiffImageFile):
    """A page as it is stored: Pillow would turn it upright at full size, and read EXIF with no regard to harm."""

    def _open(self) -> None:
        super()._open()
        self._size = self.tag_v2[_WIDTH], self.tag_v2[_LENGTH]

    def load_end(self) -> None:
        """Put right what Pillow leaves undone, and keep the EXIF, which in a TIFF stands among its own tags."""
        if self.tag_v2.get(_COLOURS) == _LIGHT_IS_ZERO and self.mode in {"I;16", "F"}:
            self.im = self.point(lambda value: value * -1 + (65535 if self.mode == "I;16" else 0)).im
        with suppress(Exception):
            self.info["exif"] = self.getexif()


@dataclass(frozen=True, slots=True)
class _Tags:
    """The tags of a page: type, number of values, and the values or the place where they are."""

    file: IO[bytes]
    order: str
    place: str
    entries: dict[int, tuple[int, int, bytes]]
    file_bytes: int

    @property
    def other_bytes(self) -> int:
        """What stands outside the table, which Pillow reads without being asked."""
        sizes = (_TYPES.get(kind, 0) * count for kind, count, _ in self.entries.values())
        return min(sum(sizes), self.file_bytes)

    def count(self, tag: int) -> int:
        return self.entries[tag][1] if tag in self.entries else 0

    def number(self, tag: int, default: int) -> int:
        """The first value of a tag; the default where it is not there."""
        return self.numbers(tag, 1)[0] if tag in self.entries else default

    def bits(self) -> tuple[int, ...]:
        """Bits of each sample of a pixel; where they are told once, they hold for all."""
        bits = self.numbers(_BITS, MAX_SAMPLES + 1) if _BITS in self.entries else (1,)
        samples = min(self.number(_SAMPLES, len(bits)), MAX_SAMPLES + 1)
        return bits if len(bits) >= samples else bits[:1] * samples

    def numbers(self, tag: int, most: int) -> tuple[int, ...]:
        """The values of a tag, so many at most; raises Unreadable where they are no whole numbers."""
        kind, count, data = self.entries[tag]
        if kind not in _WHOLE or not count:
            raise Unreadable(DAMAGED)
        wanted = min(count, most)
        if count * _TYPES[kind] > len(data):
            self.file.seek(struct.unpack(self.order + self.place, data)[0])
            data = exactly(self.file, wanted * _TYPES[kind])
        return struct.unpack(f"{self.order}{wanted}{_WHOLE[kind]}", data[: wanted * _TYPES[kind]])


def _first_page(file: IO[bytes]) -> _Tags:
    """The table of the first page, of a TIFF or a BigTIFF in either order of bytes."""
    file_bytes = file.seek(0, 2)
    file.seek(0)
    head = exactly(file, 16)
    order = "<" if head[:2] == b"II" else ">"
    large = struct.unpack(order + "H", head[2:4])[0] == 43
    if head[8:10] == b"CR" and not large:
        raise Unreadable(RAW)  # Canon's CR2
    place, count, entry = ("Q", "Q", "HHQ8s") if large else ("L", "H", "HHL4s")
    file.seek(struct.unpack(order + place, head[8:16] if large else head[4:8])[0])
    tags = struct.unpack(order + count, exactly(file, 8 if large else 2))[0]
    if not 0 < tags <= MAX_TAGS:
        raise Unreadable(DAMAGED)
    entries: dict[int, tuple[int, int, bytes]] = {}
    table = exactly(file, tags * struct.calcsize("<" + entry))
    for tag, kind, number, data in struct.iter_unpack(order + entry, table):
        entries.setdefault(tag, (kind, number, data))  # of two, the first counts, with Pillow and libtiff alike
    return _Tags(file, order, place, entries, file_bytes)


def _kept(bits: tuple[int, ...], colours: int) -> float:
    """Bytes a pixel in Pillow's own memory: numbers of 32 bits are stretched, inks are taken twice."""
    if len(bits) > 1:
        return 5 if colours == _INKS else 4
    return 1 if bits[0] <= 8 else 2 if bits[0] <= 16 else 9


def _piece(tags: _Tags, width: int, length: int, bits: tuple[int, ...]) -> int:
    """Bytes of one strip or tile when it is unpacked."""
    if _TILES in tags.entries:
        pixels = tags.number(_TILE_WIDTH, width) * tags.number(_TILE_LENGTH, length)
    else:
        pixels = width * min(length, tags.number(_ROWS, length))
    planes = len(bits) if tags.number(_PLANES, 1) == _SEPARATE else 1
    return pixels * max(4, sum(bits) // 8 // planes)
