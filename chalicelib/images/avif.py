"""AVIF: pictures coded by AV1, decoded by Pillow's own libavif and dav1d.

What AV1 itself says of its size is read too, for the decoder makes room for that, whatever the boxes say. The way
up is told by boxes; Pillow hands it on as EXIF's orientation.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import IO

from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff
from chalicelib.images.bit_reader import Bits
from chalicelib.images.probe import DAMAGED, Declared, declared

MAX_HEADER_BYTES = 4096
# A coded picture may be larger than what is shown of it: twice a side, where its header tells no more than bits.
MOST_AROUND, SMALL = 4, 256 * 256
_SEQUENCE_HEADER = 1
_BRAND = slice(8, 12)


def declares(file: IO[bytes]) -> Declared:
    """What boxes and codec say of the size.

    Memory: red, green and blue three times (libavif's, the copy handed on, Pillow's own), all planes they are made
    of, 4:2:0 of 10 bits in the main profile and 4:4:4 of 12 in the others; the file twice.
    """
    picture = isobmff.first_picture(file, b"av01")
    planes = 0
    for part, data in picture.coded:
        headers = list(_headers(data))
        if not headers:
            raise Unreadable(DAMAGED)
        profile, pixels = (max(values) for values in zip(*headers, strict=True))
        if pixels > MOST_AROUND * max(part.pixels, SMALL):
            raise Unreadable(DAMAGED)
        planes += (6 if profile else 3) * max(pixels, part.pixels)
    if picture.tiled:
        planes *= 2  # side by side, and put together
    cost = (9.6 if picture.transparent else 8) + planes / max(1, picture.width * picture.height)
    return declared(picture.width, picture.height, cost, beside=2 * picture.file_bytes)


def opens(file: IO[bytes]) -> ImageFile:
    """The first picture, not yet decoded; of an animation its still picture, which every one has."""
    data = file.read()
    if data[_BRAND] == b"avis":
        data = b"".join((data[:8], b"avif", data[12:]))
    try:
        return AvifImageFile(BytesIO(data))
    except (SyntaxError, ValueError):  # perhaps for its EXIF alone, and the picture is none the worse for that
        return AvifImageFile(BytesIO(data.replace(b"Exif", b"none")))


def _headers(data: bytes) -> Iterator[tuple[int, int]]:
    """Profile and largest number of pixels of each sequence in a coded picture (AV1, 5.3 to 5.5)."""
    at = 0
    for _ in range(isobmff.MAX_ENTRIES):
        if at >= len(data):
            return
        unit = Bits(data[at : at + 16])
        unit.skip(1)
        kind, extended, sized = unit.number(4), unit.number(1), unit.number(1)
        unit.skip(1 + 8 * extended)
        size = _counted(unit) if sized else len(data)
        at += unit.at // 8
        if kind == _SEQUENCE_HEADER:
            yield _sequence(Bits(data[at : at + min(size, MAX_HEADER_BYTES)]))
        at += size
    raise Unreadable(DAMAGED)


def _counted(unit: Bits) -> int:
    """A number in groups of seven bits, the lowest first (`leb128()`)."""
    value = 0
    for place in range(8):
        more = unit.number(1)
        value |= unit.number(7) << 7 * place
        if not more:
            break
    return value


def _sequence(bits: Bits) -> tuple[int, int]:
    """A sequence's profile and the pixels that its largest frame may have."""
    profile, _, alone = bits.number(3), bits.number(1), bits.number(1)
    if alone:
        bits.skip(5)
    else:
        _skip_timing(bits)
    across, down = bits.number(4) + 1, bits.number(4) + 1
    width, height = bits.number(across) + 1, bits.number(down) + 1
    # A frame that is not alone may have a size of its own, as large as these bits can say.
    return profile, width * height if alone else 1 << across + down


def _skip_timing(bits: Bits) -> None:
    """Pass over timing and operating points, which stand before the size."""
    delay_bits = 0
    if bits.number(1):
        bits.skip(64)
        if bits.number(1):
            bits.variable()
        if bits.number(1):
            delay_bits = bits.number(5) + 1
            bits.skip(32 + 5 + 5)
    delayed = bits.number(1)
    for _ in range(bits.number(5) + 1):
        bits.skip(12)
        if bits.number(5) > 7:
            bits.skip(1)
        if delay_bits and bits.number(1):
            bits.skip(2 * delay_bits + 1)
        if delayed and bits.number(1):
            bits.skip(4)
