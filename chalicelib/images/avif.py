"""AVIF: images coded with AV1, decoded by Pillow's bundled libavif and dav1d.

The AV1 sequence headers are read too, because the decoder allocates by them, whatever the boxes say. Boxes hold the
orientation; Pillow returns it as EXIF orientation.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from typing import IO, Any

from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import color_spaces, isobmff, missing_data, plain_container
from chalicelib.images.bit_reader import BitReader
from chalicelib.images.color_spaces import UNSPECIFIED
from chalicelib.images.probe import DAMAGED, INCOMPLETE, ImageHeader, image_header

MAX_HEADER_BYTES = 4096
# A coded image may be larger than what is displayed: twice per side, since its header gives only a number of bits.
MAX_CODED_TO_DISPLAYED, SMALL_IMAGE_PIXELS = 4, 256 * 256
_SEQUENCE_HEADER = 1
# For missing bytes at the end: the decoder refuses those that it takes for an error of the encoder.
_FILLERS = (0x00, 0xFF, 0xAA, 0x80)
_BRAND, _MAJOR_BRAND = slice(8, 12), b"avif"


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the size from boxes and codec headers.

    Memory: RGB three times (libavif's, the copy it returns, Pillow's), and all planes: 4:2:0 with 10 bits in the main
    profile, 4:4:4 with 12 in the others; the file twice.
    """
    file, _ = missing_data.fill(file)
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
    header = image_header(image.width, image.height, cost, fixed_bytes=2 * image.file_bytes)
    code_points = image.code_points or _coded_code_points(image.coded_items[0][1] if image.coded_items else b"")
    return replace(header, color_space=color_spaces.from_image_boxes(code_points))


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the primary image without decoding it, unless its end is missing; of an animation, its still image."""
    for filler in _FILLERS:
        filled, incomplete = missing_data.fill(file, filler)
        image = _open_image(filled)
        image.incomplete = incomplete
        if not incomplete:
            return image
        with suppress(Unreadable):
            image.load()
            return image
    raise Unreadable(INCOMPLETE)


class AvifPicture(AvifImageFile):
    """An AVIF; `incomplete` says that its last bytes are missing."""

    incomplete = False

    def load(self) -> Any:
        """Decode; raises Unreadable if too much is missing."""
        try:
            return super().load()
        except RuntimeError as error:
            if not self.incomplete:
                raise
            raise Unreadable(INCOMPLETE) from error


def _open_image(file: IO[bytes]) -> AvifPicture:
    data = file.read()
    if data[_BRAND] != _MAJOR_BRAND:  # of an animation, libavif would decode the first frame
        data = b"".join((data[:8], _MAJOR_BRAND, data[12:]))
    try:
        return AvifPicture(BytesIO(data))
    except (SyntaxError, ValueError, RuntimeError):
        pass
    del data  # so that only two copies of the file are in memory
    plain = plain_container.rewrite(file, _MAJOR_BRAND)
    try:
        return AvifPicture(BytesIO(plain))
    except (SyntaxError, ValueError):  # possibly because of broken EXIF only: try without it
        return AvifPicture(BytesIO(plain.replace(b"Exif", b"none")))


def _iter_sequence_headers(data: bytes) -> Iterator[tuple[int, int]]:
    """Profile and maximum number of pixels of each sequence in a coded image."""
    for body in _iter_sequence_header_units(data):
        profile, _, pixels = _read_sequence_header(BitReader(body))
        yield profile, pixels


def _coded_code_points(data: bytes) -> tuple[int, int]:
    """Primaries and transfer in the first sequence header of a coded image, for files whose boxes have none."""
    with suppress(Unreadable):
        for body in _iter_sequence_header_units(data):
            return _read_code_points(BitReader(body))
    return UNSPECIFIED


def _iter_sequence_header_units(data: bytes) -> Iterator[bytes]:
    """The bodies of sequence headers in a coded image (AV1, 5.3 to 5.5)."""
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
            yield data[at : at + min(size, MAX_HEADER_BYTES)]
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


def _read_sequence_header(bits: BitReader) -> tuple[int, int, int]:
    """Profile, whether the header has the short form of still images, and maximum pixels per frame."""
    profile, _, still = bits.read(3), bits.read(1), bits.read(1)
    if still:
        bits.skip(5)
    else:
        _skip_timing(bits)
    across, down = bits.read(4) + 1, bits.read(4) + 1
    width, height = bits.read(across) + 1, bits.read(down) + 1
    # Frames of a sequence may have their own size, up to what these bits can express.
    return profile, still, width * height if still else 1 << across + down


def _read_code_points(bits: BitReader) -> tuple[int, int]:
    """Primaries and transfer of a sequence header (AV1, 5.5.1 and 5.5.2)."""
    profile, still, _ = _read_sequence_header(bits)
    if not still and bits.read(1):
        bits.skip(4 + 3)
    bits.skip(3)
    if not still:
        _skip_tools(bits)
    bits.skip(3)
    if bits.read(1) and profile == 2:
        bits.skip(1)
    bits.skip(1 if profile != 1 else 0)
    return (bits.read(8), bits.read(8)) if bits.read(1) else UNSPECIFIED


def _skip_tools(bits: BitReader) -> None:
    """Skip the coding tools that only sequences of images use."""
    bits.skip(4)
    has_order = bits.read(1)
    bits.skip(2 * has_order)
    if bits.read(1) or bits.read(1):  # tools for screen content, chosen per image or always
        bits.skip(0 if bits.read(1) else 1)
    bits.skip(3 * has_order)


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
