from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.library.photo import Visibility
from chalicelib.maintenance.pacing import MIN_PAUSE, PAUSE_PER_ROW, Failure
from chalicelib.maintenance.recount import (
    PAGE_SIZE,
    PAGES_PER_CHECKPOINT,
    Recount,
    RecountReport,
)
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON, clock, photo
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.recount_support import OWNER_SCOPE, WatchedStore, damage, library, recount


def test_no_time_left_reads_only_the_checkpoint() -> None:
    fixture = library()
    damage(fixture, "public", "beach", count=7)
    asked: list[str] = []
    before = dict(fixture.photos.totals)
    store = WatchedStore(fixture.photos, lambda name, _: asked.append(name))
    assert recount(store).run(lambda: False) == RecountReport()
    assert fixture.photos.totals == before
    assert set(asked) <= {"load_checkpoint", "save_checkpoint"}


@pytest.mark.parametrize("pages", [1, 2, 3])
def test_runs_of_any_length_complete_one_pass(pages: int) -> None:
    fixture = library()
    for scope, tag in fixture.photos.totals:
        damage(fixture, scope, tag, count=99)
    reports = [recount(fixture.photos).run(steps(pages))]
    while fixture.photos.checkpoint.progress.rows:
        assert len(reports) < 100
        reports.append(recount(fixture.photos).run(steps(pages)))
    assert sum(c.recounted for c in reports) == sum(c.drifted for c in reports) == len(fixture.photos.totals)
    assert find_violations(read_memory(fixture)) == []
    assert len(reports) == len(fixture.photos.totals) // pages + 1


def test_run_resumes_in_the_middle_of_a_collection() -> None:
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


def test_resumed_count_restarts_if_the_collection_changed() -> None:
    fixture = MemoryLibrary()
    for n in range(PAGE_SIZE + 5):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    recount(fixture.photos).run(steps(1))
    fixture.photos.commit(
        None, photo("new", user_tags=(), visibility=Visibility.PRIVATE, camera_time=clock(NOON + timedelta(days=1)))
    )
    assert recount(fixture.photos).run(always) == RecountReport(recounted=1)
    assert find_violations(read_memory(fixture)) == []


def test_recount_killed_at_any_step_resumes_correctly() -> None:
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
            recount(WatchedStore(fixture.photos, die)).run(always)
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
        recount(WatchedStore(fixture.photos, die)).run(always)
    order = sorted(fixture.photos.totals)
    assert fixture.photos.checkpoint.done == order[PAGES_PER_CHECKPOINT - 1]


def recount_with_clock(photos: int) -> tuple[MemoryLibrary, Recount]:
    """A recount after its first complete pass, with a stopped clock."""
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
    counting = Recount(fixture.photos, fixture.clock)
    assert counting.run(always).recounted == 1
    damage(fixture, OWNER_SCOPE, "*", count=photos + 7)
    return fixture, counting


def test_recount_rests_in_proportion_while_something_changes_and_an_hour_otherwise() -> None:
    fixture, counting = recount_with_clock(PAGE_SIZE + 99)
    pause = (PAGE_SIZE + 99 + 2) * PAUSE_PER_ROW  # a trend is read for each page
    fixture.clock.advance(pause - timedelta(seconds=1))
    assert counting.run(always) == RecountReport()
    fixture.clock.advance(timedelta(seconds=1))
    assert counting.run(always) == RecountReport(recounted=1, drifted=1)
    fixture.clock.advance(pause)
    assert counting.run(always) == RecountReport(recounted=1)
    for _ in range(2):
        fixture.clock.advance(MIN_PAUSE - timedelta(seconds=1))
        assert counting.run(always) == RecountReport()
        fixture.clock.advance(timedelta(seconds=1))
        assert counting.run(always) == RecountReport(recounted=1)


def test_first_photos_of_a_library_are_counted_by_month_in_the_next_run() -> None:
    fixture = MemoryLibrary()
    counting = Recount(fixture.photos, fixture.clock)
    assert counting.run(always) == RecountReport()
    for n in range(3):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE))
        fixture.clock.advance(timedelta(minutes=1))
        assert counting.run(always) == RecountReport(recounted=1)
        everything = fixture.photos.get_trend(OWNER_SCOPE, "*")
        assert everything
        assert sum(everything.months.values()) == n + 1


def test_pause_follows_only_a_complete_pass() -> None:
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


def test_unavailable_store_is_reported_and_the_pass_resumes() -> None:
    fixture = library()
    right = dict(fixture.photos.totals)
    error, left = Unavailable("DynamoDB did not respond."), [8]

    def fail(name: str, _: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise error

    report = recount(WatchedStore(fixture.photos, fail)).run(always)
    assert report.failures == (Failure(None, error),)
    assert report.recounted > 0
    assert recount(fixture.photos).run(always).recounted >= len(right) - report.recounted
    assert fixture.photos.totals == right
