import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Photo, Visibility
from chalicelib.library.totals import Totals, Trend
from chalicelib.maintenance.pacing import PAUSE_PER_ROW, Failure
from chalicelib.maintenance.recount import (
    MAX_RESTARTS,
    PAGE_SIZE,
    PAGES_PER_CHECKPOINT,
    Recount,
    RecountCheckpoint,
    RecountReport,
    TotalsStore,
)
from tests.fakes.library import MemoryLibrary
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, photo
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory

MINE = owner_scope(OWNER)


class Watched:
    """A ledger that tells of every call before it passes it on."""

    def __init__(self, ledger: MemoryPhotoStore, watch: Callable[[str, tuple[Any, ...]], None]) -> None:
        self._ledger, self._watch = ledger, watch

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self._watch(name, args)
            return getattr(self._ledger, name)(*args)

        return call


DAYS = itertools.count(1)


def later() -> datetime:
    """A clock that is a day on whenever somebody looks: no round rests that long."""
    return NOON + timedelta(days=next(DAYS))


def recount(ledger: TotalsStore) -> Recount:
    return Recount(ledger, later)


def always() -> bool:
    return True


def steps(count: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def library(photos: int = 5) -> MemoryLibrary:
    """Some photos of several weights under several tags; every other one is private."""
    made = MemoryLibrary()
    for n in range(photos):
        made.photos.commit(
            None,
            photo(
                f"p{n}",
                user_tags=("beach", f"t{n % 3}"),
                weight=10 ** (n % 6),
                heat=1000 + n,
                bytes=n,
                taken_at=NOON - timedelta(days=n),
                visibility=Visibility.PRIVATE if n % 2 else Visibility.PUBLIC,
            ),
        )
    recount(made.photos).run(always)  # covers are the newest from here on
    return made


def damage(made: MemoryLibrary, scope: str, tag: str, **different: Any) -> None:
    """Write something else into a trend behind the catalogue's back."""
    trend = made.photos.totals[scope, tag]
    figures = {name: different.pop(name) for name in list(different) if name in Totals.__dataclass_fields__}
    made.photos.totals[scope, tag] = replace(trend, totals=replace(trend.totals, **figures), **different)


def test_a_library_in_order_is_counted_and_left_as_it_is() -> None:
    made = library()
    before = dict(made.photos.totals)
    assert recount(made.photos).run(always) == RecountReport(recounted=len(before))
    assert made.photos.totals == before


def test_a_library_with_nothing_in_it_has_nothing_to_count() -> None:
    made = MemoryLibrary()
    assert recount(made.photos).run(always) == RecountReport()
    assert made.photos.kept == RecountCheckpoint(progress=made.photos.kept.progress)


@pytest.mark.parametrize("different", [{"count": 7}, {"bytes": 0}, {"heat": 10**30}, {"classes": ((3, 1, 1),)}])
@pytest.mark.parametrize("where", [("public", "beach"), (MINE, "*"), (MINE, "t1")])
def test_totals_that_were_damaged_are_put_right_and_reported(where: tuple[str, str], different: dict[str, Any]) -> None:
    made = library()
    damage(made, *where, **different)
    assert len(find_violations(read_memory(made))) == 1
    came = recount(made.photos).run(always)
    assert find_violations(read_memory(made)) == []
    assert came == RecountReport(recounted=len(made.photos.totals), drifted=1)
    assert recount(made.photos).run(always).drifted == 0


def test_all_totals_at_once_may_have_been_damaged() -> None:
    made = library()
    for scope, tag in made.photos.totals:
        damage(made, scope, tag, count=99, classes=(), tag_count=1)
    assert recount(made.photos).run(always).drifted == len(made.photos.totals)
    assert find_violations(read_memory(made)) == []


def test_totals_of_a_collection_that_is_empty_are_put_right() -> None:
    made = library()
    for stored in list(made.photos.records.values()):
        made.photos.remove(stored)
    damage(made, "public", "beach", count=3, heat=3)
    recount(made.photos).run(always)
    assert find_violations(read_memory(made)) == []
    assert recount(made.photos).run(always).drifted == 0


def test_the_number_of_tags_in_use_is_counted_again() -> None:
    made = library()
    damage(made, "public", "*", tag_count=77)
    assert recount(made.photos).run(always).drifted == 1
    assert find_violations(read_memory(made)) == []


@pytest.mark.parametrize(("tag", "figures"), [("t1", {"count": 0, "classes": ()}), ("unused", {"count": 3})])
def test_a_tag_that_only_seemed_out_of_use_or_in_use_is_counted_among_the_tags_as_it_is(
    tag: str, figures: dict[str, Any]
) -> None:
    made = library()
    made.photos.remove(made.photos.commit(None, photo("gone", user_tags=("unused",))))
    damage(made, MINE, tag, **figures)
    recount(made.photos).run(always)
    assert find_violations(read_memory(made)) == []
    assert recount(made.photos).run(always).drifted == 0


@pytest.mark.parametrize("cover", [None, "p4", "long gone"])
def test_the_newest_photo_is_put_on_the_cover_and_that_is_no_drift(cover: str | None) -> None:
    made = library()
    damage(made, MINE, "beach", cover=cover)
    assert recount(made.photos).run(always).drifted == 0
    assert made.photos.totals[MINE, "beach"].cover == "p0"


def test_an_empty_collection_has_no_cover() -> None:
    made = MemoryLibrary()
    made.photos.remove(made.photos.commit(None, photo()))
    recount(made.photos).run(always)
    assert {trend.cover for trend in made.photos.totals.values()} == {None}


@pytest.mark.parametrize("photos", [PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE])
def test_a_collection_of_many_pages_is_counted_to_its_end(photos: int) -> None:
    made = MemoryLibrary()
    for n in range(photos):
        moment = NOON - timedelta(minutes=n)
        made.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE, taken_at=moment))
    right = made.photos.totals[MINE, "*"]
    damage(made, MINE, "*", count=1, cover=None)
    assert recount(made.photos).run(always) == RecountReport(recounted=1, drifted=1)
    counted = made.photos.totals[MINE, "*"]
    assert (counted.totals, counted.cover) == (right.totals, "p0")


def test_without_time_nothing_is_begun() -> None:
    made = library()
    damage(made, "public", "beach", count=7)
    asked: list[str] = []
    before = dict(made.photos.totals)
    ledger = Watched(made.photos, lambda name, _: asked.append(name))
    assert recount(ledger).run(lambda: False) == RecountReport()
    assert made.photos.totals == before
    assert set(asked) <= {"load_checkpoint", "save_checkpoint"}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_slices_of_any_size_make_one_round(at_once: int) -> None:
    made = library()
    for scope, tag in made.photos.totals:
        damage(made, scope, tag, count=99)
    came = [recount(made.photos).run(steps(at_once))]
    while made.photos.kept.progress.rows:
        assert len(came) < 100
        came.append(recount(made.photos).run(steps(at_once)))
    assert sum(c.recounted for c in came) == sum(c.drifted for c in came) == len(made.photos.totals)
    assert find_violations(read_memory(made)) == []
    assert len(came) == len(made.photos.totals) // at_once + 1


def test_a_slice_goes_on_in_the_middle_of_a_collection() -> None:
    made = MemoryLibrary()
    for n in range(PAGE_SIZE + 5):
        made.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    right = made.photos.totals[MINE, "*"].totals
    damage(made, MINE, "*", count=1)
    assert recount(made.photos).run(steps(1)) == RecountReport()
    half = made.photos.kept.count
    assert half is not None
    assert half.totals.count == PAGE_SIZE
    assert recount(made.photos).run(steps(1)) == RecountReport(recounted=1, drifted=1)
    assert made.photos.totals[MINE, "*"].totals == right


def test_a_slice_that_ends_in_a_collection_that_changes_begins_it_again() -> None:
    made = MemoryLibrary()
    for n in range(PAGE_SIZE + 5):
        made.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    recount(made.photos).run(steps(1))
    made.photos.commit(
        None, photo("new", user_tags=(), visibility=Visibility.PRIVATE, taken_at=NOON + timedelta(days=1))
    )
    assert recount(made.photos).run(always) == RecountReport(recounted=1)
    assert find_violations(read_memory(made)) == []


def test_a_recount_that_dies_at_any_step_goes_on_and_ends_right() -> None:
    deaths = 0
    while True:
        made, calls = library(), [0]
        for scope, tag in made.photos.totals:
            damage(made, scope, tag, count=99, tag_count=1)

        def die(name: str, _: Any, calls: list[int] = calls, at: int = deaths) -> None:
            calls[0] += 1
            if calls[0] > at:
                raise ProcessKilled

        try:
            recount(Watched(made.photos, die)).run(always)
        except ProcessKilled:
            deaths += 1
        else:
            break
        recount(made.photos).run(always)
        assert find_violations(read_memory(made)) == []
    assert deaths > 3 * len(made.photos.totals)


def test_a_place_is_kept_now_and_then_for_a_run_that_dies() -> None:
    made = library(2)
    for n in range(PAGES_PER_CHECKPOINT):
        made.photos.commit(None, photo(f"more{n}", user_tags=(f"more{n}",)))

    def die(name: str, args: tuple[Any, ...]) -> None:
        if name == "save_checkpoint":
            made.photos.save_checkpoint(*args)
            raise ProcessKilled

    with pytest.raises(ProcessKilled):
        recount(Watched(made.photos, die)).run(always)
    order = sorted(made.photos.totals)
    assert made.photos.kept.done == order[PAGES_PER_CHECKPOINT - 1]


def restless(made: MemoryLibrary, method: str, where: tuple[str, str], times: int) -> Watched:
    """A ledger under which the photo p0, and so this trend, changes whenever this is asked of it."""
    left = [times]

    def change(name: str, args: tuple[Any, ...]) -> None:
        about = (args[0].scope, args[0].tag) if args and isinstance(args[0], Trend) else args[:2]
        if name == method and about == where and left[0]:
            left[0] -= 1
            stored = made.photos.records["p0"]
            made.photos.commit(stored, replace(stored, weight=stored.weight + 1))

    return Watched(made.photos, change)


@pytest.mark.parametrize("method", ["members", "get_trend"])
@pytest.mark.parametrize("times", range(1, MAX_RESTARTS + 1))
def test_a_trend_that_changes_while_it_is_counted_is_counted_again(method: str, times: int) -> None:
    made = library()
    came = recount(restless(made, method, (MINE, "t0"), times)).run(always)
    assert (came.postponed, came.drifted) == (0, 0)
    assert find_violations(read_memory(made)) == []


def test_a_trend_that_keeps_changing_is_postponed_and_reported_and_keeps_no_other_waiting() -> None:
    made = library()
    damage(made, MINE, "t0", bytes=99)
    damage(made, "public", "t2", count=99)
    came = recount(restless(made, "members", (MINE, "t0"), MAX_RESTARTS + 1)).run(always)
    assert came == RecountReport(recounted=len(made.photos.totals) - 1, drifted=1, postponed=1)
    assert len(find_violations(read_memory(made))) == 1
    assert recount(made.photos).run(always).drifted == 1
    assert find_violations(read_memory(made)) == []


def test_a_change_in_the_very_last_moment_is_not_overwritten() -> None:
    made = library()
    damage(made, MINE, "t0", bytes=99)
    came = recount(restless(made, "correct", (MINE, "t0"), 1)).run(always)
    assert came.drifted == 1
    assert find_violations(read_memory(made)) == []


def test_a_trend_that_is_gone_when_it_is_counted_is_postponed() -> None:
    made = library()

    def take(name: str, args: tuple[Any, ...]) -> None:
        if name == "members" and args[:2] == (MINE, "t0"):
            made.photos.totals.pop((MINE, "t0"), None)

    assert recount(Watched(made.photos, take)).run(always).postponed == 1


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_meanwhile_a_recount_makes_nothing_wrong(seed: int) -> None:
    made, rng = library(), random.Random(seed)

    def live(name: str, args: tuple[Any, ...]) -> None:
        if rng.random() < 0.5:
            shake(made.photos, rng)

    came = recount(Watched(made.photos, live)).run(always)
    assert came.drifted == 0
    assert find_violations(read_memory(made)) == []


def shake(catalogue: MemoryPhotoStore, rng: random.Random) -> None:
    """One photo comes, goes or changes."""
    fresh = photo(f"new{rng.random()}", user_tags=tuple(rng.sample(["beach", "t0", "t1", "cat"], 2)))
    stored: Photo | None = rng.choice([None, *catalogue.records.values()])
    if stored is None:
        catalogue.commit(None, fresh)
    elif rng.random() < 0.3:
        catalogue.remove(stored)
    else:
        catalogue.commit(stored, replace(stored, user_tags=fresh.user_tags, weight=rng.randint(1, 999_999)))


def test_the_months_of_a_scope_are_counted_across_pages_and_slices() -> None:
    made = MemoryLibrary()
    for n in range(PAGE_SIZE + 40):
        made.photos.commit(None, photo(f"p{n}", user_tags=(), taken_at=NOON - timedelta(days=n)))
    while made.photos.totals["public", "*"].counted_at is None:
        steps = iter([True, False])
        recount(made.photos).run(lambda steps=steps: next(steps))  # type: ignore[misc]
    counted = made.photos.totals["public", "*"]
    assert sum(counted.months.values()) == PAGE_SIZE + 40
    assert (counted.months["2026-11"], counted.months["2026-10"]) == (20, 31)
    assert counted.counted_at == counted.updated_at


def resting(photos: int) -> tuple[MemoryLibrary, Recount]:
    """A library that was just counted for the first time, its clock standing still."""
    made = MemoryLibrary()
    for n in range(photos):
        made.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    counting = Recount(made.photos, made.clock)
    assert counting.run(always).recounted == 1
    damage(made, MINE, "*", count=photos + 7)
    return made, counting


def test_a_complete_round_is_followed_by_a_rest_in_proportion_to_what_it_read() -> None:
    made, counting = resting(PAGE_SIZE + 99)
    rows = PAGE_SIZE + 99 + 2  # a trend is looked up for each page
    made.clock.advance(rows * PAUSE_PER_ROW - timedelta(seconds=1))
    assert counting.run(always) == RecountReport()
    made.clock.advance(timedelta(seconds=1))
    assert counting.run(always) == RecountReport(recounted=1, drifted=1)


def test_a_small_library_is_counted_at_every_run() -> None:
    made, counting = resting(100)
    made.clock.advance(timedelta(minutes=5))
    assert counting.run(always).drifted == 1


def test_slices_of_one_round_do_not_rest_between_them_and_earn_the_rest_of_all() -> None:
    made = MemoryLibrary()
    for n in range(3 * PAGE_SIZE):
        made.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    counting = Recount(made.photos, made.clock)
    runs = 1
    while not counting.run(steps(1)).recounted:
        runs += 1
    counting.run(steps(1))
    assert runs == 4
    assert made.photos.kept.progress.paused_until == made.clock() + (3 * PAGE_SIZE + 4) * PAUSE_PER_ROW


def test_a_ledger_that_does_not_answer_is_reported_and_the_round_goes_on_later() -> None:
    made = library()
    right = dict(made.photos.totals)
    error, left = Unavailable("DynamoDB does not answer."), [8]

    def fail(name: str, _: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise error

    came = recount(Watched(made.photos, fail)).run(always)
    assert came.failures == (Failure(None, error),)
    assert came.recounted > 0
    assert recount(made.photos).run(always).recounted >= len(right) - came.recounted
    assert made.photos.totals == right
