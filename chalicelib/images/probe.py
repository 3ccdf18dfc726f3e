"""Reads an image's dimensions from its header and estimates the memory that decoding takes, before anything is decoded.

Pillow allocates the whole image when it reads the first pixel, for WebP even before, so the headers are parsed here
first and images that would not fit are refused. The larger parsers have separate modules: `webp`, `tiff`, `heic` and
`avif`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images import chunks, png_color
from chalicelib.images.color_spaces import ColorSpace

DAMAGED = "The image data is damaged and cannot be read."
INCOMPLETE = "The file is incomplete: it ends before the image does."

MAX_SIDE = 65_535  # JPEG's limit, applied to all: long narrow images cannot be halved while they are read

# libjpeg processes the whole image for each scan, however short; encoders write about ten.
MAX_SCANS = 200
BLOCK_BYTES = 1024 * 1024
# Far more than any camera writes; bounds the parsing in Python.
MAX_SEGMENTS = 10_000
MAX_CHUNKS = 100_000  # of a PNG: its pixels come in chunks too, usually of 8 or 32 KB
MAX_PADDING_BYTES = 64 * 1024
# Pillow keeps all metadata in memory and joins some of it again for each part.
MAX_METADATA_BYTES = 32 * 1024 * 1024
CHUNK_OVERHEAD_BYTES = 200  # memory of an empty chunk

START_OF_FRAME = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_BASELINE, _HIERARCHY = 0xC0, 0xDE
# The processes that libjpeg does not decode (ITU T.81, table B.1; T.87 for JPEG-LS).
_PROCESSES = {
    **dict.fromkeys((0xC3, 0xCB), "lossless"),
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, _HIERARCHY), "hierarchical"),
    0xF7: "JPEG-LS",
}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_GRAPHIC_CONTROL, _TRANSPARENT = b"\xf9", 1  # a GIF's extension, and its flag
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_NUMBER_OF_LINES = b"\xff\xdc\0\4"
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length field


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Dimensions in pixels as stored, peak memory in bytes per pixel, and the longest side allowed.

    `fixed_bytes` is the memory that depends on the file rather than on its pixels. `color_space` is declared by code
    points or chromaticities, and applies to files without a readable profile, or to all if `ignores_profile`.
    """

    width: int
    height: int
    bytes_per_pixel: float
    max_side: int = MAX_SIDE
    fixed_bytes: int = 0
    color_space: ColorSpace | None = None
    ignores_profile: bool = False

    @property
    def decoding_bytes(self) -> float:
        """The peak memory that decoding takes."""
        return self.width * self.height * self.bytes_per_pixel + self.fixed_bytes


def png(file: IO[bytes]) -> ImageHeader:
    """Read the IHDR chunk of a PNG, which must come first (PNG specification, 5.6).

    Memory: 4 bytes per pixel in any mode, 1 for the half-size copy, some for the strip in between.
    """
    file.seek(8)
    head = read_exactly(file, 16)
    if head[4:8] != b"IHDR":
        raise Unreadable(DAMAGED)
    _check_metadata_bytes(_metadata_bytes(file))
    header = image_header(big_endian(head[8:12]), big_endian(head[12:16]), 5.3)
    color_space, ignores_profile = png_color.read_color_space(file)
    return replace(header, color_space=color_space, ignores_profile=ignores_profile)


def gif(file: IO[bytes]) -> ImageHeader:
    """Read the screen of a GIF and its first frame, which may extend beyond it (GIF89a, 18 and 20).

    Memory: 1 byte per pixel, 1 if the frame is disposed of after display, 1 for the half-size copy in RGB, some for the
    strip in between. Where pixels are transparent, also around a frame smaller than the screen, the half-size copy is
    in RGBA, and is copied to clear and to quantize it.
    """
    file.seek(6)
    screen = read_exactly(file, 7)
    width, height, flags = little_endian(screen[:2]), little_endian(screen[2:4]), screen[4]
    file.seek(3 << (flags & 7) + 1 if flags & 0x80 else 0, 1)
    blocks, transparent = iter(range(MAX_SEGMENTS)), False
    for _ in blocks:
        kind = read_exactly(file, 1)
        if kind == b",":
            left, top, across, down = struct.unpack("<4H", read_exactly(file, 8))
            width, height = max(width, left + across), max(height, top + down)
            transparent = transparent or (across, down) != (width, height)
            return image_header(width, height, 4.6 if transparent else 3.4)
        if kind == b";":
            raise Unreadable("This GIF contains no image.")
        if kind == b"!":
            label = read_exactly(file, 1)
            while (size := read_exactly(file, 1)[0]) and next(blocks, None) is not None:
                block = read_exactly(file, size)
                transparent = transparent or (label == _GRAPHIC_CONTROL and block[0] & _TRANSPARENT != 0)
    raise Unreadable(DAMAGED)


def jpeg(file: IO[bytes]) -> ImageHeader:
    """Read the frame header of a JPEG (ITU T.81, B.2), searching its segments up to the first scan.

    Memory: the half-size image and its rotated copy, 1 byte per pixel of the original each. For progressive images, and
    those with one scan per component, libjpeg also keeps all coefficients until the last scan, 2 bytes each.
    """
    frame, process, metadata = b"", _BASELINE, 0
    file.seek(2)
    for marker in _segments(file):
        if marker in START_OF_FRAME:
            frame, process = _segment(file), marker
        elif marker == _HIERARCHY:
            raise Unreadable(_unsupported(_PROCESSES[_HIERARCHY]))
        elif marker == _START_OF_SCAN:
            break
        else:
            length = _length(file)
            metadata += length
            file.seek(length, 1)
    _check_metadata_bytes(metadata)
    if len(frame) < 9 or not frame[5] or len(frame) < 6 + 3 * frame[5]:
        raise Unreadable(DAMAGED)
    _check_process(process, bits=frame[0], components=frame[5])
    height = big_endian(frame[1:3]) or number_of_lines(file)
    cost = 2.4
    if process in _PROGRESSIVE or _segment(file)[:1] < frame[5:6]:
        _check_scan_count(file)
        cost = max(cost, 1.2 + 2 * _samples_per_pixel(frame))
    return image_header(big_endian(frame[3:5]), height, cost)


def number_of_lines(file: IO[bytes]) -> int:
    """The height that a JPEG states after its first scan (ITU T.81, B.2.5), 0 if none; the position stays as it is."""
    start, edge, height = file.tell(), b"", 0
    while not height and (block := file.read(BLOCK_BYTES)):
        data = edge + block
        at = data.find(_NUMBER_OF_LINES)
        height = big_endian(data[at + 4 : at + 6]) if 0 <= at <= len(data) - 6 else 0
        edge = data[-5:]
    file.seek(start)
    return height


def _check_process(process: int, *, bits: int, components: int) -> None:
    """Raise Unreadable for a kind of JPEG that libjpeg does not decode."""
    if process in _PROCESSES:
        raise Unreadable(_unsupported(_PROCESSES[process]))
    if bits != 8:
        raise Unreadable(_unsupported(f"{bits} bits per sample"))
    if components not in {1, 3, 4}:
        raise Unreadable(_unsupported(f"{components} components"))


def _unsupported(kind: str) -> str:
    return f"This JPEG is of a kind that cannot be processed: {kind}."


def _segments(file: IO[bytes]) -> Iterator[int]:
    """Markers of a JPEG that start a segment; the file is positioned behind each."""
    padding = 0
    for _ in range(MAX_SEGMENTS):
        start = file.tell()
        marker = _marker(file)
        padding += file.tell() - start
        if padding > MAX_PADDING_BYTES:
            break
        if marker == _END_OF_IMAGE:
            raise Unreadable(INCOMPLETE)
        if marker not in _WITHOUT_LENGTH:
            yield marker
    else:
        raise Unreadable(f"This JPEG has more than {MAX_SEGMENTS:,} segments and cannot be processed.")
    raise Unreadable(DAMAGED)


def _length(file: IO[bytes]) -> int:
    return max(0, big_endian(read_exactly(file, 2)) - 2)  # libjpeg, too, ignores a length that is too small


def _segment(file: IO[bytes]) -> bytes:
    return read_exactly(file, _length(file))


def _samples_per_pixel(frame: bytes) -> float:
    """Samples that libjpeg keeps per pixel: 1.5 for 4:2:0, 3 for 4:4:4."""
    factors = [(value >> 4, value & 15) for value in frame[7 : 6 + 3 * frame[5] : 3]]
    widest, highest = max(h for h, _ in factors), max(v for _, v in factors)
    if not widest or not highest:
        raise Unreadable(DAMAGED)
    return sum(h * v for h, v in factors) / (widest * highest)


def _check_scan_count(file: IO[bytes]) -> None:
    """Raise Unreadable for more scans than any encoder writes; scan data never contains FF DA."""
    scans, edge = 1, b""
    while block := file.read(BLOCK_BYTES):
        scans += (edge + block).count(b"\xff\xda")
        edge = block[-1:]
        if scans > MAX_SCANS:
            raise Unreadable(f"This JPEG has more than {MAX_SCANS} scans and cannot be processed.")


def _metadata_bytes(file: IO[bytes]) -> int:
    """Bytes of a PNG's chunks other than pixels; Pillow does not keep the later frames of an animation."""
    metadata, end = 0, file.seek(0, 2)
    for number, (name, start, size) in enumerate(chunks.iter_png(file)):
        if name == b"IEND" or start + size + 4 > end:
            break
        if number and name != b"IDAT" and (name != b"fdAT" or size > MAX_METADATA_BYTES):
            metadata += size + CHUNK_OVERHEAD_BYTES
        if number >= MAX_CHUNKS:
            raise Unreadable(f"This PNG has more than {MAX_CHUNKS:,} chunks and cannot be processed.")
    return metadata


def _check_metadata_bytes(metadata: int) -> None:
    if metadata > MAX_METADATA_BYTES:
        raise Unreadable(f"This file contains more than {MAX_METADATA_BYTES >> 20} MB of metadata.")


def _marker(file: IO[bytes]) -> int:
    """The next marker's code; skips padding and stray bytes before it, as every decoder does."""
    before = 0
    for _ in range(MAX_PADDING_BYTES):
        code = read_exactly(file, 1)[0]
        if before == 0xFF and code not in {0x00, 0xFF}:
            return code
        before = code
    raise Unreadable(DAMAGED)


def image_header(
    width: int, height: int, bytes_per_pixel: float, max_side: int = MAX_SIDE, *, fixed_bytes: int = 0
) -> ImageHeader:
    """Build an ImageHeader; raises Unreadable if width or height is zero."""
    if not width or not height:
        raise Unreadable(DAMAGED)
    return ImageHeader(width, height, bytes_per_pixel, max_side, fixed_bytes)


def read_exactly(file: IO[bytes], count: int) -> bytes:
    """Read exactly `count` bytes; raises Unreadable if the file ends first."""
    data = file.read(count)
    if len(data) < count:
        raise Unreadable(INCOMPLETE)
    return data


def big_endian(data: bytes) -> int:
    """A big-endian unsigned integer."""
    return int.from_bytes(data, "big")


def little_endian(data: bytes) -> int:
    """A little-endian unsigned integer."""
    return int.from_bytes(data, "little")
