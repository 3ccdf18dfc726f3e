"""Mass deletion: removals stop, whichever way the deletions become known, and go on when somebody says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.ingest.decisions import Action
from chalicelib.ingest.removal_limit import MIN_REMOVALS, RemovalCounts, RemovalLimit, end_of_day, max_removals
from chalicelib.library.photo import State
from tests.fakes.library import Clock, MemoryLibrary
from tests.fakes.removals import MemoryRemovalCounter
from tests.support.factories import NOON
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.reconciliation_support import LATER, library

PHOTOS = 2 * MIN_REMOVALS


@pytest.mark.parametrize(
    ("photos", "limit"), [(0, 100), (50, 100), (1000, 100), (1009, 100), (1010, 101), (100_000, 10_000)]
)
def test_limit_is_a_hundred_or_a_tenth(photos: int, limit: int) -> None:
    assert max_removals(photos) == limit


def test_removals_stop_when_the_limit_is_exceeded() -> None:
    limit = RemovalLimit(MemoryRemovalCounter(RemovalCounts(photos=1500)), Clock())
    assert [limit.allow() for _ in range(152)] == [True] * 150 + [False] * 2


@pytest.mark.parametrize(
    ("stopped", "started", "missing", "goes_on"),
    [
        (None, 0, 0, True),
        (None, 0, 9, True),
        (1, 1, 0, True),
        (1, 2, 0, True),
        (1, 2, 1, False),
        (1, 0, 0, False),  # this pass had read some photos before their originals were deleted
    ],
)
def test_stopped_removals_go_on_after_a_whole_pass_without_missing_originals(
    stopped: int | None, started: int, missing: int, goes_on: bool
) -> None:
    stopped_at = None if stopped is None else NOON + timedelta(hours=stopped)
    counter = MemoryRemovalCounter(RemovalCounts(removals=101, photos=7, stopped_at=stopped_at))
    limit = RemovalLimit(counter, Clock())
    limit.end_pass(photos=500, missing=missing, started_at=NOON + timedelta(hours=started))
    assert counter.counts == (RemovalCounts(photos=500) if goes_on else RemovalCounts(101, 500, stopped_at))
    assert limit.allow() is goes_on


def test_confirmed_deletion_is_not_limited_until_the_end_of_that_day() -> None:
    clock = Clock(datetime(2026, 11, 20, 23, 59, tzinfo=UTC))
    limit = RemovalLimit(MemoryRemovalCounter(RemovalCounts(stopped_at=NOON)), clock, end_of_day("2026-11-20"))
    assert limit.allow()
    clock.advance(timedelta(minutes=1))
    assert not limit.allow()
    assert end_of_day("") is None


def delete_all(fixture: MemoryLibrary) -> None:
    for key in list(fixture.originals.latest):
        fixture.originals.delete(key)


def undelete_all(fixture: MemoryLibrary) -> None:
    for key, version in fixture.originals.versions:
        fixture.originals.latest[key] = version


def run_pass(fixture: MemoryLibrary) -> None:
    fixture.clock.advance(LATER)
    fixture.reconciliation.reconcile_originals(always)
    fixture.reconciliation.reconcile_photos(always)


def test_events_of_a_mass_deletion_remove_photos_up_to_the_limit() -> None:
    fixture = library(PHOTOS)
    delete_all(fixture)
    actions = [fixture.deliver_event(f"{n:04}.jpg").action for n in range(PHOTOS)]
    assert actions == [Action.REMOVE] * MIN_REMOVALS + [Action.HOLD_REMOVAL] * (PHOTOS - MIN_REMOVALS)
    assert [p.state for p in fixture.photos.records.values()] == [State.READY] * (PHOTOS - MIN_REMOVALS)
    assert find_violations(read_memory(fixture)) == []


def test_pass_over_the_photos_removes_them_up_to_the_limit_and_says_how_many_it_held() -> None:
    fixture = library(PHOTOS)
    delete_all(fixture)
    report = fixture.reconciliation.reconcile_photos(always)
    assert (report.repaired, report.held) == (MIN_REMOVALS, PHOTOS - MIN_REMOVALS)
    for _ in range(3):  # nothing is removed in the meantime
        fixture.clock.advance(LATER)
        report = fixture.reconciliation.reconcile_photos(always)
        assert (report.repaired, report.held) == (0, PHOTOS - MIN_REMOVALS)


def test_undeleted_originals_bring_everything_back_and_end_the_stop() -> None:
    fixture = library(PHOTOS)
    before = {p.photo_id: (p.key, p.tags, p.state) for p in fixture.photos.records.values()}
    delete_all(fixture)
    for n in range(PHOTOS):
        fixture.deliver_event(f"{n:04}.jpg")
    undelete_all(fixture)
    run_pass(fixture)
    run_pass(fixture)
    assert {p.photo_id: (p.key, p.tags, p.state) for p in fixture.photos.records.values()} == before
    assert fixture.removal_counter.counts == RemovalCounts(photos=PHOTOS)
    assert find_violations(read_memory(fixture)) == []


def test_confirmed_mass_deletion_is_carried_out() -> None:
    fixture = library(PHOTOS)
    delete_all(fixture)
    run_pass(fixture)
    removals = replace(fixture.ingest.removals, allowed_until=fixture.clock() + 10 * LATER)
    fixture.reconciliation = replace(fixture.reconciliation, ingest=replace(fixture.ingest, removals=removals))
    run_pass(fixture)
    assert fixture.photos.records == {}
    run_pass(fixture)
    assert fixture.removal_counter.counts == RemovalCounts()


def test_pass_that_could_not_check_every_photo_does_not_end_the_stop() -> None:
    fixture = library(3)
    fixture.removal_counter.stop(fixture.clock())
    fixture.clock.advance(LATER)

    class Failing:
        def head(self, key: str) -> None:
            raise OSError("S3 did not respond.")

    broken = replace(fixture.reconciliation, originals=Failing())  # type: ignore[arg-type]
    assert len(broken.reconcile_photos(always).failures) == 3
    assert fixture.removal_counter.counts.stopped_at is not None


def test_small_library_may_be_emptied() -> None:
    fixture = library(MIN_REMOVALS)
    delete_all(fixture)
    assert {fixture.deliver_event(f"{n:04}.jpg").action for n in range(MIN_REMOVALS)} == {Action.REMOVE}


def test_photos_that_their_owner_erases_are_not_counted() -> None:
    fixture = library(5)
    fixture.removal_counter.stop(fixture.clock())
    for stored in list(fixture.photos.records.values()):
        fixture.editor.erase(stored.owner, stored.photo_id)
    assert fixture.photos.records == {}
    assert fixture.removal_counter.counts.removals == 0


def test_count_starts_again_after_each_pass() -> None:
    fixture = library(PHOTOS)
    for n in range(MIN_REMOVALS):
        fixture.originals.delete(f"{n:04}.jpg")
        fixture.deliver_event(f"{n:04}.jpg")
    run_pass(fixture)
    assert fixture.removal_counter.counts == RemovalCounts(photos=PHOTOS - MIN_REMOVALS)
    fixture.originals.delete(f"{PHOTOS - 1:04}.jpg")
    assert fixture.deliver_event(f"{PHOTOS - 1:04}.jpg").action is Action.REMOVE


def test_unfinished_photo_is_removed_although_removals_are_stopped() -> None:
    fixture = library()
    fixture.removal_counter.stop(fixture.clock())
    fixture.originals.drop("a.jpg", b"sea")
    photo_id = fixture.deliver_event("a.jpg").photo_id or ""
    stored = fixture.photos.records[photo_id]
    fixture.photos.commit(stored, replace(stored, state=State.PROCESSING))
    fixture.originals.delete("a.jpg")
    assert fixture.deliver_event("a.jpg").action is Action.REMOVE
