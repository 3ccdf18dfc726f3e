"""Generated images: each has its own colors, so that no two are duplicates."""

from io import BytesIO
from itertools import count
from random import Random

from PIL import Image

PHONE_SHAPE = (600, 800)
WIDE = (900, 600)


_seeds = count()


def picture(size: tuple[int, int] = WIDE, *, grain: bool = False) -> bytes:
    """A unique JPEG; with `grain` it does not compress: about a byte a pixel."""
    dice = Random(next(_seeds))
    image = Image.new("RGB", size, _color(dice))
    image.paste(_color(dice), (0, size[1] * 3 // 5, *size))
    if grain:
        image = Image.blend(image, Image.effect_noise(size, 90).convert("RGB"), 0.5)
    stream = BytesIO()
    image.save(stream, "JPEG", quality=95 if grain else 80)
    return stream.getvalue()


def _color(dice: Random) -> tuple[int, int, int]:
    return dice.randrange(60, 230), dice.randrange(60, 230), dice.randrange(60, 230)
