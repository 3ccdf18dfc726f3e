"""Images that end early or are damaged: what the decoder read until then is displayed, and the rest is gray.

Pillow has a switch for this, but for the whole process, which other threads and other formats share.
"""

from typing import Any

from PIL import Image
from PIL.ImageFile import ImageFile

GRAY = 128
# The color of the pixels that are missing. Of a palette it is the last entry: see `full_palette`.
_MISSING: dict[str, int | tuple[int, ...]] = {
    "L": GRAY,
    "P": 255,
    "RGB": (GRAY,) * 3,
    "LA": (0, 0),
    "RGBA": (0,) * 4,
    "CMYK": (0, 0, 0, GRAY),
    "I;16": 257 * GRAY,
    "I;16B": 257 * GRAY,
    "LAB": (GRAY,) * 3,
    "YCbCr": (GRAY,) * 3,
}


class PartialImage(ImageFile):
    """An image that keeps what was decoded before an error; `incomplete` says whether there was one."""

    incomplete = False

    def load_prepare(self) -> None:
        """Start with the color of missing pixels, since the decoder does not say how far it came."""
        if self._im is None and self.mode in _MISSING:
            self.im = Image.new(self.mode, self.size, _MISSING[self.mode]).im
        super().load_prepare()

    def load(self) -> Any:
        """Decode; raises the decoder's error only if there is not one pixel before it."""
        try:
            return super().load()
        except (OSError, SyntaxError, ValueError):
            if self._im is None or self.is_blank():
                raise
        self.incomplete, self.tile = True, []
        return Image.Image.load(self)

    def is_blank(self) -> bool:
        """Whether every pixel has the color of missing pixels."""
        color = _MISSING.get(self.mode, 0)
        values = color if isinstance(color, tuple) else (color,)
        return self.band_extrema() == [(value, value) for value in values]

    def band_extrema(self) -> list[tuple[float, float]]:
        """The least and the greatest value of each band."""
        if self.im.bands == 1:
            return [self.im.getextrema()]
        return [self.im.getband(number).getextrema() for number in range(self.im.bands)]


def full_palette(colors: bytes) -> bytes:
    """A palette of 256 colors; those that the file leaves out are gray."""
    return colors.ljust(3 * 256, bytes([GRAY]))
