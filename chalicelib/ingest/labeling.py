"""What is seen in a photo: the port to whoever looks at it, a guard for those that may be out, and the labeller
that needs no cloud.

A labeller gets the preview, never the original, and what EXIF said. The local one answers only what can be
read off directly: colours, shape, season, time of day, make of the camera. It loads Pillow when it looks,
because this module is imported where no picture is ever opened.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Protocol

from chalicelib.util.circuit_breaker import CircuitBreaker

MAX_LABELS = 10
MAX_COLORS = 3
# Nobody calls a photo grey for its shadows: what has no hue must fill more of it than a colour.
ENOUGH = {"grey": 0.4, "black": 0.3, "white": 0.3}


@dataclass(frozen=True, slots=True)
class Label:
    """One thing found: a lowercase word as a tag is stored, and how sure, 0 to 100."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What a labeller may know of a photo beside its preview; sizes in pixels as seen, `taken_at` in UTC."""

    taken_at: datetime | None
    camera: str | None
    width: int
    height: int


class Labeler(Protocol):
    """Whoever looks at photos: a service, or the local labeller."""

    def detect(self, preview: bytes, facts: PhotoMetadata) -> tuple[Label, ...]:
        """At most MAX_LABELS labels, each name once, the most certain first; none for a picture it cannot look at.

        Raises Unavailable when it cannot be asked now, whatever the reason: the photo does not wait for it.
        """


@dataclass(frozen=True, slots=True)
class GuardedLabeler:
    """A labeller behind a breaker: while it is out, no photo waits for its time-outs."""

    labeler: Labeler
    breaker: CircuitBreaker

    def detect(self, preview: bytes, facts: PhotoMetadata) -> tuple[Label, ...]:
        """What the labeller finds; raises Unavailable without asking while it is left in peace."""
        with self.breaker.guard():
            return self.labeler.detect(preview, facts)


class LocalLabeler:
    """Pixels and EXIF, by simple rules: the same photo always gets the same labels."""

    side = 64  # a colour that fills a tenth of a photo still has 400 pixels

    def detect(self, preview: bytes, facts: PhotoMetadata) -> tuple[Label, ...]:
        """The labels of a preview, by at most `side` x `side` of its pixels."""
        from PIL import Image

        with Image.open(BytesIO(preview)) as image:
            image.thumbnail((self.side, self.side), Image.Resampling.BOX)
            small = image.convert("RGBA")
        seen = [
            (h, s, v)
            for (h, s, v), alpha in zip(
                _triples(small.convert("RGB").convert("HSV").tobytes()), small.getchannel("A").tobytes(), strict=True
            )
            if alpha >= 128
        ]
        found = [_shape(facts), *_colours(seen), *_moment(facts, seen), *_make(facts)]
        return tuple(sorted(found, key=lambda label: (-label.confidence, label.name))[:MAX_LABELS])


def _triples(data: bytes) -> Iterator[tuple[int, int, int]]:
    return zip(data[0::3], data[1::3], data[2::3], strict=True)


def _shape(facts: PhotoMetadata) -> Label:
    """Landscape, portrait, square (within 3 %), or panorama from twice as wide as high."""
    ratio = facts.width / facts.height if facts.height else 1.0
    if ratio >= 2:
        return Label("panorama", 100.0)
    if abs(ratio - 1) <= 0.03:
        return Label("square", 100.0)
    return Label("landscape" if ratio > 1 else "portrait", 100.0)


def _colours(seen: list[tuple[int, int, int]]) -> Iterator[Label]:
    """The colours that fill enough of what is seen, and whether there is any colour at all."""
    if not seen:
        return
    shares = {word: count / len(seen) for word, count in Counter(_colour(*pixel) for pixel in seen).most_common()}
    dominant = [(word, share) for word, share in shares.items() if share >= ENOUGH.get(word, 0.12)]
    for word, share in dominant[:MAX_COLORS]:
        yield Label(word, round(min(95.0, 60 + 70 * share), 1))
    # Chroma, not saturation: what is nearly black has any saturation.
    greys = sum(1 for _, s, v in seen if s * v <= 12 * 255) / len(seen)
    if greys >= 0.98:
        yield Label("monochrome", round(98 * greys, 1))


def _colour(hue: int, saturation: int, value: int) -> str:
    """The plain word for a colour; all three 0 to 255, as Pillow has them."""
    if value < 45:
        return "black"
    if saturation < 35 or saturation * value < 20 * 255:
        return "white" if value > 205 else "black" if value < 60 else "grey"
    degrees = hue * 360 / 255
    if degrees < 45 or degrees >= 345:
        if saturation < 140 and value > 190 and (degrees < 15 or degrees >= 345):
            return "pink"
        if 10 <= degrees < 345 and value < 165:
            return "brown"
        return "orange" if 15 <= degrees < 45 else "red"
    if degrees < 70 and value < 165:  # olive: leaves in the shade, or earth
        return "green" if degrees >= 52 else "brown"
    for below, word in ((70, "yellow"), (165, "green"), (195, "turquoise"), (260, "blue"), (300, "purple")):
        if degrees < below:
            return word
    return "pink"


def _moment(facts: PhotoMetadata, seen: list[tuple[int, int, int]]) -> Iterator[Label]:
    """Season (of the northern hemisphere: EXIF seldom tells which) and time of day, by the camera's clock.

    The clock is UTC where the camera wrote its offset and the camera's own where it did not, so the hour is
    only a hint: night wants a dark picture, the other times one that is not.
    """
    if facts.taken_at is None:
        return
    yield Label(("winter", "spring", "summer", "autumn")[facts.taken_at.month % 12 // 3], 70.0)
    light = sum(v for _, _, v in seen) / len(seen) if seen else 0.0
    hour = facts.taken_at.hour
    word = "night" if hour < 5 or hour >= 22 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    if (word == "night") == (light < 70):
        yield Label(word, 55.0)


def _make(facts: PhotoMetadata) -> Iterator[Label]:
    """The camera's make: its first word."""
    words = (facts.camera or "").casefold().split()
    if words and words[0].isalpha():
        yield Label(words[0], 99.0)
