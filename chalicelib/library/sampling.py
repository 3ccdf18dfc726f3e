"""Random sampling: one photo of a collection, with probability exactly its weight over the weight of all.

Memberships are divided into weight classes (each weight is more than half of its class's largest), and in a class they
are ordered by a 32-bit hash of the photo id (`collections.sampling_key`). A collection's totals hold the number of
photos and the weight of each class. A draw picks a class by weight, divides its hash range into equal windows, picks
one window uniformly, reads it, and accepts it with probability weight / bound; otherwise it picks again
(rejection with a fixed bound: Matias, Vitter, Ni 2003). In the window it picks by weight. So within a class

    P(photo) ~ 1/windows * window/bound * photo/window = photo / (windows * bound)

for any content of the windows, as long as the bound is at least the weight of each
(docs/decisions/0011-random-draws.md).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.errors import NotFound, Unavailable
from chalicelib.library.collections import HASH_COUNT, album_of, collections_for, max_weight, sampling_key_at
from chalicelib.library.photo import Photo
from chalicelib.library.totals import Trend

# Expected rows per window, at least; fewer reject more draws, more make each read longer.
ROWS_PER_WINDOW = 128
# The probability that a given window exceeds its bound is less than exp(-TAIL_EXPONENT) = 2^-64.
TAIL_EXPONENT = 64 * math.log(2)
# Each window is accepted with probability over 0.4: so many rejections in a row mean that rows are missing.
MAX_WINDOWS = 64
MAX_ATTEMPTS = 8
UNSTABLE = "This collection is changing too fast to select a random photo."

# A weight class: its number, how many photos it has, and their weight in millionths.
type WeightClass = tuple[int, int, int]


class Rng(Protocol):
    """A source of random numbers, such as `random.SystemRandom`."""

    def randrange(self, stop: int, /) -> int:
        """A uniformly distributed integer from 0 up to but excluding `stop`."""


@dataclass(frozen=True, slots=True)
class WeightedRow:
    """A photo id and its weight in millionths, as the sampling index has them."""

    photo_id: str
    weight: int


class SamplingIndex(Protocol):
    """Reads memberships by sampling key, and the records to verify them."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals, or None; strongly consistent."""

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        """All rows from the first sampling key to the last, both included; eventually consistent."""

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        """A photo and a collection's totals, read in one transaction."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A random photo and its probability."""

    photo: Photo
    probability: float


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws random photos from collections."""

    index: SamplingIndex
    rng: Rng

    def draw(self, scope: str, tag: str, viewer: str | None) -> Sample:
        """A random photo that the viewer may see; raises NotFound for an empty collection, Unavailable if it changes
        too fast. Of an album, the viewer must be one of those who may see it.

        The index may be stale, so each row is checked against the photo, and an outdated row is excluded from further
        attempts. Weight and totals are read in one transaction: an edit may come between two reads.
        """
        outdated = set[WeightedRow]()

        def rows_between(first: str, last: str) -> Iterable[WeightedRow]:
            return (row for row in self.index.rows_between(scope, tag, first, last) if row not in outdated)

        for _ in range(MAX_ATTEMPTS):
            trend = self.index.get_trend(scope, tag)
            classes = _classes(trend)
            if not classes:
                raise NotFound("There is no such photo.")
            row = choose_row(classes, rows_between, self.rng)
            if row is None:
                continue
            photo, trend = self.index.get_photo_and_trend(scope, tag, row.photo_id)
            is_member = photo is not None and (scope, tag) in collections_for(photo) and _may_see(viewer, photo, scope)
            total_weight = sum(weight for _, _, weight in _classes(trend))
            if photo and is_member and photo.weight == row.weight <= total_weight:
                return Sample(photo, photo.weight / total_weight)
            outdated.add(row)
        raise Unavailable(UNSTABLE)


def _may_see(viewer: str | None, photo: Photo, scope: str) -> bool:
    """Whether the viewer may see a photo of a collection in this scope."""
    return album_of(scope) is not None or photo.visible_to(viewer)


def choose_row(
    classes: Sequence[WeightClass], rows_between: Callable[[str, str], Iterable[WeightedRow]], rng: Rng
) -> WeightedRow | None:
    """One row by weight; None if the index does not match the totals yet and both must be read again."""
    weight_class, photos, weight = _choose_class(classes, rng)
    windows = window_count(photos)
    bound = window_weight_bound(weight_class, windows, weight)
    for _ in range(MAX_WINDOWS):
        first, last = window_bounds(weight_class, windows, rng.randrange(windows))
        window_weight, row = _row_at(rng.randrange(bound), rows_between(first, last))
        if window_weight > bound:  # the totals do not include all of these rows: start over with a larger bound
            bound *= 2
        elif row:
            return row
        elif windows == 1:
            return None
    raise Unavailable(UNSTABLE)


def window_count(photos: int) -> int:
    """The number of windows for so many photos in a class; it must depend on this number alone."""
    return max(1, photos // ROWS_PER_WINDOW)


def window_bounds(weight_class: int, windows: int, number: int) -> tuple[str, str]:
    """The first and the last sampling key of one of so many equal windows, numbered from 0."""
    start, end = (edge * HASH_COUNT // windows for edge in (number, number + 1))
    return sampling_key_at(weight_class, start), sampling_key_at(weight_class, end - 1)


def window_weight_bound(weight_class: int, windows: int, weight: int) -> int:
    """A bound, in millionths, on the weight of each window: exact for a single one, else by Bernstein's inequality.

    A row adds at most `top` to a window, with probability 1 / windows, so that in units of `top` the variance of a
    window is at most its mean, and P(window >= mean + t) <= exp(-t^2 / (2 * (mean + t / 3))) = 2^-64.
    """
    if windows == 1:
        return weight
    top = max_weight(weight_class)
    mean = weight / windows / top
    return math.ceil(top * (mean + TAIL_EXPONENT / 3 + math.sqrt(TAIL_EXPONENT**2 / 9 + 2 * TAIL_EXPONENT * mean)))


def _classes(trend: Trend | None) -> tuple[WeightClass, ...]:
    """The classes that have weight; negative sums, which only damaged totals have, are left out."""
    return tuple(each for each in trend.totals.classes if min(each) >= 0 < each[2]) if trend else ()


def _choose_class(classes: Sequence[WeightClass], rng: Rng) -> WeightClass:
    mark = rng.randrange(sum(weight for _, _, weight in classes))
    for each in classes:
        mark -= each[2]
        if mark < 0:
            break
    return each


def _row_at(mark: int, rows: Iterable[WeightedRow]) -> tuple[int, WeightedRow | None]:
    """The weight of all rows, and the row whose share of the cumulative weight contains `mark`, if any.

    So one random number both accepts the window and picks a row in it, and only one row is held in memory.
    """
    total, chosen = 0, None
    for row in rows:
        if total <= mark < total + row.weight:
            chosen = row
        total += row.weight
    return total, chosen
