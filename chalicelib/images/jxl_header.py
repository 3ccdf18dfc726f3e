"""Reads the headers of a JPEG XL before it is decoded: the codestream's (ISO/IEC 18181-1) and the boxes' (18181-2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from chalicelib.errors import Unreadable
from chalicelib.images.bit_reader import LittleEndianBitReader
from chalicelib.images.color_spaces import HLG, PQ
from chalicelib.images.probe import DAMAGED, INCOMPLETE

CODESTREAM = b"\xff\x0a"
MAX_HEADER_BYTES = 16 * 1024
MAX_BOXES = 10_000
ALPHA, BLACK = 0, 4  # types of extra channels

_RATIOS = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width to height; the first: none
_SIDE = ((1, 9), (1, 13), (1, 18), (1, 30))
_PREVIEW_BLOCKS = ((16, 0), (32, 0), (1, 5), (33, 9))
_PREVIEW_SIDE = ((1, 6), (65, 8), (321, 10), (1345, 12))
_ENUM = ((0, 0), (1, 0), (2, 4), (18, 6))
_SPOT_COLOR, _COLOR_FILTER = 2, 5
_GRAY, _CUSTOM, _P3 = 1, 2, 11
_COORDINATE = ((0, 19), (524_288, 19), (1_048_576, 20), (2_097_152, 21))


@dataclass(frozen=True, slots=True)
class ExtraChannel:
    """A channel besides the colors; `premultiplied` applies to alpha."""

    kind: int
    premultiplied: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in pixels as stored, bits per sample, orientation as in EXIF, and the extra channels.

    `code_points` are primaries and transfer (ITU-T H.273) of an HDR image, or None.
    """

    width: int
    height: int
    bits: int = 8
    orientation: int = 1
    animated: bool = False
    extra_channels: tuple[ExtraChannel, ...] = ()
    code_points: tuple[int, int] | None = None


def read_header(file: IO[bytes]) -> Header:
    """The size and the image metadata of a codestream or container; raises Unreadable."""
    data = _first_bytes(file)
    if not data.startswith(CODESTREAM):
        raise Unreadable(DAMAGED if len(data) >= len(CODESTREAM) else INCOMPLETE)
    bits = LittleEndianBitReader(data[len(CODESTREAM) :])
    size = _read_size(bits)
    if bits.read(1):
        return Header(*size)
    orientation, animated = _read_extra_fields(bits) if bits.read(1) else (1, False)
    depth = _read_depth(bits)
    bits.read(1)
    count = bits.read_choice((0, 0), (1, 0), (2, 4), (1, 12))
    channels = tuple(_read_extra_channel(bits) for _ in range(count))
    bits.read(1)
    return Header(*size, depth, orientation, animated, channels, _read_code_points(bits))


def boxes(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Name and bytes of each box of a container; the file is positioned at its data. A bare codestream has none.

    Raises Unreadable if the file ends before a box does.
    """
    end, at = file.seek(0, 2), 0
    file.seek(0)
    if file.read(len(CODESTREAM)) == CODESTREAM:
        return
    for _ in range(MAX_BOXES):
        if at >= end:
            return
        file.seek(at)
        head = file.read(8)
        length, header = int.from_bytes(head[:4]), 8
        if length == 1:
            length, header = int.from_bytes(file.read(8)), 16
        length = length or end - at
        if len(head) < 8 or at + length > end:
            if head[4:] in {b"jxlc", b"jxlp"}:
                yield head[4:], end - at - header
            raise Unreadable(INCOMPLETE)
        if length < header:
            raise Unreadable(DAMAGED)
        yield head[4:], length - header
        at += length
    raise Unreadable(DAMAGED)


def _first_bytes(file: IO[bytes]) -> bytes:
    """The first bytes of the codestream, which may be in several boxes."""
    data = b""
    for name, size in boxes(file):
        if name in {b"jxlc", b"jxlp"}:
            part = file.read(min(size, MAX_HEADER_BYTES))
            data += part if name == b"jxlc" else part[4:]  # the parts are numbered
        if len(data) >= MAX_HEADER_BYTES or name == b"jxlc":
            return data
    if not data:
        file.seek(0)
        data = file.read(MAX_HEADER_BYTES)
    return data


def _read_size(bits: LittleEndianBitReader) -> tuple[int, int]:
    blocks = bits.read(1)
    height = 8 * (bits.read(5) + 1) if blocks else bits.read_choice(*_SIDE)
    ratio = bits.read(3)
    if ratio:
        across, down = _RATIOS[ratio]
        return height * across // down, height
    return 8 * (bits.read(5) + 1) if blocks else bits.read_choice(*_SIDE), height


def _read_extra_fields(bits: LittleEndianBitReader) -> tuple[int, bool]:
    """Read orientation, intrinsic size, preview and animation; returns the first, and whether there is the last."""
    orientation = bits.read(3) + 1
    if bits.read(1):
        _read_size(bits)
    if bits.read(1):
        side = _PREVIEW_BLOCKS if bits.read(1) else _PREVIEW_SIDE
        bits.read_choice(*side)
        if not bits.read(3):
            bits.read_choice(*side)
    animated = bits.read(1) == 1
    if animated:
        bits.read_choice((100, 0), (1000, 0), (1, 10), (1, 30))
        bits.read_choice((1, 0), (1001, 0), (1, 8), (1, 10))
        bits.read_choice((0, 0), (0, 3), (0, 16), (0, 32))
        bits.read(1)
    return orientation, animated


def _read_depth(bits: LittleEndianBitReader) -> int:
    if not bits.read(1):
        return bits.read_choice((8, 0), (10, 0), (12, 0), (1, 6))
    depth = bits.read_choice((32, 0), (16, 0), (24, 0), (1, 6))
    bits.read(4)
    return depth


def _read_extra_channel(bits: LittleEndianBitReader) -> ExtraChannel:
    if bits.read(1):
        return ExtraChannel(ALPHA)
    kind = bits.read_choice(*_ENUM)
    _read_depth(bits)
    bits.read_choice((0, 0), (3, 0), (4, 0), (1, 3))
    bits.read(8 * bits.read_choice((0, 0), (0, 4), (16, 5), (48, 10)))
    premultiplied = kind == ALPHA and bits.read(1) == 1
    if kind == _SPOT_COLOR:
        bits.read(4 * 16)
    if kind == _COLOR_FILTER:
        bits.read_choice((1, 0), (0, 2), (3, 4), (19, 8))
    return ExtraChannel(kind, premultiplied)


def _read_code_points(bits: LittleEndianBitReader) -> tuple[int, int] | None:
    """Primaries and transfer of an HDR image; other color spaces come as a profile from the decoder."""
    if bits.read(1) or bits.read(1):  # sRGB, or a profile in the file
        return None
    space, primaries = bits.read_choice(*_ENUM), 1
    if bits.read_choice(*_ENUM) == _CUSTOM:  # the white
        _skip_coordinates(bits, 1)
    if space != _GRAY and (primaries := bits.read_choice(*_ENUM)) == _CUSTOM:
        _skip_coordinates(bits, 3)
    transfer = None if bits.read(1) else bits.read_choice(*_ENUM)
    # P3 is numbered without its white here, which is that of screens whenever the image is HDR.
    return (12 if primaries == _P3 else primaries, transfer) if transfer in {PQ, HLG} else None


def _skip_coordinates(bits: LittleEndianBitReader, colors: int) -> None:
    for _ in range(2 * colors):
        bits.read_choice(*_COORDINATE)
