"""Drawn scenes of random shapes: two of different seeds do not look alike."""

from random import Random

from PIL import Image, ImageDraw, ImageFilter


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A blurred picture of twelve random ellipses."""
    rng = Random(seed)
    width, height = size
    image = Image.new("RGB", size, _color(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        across, down = rng.uniform(0.1, 0.4) * width, rng.uniform(0.1, 0.4) * height
        draw.ellipse((x - across, y - down, x + across, y + down), fill=_color(rng))
    return image.filter(ImageFilter.GaussianBlur(4))


def _color(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
