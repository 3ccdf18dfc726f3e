"""Labels that follow directly from pixels and EXIF: colors, orientation, season and time of day.

The camera is not among them: it is for the owner only, and tags of public photos are public.

It imports Pillow only when it runs, because the API imports this module and never opens an image.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.labels.labeler import MAX_LABELS, Detection, PhotoMetadata
from chalicelib.library.label import Label

if TYPE_CHECKING:
    from PIL import Image

MAX_COLORS = 3
# The share of a photo that a color must fill; more for those without a hue, which shadows and sky have everywhere.
MIN_SHARE = 0.12
MIN_SHARES = {"gray": 0.4, "black": 0.3, "white": 0.3}


class _Hue(NamedTuple):
    """The names of a range of hues, up to `below` degrees: bright, dark and pale."""

    below: int
    bright: str
    dark: str
    pale: str


HUES = (
    _Hue(10, "red", "red", "pink"),
    _Hue(15, "red", "brown", "pink"),
    _Hue(45, "orange", "brown", "orange"),
    _Hue(52, "yellow", "brown", "yellow"),
    _Hue(70, "yellow", "green", "yellow"),
    _Hue(165, "green", "green", "green"),
    _Hue(195, "turquoise", "turquoise", "turquoise"),
    _Hue(260, "blue", "blue", "blue"),
    _Hue(300, "purple", "purple", "purple"),
    _Hue(345, "pink", "pink", "pink"),
    _Hue(361, "red", "red", "pink"),
)
ORIENTATIONS = ("horizontal", "vertical", "square", "panorama")
SEASONS = ("winter", "spring", "summer", "autumn")
TIMES = ("night", "morning", "afternoon", "evening")
COLORS = ("black", "white", "gray", *sorted({name for hue in HUES for name in (hue.bright, hue.dark, hue.pale)}))
# The page shows these after other tags.
NAMES = frozenset((*ORIENTATIONS, *SEASONS, *TIMES, *COLORS, "monochrome"))


class AttributeLabeler:
    """Labels from pixels and EXIF by simple rules; deterministic."""

    version = "attributes-2"
    derivative = "small"
    follows_time = True
    side = 64  # a color that fills a tenth of a photo still has 400 pixels

    def detect(self, image: "Image.Image", metadata: PhotoMetadata) -> Detection:
        """The labels of an image, from at most `side` x `side` of its pixels."""
        from PIL import Image

        small = image.copy()
        small.thumbnail((self.side, self.side), Image.Resampling.BOX)
        small = small.convert("RGBA")
        pixels = [
            (h, s, v)
            for (h, s, v), alpha in zip(
                _triples(small.convert("RGB").convert("HSV").tobytes()), small.getchannel("A").tobytes(), strict=True
            )
            if alpha >= 128
        ]
        labels = [_orientation(metadata), *_colors(pixels), *_time(metadata, pixels)]
        return Detection(tuple(sorted(labels, key=lambda label: (-label.confidence, label.name))[:MAX_LABELS]))


def _triples(data: bytes) -> Iterator[tuple[int, int, int]]:
    return zip(data[0::3], data[1::3], data[2::3], strict=True)


def _orientation(metadata: PhotoMetadata) -> Label:
    """Horizontal, vertical, square (within 3 %), or panorama from twice as wide as high."""
    ratio = metadata.width / metadata.height if metadata.height else 1.0
    if ratio >= 2:
        return Label("panorama", 100.0)
    if abs(ratio - 1) <= 0.03:
        return Label("square", 100.0)
    return Label("horizontal" if ratio > 1 else "vertical", 100.0)


def _colors(pixels: list[tuple[int, int, int]]) -> Iterator[Label]:
    """The dominant colors of the HSV pixels, and monochrome if there are none."""
    if not pixels:
        return
    counts = Counter[str]()
    for pixel, count in Counter(pixels).items():
        counts[_color(*pixel)] += count
    shares = {name: count / len(pixels) for name, count in counts.most_common()}
    dominant = [(name, share) for name, share in shares.items() if share >= MIN_SHARES.get(name, MIN_SHARE)]
    for name, share in dominant[:MAX_COLORS]:
        yield Label(name, round(min(95.0, 60 + 70 * share), 1))
    # By chroma, not saturation: nearly black pixels have any saturation.
    grays = sum(1 for _, s, v in pixels if s * v <= 12 * 255) / len(pixels)
    if grays >= 0.98:
        yield Label("monochrome", round(98 * grays, 1))


def _color(hue: int, saturation: int, value: int) -> str:
    """The name of a color; hue, saturation and value from 0 to 255, as in Pillow."""
    if value < 45:
        return "black"
    if saturation < 35 or saturation * value < 20 * 255:
        return "white" if value > 205 else "black" if value < 60 else "gray"
    degrees = hue * 360 / 255
    names = next(names for names in HUES if degrees < names.below)
    if value < 165:
        return names.dark
    return names.pale if saturation < 140 and value > 190 else names.bright


def _time(metadata: PhotoMetadata, pixels: list[tuple[int, int, int]]) -> Iterator[Label]:
    """The season (of the northern hemisphere, as EXIF rarely has a location) and the time of day.

    A camera's clock may be wrong, so the hour is only a hint: night also needs a dark image, the other times one that
    is not dark.
    """
    if metadata.taken_at is None:
        return
    yield Label(SEASONS[metadata.taken_at.month % 12 // 3], 70.0)
    brightness = sum(v for _, _, v in pixels) / len(pixels) if pixels else 0.0
    hour = metadata.taken_at.hour
    name = "night" if hour < 5 or hour >= 22 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    if (name == "night") == (brightness < 70):
        yield Label(name, 55.0)
