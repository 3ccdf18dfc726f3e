"""The color space that a PNG declares in chunks other than iCCP (PNG specification, third edition, 4.3).

The order is cICP, iCCP, sRGB, then gAMA with cHRM. As in browsers, cHRM counts only with gAMA.
"""

import struct
import zlib
from itertools import islice
from typing import IO

from chalicelib.images import chunks, color_spaces
from chalicelib.images.color_matrices import Primaries
from chalicelib.images.color_spaces import BT709, ColorSpace

MAX_CHUNKS = 1000  # before the pixels
_MAX_BYTES = 32
_CODE_POINTS, _GAMMA, _CHROMATICITIES, _SRGB = b"cICP", b"gAMA", b"cHRM", b"sRGB"
_NAMES = frozenset({_CODE_POINTS, _GAMMA, _CHROMATICITIES, _SRGB})
_RGB_FULL_RANGE = b"\0\1"
# 1/2.2 with or without the chromaticities of sRGB is what PNGs in sRGB contain for decoders that do not know sRGB.
_SRGB_GAMMA, _GAMMA_TOLERANCE, _POINT_TOLERANCE = 2.2, 0.05, 0.001


def read_color_space(file: IO[bytes]) -> tuple[ColorSpace | None, bool]:
    """The color space, None for sRGB or if there is none, and whether it precedes a profile."""
    bodies = _read_chunks(file)
    points = bodies.get(_CODE_POINTS, b"")
    if len(points) == 4 and points[2:] == _RGB_FULL_RANGE and color_spaces.is_known(points[0], points[1]):
        return color_spaces.from_code_points(points[0], points[1]), True
    gamma = int.from_bytes(bodies.get(_GAMMA, b"")[:4])
    if _SRGB in bodies or not gamma:
        return None, False
    return _from_gamma(100_000 / gamma, bodies.get(_CHROMATICITIES, b"")), False


def _from_gamma(gamma: float, chromaticities: bytes) -> ColorSpace | None:
    primaries = BT709
    if len(chromaticities) == _MAX_BYTES:
        values = [value / 100_000 for value in struct.unpack(">8I", chromaticities)]
        primaries = color_spaces.pair_points(values)
    if abs(gamma / _SRGB_GAMMA - 1) < _GAMMA_TOLERANCE and _is_srgb(primaries):
        return None
    return color_spaces.from_gamma(gamma, primaries)


def _is_srgb(primaries: Primaries) -> bool:
    pairs = zip(primaries, BT709, strict=True)
    return all(abs(a - b) <= _POINT_TOLERANCE for one, other in pairs for a, b in zip(one, other, strict=True))


def _read_chunks(file: IO[bytes]) -> dict[bytes, bytes]:
    """The bodies of the chunks about color before the pixels, the first of each name, if their CRC is right."""
    bodies: dict[bytes, bytes] = {}
    for name, _, size in islice(chunks.iter_png(file), MAX_CHUNKS):
        if name in {b"IDAT", b"IEND"}:
            break
        if name in _NAMES and size <= _MAX_BYTES:
            body = file.read(size)
            if zlib.crc32(name + body) == int.from_bytes(file.read(4)):
                bodies.setdefault(name, body)
    return bodies
