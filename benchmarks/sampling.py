"""Random draws at 100 to 1,000,000 photos: DynamoDB reads per draw, and deviation from exact probabilities.

Runs the production code on a simulated store, next to a common shortcut: select one of the same windows uniformly, then
a photo by weight within it. Deviations are calculated, not sampled: each photo's probability against its share of the
total weight. The chi-square test uses the actual draws.
"""

import random
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate

from chalicelib.library.collections import HASH_COUNT, weight_class_of
from chalicelib.library.photo import Photo
from chalicelib.library.sampling import Sampler, WeightedRow, window_bounds, window_count, window_weight_bound
from chalicelib.library.totals import Totals, Trend
from tests.support.chi_square import p_value
from tests.support.factories import NOON, photo

SIZES = (100, 10_000, 1_000_000)
DRAWS = 20_000
KINDS: dict[str, Callable[[random.Random], int]] = {
    "even": lambda _: 500_000,
    "very uneven": lambda rng: round(10 ** rng.uniform(0, 5.999)),
}
PHOTO = photo(user_tags=("cat",))


@dataclass
class Rows:
    """Rows ordered by hash: hash, weight, and number of the photo."""

    hashes: array[int]
    weights: array[int]
    photos: array[int]

    @staticmethod
    def of(rows: list[tuple[int, int, int]]) -> "Rows":
        """Sort these rows by hash."""
        rows.sort()
        hashes, weights, photos = (array("Q", (row[n] for row in rows)) for n in range(3))
        return Rows(hashes, weights, photos)

    def within(self, first: int, last: int) -> range:
        """Indexes of the rows between two hashes, inclusive."""
        return range(bisect_left(self.hashes, first), bisect_right(self.hashes, last))

    def windows(self) -> Iterator[range]:
        """Indexes of the rows in each window."""
        count = window_count(len(self.hashes))
        for number in range(count):
            yield self.within(*(int(slot[3:], 16) for slot in window_bounds(0, count, number)))

    def weight(self, indexes: range) -> int:
        """Total weight of these rows."""
        return sum(self.weights[index] for index in indexes)


@dataclass
class SimulatedIndex:
    """A SamplingIndex over arrays, by class and as a whole; counts reads."""

    size: int
    kind: str
    reads: int = 0
    rows: int = 0
    weights: array[int] = field(default_factory=lambda: array("Q"))

    def __post_init__(self) -> None:
        rng = random.Random(self.size)
        self.weights = array("Q", (KINDS[self.kind](rng) for _ in range(self.size)))
        rows = [(rng.randrange(HASH_COUNT), weight, n) for n, weight in enumerate(self.weights)]
        classes: dict[int, list[tuple[int, int, int]]] = {}
        for row in rows:
            classes.setdefault(weight_class_of(row[1]), []).append(row)
        self.classes = {octave: Rows.of(found) for octave, found in sorted(classes.items())}
        self.whole = Rows.of(rows)
        totals = tuple((octave, len(rows.weights), sum(rows.weights)) for octave, rows in self.classes.items())
        self.totals = Trend("public", "cat", Totals(classes=totals), 0, None, NOON, 1)

    def get_trend(self, _scope: str, _tag: str) -> Trend:
        self.reads += 1
        return self.totals

    def rows_between(self, _scope: str, _tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        self.reads += 1
        rows = self.classes[int(first[:2])]
        indexes = rows.within(int(first[3:], 16), int(last[3:], 16))
        self.rows += len(indexes)
        for index in indexes:
            yield WeightedRow(str(rows.photos[index]), rows.weights[index])

    def get_photo_and_trend(self, _scope: str, _tag: str, photo_id: str) -> tuple[Photo, Trend]:
        self.reads += 1
        return replace(PHOTO, photo_id=photo_id, weight=self.weights[int(photo_id)]), self.totals


def run() -> Iterator[str]:
    """Two tables: ours next to uniform chunks, and other window sizes."""
    yield "| photos | weights | reads | rows | largest deviation | p | chunk: largest deviation | p |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for size in SIZES:
        for kind in KINDS:
            store = SimulatedIndex(size, kind)
            rng = random.Random(1)
            sampling = Sampler(store, rng)
            ours = Counter(sampling.draw("public", "cat", None).photo.photo_id for _ in range(DRAWS))
            chunk = Counter(_draw_from_chunks(store, rng))
            expected = {str(n): float(store.weights[n]) for rows in store.classes.values() for n in rows.photos}
            yield (
                f"| {size:,} | {kind} | {store.reads / DRAWS:.2f} | {store.rows / DRAWS:.0f} "
                f"| {_largest(_ours(store)):.1%} | {p_value(ours, expected):.2g} "
                f"| {_largest(_chunk(store)):.0%} | {p_value(chunk, expected):.2g} |"
            )
    yield "\n| minimum rows per window | windows read, weights at the top of their class | near the bottom | rows |"
    yield "| ---: | ---: | ---: | ---: |"
    for rows in (32, 64, 128, 256):
        top, bottom = (_windows_read(rows, weight) for weight in (500_000, 250_001))
        yield f"| {rows} | {top:.2f} | {bottom:.2f} | {top * rows:.0f} to {bottom * rows:.0f} |"
    yield "\nTarget: at most 5 reads including totals and photo; chi-square clean (p above 0.001)."


def _draw_from_chunks(store: SimulatedIndex, rng: random.Random) -> Iterator[str]:
    """The shortcut: select a window of all photos uniformly, then a photo by weight within it."""
    count = window_count(store.size)
    for _ in range(DRAWS):
        indexes: range = range(0)
        while not indexes:
            first, last = window_bounds(0, count, rng.randrange(count))
            indexes = store.whole.within(int(first[3:], 16), int(last[3:], 16))
        sums = list(accumulate(store.whole.weights[index] for index in indexes))
        yield str(store.whole.photos[indexes[bisect_right(sums, rng.randrange(sums[-1]))]])


def _ours(store: SimulatedIndex) -> Iterator[float]:
    """Actual over exact probability for the photos of each window."""
    for octave, rows in store.classes.items():
        windows = [rows.weight(indexes) for indexes in rows.windows()]
        bound = window_weight_bound(octave, len(windows), sum(windows))
        assert max(windows) <= bound
        rejected = 1 - sum(windows) / (len(windows) * bound)
        for weight in windows:
            if weight:
                accepted = weight / bound / len(windows) / (1 - rejected)
                yield accepted / weight * sum(windows)


def _chunk(store: SimulatedIndex) -> Iterator[float]:
    """The same for uniform chunks."""
    windows = [store.whole.weight(indexes) for indexes in store.whole.windows()]
    yield from (sum(windows) / len(windows) / weight for weight in windows if weight)


def _largest(ratios: Iterator[float]) -> float:
    return max(abs(ratio - 1) for ratio in ratios)


def _windows_read(rows: int, weight: int) -> float:
    """Expected windows read per draw from a million photos of this weight."""
    windows = 1_000_000 // rows
    return window_weight_bound(1, windows, weight * 1_000_000) / (weight * 1_000_000 / windows)
