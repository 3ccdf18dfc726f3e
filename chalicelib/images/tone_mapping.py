"""Tone mapping: colors of an HDR image, PQ or HLG, as a screen without HDR shows them.

The method is that of browsers: light up to the reference white of 203 nits (ITU-R BT.2408) is displayed at half
the light of the screen, and a curve leads from there to its white at 1,000 nits (SMPTE ST 2094-50). One gain for all
three components, of the largest in BT.2020, preserves the hue. What is outside of sRGB is clipped.
"""

import math
import struct
from functools import lru_cache

from chalicelib.images import color_matrices
from chalicelib.images.color_spaces import BT709, BT2020, PQ, ColorSpace, pack_profile

SIZE = 33  # per side, as in the tables of Little CMS
REFERENCE_NITS, PEAK_NITS = 203, 1000
_PEAK = PEAK_NITS / REFERENCE_NITS
_KNEE = 0.5  # the light of the screen at the reference white
# The middle point of a quadratic Bezier curve from the knee, which it leaves straight on, to the peak.
_MIDDLE = 1 + 0.65 * (1 / _KNEE - 1), _KNEE + 0.65 * (1 - _KNEE)
_LUMINANCE = color_matrices.to_xyz(BT2020)[1]


@lru_cache(maxsize=4)
def to_icc(space: ColorSpace) -> bytes:
    """An ICC profile with a lookup table that tone maps RGB in an HDR color space (ICC.1, 10.10).

    A profile rather than a filter of Pillow: its interpolation would make grays darker between the entries.
    """
    to_2020 = _between(space.primaries, BT2020)
    to_709, to_xyz = _between(BT2020, BT709), color_matrices.to_xyz_d50(BT709)
    decode = _pq if space.hdr == PQ else _hlg
    levels = [decode(level / (SIZE - 1)) for level in range(SIZE)]
    values: list[int] = []
    for red in levels:
        for green in levels:
            for blue in levels:
                light = color_matrices.apply(to_2020, (red, green, blue))
                if space.hdr != PQ:
                    light = _display_light(light)
                gain = _gain(max(light))
                clipped = [min(1.0, max(0.0, gain * value)) for value in color_matrices.apply(to_709, light)]
                values += [round(32_768 * value) for value in color_matrices.apply(to_xyz, clipped)]
    identity = (65_536, 0, 0, 0, 65_536, 0, 0, 0, 65_536)
    table = struct.pack(">4s4x4B9i2H", b"mft2", 3, 3, SIZE, 0, *identity, 2, 2)
    straight = struct.pack(">6H", *(0, 65_535) * 3)
    return pack_profile(b"RGB ", {b"A2B0": table + straight + struct.pack(f">{len(values)}H", *values) + straight})


def _between(source: color_matrices.Primaries, target: color_matrices.Primaries) -> color_matrices.Matrix:
    to_target = color_matrices.inverse(color_matrices.to_xyz_d50(target))
    return color_matrices.product(to_target, color_matrices.to_xyz_d50(source))


def _pq(signal: float) -> float:
    """Light of a signal, 1 at the reference white (ITU-R BT.2100, table 4)."""
    power = signal ** (32 / 2523)
    light = max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return 10_000 / REFERENCE_NITS * float(light ** (8192 / 1305))


def _hlg(signal: float) -> float:
    """Light before the camera, at most 1 (ITU-R BT.2100, table 5)."""
    if signal <= 0.5:
        return signal * signal / 3
    return (math.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _display_light(scene: tuple[float, float, float]) -> tuple[float, float, float]:
    """Light of a screen of 1,000 nits, 1 at the reference white (the OOTF of BT.2100, table 5)."""
    luminance = sum(weight * value for weight, value in zip(_LUMINANCE, scene, strict=True))
    red, green, blue = (_PEAK * max(0.0, luminance) ** 0.2 * value for value in scene)
    return red, green, blue


def _gain(light: float) -> float:
    """The factor that brings light from 0 to the peak to the range of the screen."""
    if light <= 1:
        return _KNEE
    if light >= _PEAK:
        return 1 / light
    (x, y), end = _MIDDLE, _PEAK
    a, b, c = 1 - 2 * x + end, 2 * (x - 1), 1 - light
    t = 2 * c / (-b - math.sqrt(b * b - 4 * a * c))
    return ((1 - t) ** 2 * _KNEE + 2 * t * (1 - t) * y + t * t) / light
