"""Color spaces that files declare by code points or chromaticities instead of an ICC profile.

Code points are those of ITU-T H.273 (CICP). A color space becomes an ICC profile (matrix and curves, as specified in
ICC.1), so that one library converts all of them; for PQ and HLG see `tone_mapping`.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.images.color_matrices import Primaries, to_xyz_d50

LEVELS = 256  # the pixels have 8 bits, so a curve of 256 entries is exact
SRGB, PQ, HLG = 13, 16, 18
UNSPECIFIED = 2, 2
# BT.709, BT.601, BT.1361, BT.2020 with 10 and 12 bits: the same curve of cameras, for screens with a gamma of 2.4.
_VIDEO_TRANSFERS = frozenset({1, 6, 12, 14, 15})

_D65, _C = (0.3127, 0.329), (0.31, 0.316)
BT709: Primaries = (_D65, (0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
BT2020: Primaries = (_D65, (0.708, 0.292), (0.17, 0.797), (0.131, 0.046))
_BT601: Primaries = (_D65, (0.63, 0.34), (0.31, 0.595), (0.155, 0.07))
_P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
# White, red, green, blue (H.273, table 2).
PRIMARIES: dict[int, Primaries] = {
    1: BT709,
    4: (_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: (_D65, (0.64, 0.33), (0.29, 0.6), (0.15, 0.06)),
    6: _BT601,
    7: _BT601,
    8: (_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: BT2020,
    10: ((1 / 3, 1 / 3), (1, 0), (0, 1), (0, 0)),
    11: ((0.314, 0.351), *_P3),
    12: (_D65, *_P3),
    22: (_D65, (0.63, 0.34), (0.295, 0.605), (0.155, 0.077)),
}


def _segments(slope: float, offset: float, power: float, limit: float) -> Callable[[float], float]:
    """A curve that is linear up to `limit` and a power above it."""
    return lambda value: value / slope if value < limit else ((value + offset) / (1 + offset)) ** power


# Light of a screen by the signal, both from 0 to 1 (H.273, table 3; video: ITU-R BT.1886).
TRANSFERS: dict[int, Callable[[float], float]] = {
    **dict.fromkeys(_VIDEO_TRANSFERS, lambda value: value**2.4),
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    7: _segments(4.0, 0.1115, 1 / 0.45, 4 * 0.0228),
    8: lambda value: value,
    SRGB: _segments(12.92, 0.055, 2.4, 0.04045),
    17: lambda value: min(1.0, 52.37 / 48 * value**2.6),
}


@dataclass(frozen=True, slots=True)
class ColorSpace:
    """Primaries, and the light of each of 256 signal levels: one curve, or one each for red, green and blue.

    `hdr` is PQ or HLG, which have no curves here, or None.
    """

    primaries: Primaries
    curves: tuple[tuple[float, ...], ...] = ()
    hdr: int | None = None


@lru_cache(maxsize=32)
def from_code_points(primaries: int, transfer: int) -> ColorSpace | None:
    """The color space of two code points, or None if it is sRGB; what is unspecified or unknown counts as in sRGB."""
    chosen = PRIMARIES.get(primaries, BT709)
    if transfer in {PQ, HLG}:
        return ColorSpace(chosen, hdr=transfer)
    if chosen == BT709 and TRANSFERS.get(transfer) in {None, TRANSFERS[SRGB]}:
        return None
    return ColorSpace(chosen, (sample(TRANSFERS.get(transfer, TRANSFERS[SRGB])),))


def is_known(primaries: int, transfer: int) -> bool:
    """Whether two code points say something about colors that can be converted."""
    return primaries in PRIMARIES and (transfer in TRANSFERS or transfer in {PQ, HLG})


def from_table(primaries: Primaries, table: Sequence[int], entries: int) -> ColorSpace | None:
    """The color space with the light of each signal level from 0 to 65,535: one curve of `entries`, or three.

    Without a table, the curve is that of sRGB; None if a value is impossible, or for sRGB.
    """
    if not is_possible(primaries) or len(table) not in {0, entries, 3 * entries}:
        return None
    if not table:
        return None if primaries == BT709 else ColorSpace(primaries, (sample(TRANSFERS[SRGB]),))
    curves = [table[start : start + entries] for start in range(0, len(table), entries)]
    places = sample(lambda value: value * (entries - 1))
    return ColorSpace(primaries, tuple(tuple(curve[round(place)] / 65_535 for place in places) for curve in curves))


def pair_points(values: Sequence[float]) -> Primaries:
    """White, red, green and blue from eight numbers."""
    white, red, green, blue = zip(values[::2], values[1::2], strict=True)
    return white, red, green, blue


def from_gamma(gamma: float, primaries: Primaries = BT709) -> ColorSpace | None:
    """The color space in which light is the signal to the power of `gamma`; None if a value is impossible."""
    if not 0.1 <= gamma <= 10 or not is_possible(primaries):
        return None
    return ColorSpace(primaries, (sample(lambda value: value**gamma),))


def from_image_boxes(code_points: tuple[int, int]) -> ColorSpace | None:
    """The color space of AVIF and HEIC: the curve of video counts as that of sRGB there, as in browsers.

    Encoders declare it by default, for pictures that were drawn or developed on screens with sRGB.
    """
    primaries, transfer = code_points
    return from_code_points(primaries, SRGB if transfer in _VIDEO_TRANSFERS else transfer)


def is_possible(primaries: Primaries) -> bool:
    """Whether a white point and three primaries define colors."""
    try:
        matrix = to_xyz_d50(primaries)
    except ZeroDivisionError:
        return False
    return all(-2 < value < 2 for row in matrix for value in row)  # what the numbers of a profile can hold


def sample(curve: Callable[[float], float]) -> tuple[float, ...]:
    """The values of a curve at all signal levels."""
    return tuple(curve(level / (LEVELS - 1)) for level in range(LEVELS))


def to_icc(space: ColorSpace, *, gray: bool) -> bytes:
    """An ICC profile with the curves of a color space, for gray images or with its primaries (ICC.1, 8.3)."""
    curves = [_curve_tag(curve) for curve in space.curves]
    red, green, blue = zip(*to_xyz_d50(space.primaries), strict=True)
    tags = {b"kTRC": curves[-1 if len(curves) == 1 else 1]}
    if not gray:
        names = (b"rTRC", b"gTRC", b"bTRC")
        tags = dict(zip(names, curves if len(curves) == len(names) else curves * len(names), strict=True))
        tags |= {b"rXYZ": _xyz_tag(red), b"gXYZ": _xyz_tag(green), b"bXYZ": _xyz_tag(blue)}
    return pack_profile(b"GRAY" if gray else b"RGB ", tags)


def pack_profile(signature: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    """An ICC profile of these tags for colors of this kind (ICC.1, 7)."""
    body, table = b"", struct.pack(">I", len(tags))
    for name, data in tags.items():
        table += struct.pack(">4sII", name, 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">IIB3x4s4s4s12x4s", 128 + len(table + body), 0, 2, b"mntr", signature, b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + _xyz_tag((0.9642, 1.0, 0.8249))[8:]
    return head.ljust(128, b"\0") + table + body


def _curve_tag(curve: Sequence[float]) -> bytes:
    values = (round(65_535 * min(1.0, max(0.0, value))) for value in curve)
    return struct.pack(f">4s4xI{len(curve)}H", b"curv", len(curve), *values)


def _xyz_tag(color: Sequence[float]) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(65_536 * value) for value in color))
