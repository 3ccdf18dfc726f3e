from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
class Dials:
    """Rows by weight, as the index holds them; counts the windows that were read."""

    weights: Mapping[str, int]
    read: int = 0
    rows: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = sorted((sampling_key(weight, name), name) for name, weight in self.weights.items())

    @property
    def classes(self) -> tuple[WeightClass, ...]:
        sums: dict[int, tuple[int, int]] = {}
        for weight in self.weights.values():
            n, sum_ = sums.get(weight_class_of(weight), (0, 0))
            sums[weight_class_of(weight)] = (n + 1, sum_ + weight)
        return tuple((octave, n, sum_) for octave, (n, sum_) in sorted(sums.items()))

    def between(self, first: str, last: str) -> Iterator[WeightedRow]:
        self.read += 1
        for _, name in self.rows[bisect_left(self.rows, (first,)) : bisect_left(self.rows, (f"{last}~",))]:
            yield WeightedRow(name, self.weights[name])


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("size", [1, 2, 60, 700])
def test_draws_go_by_weight_and_by_nothing_else(kind: str, size: int) -> None:
    rng = seeded(size)
    dials = Dials({f"p{n}": WEIGHTS[kind](rng) for n in range(size)})
    drawn = Counter(lot.photo_id for _ in range(DRAWS) if (lot := choose_row(dials.classes, dials.between, rng)))
    assert drawn.total() == DRAWS
    assert size == 1 or p_value(drawn, dials.weights) > 0.001


def test_full_windows_and_empty_ones_are_drawn_from_by_what_they_hold() -> None:
    rng, holds = seeded(5), [30, 110, 170, 180, 150]
    assert sum(holds) == ROWS_PER_WINDOW * len(holds)
    ends = [window_bounds(1, len(holds), n) for n in range(len(holds))]
    names: list[list[str]] = [[] for _ in holds]
    for n in range(3_000):
        at = next(k for k, (first, last) in enumerate(ends) if first <= sampling_key(500_000, f"p{n}") <= last)
        names[at] += [f"p{n}"] * (len(names[at]) < holds[at])
    where = {name: str(at) for at, those in enumerate(names) for name in those}
    dials = Dials(dict.fromkeys(where, 500_000))
    drawn = [lot.photo_id for _ in range(DRAWS) if (lot := choose_row(dials.classes, dials.between, rng))]
    assert p_value(Counter(where[name] for name in drawn), Counter(where.values())) > 0.001


@given(st.integers(1, 10**10), st.floats(0.5, 1, exclude_min=True))
def test_a_draw_reads_five_times_at_most_whatever_is_drawn_from(photos: int, share: float) -> None:
    top = max_weight(3)
    windows, weight = window_count(photos), max(1, round(photos * top * share))
    expected_windows = window_weight_bound(3, windows, weight) / (weight / windows)
    totals_and_photo = 2
    assert expected_windows + totals_and_photo <= 5
    assert photos / windows < 2 * ROWS_PER_WINDOW


@pytest.mark.parametrize(("kind", "at_most"), [("all alike", 2.2), ("uneven", 2.5), ("wildly uneven", 2.5)])
def test_as_many_windows_are_read_as_was_promised(kind: str, at_most: float) -> None:
    rng = seeded(11)
    dials = Dials({f"p{n}": WEIGHTS[kind](rng) for n in range(3_000)})
    for _ in range(400):
        choose_row(dials.classes, dials.between, rng)
    assert dials.read / 400 < at_most


@settings(max_examples=30)
@given(st.integers(0, 19), st.integers(ROWS_PER_WINDOW, 20 * ROWS_PER_WINDOW), st.randoms(use_true_random=False))
def test_no_window_is_over_its_bound(octave: int, size: int, rng: Random) -> None:
    lightest = MILLIONTHS // 2 ** (octave + 1) + 1
    weights = {f"{rng.random()}": rng.randint(lightest, min(max_weight(octave), MILLIONTHS - 1)) for _ in range(size)}
    dials = Dials(weights)
    ((_, photos, weight),) = dials.classes
    windows = window_count(photos)
    sums = [sum(lot.weight for lot in dials.between(*window_bounds(octave, windows, n))) for n in range(windows)]
    assert max(sums) <= window_weight_bound(octave, windows, weight)
    assert sum(sums) == weight


@given(st.integers(1, 10**7), st.data())
def test_windows_lie_end_to_end_from_the_first_hash_to_the_last(windows: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, windows - 1))
    first, last = window_bounds(7, windows, number)
    assert first <= last
    assert window_bounds(7, windows, 0)[0] == "07#00000000"
    assert window_bounds(7, windows, windows - 1)[1] == "07#ffffffff"
    if number + 1 < windows:
        assert int(window_bounds(7, windows, number + 1)[0][3:], 16) == int(last[3:], 16) + 1
    assert int(last[3:], 16) - int(first[3:], 16) + 1 - HASH_COUNT / windows == pytest.approx(0, abs=1)


def test_rows_that_the_totals_do_not_know_of_raise_the_bound_and_are_drawn_as_well() -> None:
    dials, rng = Dials({f"p{n}": 500_000 for n in range(900)}), seeded(3)
    drawn = Counter(
        lot.photo_id for _ in range(DRAWS) if (lot := choose_row(((1, 300, 150_000_000),), dials.between, rng))
    )
    assert drawn.total() == DRAWS
    assert p_value(drawn, dials.weights) > 0.001
    alone = Dials({"a": 500_000, "b": 400_000})
    both = Counter(lot.photo_id for _ in range(900) if (lot := choose_row(((1, 1, 400_000),), alone.between, rng)))
    assert p_value(both, alone.weights) > 0.001


def test_rows_that_are_on_their_way_are_not_waited_for_for_ever() -> None:
    dials, rng = Dials({}), seeded(3)
    assert choose_row(((1, 1, 500_000),), dials.between, rng) is None
    assert dials.read == 1
    with pytest.raises(Unavailable):
        choose_row(((1, 10**6, 10**6 * 500_000),), dials.between, rng)
    assert dials.read == 1 + MAX_WINDOWS


# From here on with the photos themselves.


@dataclass
class Late(MemoryPhotoStore):
    """An index that shows rows as they were when `freeze` was called; hooks ahead of a window, and of the photo."""

    rows_then: list[tuple[str, WeightedRow]] | None = None
    ahead: Callable[[], object] = lambda: None
    meanwhile: Callable[[], object] = lambda: None
    looks: int = 0

    def freeze(self) -> None:
        self.rows_then = [
            (at, WeightedRow(photo_id, weight)) for at, photo_id, weight in self.sampling_rows["public", "sea"]
        ]

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        self.ahead()
        if self.rows_then is None:
            return super().rows_between(scope, tag, first, last)
        return (lot for at, lot in self.rows_then if first <= at <= last)

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        self.looks += 1
        self.meanwhile()
        return super().get_photo_and_trend(scope, tag, photo_id)


def holding(*photos: Photo) -> Late:
    catalogue = Late()
    for each in photos:
        catalogue.commit(None, each)
    return catalogue


def sea(catalogue: MemoryPhotoStore, seed: int = 1) -> Sample:
    return Sampler(catalogue, seeded(seed)).draw("public", "sea", None)


def test_the_probability_is_the_weight_over_the_weight_of_all() -> None:
    catalogue = holding(photo("a", weight=600_000), photo("b", weight=1), photo("c", weight=150_000))
    told = {drawn.photo.photo_id: drawn.probability for n in range(60) for drawn in [sea(catalogue, n)]}
    assert told == {"a": 600_000 / 750_001, "c": 150_000 / 750_001}


def test_an_empty_collection_has_nothing_to_draw() -> None:
    catalogue = holding(gone := photo())
    catalogue.remove(replace(gone, version=1))
    for scope, tag in [("public", "sea"), ("public", "nowhere"), (owner_scope("another"), "sea")]:
        with pytest.raises(NotFound):
            Sampler(catalogue, seeded(1)).draw(scope, tag, None)


@pytest.mark.parametrize(
    "edit",
    [{"visibility": Visibility.PRIVATE}, {"state": State.TRASHED}, {"user_tags": ("dune",)}, {"weight": 2}],
    ids=["hidden", "trashed", "retagged", "given another weight"],
)
def test_a_row_whose_photo_has_changed_is_drawn_again(edit: dict[str, object]) -> None:
    catalogue = holding(changed := photo("a", weight=900_000), photo("b", weight=800_000), photo("c", weight=700_000))
    catalogue.freeze()
    catalogue.commit(replace(changed, version=1), replace(changed, **edit))  # type: ignore[arg-type]
    seen = {sea(catalogue, n).photo.photo_id for n in range(30)}
    assert seen == {"b", "c"}
    assert catalogue.looks > 30


def test_a_photo_that_is_gone_for_ever_is_drawn_again() -> None:
    catalogue = holding(gone := photo("a", weight=900_000), photo("b", weight=800_000), photo("c", weight=700_000))
    catalogue.freeze()
    catalogue.remove(replace(gone, version=1))
    assert {sea(catalogue, n).photo.photo_id for n in range(30)} == {"b", "c"}


def test_after_so_many_changes_it_is_worth_trying_again_later() -> None:
    catalogue = holding(hidden := photo("a"))
    catalogue.freeze()
    catalogue.commit(replace(hidden, version=1), replace(hidden, weight=2))
    with pytest.raises(Unavailable):
        sea(catalogue)
    assert catalogue.looks < MAX_ATTEMPTS  # a single row that does not come up is seen at once: the totals disagree


@pytest.mark.parametrize("weights", [[2], [2, 500_000]], ids=["another weight", "another and back"])
@pytest.mark.parametrize("when", ["before the row is read", "after"])
def test_an_edit_while_it_is_drawn_never_parts_the_weight_from_the_sum(weights: list[int], when: str) -> None:
    catalogue = holding(photo("a", weight=500_000))
    left = list(weights)

    def edited() -> None:
        while left:
            now = catalogue.records["a"]
            catalogue.commit(now, replace(now, weight=left.pop(0)))

    if when == "after":
        catalogue.meanwhile = edited
    else:
        catalogue.ahead = edited
    drawn = sea(catalogue)
    assert (drawn.photo.weight, drawn.probability) == (weights[-1], 1.0)
    assert not left


def test_a_photo_that_comes_while_it_is_drawn_counts_in_the_sum() -> None:
    catalogue = holding(photo("a", weight=500_000))
    catalogue.meanwhile = lambda: catalogue.commit(None, photo("b", weight=500_000))
    drawn = sea(catalogue)
    assert (drawn.photo.photo_id, drawn.probability) == ("a", 0.5)


def test_ones_own_library_holds_what_is_private() -> None:
    catalogue = holding(photo("a", visibility=Visibility.PRIVATE))
    drawn = Sampler(catalogue, seeded(1)).draw(owner_scope(OWNER), "sea", OWNER)
    assert (drawn.photo.photo_id, drawn.probability) == ("a", 1.0)
    with pytest.raises(Unavailable):
        Sampler(catalogue, seeded(1)).draw(owner_scope(OWNER), "sea", "another")
