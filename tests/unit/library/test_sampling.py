from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import NotFound, Unavailable
from chalicelib.library.collections import HASH_COUNT, max_weight, owner_scope, sampling_key, weight_class_of
from chalicelib.library.photo import MILLIONTHS, Photo, State, Visibility
from chalicelib.library.sampling import (
    MAX_ATTEMPTS,
    MAX_WINDOWS,
    ROWS_PER_WINDOW,
    Sample,
    Sampler,
    WeightClass,
    WeightedRow,
    choose_row,
    window_bounds,
    window_count,
    window_weight_bound,
)
from chalicelib.library.totals import Trend
from tests.fakes.photos import MemoryPhotoStore
from tests.support.chi_square import p_value
from tests.support.factories import OWNER, photo

DRAWS = 2_500
WEIGHTS: dict[str, Callable[[Random], int]] = {
    "all alike": lambda _: 500_000,
    "of one class, light and heavy": lambda rng: rng.choice([250_001, 500_000]),
    "uneven": lambda rng: rng.randint(1, 999_999),
    "wildly uneven": lambda rng: round(10 ** rng.uniform(0, 5.999)),
}


def seeded(seed: int) -> Random:
    return Random(seed)


@dataclass
class WindowRows:
    """An index of rows by weight; counts the windows read."""

    weights: Mapping[str, int]
    read: int = 0
    rows: list[tuple[str, WeightedRow]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = ((sampling_key(weight, name), WeightedRow(name, weight)) for name, weight in self.weights.items())
        self.rows = sorted(rows, key=itemgetter(0))

    @cached_property
    def classes(self) -> tuple[WeightClass, ...]:
        sums: dict[int, tuple[int, int]] = {}
        for weight in self.weights.values():
            n, sum_ = sums.get(weight_class_of(weight), (0, 0))
            sums[weight_class_of(weight)] = (n + 1, sum_ + weight)
        return tuple((weight_class, n, sum_) for weight_class, (n, sum_) in sorted(sums.items()))

    def between(self, first: str, last: str) -> Iterator[WeightedRow]:
        self.read += 1
        for _, row in self.rows[bisect_left(self.rows, (first,)) : bisect_left(self.rows, (f"{last}~",))]:
            yield row


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("size", [1, 2, 60, 700])
def test_draws_follow_the_weights(kind: str, size: int) -> None:
    rng = seeded(size)
    window_rows = WindowRows({f"p{n}": WEIGHTS[kind](rng) for n in range(size)})
    counts = Counter(
        row.photo_id for _ in range(DRAWS) if (row := choose_row(window_rows.classes, window_rows.between, rng))
    )
    assert counts.total() == DRAWS
    assert size == 1 or p_value(counts, window_rows.weights) > 0.001


def test_draws_from_uneven_windows_follow_the_weights() -> None:
    rng, holds = seeded(5), [30, 110, 170, 180, 150]
    assert sum(holds) == ROWS_PER_WINDOW * len(holds)
    ends = [window_bounds(1, len(holds), n) for n in range(len(holds))]
    names: list[list[str]] = [[] for _ in holds]
    for n in range(3_000):
        at = next(k for k, (first, last) in enumerate(ends) if first <= sampling_key(500_000, f"p{n}") <= last)
        names[at] += [f"p{n}"] * (len(names[at]) < holds[at])
    where = {name: str(at) for at, those in enumerate(names) for name in those}
    window_rows = WindowRows(dict.fromkeys(where, 500_000))
    counts = [row.photo_id for _ in range(DRAWS) if (row := choose_row(window_rows.classes, window_rows.between, rng))]
    assert p_value(Counter(where[name] for name in counts), Counter(where.values())) > 0.001


@given(st.integers(1, 10**10), st.floats(0.5, 1, exclude_min=True))
def test_draw_reads_at_most_five_windows_on_average(photos: int, share: float) -> None:
    top = max_weight(3)
    windows, weight = window_count(photos), max(1, round(photos * top * share))
    expected_windows = window_weight_bound(3, windows, weight) / (weight / windows)
    totals_and_photo = 2
    assert expected_windows + totals_and_photo <= 5
    assert photos / windows < 2 * ROWS_PER_WINDOW


@pytest.mark.parametrize(("kind", "at_most"), [("all alike", 2.2), ("uneven", 2.5), ("wildly uneven", 2.5)])
def test_average_number_of_windows_read_is_bounded(kind: str, at_most: float) -> None:
    rng = seeded(11)
    window_rows = WindowRows({f"p{n}": WEIGHTS[kind](rng) for n in range(3_000)})
    for _ in range(400):
        choose_row(window_rows.classes, window_rows.between, rng)
    assert window_rows.read / 400 < at_most


@settings(max_examples=30)
@given(st.integers(0, 19), st.integers(ROWS_PER_WINDOW, 20 * ROWS_PER_WINDOW), st.randoms(use_true_random=False))
def test_no_window_exceeds_its_bound(weight_class: int, size: int, rng: Random) -> None:
    lightest = MILLIONTHS // 2 ** (weight_class + 1) + 1
    weights = {
        f"{rng.random()}": rng.randint(lightest, min(max_weight(weight_class), MILLIONTHS - 1)) for _ in range(size)
    }
    window_rows = WindowRows(weights)
    ((_, photos, weight),) = window_rows.classes
    windows = window_count(photos)
    sums = [
        sum(row.weight for row in window_rows.between(*window_bounds(weight_class, windows, n))) for n in range(windows)
    ]
    assert max(sums) <= window_weight_bound(weight_class, windows, weight)
    assert sum(sums) == weight


@given(st.integers(1, 10**7), st.data())
def test_windows_partition_all_hashes(windows: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, windows - 1))
    first, last = window_bounds(7, windows, number)
    assert first <= last
    assert window_bounds(7, windows, 0)[0] == "07#00000000"
    assert window_bounds(7, windows, windows - 1)[1] == "07#ffffffff"
    if number + 1 < windows:
        assert int(window_bounds(7, windows, number + 1)[0][3:], 16) == int(last[3:], 16) + 1
    assert int(last[3:], 16) - int(first[3:], 16) + 1 - HASH_COUNT / windows == pytest.approx(0, abs=1)


def test_rows_missing_from_the_totals_raise_the_bound_and_are_drawn() -> None:
    window_rows, rng = WindowRows({f"p{n}": 500_000 for n in range(900)}), seeded(3)
    counts = Counter(
        row.photo_id for _ in range(DRAWS) if (row := choose_row(((1, 300, 150_000_000),), window_rows.between, rng))
    )
    assert counts.total() == DRAWS
    assert p_value(counts, window_rows.weights) > 0.001
    alone = WindowRows({"a": 500_000, "b": 400_000})
    both = Counter(row.photo_id for _ in range(900) if (row := choose_row(((1, 1, 400_000),), alone.between, rng)))
    assert p_value(both, alone.weights) > 0.001


def test_missing_rows_end_the_draw() -> None:
    window_rows, rng = WindowRows({}), seeded(3)
    assert choose_row(((1, 1, 500_000),), window_rows.between, rng) is None
    assert window_rows.read == 1
    with pytest.raises(Unavailable):
        choose_row(((1, 10**6, 10**6 * 500_000),), window_rows.between, rng)
    assert window_rows.read == 1 + MAX_WINDOWS


# From here on with the photos themselves.


@dataclass
class StalePhotoStore(MemoryPhotoStore):
    """An index that returns rows as of the call of `freeze`, with hooks before reading a window and a photo."""

    stale_rows: list[tuple[str, WeightedRow]] | None = None
    before_rows: Callable[[], object] = lambda: None
    before_photo: Callable[[], object] = lambda: None
    photo_reads: int = 0

    def freeze(self) -> None:
        self.stale_rows = [
            (at, WeightedRow(photo_id, weight)) for at, photo_id, weight in self.sampling_rows["public", "sea"]
        ]

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        self.before_rows()
        if self.stale_rows is None:
            return super().rows_between(scope, tag, first, last)
        return (row for at, row in self.stale_rows if first <= at <= last)

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        self.photo_reads += 1
        self.before_photo()
        return super().get_photo_and_trend(scope, tag, photo_id)


def store_with(*photos: Photo) -> StalePhotoStore:
    store = StalePhotoStore()
    for each_photo in photos:
        store.commit(None, each_photo)
    return store


def sea(store: MemoryPhotoStore, seed: int = 1) -> Sample:
    return Sampler(store, seeded(seed)).draw("public", "sea", None)


def test_probability_is_the_share_of_the_total_weight() -> None:
    store = store_with(photo("a", weight=600_000), photo("b", weight=1), photo("c", weight=150_000))
    samples = [sea(store, n) for n in range(60)]
    probabilities = {sample.photo.photo_id: sample.probability for sample in samples}
    assert probabilities == {"a": 600_000 / 750_001, "c": 150_000 / 750_001}


def test_empty_collection_raises_not_found() -> None:
    store = store_with(deleted_photo := photo())
    store.remove(replace(deleted_photo, version=1))
    for scope, tag in [("public", "sea"), ("public", "nowhere"), (owner_scope("another"), "sea")]:
        with pytest.raises(NotFound):
            Sampler(store, seeded(1)).draw(scope, tag, None)


@pytest.mark.parametrize(
    "edit",
    [{"visibility": Visibility.PRIVATE}, {"state": State.TRASHED}, {"user_tags": ("dune",)}, {"weight": 2}],
    ids=["hidden", "trashed", "retagged", "given another weight"],
)
def test_outdated_row_is_drawn_again(edit: dict[str, object]) -> None:
    store = store_with(changed := photo("a", weight=900_000), photo("b", weight=800_000), photo("c", weight=700_000))
    store.freeze()
    store.commit(replace(changed, version=1), replace(changed, **edit))  # type: ignore[arg-type]
    seen = {sea(store, n).photo.photo_id for n in range(30)}
    assert seen == {"b", "c"}
    assert store.photo_reads > 30


def test_row_of_a_deleted_photo_is_drawn_again() -> None:
    store = store_with(
        deleted_photo := photo("a", weight=900_000), photo("b", weight=800_000), photo("c", weight=700_000)
    )
    store.freeze()
    store.remove(replace(deleted_photo, version=1))
    assert {sea(store, n).photo.photo_id for n in range(30)} == {"b", "c"}


def test_too_many_changes_raise_unavailable() -> None:
    store = store_with(hidden := photo("a"))
    store.freeze()
    store.commit(replace(hidden, version=1), replace(hidden, weight=2))
    with pytest.raises(Unavailable):
        sea(store)
    assert store.photo_reads < MAX_ATTEMPTS  # a single row that does not come up is seen at once: the totals disagree


@pytest.mark.parametrize("weights", [[2], [2, 500_000]], ids=["another weight", "another and back"])
@pytest.mark.parametrize("when", ["before the row is read", "after"])
def test_concurrent_edit_keeps_weight_and_total_consistent(weights: list[int], when: str) -> None:
    store = store_with(photo("a", weight=500_000))
    left = list(weights)

    def edited() -> None:
        while left:
            now = store.records["a"]
            store.commit(now, replace(now, weight=left.pop(0)))

    if when == "after":
        store.before_photo = edited
    else:
        store.before_rows = edited
    counts = sea(store)
    assert (counts.photo.weight, counts.probability) == (weights[-1], 1.0)
    assert not left


def test_concurrent_photo_counts_in_the_total() -> None:
    store = store_with(photo("a", weight=500_000))
    store.before_photo = lambda: store.commit(None, photo("b", weight=500_000))
    counts = sea(store)
    assert (counts.photo.photo_id, counts.probability) == ("a", 0.5)


def test_own_scope_includes_private_photos() -> None:
    store = store_with(photo("a", visibility=Visibility.PRIVATE))
    counts = Sampler(store, seeded(1)).draw(owner_scope(OWNER), "sea", OWNER)
    assert (counts.photo.photo_id, counts.probability) == ("a", 1.0)
    with pytest.raises(Unavailable):
        Sampler(store, seeded(1)).draw(owner_scope(OWNER), "sea", "another")
