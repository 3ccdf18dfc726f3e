"""What a file says of its size before anything is decoded, and the memory that decoding it will take.

Pillow makes room for a whole picture as soon as it reads the first pixel, WebP even before, so these few
bytes are read by hand first: a picture that would not fit is refused while it still is a picture on paper.
The formats whose headers are a world of their own stand beside: `tiff`, `heic`, `avif`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from chalicelib.errors import Unreadable

DAMAGED = "The picture's data is damaged and cannot be read."
INCOMPLETE = "The file ends before the picture does: it is incomplete."

MAX_SIDE = 65_535  # a JPEG's limit, held for all: long narrow strips cannot be halved while they are read
MAX_WEBP_SIDE = 16_383  # an animation's canvas may be larger, but what is made from it is one picture

# libjpeg walks over the whole picture once for each scan, however short; encoders write about ten.
MAX_SCANS = 200
BLOCK_BYTES = 1024 * 1024
# Far more than any camera writes; what Python reads byte by byte must end.
MAX_SEGMENTS = 10_000
MAX_CHUNKS = 100_000  # of a PNG: its pixels come in chunks too, mostly of 8 or 32 KB
MAX_STRAY_BYTES = 64 * 1024
# Pillow keeps all that stands beside the picture, and puts some of it together again for each part.
MAX_OTHER_BYTES = 32 * 1024 * 1024
CHUNK_COST = 200  # what even an empty one takes in memory

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_START_OF_SCAN = 0xDA
_END = 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers that no length follows


@dataclass(frozen=True, slots=True)
class Declared:
    """The size in pixels as stored, the peak of memory in bytes for each of them, and the longest side taken.

    `beside` is the memory in bytes that goes by the file, however few its pixels are.
    """

    width: int
    height: int
    bytes_per_pixel: float
    max_side: int = MAX_SIDE
    beside: int = 0


def png(file: IO[bytes]) -> Declared:
    """A PNG's IHDR, which must stand first (PNG specification, 5.6).

    Memory: 4 bytes a pixel whatever the colours, 1 for the half, some for the strip between them.
    """
    file.seek(8)
    head = exactly(file, 16)
    if head[4:8] != b"IHDR":
        raise Unreadable(DAMAGED)
    file.seek(8 + 8 + big(head[:4]) + 4)
    _refuse_clutter(_clutter(file))
    return declared(big(head[8:12]), big(head[12:16]), 5.3)


def webp(file: IO[bytes]) -> Declared:
    """The canvas of a WebP, in any of its three headers (RFC 9649, 2.5 to 2.7).

    Memory: two canvases of libwebp's animation decoder, the only one Pillow has, the frame it hands over
    and Pillow's own copy of it, 4 bytes a pixel each; the file twice.
    """
    file.seek(12)
    head = exactly(file, 18)
    kind, body = head[:4], head[8:]
    if kind == b"VP8X":
        size = little(body[4:7]) + 1, little(body[7:10]) + 1
    elif kind == b"VP8L" and body[0] == 0x2F:
        bits = little(body[1:5])
        size = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        size = little(body[6:8]) & 0x3FFF, little(body[8:10]) & 0x3FFF
    else:
        raise Unreadable(DAMAGED)
    return declared(*size, 15.6, MAX_WEBP_SIDE, beside=2 * file.seek(0, 2))


def gif(file: IO[bytes]) -> Declared:
    """The screen of a GIF and the first picture on it, which may reach beyond (GIF89a, 18 and 20).

    Memory: 1 byte a pixel, 1 where the picture is to be wiped away after it was shown, 1 for the half in true
    colours, some for the strip between them.
    """
    file.seek(6)
    screen = exactly(file, 7)
    width, height, flags = little(screen[:2]), little(screen[2:4]), screen[4]
    file.seek(3 << (flags & 7) + 1 if flags & 0x80 else 0, 1)
    blocks = iter(range(MAX_SEGMENTS))
    for _ in blocks:
        kind = exactly(file, 1)
        if kind == b",":
            left, top, across, down = struct.unpack("<4H", exactly(file, 8))
            return declared(max(width, left + across), max(height, top + down), 3.4)
        if kind == b";":
            raise Unreadable("This GIF holds no picture.")
        if kind == b"!":
            file.seek(1, 1)
            while (size := exactly(file, 1)[0]) and next(blocks, None) is not None:
                file.seek(size, 1)
    raise Unreadable(DAMAGED)


def jpeg(file: IO[bytes]) -> Declared:
    """The frame header of a JPEG (ITU T.81, B.2), found by walking its segments up to the first scan.

    Memory: the half and its turned copy, 1 byte a pixel of the original each. Of a progressive picture, or one
    with a scan for each colour, libjpeg keeps all coefficients until the last scan, 2 bytes each, beside the half.
    """
    frame, progressive, others = b"", False, 0
    file.seek(2)
    for marker in _segments(file):
        if marker in _START_OF_FRAME:
            frame, progressive = _segment(file), marker in _PROGRESSIVE
        elif marker == _START_OF_SCAN:
            break
        else:
            length = _length(file)
            others += length
            file.seek(length, 1)
    _refuse_clutter(others)
    if len(frame) < 9 or not frame[5] or len(frame) < 6 + 3 * frame[5]:
        raise Unreadable(DAMAGED)
    cost = 2.4
    if progressive or _segment(file)[:1] < frame[5:6]:
        _refuse_endless(file)
        cost = max(cost, 1.2 + 2 * _samples_per_pixel(frame))
    return declared(big(frame[3:5]), big(frame[1:3]), cost)


def _segments(file: IO[bytes]) -> Iterator[int]:
    """The markers of a JPEG that a segment follows, each with the file standing behind it."""
    for _ in range(MAX_SEGMENTS):
        marker = _marker(file)
        if marker == _END:
            raise Unreadable(INCOMPLETE)
        if marker not in _ALONE:
            yield marker
    raise Unreadable(DAMAGED)


def _length(file: IO[bytes]) -> int:
    length = big(exactly(file, 2)) - 2
    if length < 0:
        raise Unreadable(DAMAGED)
    return length


def _segment(file: IO[bytes]) -> bytes:
    return exactly(file, _length(file))


def _samples_per_pixel(frame: bytes) -> float:
    """How many values libjpeg keeps for each pixel: 1.5 for 4:2:0, 3 for 4:4:4."""
    factors = [(value >> 4, value & 15) for value in frame[7 : 6 + 3 * frame[5] : 3]]
    widest, highest = max(h for h, _ in factors), max(v for _, v in factors)
    if not widest or not highest:
        raise Unreadable(DAMAGED)
    return sum(h * v for h, v in factors) / (widest * highest)


def _refuse_endless(file: IO[bytes]) -> None:
    """Raise Unreadable for more scans than any encoder writes; inside a scan no FF stands before a DA."""
    scans, edge = 1, b""
    while block := file.read(BLOCK_BYTES):
        scans += (edge + block).count(b"\xff\xda")
        edge = block[-1:]
        if scans > MAX_SCANS:
            raise Unreadable(f"This JPEG is drawn in more than {MAX_SCANS} passes; no camera or program writes it so.")


def _clutter(file: IO[bytes]) -> int:
    """The bytes of a PNG's chunks that hold no pixels; those of an animation's later pictures are not kept."""
    others, at, end = 0, file.tell(), file.seek(0, 2)
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        head = file.read(8)
        size, name = big(head[:4]), head[4:]
        at += 12 + size
        if len(head) < 8 or name == b"IEND" or at > end:
            return others
        if name != b"IDAT" and (name != b"fdAT" or size > MAX_OTHER_BYTES):
            others += size + CHUNK_COST
    raise Unreadable(f"This PNG is cut into more than {MAX_CHUNKS:,} pieces; no program writes it so.")


def _refuse_clutter(others: int) -> None:
    if others > MAX_OTHER_BYTES:
        raise Unreadable(f"This file holds more than {MAX_OTHER_BYTES >> 20} MB beside its picture.")


def _marker(file: IO[bytes]) -> int:
    """The next marker's code; padding and some stray bytes before it are passed over, as every decoder does."""
    before = 0
    for _ in range(MAX_STRAY_BYTES):
        code = exactly(file, 1)[0]
        if before == 0xFF and code not in {0x00, 0xFF}:
            return code
        before = code
    raise Unreadable(DAMAGED)


def declared(width: int, height: int, bytes_per_pixel: float, max_side: int = MAX_SIDE, *, beside: int = 0) -> Declared:
    """A picture of this size; raises Unreadable for one without width or height."""
    if not width or not height:
        raise Unreadable(DAMAGED)
    return Declared(width, height, bytes_per_pixel, max_side, beside)


def exactly(file: IO[bytes], count: int) -> bytes:
    """So many bytes; raises Unreadable where the file ends before."""
    data = file.read(count)
    if len(data) < count:
        raise Unreadable(INCOMPLETE)
    return data


def big(data: bytes) -> int:
    """A number as networks write it."""
    return int.from_bytes(data, "big")


def little(data: bytes) -> int:
    """A number as Intel writes it."""
    return int.from_bytes(data, "little")
