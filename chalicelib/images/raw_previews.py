"""Finds the previews embedded in a camera raw file: JPEGs, and bitmaps in RGB, as ranges of the file.

The directories of the TIFF structure say where most of them are. Some makers keep theirs in private notes or in a
container of their own: if the directories name no preview of a useful size, the file is searched for JPEGs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images import jpeg, probe
from chalicelib.images.ifd import Directory
from chalicelib.images.pieces import Piece, PieceFile
from chalicelib.images.probe import BLOCK_BYTES, ImageHeader, image_header

NO_PREVIEW = "This RAW file contains no preview image."
UNREADABLE_PREVIEW = "This RAW file contains no preview image that can be processed."

MIN_SIDE = 8  # pixels; smaller bitmaps are placeholders
USEFUL_SIDE = 1024  # pixels; smaller ones are thumbnails, and there may be a preview elsewhere
MAX_STARTS = 64  # of JPEGs in the search; raw files have up to five
MAX_ENDLESS = 4  # of these starts, how many may have no end before the search is given up
MAX_JPEG_BYTES = 64 * 1024 * 1024  # those of 100 megapixels take 30 MB
MAX_STRIPS = 16
BITMAP_BYTES_PER_PIXEL = 5.3  # 4 in Pillow's memory, the half-size copy, and the strip in between

_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIPS, _STRIP_BYTES = 273, 279
_JPEG, _JPEG_BYTES, _PANASONIC_JPEG = 513, 514, 46
_UNCOMPRESSED, _JPEG_COMPRESSIONS = 1, frozenset({6, 7})
_RGB, RAW_PHOTOMETRIC = 2, frozenset({32803, 34892})  # sensor mosaic (CFA) and linear raw
_START = re.compile(rb"\xff\xd8\xff[\xc0-\xc2\xc4\xdb\xdd\xe0-\xef\xfe]")
_START_BYTES = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """An embedded image: its header, and the bytes of a file that it makes up, JPEG or PPM."""

    header: ImageHeader
    pieces: tuple[Piece, ...]
    is_jpeg: bool

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.header.width * self.header.height

    def open(self, file: IO[bytes]) -> IO[bytes]:
        """The preview as a file of its own, which is not loaded."""
        return PieceFile(file, self.pieces).stream()


def find_largest(file: IO[bytes], directories: Iterable[Directory], *, searched: bool) -> Preview:
    """The largest preview of a raw file; raises Unreadable if there is none.

    The file is searched only if `searched`: the tiles of some raw data are JPEGs too.
    """
    ranges = {one: None for directory in directories for one in _jpegs(directory)}
    previews = [*_readable(file, ranges), *(one for directory in directories for one in _bitmaps(directory))]
    useful = any(max(one.header.width, one.header.height) >= USEFUL_SIDE for one in previews)
    if searched and not useful:
        found = [one for one in _search(file) if one not in ranges]
        ranges |= dict.fromkeys(found)
        previews += _readable(file, found)
    if not previews:
        raise Unreadable(UNREADABLE_PREVIEW if ranges else NO_PREVIEW)
    return max(previews, key=lambda one: one.pixels)


def _readable(file: IO[bytes], ranges: Iterable[range]) -> Iterator[Preview]:
    """Those that are JPEGs of a kind that can be decoded: raw data may be lossless JPEGs."""
    for one in ranges:
        try:
            yield Preview(probe.jpeg(PieceFile(file, [one]).stream()), (one,), is_jpeg=True)
        except Unreadable:
            continue


def _jpegs(directory: Directory) -> Iterator[range]:
    """Where a directory says that JPEGs are, as far as they are in the file."""
    if not RAW_PHOTOMETRIC.isdisjoint(directory.numbers(_PHOTOMETRIC)):
        return
    places = [(directory.numbers(_JPEG)[:1], directory.numbers(_JPEG_BYTES)[:1])]
    if not _JPEG_COMPRESSIONS.isdisjoint(directory.numbers(_COMPRESSION)):
        places.append((directory.numbers(_STRIPS), directory.numbers(_STRIP_BYTES)))
    _, size, data = directory.entries.get(_PANASONIC_JPEG, (0, 0, b""))
    places.append(([directory.layout.number(data)], [size]))
    for starts, sizes in places:
        if len(starts) == len(sizes) == 1:
            place = _range(directory, starts[0], min(sizes[0], MAX_JPEG_BYTES))
            if directory.layout.read(place.start - directory.layout.start, 3) == b"\xff\xd8\xff":
                yield place


def _bitmaps(directory: Directory) -> Iterator[Preview]:
    """The image of a directory as a PPM, if it is uncompressed in 8-bit RGB and the file holds all of it."""
    width, height = (int(next(iter(directory.numbers(tag)), 0)) for tag in (_WIDTH, _LENGTH))
    encoding = [directory.numbers(tag) for tag in (_COMPRESSION, _PHOTOMETRIC, _BITS)]
    starts, sizes = directory.numbers(_STRIPS), directory.numbers(_STRIP_BYTES)
    if encoding != [[_UNCOMPRESSED], [_RGB], [8, 8, 8]] or len(starts) > MAX_STRIPS:
        return
    strips = [_range(directory, start, size) for start, size in zip(starts, sizes, strict=False)]
    if max(width, height) >= MIN_SIDE and 0 < 3 * width * height <= sum(map(len, strips)):
        header = image_header(width, height, BITMAP_BYTES_PER_PIXEL)
        yield Preview(header, (b"P6 %d %d 255\n" % (width, height), *strips), is_jpeg=False)


def _range(directory: Directory, start: float, size: float) -> range:
    """The range of the file that a directory means, cut off where the file ends."""
    layout = directory.layout
    first = min(layout.start + int(start), layout.end)
    return range(first, min(first + int(size), layout.end))


def _search(file: IO[bytes]) -> Iterator[range]:
    """What may be JPEGs in a file, without those inside others; one that does not end extends to the file's end."""
    at, size, endless = 0, file.seek(0, 2), 0
    for _ in range(MAX_STARTS):
        start = _next_start(file, at)
        if start is None or endless == MAX_ENDLESS:
            return
        rest = range(start, min(size, start + MAX_JPEG_BYTES))
        end = jpeg.find_end(PieceFile(file, [rest]).stream())
        at = start + (end or _START_BYTES)
        endless += end is None
        yield range(start, at) if end else rest


def _next_start(file: IO[bytes], at: int) -> int | None:
    """Where the next JPEG may start."""
    file.seek(at)
    edge = b""
    while block := file.read(BLOCK_BYTES):
        found = _START.search(edge + block)
        if found:
            return at - len(edge) + found.start()
        at += len(block)
        edge = block[1 - _START_BYTES :]
    return None
