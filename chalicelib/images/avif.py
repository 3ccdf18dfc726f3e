"""AVIF: images coded with AV1, decoded by Pillow's bundled libavif and dav1d.

The AV1 sequence headers are read too, because the decoder allocates by them, whatever the boxes say. Boxes hold the
orientation; Pillow returns it as EXIF orientation.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import IO

from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff
from chalicelib.images.bit_reader import BitReader
from chalicelib.images.probe import DAMAGED, ImageHeader, image_header

MAX_HEADER_BYTES = 4096
# A coded image may be larger than what is displayed: twice per side, since its header gives only a number of bits.
MAX_CODED_TO_DISPLAYED, SMALL_IMAGE_PIXELS = 4, 256 * 256
_SEQUENCE_HEADER = 1
_BRAND = slice(8, 12)


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the size from boxes and codec headers.

    Memory: RGB three times (libavif's, the copy it returns, Pillow's), and all planes: 4:2:0 with 10 bits in the main
    profile, 4:4:4 with 12 in the others; the file twice.
    """
    image = isobmff.read_primary_image(file, b"av01")
    planes = 0
    for part, data in image.coded_items:
        headers = list(_iter_sequence_headers(data))
        if not headers:
            raise Unreadable(DAMAGED)
        profile, pixels = (max(values) for values in zip(*headers, strict=True))
        if pixels > MAX_CODED_TO_DISPLAYED * max(part.pixels, SMALL_IMAGE_PIXELS):
            raise Unreadable(DAMAGED)
        planes += (6 if profile else 3) * max(pixels, part.pixels)
    if image.tiled:
        planes *= 2  # as tiles, and assembled
    cost = (9.6 if image.has_alpha else 8) + planes / max(1, image.width * image.height)
    return image_header(image.width, image.height, cost, fixed_bytes=2 * image.file_bytes)


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the primary image without decoding it; of an animation, its still image."""
    data = file.read()
    if data[_BRAND] == b"avis":
        data = b"".join((data[:8], b"avif", data[12:]))
    try:
        return AvifImageFile(BytesIO(data))
    except (SyntaxError, ValueError):  # possibly because of broken EXIF only: try without it
        return AvifImageFile(BytesIO(data.replace(b"Exif", b"none")))


def _iter_sequence_headers(data: bytes) -> Iterator[tuple[int, int]]:
    """Profile and maximum number of pixels of each sequence in a coded image (AV1, 5.3 to 5.5)."""
    at = 0
    for _ in range(isobmff.MAX_ENTRIES):
        if at >= len(data):
            return
        unit = BitReader(data[at : at + 16])
        unit.skip(1)
        kind, extended, sized = unit.read(4), unit.read(1), unit.read(1)
        unit.skip(1 + 8 * extended)
        size = _read_leb128(unit) if sized else len(data)
        at += unit.position // 8
        if kind == _SEQUENCE_HEADER:
            yield _read_sequence_header(BitReader(data[at : at + min(size, MAX_HEADER_BYTES)]))
        at += size
    raise Unreadable(DAMAGED)


def _read_leb128(unit: BitReader) -> int:
    """Read a number in groups of seven bits, the lowest first (`leb128()`)."""
    value = 0
    for group in range(8):
        more = unit.read(1)
        value |= unit.read(7) << 7 * group
        if not more:
            break
    return value


def _read_sequence_header(bits: BitReader) -> tuple[int, int]:
    """Profile and maximum pixels per frame of a sequence header."""
    profile, _, still = bits.read(3), bits.read(1), bits.read(1)
    if still:
        bits.skip(5)
    else:
        _skip_timing(bits)
    across, down = bits.read(4) + 1, bits.read(4) + 1
    width, height = bits.read(across) + 1, bits.read(down) + 1
    # Frames of a sequence may have their own size, up to what these bits can express.
    return profile, width * height if still else 1 << across + down


def _skip_timing(bits: BitReader) -> None:
    """Skip timing and operating points, which come before the size."""
    delay_bits = 0
    if bits.read(1):
        bits.skip(64)
        if bits.read(1):
            bits.read_exp_golomb()
        if bits.read(1):
            delay_bits = bits.read(5) + 1
            bits.skip(32 + 5 + 5)
    has_initial_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.skip(12)
        if bits.read(5) > 7:
            bits.skip(1)
        if delay_bits and bits.read(1):
            bits.skip(2 * delay_bits + 1)
        if has_initial_delay and bits.read(1):
            bits.skip(4)
