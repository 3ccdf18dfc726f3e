"""Thumbhash: a placeholder of some 25 bytes that pages draw as a blur until the image has loaded.

Follows Evan Wallace's reference (github.com/evanw/thumbhash, MIT). The cosine transform is separable, rows first, then
columns: the same sums with a fraction of the multiplications. Transparency is preserved.
"""

from base64 import b64encode
from math import cos, pi, sumprod
from typing import NamedTuple

from PIL import Image

# The hash holds at most 7 frequencies per side; 32 pixels are enough for them, more would only cost time.
SIDE = 32


class _Channel(NamedTuple):
    """Mean of a channel, the lower triangle of its cosine coefficients scaled to 0..1, and the scale."""

    mean: float
    waves: list[float]
    scale: float


def thumbhash(image: Image.Image) -> str:
    """The thumbhash, in base64, of an image in L, RGB or RGBA."""
    scale = min(1, SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BOX, reducing_gap=1).convert("RGBA")
    return b64encode(_encode(*size, small.tobytes())).decode("ascii")


def _encode(width: int, height: int, rgba: bytes) -> bytes:
    alpha = [value / 255 for value in rgba[3::4]]
    transparent = sum(alpha) < width * height
    lightness, yellow_blue, red_green = _to_lpq(rgba, alpha)

    max_waves = 5 if transparent else 7  # the alpha channel takes two
    across = max(1, round(max_waves * width / max(width, height)))
    down = max(1, round(max_waves * height / max(width, height)))
    l_channel = _waves(lightness, width, height, max(3, across), max(3, down))
    p_channel = _waves(yellow_blue, width, height, 3, 3)
    q_channel = _waves(red_green, width, height, 3, 3)

    landscape = width > height
    colors = (
        round(63 * l_channel.mean)
        | round(31.5 + 31.5 * p_channel.mean) << 6
        | round(31.5 + 31.5 * q_channel.mean) << 12
        | round(31 * l_channel.scale) << 18
        | transparent << 23
    )
    shape = down if landscape else across
    shape |= round(63 * p_channel.scale) << 3 | round(63 * q_channel.scale) << 9 | landscape << 15
    head = colors.to_bytes(3, "little") + shape.to_bytes(2, "little")
    waves = l_channel.waves + p_channel.waves + q_channel.waves
    if transparent:
        a_channel = _waves(alpha, width, height, 5, 5)
        head += bytes([round(15 * a_channel.mean) | round(15 * a_channel.scale) << 4])
        waves += a_channel.waves
    return head + _pack_nibbles(waves)


def _to_lpq(rgba: bytes, alpha: list[float]) -> tuple[list[float], list[float], list[float]]:
    """Lightness, yellow-blue and red-green of each pixel; transparent pixels count as the mean color.

    So they do not tint their neighbors.
    """
    opacity = sum(alpha)
    channels = []
    for values in (rgba[0::4], rgba[1::4], rgba[2::4]):
        mean = sum(a * v / 255 for a, v in zip(alpha, values, strict=True)) / (opacity or 1)
        channels.append([mean * (1 - a) + a * v / 255 for a, v in zip(alpha, values, strict=True)])
    pixels = list(zip(*channels, strict=True))
    lightness = [(r + g + b) / 3 for r, g, b in pixels]
    return lightness, [(r + g) / 2 - b for r, g, b in pixels], [r - g for r, g, _ in pixels]


def _pack_nibbles(waves: list[float]) -> bytes:
    """Values of 0..1 as 4-bit numbers, two per byte, the first in the low half."""
    nibbles = [round(15 * wave) for wave in waves]
    nibbles += [0] * (len(nibbles) % 2)
    return bytes(low | high << 4 for low, high in zip(nibbles[0::2], nibbles[1::2], strict=True))


def _waves(channel: list[float], width: int, height: int, nx: int, ny: int) -> _Channel:
    """The cosine transform of one channel with `nx` by `ny` frequencies."""
    x_waves = [[cos(pi / width * c * (x + 0.5)) for x in range(width)] for c in range(nx)]
    y_waves = [[cos(pi / height * c * (y + 0.5)) for y in range(height)] for c in range(ny)]
    rows = [channel[y * width : (y + 1) * width] for y in range(height)]
    by_row = [[sumprod(row, wave) for row in rows] for wave in x_waves]
    coefficients = [
        sumprod(by_row[cx], y_waves[cy]) / (width * height)
        for cy in range(ny)
        for cx in range(nx)
        if cx * ny < nx * (ny - cy)
    ]
    mean, *rest = coefficients
    scale = max(map(abs, rest))
    return _Channel(mean, [0.5 + 0.5 / scale * wave if scale else wave for wave in rest], scale)
