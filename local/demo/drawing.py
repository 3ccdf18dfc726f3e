"""Generated demo photos: six simple scenes with random details, so that no two are alike."""

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Color = tuple[int, int, int]
Size = tuple[int, int]
Head = tuple[float, float, float]  # center x, center y, radius
Scene = Callable[[Size, Random], Image.Image]

SKIES: list[tuple[Color, Color]] = [  # at the top, at the horizon
    ((86, 146, 205), (214, 232, 242)),
    ((52, 74, 128), (247, 186, 140)),
    ((24, 38, 74), (120, 128, 168)),
    ((120, 170, 214), (250, 236, 214)),
]
BACKGROUNDS: list[Color] = [(233, 196, 160), (186, 208, 196), (214, 190, 208), (190, 204, 224), (240, 214, 140)]
OVERSAMPLING = 2  # drawn larger and scaled down for smooth edges


def mountain(size: Size, rng: Random) -> Image.Image:
    """Mountain ridges, the farthest with snow."""
    image, sky = _sky(size, rng, sun=True)
    _ridges(image, rng, sky, horizon=1.0, layers=4)
    return image


def lake(size: Size, rng: Random) -> Image.Image:
    """Mountains reflected in a lake."""
    image, sky = _sky(size, rng, sun=True)
    width, height = size
    shore = round(height * rng.uniform(0.52, 0.62))
    _ridges(image, rng, sky, horizon=shore / height, layers=3)
    below = image.crop((0, max(0, 2 * shore - height), width, shore)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    water = Image.blend(below, Image.new("RGB", below.size, (44, 84, 112)), 0.35)
    image.paste(water.filter(ImageFilter.GaussianBlur(height / 300)), (0, shore))
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(40):
        y = rng.uniform(shore, height)
        x, reach = rng.uniform(0, width), rng.uniform(0.02, 0.12) * width * (y - shore) / (height - shore)
        draw.line((x, y, x + reach, y), fill=(255, 255, 255, 60), width=max(1, height // 500))
    return image


def clouds(size: Size, rng: Random) -> Image.Image:
    """Clouds in a blue sky."""
    image, _ = _sky(size, rng, sun=False)
    width, height = size
    veil = Image.new("L", size)
    draw = ImageDraw.Draw(veil)
    for _ in range(rng.randint(5, 9)):
        x, y, scale = rng.uniform(0, width), rng.uniform(0.1, 0.9) * height, rng.uniform(0.05, 0.13) * width
        for _ in range(14):
            radius = scale * rng.uniform(0.3, 0.8)
            dx, dy = rng.gauss(0, 1) * scale, -abs(rng.gauss(0, 0.35)) * scale
            draw.ellipse((x + dx - radius, y + dy - radius * 0.7, x + dx + radius, y + dy + radius * 0.7), fill=225)
    veil = veil.filter(ImageFilter.GaussianBlur(width / 90))
    image.paste((252, 250, 248), (0, 0), veil)
    return image


def beach(size: Size, rng: Random) -> Image.Image:
    """Sea, sand and an umbrella."""
    image, _ = _sky(size, rng, sun=True)
    width, height = size
    draw = ImageDraw.Draw(image)
    horizon, sand = height * rng.uniform(0.38, 0.48), height * rng.uniform(0.62, 0.7)
    _shade(image, (0, round(horizon), width, round(sand) + height // 12), (38, 110, 150), (122, 200, 204))
    bay = rng.uniform(0.6, 1.4)
    edge = [(x, sand + height * 0.05 * math.sin(bay * math.pi * x / width)) for x in range(0, width + 8, 8)]
    draw.line(edge, fill=(246, 250, 250), width=max(4, height // 60))
    draw.polygon([*edge, (width, height), (0, height)], fill=(232, 208, 164))
    x, y, reach = rng.uniform(0.25, 0.75) * width, height * 0.9, height * rng.uniform(0.16, 0.22)
    draw.line((x, y, x + reach * 0.15, y - 1.7 * reach), fill=(250, 246, 238), width=max(3, height // 110))
    first, second = rng.sample([(214, 72, 62), (252, 248, 240), (58, 122, 160), (240, 186, 70)], 2)
    for part in range(6):
        box = (x - reach * 0.85, y - 2.5 * reach, x + reach * 1.15, y - 0.9 * reach)
        draw.pieslice(box, 180 + 30 * part, 210 + 30 * part, fill=second if part % 2 else first)
    return image


def cat(size: Size, rng: Random) -> Image.Image:
    """A cat's face."""
    fur = rng.choice([(72, 68, 70), (206, 134, 70), (150, 142, 138), (236, 228, 216)])
    image, draw, (x, y, head) = _animal(size, rng, fur)
    ears = _darker(fur, 0.85)
    for side in (-1, 1):
        outer, inner = [(0.95, -0.2), (0.82, -1.35), (0.15, -0.85)], [(0.8, -0.5), (0.74, -1.1), (0.4, -0.8)]
        draw.polygon([(x + side * head * across, y + head * down) for across, down in outer], fill=fur)
        draw.polygon([(x + side * head * across, y + head * down) for across, down in inner], fill=ears)
    draw.ellipse((x - head, y - head * 0.9, x + head, y + head * 0.85), fill=fur)
    eyes = rng.choice([(150, 190, 90), (226, 180, 70), (110, 170, 200)])
    for side in (-1, 1):
        _eye(draw, x + side * head * 0.42, y - head * 0.12, head * 0.22, eyes, slit=True)
        for whisker in (-0.12, 0.02, 0.16):
            start = (x + side * head * 0.3, y + head * 0.35)
            draw.line([start, (x + side * head * 1.3, y + head * (0.3 + whisker))], fill=(245, 240, 232), width=3)
    nose = [(x - head * 0.1, y + head * 0.2), (x + head * 0.1, y + head * 0.2), (x, y + head * 0.32)]
    draw.polygon(nose, fill=(214, 140, 140))
    return image


def dog(size: Size, rng: Random) -> Image.Image:
    """A dog's face."""
    fur = rng.choice([(176, 120, 72), (226, 196, 150), (96, 72, 58), (236, 230, 222)])
    image, draw, (x, y, head) = _animal(size, rng, fur)
    draw.ellipse((x - head * 0.95, y - head, x + head * 0.95, y + head * 0.9), fill=fur)
    for side in (-1, 1):
        ear = x + side * head * 0.95
        draw.ellipse((ear - head * 0.33, y - head * 0.85, ear + head * 0.33, y + head * 0.65), fill=_darker(fur, 0.7))
        _eye(draw, x + side * head * 0.38, y - head * 0.2, head * 0.15, (70, 46, 34), slit=False)
    draw.ellipse((x - head * 0.5, y + head * 0.05, x + head * 0.5, y + head * 0.8), fill=_lighter(fur, 0.35))
    draw.ellipse((x - head * 0.2, y + head * 0.08, x + head * 0.2, y + head * 0.36), fill=(44, 38, 38))
    draw.pieslice((x - head * 0.18, y + head * 0.4, x + head * 0.18, y + head * 0.95), 0, 180, fill=(214, 110, 116))
    draw.line((x, y + head * 0.36, x, y + head * 0.66), fill=(44, 38, 38), width=max(3, round(head / 30)))
    return image


SCENES: dict[str, Scene] = {
    "mountain": mountain,
    "lake": lake,
    "clouds": clouds,
    "beach": beach,
    "cat": cat,
    "dog": dog,
}


def draw(name: str, size: Size, rng: Random) -> Image.Image:
    """A random image of the scene, RGB, of exactly this size."""
    large = SCENES[name]((size[0] * OVERSAMPLING, size[1] * OVERSAMPLING), rng)
    return large.resize(size, Image.Resampling.BOX)


def _sky(size: Size, rng: Random, *, sun: bool) -> tuple[Image.Image, tuple[Color, Color]]:
    above, below = rng.choice(SKIES)
    image = Image.new("RGB", size)
    _shade(image, (0, 0, *size), above, below)
    if sun:
        x, y, radius = rng.uniform(0.15, 0.85) * size[0], rng.uniform(0.12, 0.35) * size[1], size[1] * 0.045
        glow = Image.new("RGB", size)
        disc = ImageDraw.Draw(glow)
        disc.ellipse((x - 3 * radius, y - 3 * radius, x + 3 * radius, y + 3 * radius), fill=(60, 50, 34))
        glow = glow.resize((size[0] // 8, size[1] // 8)).filter(ImageFilter.GaussianBlur(radius / 8)).resize(size)
        ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 244, 214))
        image = ImageChops.add(image, glow)
    return image, (above, below)


def _shade(image: Image.Image, box: tuple[int, int, int, int], above: Color, below: Color) -> None:
    """Fill a box from one color above to another below."""
    ramp = Image.linear_gradient("L").resize((box[2] - box[0], box[3] - box[1]))
    image.paste(Image.composite(Image.new("RGB", ramp.size, below), Image.new("RGB", ramp.size, above), ramp), box[:2])


def _ridges(image: Image.Image, rng: Random, sky: tuple[Color, Color], *, horizon: float, layers: int) -> None:
    width, height = image.size
    draw = ImageDraw.Draw(image)
    near = rng.choice([(38, 66, 62), (46, 54, 84), (74, 62, 58)])
    for layer in range(layers):
        depth = (layer + 1) / layers  # 1 is the nearest
        color = _mix(sky[1], near, 0.3 + 0.7 * depth)
        base = height * (horizon * (0.45 + 0.5 * depth) - 0.08)
        line = _ridge(rng, width, base, height * 0.3 * (1.15 - 0.6 * depth))
        draw.polygon([*line, (width, height * horizon), (0, height * horizon)], fill=color)
        if layer == 0:
            snow = min(y for _, y in line) + height * 0.07
            wavers = [snow + rng.uniform(-1, 1) * height * 0.012 for _ in line]
            lower = [(x, max(y, min(limit, y + height * 0.1))) for (x, y), limit in zip(line, wavers, strict=True)]
            draw.polygon([*line, *reversed(lower)], fill=(244, 246, 250))


def _ridge(rng: Random, width: int, base: float, rough: float) -> list[tuple[float, float]]:
    """A ridge line by midpoint displacement: each step halves the distance and nearly halves the roughness."""
    heights = [rng.uniform(-0.4, 0.4), -rng.uniform(0.4, 1), rng.uniform(-0.4, 0.4)]
    step = 0.5
    while len(heights) < 129:
        middles = [(a + b) / 2 + rng.uniform(-step, step) for a, b in pairwise(heights)]
        heights = [h for pair in zip(heights, middles, strict=False) for h in pair] + [heights[-1]]
        step *= 0.55
    return [(width * i / (len(heights) - 1), base + rough * h) for i, h in enumerate(heights)]


def _animal(size: Size, rng: Random, fur: Color) -> tuple[Image.Image, ImageDraw.ImageDraw, Head]:
    """Shoulders before a plain wall, and where the head goes."""
    width, height = size
    wall = rng.choice(BACKGROUNDS)
    image = Image.new("RGB", size)
    _shade(image, (0, 0, *size), _lighter(wall, 0.25), wall)
    draw = ImageDraw.Draw(image)
    head = min(width, height) * rng.uniform(0.2, 0.25)
    x, y = width * rng.uniform(0.38, 0.62), height * rng.uniform(0.42, 0.5)
    draw.ellipse((x - head * 1.35, y + head * 0.5, x + head * 1.35, y + head * 4.5), fill=_darker(fur, 0.88))
    return image, draw, (x, y, head)


def _eye(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, color: Color, *, slit: bool) -> None:
    pupil = radius * (0.3 if slit else 0.6)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    draw.ellipse((x - pupil, y - radius * 0.8, x + pupil, y + radius * 0.8), fill=(24, 20, 20))
    draw.ellipse((x + radius * 0.1, y - radius * 0.6, x + radius * 0.4, y - radius * 0.3), fill=(255, 255, 255))


def _mix(one: Color, other: Color, share: float) -> Color:
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def _darker(color: Color, share: float) -> Color:
    return _mix((0, 0, 0), color, share)


def _lighter(color: Color, share: float) -> Color:
    return _mix(color, (255, 255, 255), share)
