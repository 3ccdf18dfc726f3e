"""TIFF: the first page becomes the photo.

The tags for size, layout and pieces are parsed here before Pillow and libtiff open the file, because both allocate
whatever the tags say. Most camera raw files are TIFFs too: `raw` recognizes them first.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO, Any

from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import color_spaces, tiff_kinds
from chalicelib.images.color_spaces import BT709, ColorSpace
from chalicelib.images.partial import PartialImage
from chalicelib.images.pieces import PieceFile
from chalicelib.images.probe import DAMAGED, ImageHeader, image_header, read_exactly

MAX_TAGS = 4096
MAX_TABLE_BITS = 16  # of a transfer function
# Allows one strip per row in three planes. Pillow keeps a record of every piece, and a number for every value of a tag:
# a palette of 16 bits has 196,608.
MAX_PIECES = 200_000
PIECE_OVERHEAD_BYTES = 500
MAX_PADDING_BYTES = 16 * 1024 * 1024  # appended to a piece that ends early
HALF_BYTES_PER_PIXEL = 1.3  # the half-size image in RGB, and the strip in between

_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIPS, _SAMPLES, _ROWS, _STRIP_BYTES, _PLANES = 273, 277, 278, 279, 284
_TILE_WIDTH, _TILE_LENGTH, _TILES, _TILE_BYTES = 322, 323, 324, 325
_FILL_ORDER, _SAMPLE_FORMAT = 266, 339
_TRANSFER_FUNCTION, _WHITE_POINT, _PRIMARIES = 301, 318, 319

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _YCBCR, _CMYK, _LAB = 0, 1, 6, 5, 8
_UNCOMPRESSED, _DEFLATED, _SEPARATE, _REVERSED = 1, 8, 2, 2
_PIECES = (_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES)
_UNSIGNED, _SIGNED = 1, 2
_RATIONAL = 5
_COMPRESSIONS = frozenset({_UNCOMPRESSED, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000})
# Bytes per value of each field type (TIFF 6.0, section 2), and struct formats of the integer types.
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_BYTE_TYPES = frozenset({1, 2, 7})  # which Pillow keeps as bytes
_LARGE_TYPES, _MAX_LONG = frozenset({16, 18}), 0xFFFFFFFF
_BIG_ENDIAN_BIGTIFF = b"MM\0+"
_EXIF_IFD = 34665
# Of the image, its pixels, its colors and its origin (TIFF 6.0, supplements, Exif 3.0).
_RELEVANT_TAGS = frozenset({
    256, 257, 258, 259, 262, 266, 271, 272, 273, 274, 277, 278, 279, 284, 292, 293, 306, 317, 318, 319, 320,
    322, 323, 324, 325, 332, 334, 336, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530,
    531, 532, 700, 33723, 34675, _EXIF_IFD,
})  # fmt: skip
_INTEGER_FORMATS = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the tags of the first page; raises Unreadable for encodings that Pillow does not support.

    Memory: the pixels in Pillow's memory plus the half-size copy; while decompressing, the whole file and one piece
    instead of the copy. Tags count three times: read twice, and stored by Pillow.
    """
    tags = _first_page(file)
    photometric, compression, bits = tags.number(_PHOTOMETRIC, 0), tags.number(_COMPRESSION, _UNCOMPRESSED), tags.bits()
    if compression not in _COMPRESSIONS:
        raise Unreadable(tiff_kinds.reason(tiff_kinds.compression(compression)))
    if _is_misread(tags, bits, photometric):
        raise _unsupported_pixels(tags)
    pieces = _count_pieces(tags)
    width, length = tags.number(_WIDTH, 0), tags.number(_LENGTH, 0)
    unpacking = tags.file_bytes + _piece_bytes(tags, width, length, bits) if _needs_libtiff(tags) else 0
    fixed_bytes = max(0, unpacking - int(HALF_BYTES_PER_PIXEL * width * length))
    fixed_bytes += 3 * tags.other_bytes + PIECE_OVERHEAD_BYTES * pieces
    bytes_per_pixel = _decoded_bytes_per_pixel(bits, photometric) + HALF_BYTES_PER_PIXEL
    header = image_header(width, length, bytes_per_pixel, fixed_bytes=fixed_bytes)
    return replace(header, color_space=_color_space(tags, max(bits)) if photometric != _WHITE_IS_ZERO else None)


def _count_pieces(tags: "_Tags") -> int:
    """The number of strips or tiles; raises Unreadable for more of them, or more values of a tag, than are read."""
    pieces = max(tags.count(tag) for tag in _PIECES)
    if pieces > MAX_PIECES:
        raise Unreadable(f"This TIFF has more than {MAX_PIECES:,} strips or tiles and cannot be processed.")
    numbers = (tags.entries[tag] for tag in _RELEVANT_TAGS & tags.entries.keys())
    if any(kind not in _BYTE_TYPES and count > MAX_PIECES for kind, count, _ in numbers):
        raise Unreadable(DAMAGED)
    return pieces


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the first page without decoding it; raises Unreadable for pixel formats that Pillow does not support."""
    page = _first_page(file)
    end = _end_of_pixels(page)
    if end > page.file_bytes and _needs_libtiff(page):
        padding = bytes(min(end - page.file_bytes, MAX_PADDING_BYTES))
        page = replace(page, file=PieceFile(file, [range(page.file_bytes), padding]).stream())
    try:
        image = _open_page(page)
    except SyntaxError as error:
        raise (_unsupported_pixels(page) if "unknown" in str(error) else Unreadable(DAMAGED)) from error
    image.incomplete = end > page.file_bytes
    return image


class TiffPage(PartialImage, TiffImageFile):
    """A page as stored: Pillow would rotate it at full size and let errors in EXIF pass."""

    def __init__(self, file: IO[bytes], page: "_Tags") -> None:
        self._libtiff, self._bits = _needs_libtiff(page), page.bits()
        file.seek(0)
        super().__init__(file)

    def _setup(self) -> None:
        """Choose the decoder; libtiff, which reads the tags itself, also for uncompressed pixels that need it."""
        stored = {tag: self.tag_v2[tag] for tag in (_COMPRESSION, _FILL_ORDER, _PHOTOMETRIC) if tag in self.tag_v2}
        if self._libtiff:
            self.tag_v2[_FILL_ORDER] = 1
            if stored.get(_COMPRESSION, _UNCOMPRESSED) == _UNCOMPRESSED:
                self.tag_v2[_COMPRESSION] = _DEFLATED
        if stored.get(_PHOTOMETRIC) == _WHITE_IS_ZERO and self._bits in {(12,), (16,)}:
            self.tag_v2[_PHOTOMETRIC] = _BLACK_IS_ZERO  # inverted here
        super()._setup()
        for tag, value in stored.items():
            self.tag_v2[tag] = value
        if not self._libtiff:
            return
        # libtiff returns numbers in the byte order of the machine; Pillow minds that for unsigned 16 bits only.
        native = {"F;32BF": "F;32NF", "I;32BS": "I;32NS", "I;16BS": "I;16NS"}
        self.tile = [
            tile._replace(args=(native.get(tile.args[0], tile.args[0]), *tile.args[1:]))
            if isinstance(tile.args, tuple) and isinstance(tile.args[0], str)
            else tile
            for tile in self.tile
        ]

    def _open(self) -> None:
        """Read the tags; keeps the EXIF, which a TIFF holds in its own."""
        super()._open()
        self._size = self.tag_v2[_WIDTH], self.tag_v2[_LENGTH]
        with suppress(Exception):
            self.info["exif"] = self.getexif()

    def load(self) -> Any:
        """Decode, scale 12 bits, and invert white-is-zero images, which Pillow does not.

        Raises Unreadable for numbers above those that Pillow holds.
        """
        decoding = bool(self.tile)
        pixels = super().load()
        if decoding and self._bits == (12,):
            self.im = self.point(lambda value: value * (65535 / 4095) + 0).im
        unsigned = self.mode == "I" and self.tag_v2.get(_SAMPLE_FORMAT, (_UNSIGNED,)) == (_UNSIGNED,)
        if decoding and unsigned and self.im.getextrema()[0] < 0:
            raise Unreadable(tiff_kinds.reason("unsigned samples of 32 bits"))
        if decoding and self.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
            if self.mode in {"I;16", "I;16B"}:
                self.im = self.im.chop_invert()
            elif self.mode == "F":
                self.im = self.point(lambda value: value * -1 + 0).im
        return pixels

    def load_end(self) -> None:
        """Do nothing: Pillow would rotate the page, and does not come here if it ends early."""


def _open_page(page: "_Tags") -> TiffPage:
    page.file.seek(0)
    if page.file.read(4) != _BIG_ENDIAN_BIGTIFF:
        with suppress(SyntaxError, KeyError):  # possibly because of tags that the pixels do not need: try without them
            return TiffPage(page.file, page)
    return TiffPage(_rewritten(page).stream(), page)


def _needs_libtiff(page: "_Tags") -> bool:
    """Whether libtiff decodes the pixels: compressed ones, and layouts that Pillow's own decoder takes for others."""
    planar_deep = page.number(_PLANES, 1) == _SEPARATE and max(page.bits()) > 8
    reversed_bits = page.number(_FILL_ORDER, 1) == _REVERSED
    compressed = page.number(_COMPRESSION, _UNCOMPRESSED) != _UNCOMPRESSED
    return compressed or planar_deep or reversed_bits or page.number(_PHOTOMETRIC, 0) == _YCBCR


def _is_misread(tags: "_Tags", bits: tuple[int, ...], photometric: int) -> bool:
    """Whether Pillow would read the pixels as others, or has no name for what it cannot read."""
    planes = tags.number(_PLANES, 1) == _SEPARATE
    signed_bytes = tags.number(_SAMPLE_FORMAT, _UNSIGNED) == _SIGNED and max(bits) == 8
    return len(bits) > tiff_kinds.MAX_SAMPLES or max(bits) > 64 or signed_bytes or (planes and photometric == _LAB)


def _unsupported_pixels(tags: "_Tags") -> Unreadable:
    sample_format = tags.number(_SAMPLE_FORMAT, _UNSIGNED)
    kind = tiff_kinds.pixels(tags.number(_PHOTOMETRIC, 0), tags.bits(), sample_format)
    return Unreadable(tiff_kinds.reason(kind))


def _end_of_pixels(page: "_Tags") -> int:
    """Where the pixels end, of which the file may have less: libtiff reads a piece as a whole or not at all."""
    places, counts = (_STRIPS, _STRIP_BYTES) if _TILES not in page.entries else (_TILES, _TILE_BYTES)
    if not {places, counts} <= page.entries.keys():
        return 0
    pieces = min(page.count(places), page.count(counts))
    starts, sizes = page.numbers(places, pieces), page.numbers(counts, pieces)
    if page.number(_COMPRESSION, _UNCOMPRESSED) == _UNCOMPRESSED:  # then the counts are often wrong
        largest = _piece_bytes(page, page.number(_WIDTH, 0), page.number(_LENGTH, 0), page.bits(), least=0)
        sizes = tuple(min(size, largest) for size in sizes)
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    split = [end for start, end in zip(starts, ends, strict=True) if start < page.file_bytes < end]
    return max(split) if split else page.file_bytes + 1 if max(ends, default=0) > page.file_bytes else 0


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
        bits = self.numbers(_BITS, tiff_kinds.MAX_SAMPLES + 1) if _BITS in self.entries else (1,)
        samples = min(self.number(_SAMPLES, len(bits)), tiff_kinds.MAX_SAMPLES + 1)
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


def _rewritten(page: _Tags) -> PieceFile:
    """The page as a classic TIFF with those tags only that matter.

    Pillow does not read big-endian BigTIFF, and gives up on some tags that are malformed.
    """
    order, end = page.byte_order, page.file_bytes
    appended: list[bytes] = []

    def append(data: bytes) -> bytes:
        nonlocal end
        start, end = end, end + len(data)
        appended.append(data)
        return struct.pack(order + "L", start)

    def directory(tags: _Tags, wanted: frozenset[int]) -> bytes:
        entries = b""
        for tag in sorted(wanted & tags.entries.keys()):
            kind, count, data = tags.entries[tag]
            if tag == _EXIF_IFD:
                with suppress(Unreadable, struct.error):
                    exif = _directory(tags, tags.number(tag, 0))
                    entries += struct.pack(order + "HHL", tag, 4, 1) + directory(exif, frozenset(exif.entries))
                continue
            if kind in _LARGE_TYPES:
                kind, data = (
                    4,
                    struct.pack(f"{order}{count}L", *(value & _MAX_LONG for value in tags.numbers(tag, count))),
                )
            elif count * _TYPE_BYTES.get(kind, 0) > len(data):
                start = struct.unpack(order + tags.offset_format, data)[0]
                if start + count * _TYPE_BYTES[kind] > tags.file_bytes:
                    continue
                entries += struct.pack(order + "HHLL", tag, kind, count, start)
                continue
            data = data[: count * _TYPE_BYTES.get(kind, 0)]
            entries += struct.pack(order + "HHL", tag, kind, count)
            entries += data.ljust(4, b"\0") if len(data) <= 4 else append(data)
        return append(struct.pack(order + "H", len(entries) // 12) + entries + bytes(4))

    first = directory(page, _RELEVANT_TAGS)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 42) + first
    return PieceFile(page.file, [head, range(len(head), page.file_bytes), *appended])


def _first_page(file: IO[bytes]) -> _Tags:
    """The directory of the first page, of a TIFF or BigTIFF in either byte order."""
    file_bytes = file.seek(0, 2)
    file.seek(0)
    head = read_exactly(file, 16)
    order = "<" if head[:2] == b"II" else ">"
    large = struct.unpack(order + "H", head[2:4])[0] == 43
    offset_format = "Q" if large else "L"
    start = struct.unpack(order + offset_format, head[8:16] if large else head[4:8])[0]
    return _directory(_Tags(file, order, offset_format, {}, file_bytes), start)


def _directory(within: _Tags, start: int) -> _Tags:
    """The directory at this position of a file."""
    file, order = within.file, within.byte_order
    count, entry = ("Q", "HHQ8s") if within.offset_format == "Q" else ("H", "HHL4s")
    file.seek(start)
    tags = struct.unpack(order + count, read_exactly(file, struct.calcsize("<" + count)))[0]
    if not 0 < tags <= MAX_TAGS:
        raise Unreadable(DAMAGED)
    entries: dict[int, tuple[int, int, bytes]] = {}
    table = read_exactly(file, tags * struct.calcsize("<" + entry))
    for tag, kind, number, data in struct.iter_unpack(order + entry, table):
        entries.setdefault(tag, (kind, number, data))  # the first of duplicates counts, as in Pillow and libtiff
    return replace(within, entries=entries)


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


def _piece_bytes(tags: _Tags, width: int, length: int, bits: tuple[int, ...], *, least: int = 4) -> int:
    """Bytes of one strip or tile when decompressed."""
    if _TILES in tags.entries:
        pixels = tags.number(_TILE_WIDTH, width) * tags.number(_TILE_LENGTH, length)
    else:
        pixels = width * min(length, tags.number(_ROWS, length))
    planes = len(bits) if tags.number(_PLANES, 1) == _SEPARATE else 1
    return pixels * max(least, sum(bits) // 8 // planes)
