"""Random draws: one photo of a collection, with a chance of exactly its weight over the weight of all.

Photos lie in classes by weight, each an octave, and in a class on a dial of 2^32 hashes (`membership.slot`); the totals
of a collection hold number and weight of each class. A draw chooses a class by weight, cuts its dial into equal
windows, chooses one of them evenly, reads it, and takes it with the chance weight / bound; else it chooses again
(rejection over a fixed bound: Matias, Vitter, Ni 2003). Inside, it chooses by weight. So within a class

    P(photo) ~ 1/windows * window/bound * photo/window = photo / (windows * bound)

whatever the windows hold, if only one bound stands over all of them: docs/decisions/0011-random-draws.md has the rest.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.errors import NotFound, Unavailable
from chalicelib.library.collections import HASH_COUNT, collections_for, max_weight, sampling_key_at
from chalicelib.library.photo import Photo
from chalicelib.library.totals import Trend

# At least so many rows are expected in a window; fewer make more draws miss, more make each read longer.
ROWS_PER_WINDOW = 128
# That a given window is over its bound is less likely than 2^-64.
TAIL_EXPONENT = 64 * math.log(2)
# Each is taken with a chance of more than 0.4: so many misses in a row do not happen, unless the rows are not there.
MAX_WINDOWS = 64
MAX_ATTEMPTS = 8

# A weight class: its octave, how many photos it has, and their weight in millionths.
type WeightClass = tuple[int, int, int]


class Rng(Protocol):
    """Where chance comes from, such as `random.SystemRandom`."""

    def randrange(self, stop: int, /) -> int:
        """A whole number from 0 to just before `stop`, each as likely as the others."""


@dataclass(frozen=True, slots=True)
class WeightedRow:
    """One photo's row on a dial, with the weight that it lies there for."""

    photo_id: str
    weight: int


class SamplingIndex(Protocol):
    """The dials of the collections, and what must be known to trust a row on them."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals; strongly consistent."""

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        """Every row from the first slot to the last, both included; it may lag behind the totals for a moment."""

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        """A photo, and a collection's totals, as they are at one instant."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo that was drawn, and how likely that was."""

    photo: Photo
    probability: float


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws from the collections as they are now."""

    index: SamplingIndex
    rng: Rng

    def draw(self, scope: str, tag: str, viewer: str | None) -> Sample:
        """One photo that this viewer may see; raises NotFound for an empty collection, Unavailable after ill luck.

        The row says which photo it is, the photo itself whether it is still so: a row that is not true any more is put
        aside. Weight and totals are read at one instant, for two reads might have an edit between them.
        """
        aside = set[WeightedRow]()

        def between(first: str, last: str) -> Iterable[WeightedRow]:
            return (lot for lot in self.index.rows_between(scope, tag, first, last) if lot not in aside)

        for _ in range(MAX_ATTEMPTS):
            trend = self.index.get_trend(scope, tag)
            classes = _classes(trend)
            if not classes:
                raise NotFound("No photo is there under this label.")
            lot = choose_row(classes, between, self.rng)
            if lot is None:
                continue
            photo, trend = self.index.get_photo_and_trend(scope, tag, lot.photo_id)
            stands = photo is not None and photo.visible_to(viewer) and (scope, tag) in collections_for(photo)
            whole = sum(weight for _, _, weight in _classes(trend))
            if photo and stands and photo.weight == lot.weight <= whole:
                return Sample(photo, photo.weight / whole)
            aside.add(lot)
        raise Unavailable("This collection is changing too fast to draw from it.")


def choose_row(
    classes: Sequence[WeightClass], rows_between: Callable[[str, str], Iterable[WeightedRow]], rng: Rng
) -> WeightedRow | None:
    """One row by weight; None where the rows are not yet as the totals say, and both should be looked at again."""
    octave, photos, weight = _by_weight(classes, rng)
    windows = window_count(photos)
    bound = window_weight_bound(octave, windows, weight)
    for _ in range(MAX_WINDOWS):
        first, last = window_bounds(octave, windows, rng.randrange(windows))
        found, lot = _at(rng.randrange(bound), rows_between(first, last))
        if found > bound:  # the totals have not been told of all this: begin again, with a bound that stands over it
            bound *= 2
        elif lot:
            return lot
        elif windows == 1:
            return None
    raise Unavailable("This collection is changing too fast to draw from it.")


def window_count(photos: int) -> int:
    """How many windows the dial of so many photos is cut into; it must follow from this number alone."""
    return max(1, photos // ROWS_PER_WINDOW)


def window_bounds(octave: int, windows: int, number: int) -> tuple[str, str]:
    """The first slot and the last of one of so many equal windows, numbered from 0."""
    begins, ends = (edge * HASH_COUNT // windows for edge in (number, number + 1))
    return sampling_key_at(octave, begins), sampling_key_at(octave, ends - 1)


def window_weight_bound(octave: int, windows: int, weight: int) -> int:
    """The weight, in millionths, that no window exceeds: of a single one its own, else that of Bernstein's inequality.

    A row adds at most `top`, and lies in a window with the chance 1 / windows, so that in units of `top` the variance
    of a window is at most its mean, and P(window >= mean + t) <= exp(-t^2 / (2 * (mean + t / 3))) = 2^-64.
    """
    if windows == 1:
        return weight
    top = max_weight(octave)
    mean = weight / windows / top
    return math.ceil(top * (mean + TAIL_EXPONENT / 3 + math.sqrt(TAIL_EXPONENT**2 / 9 + 2 * TAIL_EXPONENT * mean)))


def _classes(trend: Trend | None) -> tuple[WeightClass, ...]:
    return tuple(each for each in trend.totals.classes if min(each) >= 0 < each[2]) if trend else ()


def _by_weight(classes: Sequence[WeightClass], rng: Rng) -> WeightClass:
    mark = rng.randrange(sum(weight for _, _, weight in classes))
    for each in classes:
        mark -= each[2]
        if mark < 0:
            break
    return each


def _at(mark: int, lots: Iterable[WeightedRow]) -> tuple[int, WeightedRow | None]:
    """The weight of all, and the one that the mark falls on where they lie end to end: one number takes or leaves the
    window and chooses in it, and no more than one row is kept."""
    total, found = 0, None
    for lot in lots:
        if total <= mark < total + lot.weight:
            found = lot
        total += lot.weight
    return total, found
