"""Perceptual hashes: 64 bits that change little when an image is encoded again, resized or brightened.

The signs of the lowest frequencies of a cosine transform against their median (pHash, Zauner 2010). A second hash, of
the middle of the image, finds what has been cropped, which the first one cannot.
"""

from math import cos, pi, sumprod
from statistics import median

from PIL import Image

SIDE = 32
FREQUENCIES = 8
# The middle has this share of each side.
MIDDLE = 0.9
# Of gray levels: an image without larger waves has no content that a hash could describe.
MIN_AMPLITUDE = 0.5
_COSINES = [[cos(pi / SIDE * frequency * (x + 0.5)) for x in range(SIDE)] for frequency in range(FREQUENCIES)]


def perceptual_hash(image: Image.Image) -> bytes:
    """16 bytes: the hash of an upright sRGB image and that of its middle; transparent pixels count as white.

    A hash of 8 zero bytes describes nothing: that of an image of one color.
    """
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    gray = image.convert("L")
    margin = (1 - MIDDLE) / 2
    width, height = gray.size
    middle = (margin * width, margin * height, (1 - margin) * width, (1 - margin) * height)
    return _hash(gray, (0, 0, width, height)) + _hash(gray, middle)


def _hash(gray: Image.Image, box: tuple[float, float, float, float]) -> bytes:
    pixels = gray.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box).tobytes()
    rows = [[float(value) for value in pixels[start : start + SIDE]] for start in range(0, SIDE * SIDE, SIDE)]
    by_row = [[sumprod(row, wave) for row in rows] for wave in _COSINES]
    waves = [sumprod(by_row[x], _COSINES[y]) for y in range(FREQUENCIES) for x in range(FREQUENCIES)]
    details = waves[1:]  # without the mean, which brightness changes
    if max(map(abs, details)) < MIN_AMPLITUDE * SIDE * SIDE / 4:
        return bytes(FREQUENCIES)
    middle = median(details)
    bits = sum((wave > middle) << index for index, wave in enumerate(details))
    return bits.to_bytes(FREQUENCIES, "big")
