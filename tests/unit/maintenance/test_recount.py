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

OWNER_SCOPE = owner_scope(OWNER)


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
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.photos.commit(
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
    recount(fixture.photos).run(always)  # covers are the newest from here on
    return fixture


def damage(fixture: MemoryLibrary, scope: str, tag: str, **different: Any) -> None:
    """Write something else into a trend behind the catalogue's back."""
    trend = fixture.photos.totals[scope, tag]
    figures = {name: different.pop(name) for name in list(different) if name in Totals.__dataclass_fields__}
    fixture.photos.totals[scope, tag] = replace(trend, totals=replace(trend.totals, **figures), **different)


def test_a_library_in_order_is_counted_and_left_as_it_is() -> None:
    fixture = library()
    before = dict(fixture.photos.totals)
    assert recount(fixture.photos).run(always) == RecountReport(recounted=len(before))
    assert fixture.photos.totals == before


def test_a_library_with_nothing_in_it_has_nothing_to_count() -> None:
    fixture = MemoryLibrary()
    assert recount(fixture.photos).run(always) == RecountReport()
    assert fixture.photos.checkpoint == RecountCheckpoint(progress=fixture.photos.checkpoint.progress)


@pytest.mark.parametrize("different", [{"count": 7}, {"bytes": 0}, {"heat": 10**30}, {"classes": ((3, 1, 1),)}])
@pytest.mark.parametrize("where", [("public", "beach"), (OWNER_SCOPE, "*"), (OWNER_SCOPE, "t1")])
def test_totals_that_were_damaged_are_put_right_and_reported(where: tuple[str, str], different: dict[str, Any]) -> None:
    fixture = library()
    damage(fixture, *where, **different)
    assert len(find_violations(read_memory(fixture))) == 1
    came = recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert came == RecountReport(recounted=len(fixture.photos.totals), drifted=1)
    assert recount(fixture.photos).run(always).drifted == 0


def test_all_totals_at_once_may_have_been_damaged() -> None:
    fixture = library()
    for scope, tag in fixture.photos.totals:
        damage(fixture, scope, tag, count=99, classes=(), tag_count=1)
    assert recount(fixture.photos).run(always).drifted == len(fixture.photos.totals)
    assert find_violations(read_memory(fixture)) == []


def test_totals_of_a_collection_that_is_empty_are_put_right() -> None:
    fixture = library()
    for stored in list(fixture.photos.records.values()):
        fixture.photos.remove(stored)
    damage(fixture, "public", "beach", count=3, heat=3)
    recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert recount(fixture.photos).run(always).drifted == 0


def test_the_number_of_tags_in_use_is_counted_again() -> None:
    fixture = library()
    damage(fixture, "public", "*", tag_count=77)
    assert recount(fixture.photos).run(always).drifted == 1
    assert find_violations(read_memory(fixture)) == []


@pytest.mark.parametrize(("tag", "figures"), [("t1", {"count": 0, "classes": ()}), ("unused", {"count": 3})])
def test_a_tag_that_only_seemed_out_of_use_or_in_use_is_counted_among_the_tags_as_it_is(
    tag: str, figures: dict[str, Any]
) -> None:
    fixture = library()
    fixture.photos.remove(fixture.photos.commit(None, photo("gone", user_tags=("unused",))))
    damage(fixture, OWNER_SCOPE, tag, **figures)
    recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert recount(fixture.photos).run(always).drifted == 0


@pytest.mark.parametrize("cover", [None, "p4", "long gone"])
def test_the_newest_photo_is_put_on_the_cover_and_that_is_no_drift(cover: str | None) -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "beach", cover=cover)
    assert recount(fixture.photos).run(always).drifted == 0
    assert fixture.photos.totals[OWNER_SCOPE, "beach"].cover == "p0"


def test_an_empty_collection_has_no_cover() -> None:
    fixture = MemoryLibrary()
    fixture.photos.remove(fixture.photos.commit(None, photo()))
    recount(fixture.photos).run(always)
    assert {trend.cover for trend in fixture.photos.totals.values()} == {None}


@pytest.mark.parametrize("photos", [PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE])
def test_a_collection_of_many_pages_is_counted_to_its_end(photos: int) -> None:
    fixture = MemoryLibrary()
    for n in range(photos):
        moment = NOON - timedelta(minutes=n)
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE, taken_at=moment))
    right = fixture.photos.totals[OWNER_SCOPE, "*"]
    damage(fixture, OWNER_SCOPE, "*", count=1, cover=None)
    assert recount(fixture.photos).run(always) == RecountReport(recounted=1, drifted=1)
    counted = fixture.photos.totals[OWNER_SCOPE, "*"]
    assert (counted.totals, counted.cover) == (right.totals, "p0")


def test_without_time_nothing_is_begun() -> None:
    fixture = library()
    damage(fixture, "public", "beach", count=7)
    asked: list[str] = []
    before = dict(fixture.photos.totals)
    ledger = Watched(fixture.photos, lambda name, _: asked.append(name))
    assert recount(ledger).run(lambda: False) == RecountReport()
    assert fixture.photos.totals == before
    assert set(asked) <= {"load_checkpoint", "save_checkpoint"}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_slices_of_any_size_make_one_round(at_once: int) -> None:
    fixture = library()
    for scope, tag in fixture.photos.totals:
        damage(fixture, scope, tag, count=99)
    came = [recount(fixture.photos).run(steps(at_once))]
    while fixture.photos.checkpoint.progress.rows:
        assert len(came) < 100
        came.append(recount(fixture.photos).run(steps(at_once)))
    assert sum(c.recounted for c in came) == sum(c.drifted for c in came) == len(fixture.photos.totals)
    assert find_violations(read_memory(fixture)) == []
    assert len(came) == len(fixture.photos.totals) // at_once + 1


def test_a_slice_goes_on_in_the_middle_of_a_collection() -> None:
    fixture = MemoryLibrary()
    for n in range(PAGE_SIZE + 5):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    right = fixture.photos.totals[OWNER_SCOPE, "*"].totals
    damage(fixture, OWNER_SCOPE, "*", count=1)
    assert recount(fixture.photos).run(steps(1)) == RecountReport()
    half = fixture.photos.checkpoint.count
    assert half is not None
    assert half.totals.count == PAGE_SIZE
    assert recount(fixture.photos).run(steps(1)) == RecountReport(recounted=1, drifted=1)
    assert fixture.photos.totals[OWNER_SCOPE, "*"].totals == right


def test_a_slice_that_ends_in_a_collection_that_changes_begins_it_again() -> None:
    fixture = MemoryLibrary()
    for n in range(PAGE_SIZE + 5):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    recount(fixture.photos).run(steps(1))
    fixture.photos.commit(
        None, photo("new", user_tags=(), visibility=Visibility.PRIVATE, taken_at=NOON + timedelta(days=1))
    )
    assert recount(fixture.photos).run(always) == RecountReport(recounted=1)
    assert find_violations(read_memory(fixture)) == []


def test_a_recount_that_dies_at_any_step_goes_on_and_ends_right() -> None:
    deaths = 0
    while True:
        fixture, calls = library(), [0]
        for scope, tag in fixture.photos.totals:
            damage(fixture, scope, tag, count=99, tag_count=1)

        def die(name: str, _: Any, calls: list[int] = calls, at: int = deaths) -> None:
            calls[0] += 1
            if calls[0] > at:
                raise ProcessKilled

        try:
            recount(Watched(fixture.photos, die)).run(always)
        except ProcessKilled:
            deaths += 1
        else:
            break
        recount(fixture.photos).run(always)
        assert find_violations(read_memory(fixture)) == []
    assert deaths > 3 * len(fixture.photos.totals)


def test_checkpoint_is_saved_every_few_pages() -> None:
    fixture = library(2)
    for n in range(PAGES_PER_CHECKPOINT):
        fixture.photos.commit(None, photo(f"more{n}", user_tags=(f"more{n}",)))

    def die(name: str, args: tuple[Any, ...]) -> None:
        if name == "save_checkpoint":
            fixture.photos.save_checkpoint(*args)
            raise ProcessKilled

    with pytest.raises(ProcessKilled):
        recount(Watched(fixture.photos, die)).run(always)
    order = sorted(fixture.photos.totals)
    assert fixture.photos.checkpoint.done == order[PAGES_PER_CHECKPOINT - 1]


def restless(fixture: MemoryLibrary, method: str, where: tuple[str, str], times: int) -> Watched:
    """A ledger under which the photo p0, and so this trend, changes whenever this is asked of it."""
    left = [times]

    def change(name: str, args: tuple[Any, ...]) -> None:
        about = (args[0].scope, args[0].tag) if args and isinstance(args[0], Trend) else args[:2]
        if name == method and about == where and left[0]:
            left[0] -= 1
            stored = fixture.photos.records["p0"]
            fixture.photos.commit(stored, replace(stored, weight=stored.weight + 1))

    return Watched(fixture.photos, change)


@pytest.mark.parametrize("method", ["members", "get_trend"])
@pytest.mark.parametrize("times", range(1, MAX_RESTARTS + 1))
def test_a_trend_that_changes_while_it_is_counted_is_counted_again(method: str, times: int) -> None:
    fixture = library()
    came = recount(restless(fixture, method, (OWNER_SCOPE, "t0"), times)).run(always)
    assert (came.postponed, came.drifted) == (0, 0)
    assert find_violations(read_memory(fixture)) == []


def test_a_trend_that_keeps_changing_is_postponed_and_reported_and_keeps_no_other_waiting() -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "t0", bytes=99)
    damage(fixture, "public", "t2", count=99)
    came = recount(restless(fixture, "members", (OWNER_SCOPE, "t0"), MAX_RESTARTS + 1)).run(always)
    assert came == RecountReport(recounted=len(fixture.photos.totals) - 1, drifted=1, postponed=1)
    assert len(find_violations(read_memory(fixture))) == 1
    assert recount(fixture.photos).run(always).drifted == 1
    assert find_violations(read_memory(fixture)) == []


def test_a_change_in_the_very_last_moment_is_not_overwritten() -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "t0", bytes=99)
    came = recount(restless(fixture, "correct", (OWNER_SCOPE, "t0"), 1)).run(always)
    assert came.drifted == 1
    assert find_violations(read_memory(fixture)) == []


def test_a_trend_that_is_gone_when_it_is_counted_is_postponed() -> None:
    fixture = library()

    def take(name: str, args: tuple[Any, ...]) -> None:
        if name == "members" and args[:2] == (OWNER_SCOPE, "t0"):
            fixture.photos.totals.pop((OWNER_SCOPE, "t0"), None)

    assert recount(Watched(fixture.photos, take)).run(always).postponed == 1


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_meanwhile_a_recount_makes_nothing_wrong(seed: int) -> None:
    fixture, rng = library(), random.Random(seed)

    def live(name: str, args: tuple[Any, ...]) -> None:
        if rng.random() < 0.5:
            shake(fixture.photos, rng)

    came = recount(Watched(fixture.photos, live)).run(always)
    assert came.drifted == 0
    assert find_violations(read_memory(fixture)) == []


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
    fixture = MemoryLibrary()
    for n in range(PAGE_SIZE + 40):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), taken_at=NOON - timedelta(days=n)))
    while fixture.photos.totals["public", "*"].counted_at is None:
        steps = iter([True, False])
        recount(fixture.photos).run(lambda steps=steps: next(steps))  # type: ignore[misc]
    counted = fixture.photos.totals["public", "*"]
    assert sum(counted.months.values()) == PAGE_SIZE + 40
    assert (counted.months["2026-11"], counted.months["2026-10"]) == (20, 31)
    assert counted.counted_at == counted.updated_at


def resting(photos: int) -> tuple[MemoryLibrary, Recount]:
    """A library that was just counted for the first time, its clock standing still."""
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    counting = Recount(fixture.photos, fixture.clock)
    assert counting.run(always).recounted == 1
    damage(fixture, OWNER_SCOPE, "*", count=photos + 7)
    return fixture, counting


def test_a_complete_round_is_followed_by_a_rest_in_proportion_to_what_it_read() -> None:
    fixture, counting = resting(PAGE_SIZE + 99)
    rows = PAGE_SIZE + 99 + 2  # a trend is looked up for each page
    fixture.clock.advance(rows * PAUSE_PER_ROW - timedelta(seconds=1))
    assert counting.run(always) == RecountReport()
    fixture.clock.advance(timedelta(seconds=1))
    assert counting.run(always) == RecountReport(recounted=1, drifted=1)


def test_a_small_library_is_counted_at_every_run() -> None:
    fixture, counting = resting(100)
    fixture.clock.advance(timedelta(minutes=5))
    assert counting.run(always).drifted == 1


def test_slices_of_one_round_do_not_rest_between_them_and_earn_the_rest_of_all() -> None:
    fixture = MemoryLibrary()
    for n in range(3 * PAGE_SIZE):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    counting = Recount(fixture.photos, fixture.clock)
    runs = 1
    while not counting.run(steps(1)).recounted:
        runs += 1
    counting.run(steps(1))
    assert runs == 4
    assert fixture.photos.checkpoint.progress.paused_until == fixture.clock() + (3 * PAGE_SIZE + 4) * PAUSE_PER_ROW


def test_a_ledger_that_does_not_answer_is_reported_and_the_round_goes_on_later() -> None:
    fixture = library()
    right = dict(fixture.photos.totals)
    error, left = Unavailable("DynamoDB does not answer."), [8]

    def fail(name: str, _: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise error

    came = recount(Watched(fixture.photos, fail)).run(always)
    assert came.failures == (Failure(None, error),)
    assert came.recounted > 0
    assert recount(fixture.photos).run(always).recounted >= len(right) - came.recounted
    assert fixture.photos.totals == right
