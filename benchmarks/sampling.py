"""Random draws at 100, 10,000 and 1,000,000 photos: reads of DynamoDB for each, and how far they are from exact.

Over a simulated store, through the very code that draws; beside it stands what is often done instead: to choose one
of the same windows evenly, and then by weight inside it. Deviations are reckoned, not sampled: of the chance of each
single photo from its weight over the sum of all. The chi-square test is over what was really drawn.
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
    "wildly uneven": lambda rng: round(10 ** rng.uniform(0, 5.999)),
}
SOMEBODYS = photo(user_tags=("cat",))


@dataclass
class Dial:
    """Rows in order of their hashes: hash, weight, and number of the photo."""

    hashes: array[int]
    weights: array[int]
    photos: array[int]

    @staticmethod
    def of(rows: list[tuple[int, int, int]]) -> "Dial":
        """A dial of these rows, in any order."""
        rows.sort()
        hashes, weights, photos = (array("Q", (row[n] for row in rows)) for n in range(3))
        return Dial(hashes, weights, photos)

    def within(self, first: int, last: int) -> range:
        """The places of the rows between two hashes, both included."""
        return range(bisect_left(self.hashes, first), bisect_right(self.hashes, last))

    def windows(self) -> Iterator[range]:
        """The places of the rows in each window."""
        many = window_count(len(self.hashes))
        for number in range(many):
            yield self.within(*(int(slot[3:], 16) for slot in window_bounds(0, many, number)))

    def weight(self, places: range) -> int:
        """What these rows weigh together."""
        return sum(self.weights[place] for place in places)


@dataclass
class Simulated:
    """`sampling.Slots` over arrays: the rows by class, and all in one; what is read is counted."""

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
        self.classes = {octave: Dial.of(found) for octave, found in sorted(classes.items())}
        self.whole = Dial.of(rows)
        totals = tuple((octave, len(dial.weights), sum(dial.weights)) for octave, dial in self.classes.items())
        self.totals = Trend("public", "cat", Totals(classes=totals), 0, None, NOON, 1)

    def get_trend(self, _scope: str, _tag: str) -> Trend:
        self.reads += 1
        return self.totals

    def rows_between(self, _scope: str, _tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        self.reads += 1
        dial = self.classes[int(first[:2])]
        places = dial.within(int(first[3:], 16), int(last[3:], 16))
        self.rows += len(places)
        for place in places:
            yield WeightedRow(str(dial.photos[place]), dial.weights[place])

    def get_photo_and_trend(self, _scope: str, _tag: str, photo_id: str) -> tuple[Photo, Trend]:
        self.reads += 1
        return replace(SOMEBODYS, photo_id=photo_id, weight=self.weights[int(photo_id)]), self.totals


def run() -> Iterator[str]:
    """Two tables: ours beside a chunk chosen evenly, and windows of other sizes."""
    yield "| photos | weights | reads | rows | largest deviation | p | chunk: largest deviation | p |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for size in SIZES:
        for kind in KINDS:
            store = Simulated(size, kind)
            rng = random.Random(1)
            sampling = Sampler(store, rng)
            ours = Counter(sampling.draw("public", "cat", None).photo.photo_id for _ in range(DRAWS))
            chunk = Counter(_from_a_chunk(store, rng))
            promised = {str(n): float(store.weights[n]) for dial in store.classes.values() for n in dial.photos}
            yield (
                f"| {size:,} | {kind} | {store.reads / DRAWS:.2f} | {store.rows / DRAWS:.0f} "
                f"| {_largest(_ours(store)):.1%} | {p_value(ours, promised):.2g} "
                f"| {_largest(_chunk(store)):.0%} | {p_value(chunk, promised):.2g} |"
            )
    yield "\n| rows in a window, at least | windows read, all at the top of their class | all near its bottom | rows |"
    yield "| ---: | ---: | ---: | ---: |"
    for rows in (32, 64, 128, 256):
        top, bottom = (_windows_read(rows, weight) for weight in (500_000, 250_001))
        yield f"| {rows} | {top:.2f} | {bottom:.2f} | {top * rows:.0f} to {bottom * rows:.0f} |"
    yield "\nTarget: at most 5 reads, the totals and the photo among them; chi-square clean (p over 0.001)."


def _from_a_chunk(store: Simulated, rng: random.Random) -> Iterator[str]:
    """The plain way: a window of all photos is chosen evenly, and by weight inside it."""
    many = window_count(store.size)
    for _ in range(DRAWS):
        places: range = range(0)
        while not places:
            first, last = window_bounds(0, many, rng.randrange(many))
            places = store.whole.within(int(first[3:], 16), int(last[3:], 16))
        sums = list(accumulate(store.whole.weights[place] for place in places))
        yield str(store.whole.photos[places[bisect_right(sums, rng.randrange(sums[-1]))]])


def _ours(store: Simulated) -> Iterator[float]:
    """The chance of each window's photos over what it should be: class by weight, windows evenly, taken by weight."""
    for octave, dial in store.classes.items():
        windows = [dial.weight(places) for places in dial.windows()]
        bound = window_weight_bound(octave, len(windows), sum(windows))
        assert max(windows) <= bound
        missed = 1 - sum(windows) / (len(windows) * bound)
        for held in windows:
            if held:
                taken = held / bound / len(windows) / (1 - missed)
                yield taken / held * sum(windows)


def _chunk(store: Simulated) -> Iterator[float]:
    """The same for a chunk chosen evenly."""
    windows = [store.whole.weight(places) for places in store.whole.windows()]
    yield from (sum(windows) / len(windows) / held for held in windows if held)


def _largest(ratios: Iterator[float]) -> float:
    return max(abs(ratio - 1) for ratio in ratios)


def _windows_read(rows: int, weight: int) -> float:
    """How many windows of so many rows a draw from a million photos of this weight looks into."""
    windows = 1_000_000 // rows
    return window_weight_bound(1, windows, weight * 1_000_000) / (weight * 1_000_000 / windows)
