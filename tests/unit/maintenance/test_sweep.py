from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import TICKET_GRACE, TICKET_LIFETIME, UploadMetadata
from chalicelib.library.photo import DueEntry, Photo, State
from chalicelib.library.steps import COMPLETION_DELAY
from chalicelib.maintenance.sweep import DUE_PAGE_SIZE, FIRST_DELAY, DueReport
from tests.fakes.broken import BrokenAdapter
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER, clock, photo
from tests.support.invariants import find_count_violations, find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.killed_worker import kill_worker

TICKET_AND_GRACE = TICKET_LIFETIME + TICKET_GRACE


def full_time() -> timedelta:
    """The time left at the start of a run."""
    return timedelta(seconds=40)


def states(library: MemoryLibrary) -> list[State]:
    return [p.state for p in library.photos.records.values()]


def add_stuck_photo(library: MemoryLibrary, key: str, at: str = "put") -> None:
    """Add an original whose worker was killed."""
    library.originals.drop(key, key.encode())
    kill_worker(library, key, at)


def test_unused_ticket_is_removed_after_it_expires() -> None:
    library = MemoryLibrary()
    library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None)
    library.clock.advance(TICKET_AND_GRACE - timedelta(seconds=1))
    assert library.sweep.process_due(always).processed == 0
    assert states(library) == [State.UPLOADING]
    library.clock.advance(timedelta(seconds=1))
    assert library.sweep.process_due(always).processed == 1
    assert library.photos.records == {}


def test_interrupted_change_is_completed() -> None:
    library = MemoryLibrary()
    due_at = NOON + timedelta(days=9)
    stored = library.photos.commit(None, photo(user_tags=tuple(f"a{n}" for n in range(20)), due_at=due_at))

    def fail(before: Photo | None, _: Photo | None) -> None:
        if before != stored:
            raise Unavailable("The photo store is unavailable.")

    library.photos.before_commit = fail
    library.photos.commit(stored, replace(stored, corrected_time=clock(NOON - timedelta(days=1))))
    library.photos.before_commit = lambda _, __: None
    assert library.sweep.process_due(always).processed == 0
    library.clock.advance(COMPLETION_DELAY)
    assert library.sweep.process_due(always) == DueReport(processed=1)
    (settled,) = library.photos.records.values()
    assert (settled.pending_rows, settled.due_at, settled.state) == (None, due_at, State.READY)
    assert find_count_violations(read_memory(library)) == []


def test_used_ticket_with_lost_event_becomes_a_photo() -> None:
    library = MemoryLibrary()
    library.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea")
    library.clock.advance(TICKET_AND_GRACE)
    library.sweep.run(full_time)
    assert states(library) == [State.READY]
    assert find_violations(read_memory(library)) == []


def test_published_photo_stays_unchanged() -> None:
    library = MemoryLibrary()
    key = library.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea").key
    library.deliver_event(key)
    before = dict(library.photos.records)
    library.clock.advance(timedelta(days=400))
    assert library.sweep.process_due(always).processed == 0
    assert library.photos.records == before


def test_stuck_photo_is_processed_after_its_lease_expires() -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    assert library.sweep.process_due(always).processed == 0
    library.clock.advance(LEASE_DURATION)
    assert library.sweep.process_due(always).processed == 1
    assert states(library) == [State.READY]
    assert find_violations(read_memory(library)) == []


def test_stuck_photo_without_original_is_removed() -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    library.originals.delete("a.jpg")
    library.clock.advance(LEASE_DURATION)
    library.sweep.run(full_time)
    assert library.photos.records == {}
    assert find_violations(read_memory(library)) == []


def test_interrupted_removal_is_completed() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.delete("a.jpg")
    kill_worker(library, "a.jpg", at="remove")
    assert states(library) == [State.REMOVED]
    library.clock.advance(LEASE_DURATION)
    library.sweep.run(full_time)
    assert library.photos.records == {}
    assert find_violations(read_memory(library)) == []


def test_pending_labels_are_requested_until_available() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    for _ in range(3):
        library.clock.advance(timedelta(hours=1))
        assert library.sweep.process_due(always).processed == 1
    library.labeler.broken = False
    library.clock.advance(timedelta(hours=1))
    library.sweep.run(full_time)
    (stored,) = library.photos.records.values()
    assert stored.label_names == ("sand",)
    assert find_violations(read_memory(library)) == []


@pytest.mark.parametrize("error", [Unavailable("S3 did not respond."), RuntimeError("unexpected")])
def test_failing_photo_is_postponed_and_others_are_processed(error: Exception) -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        add_stuck_photo(library, key)
        library.clock.advance(timedelta(seconds=1))
    library.clock.advance(LEASE_DURATION)
    left = [1]

    def fail(name: str) -> None:
        if name == "put" and left[0]:
            left[0] -= 1
            raise error

    library.before = fail
    swept = library.sweep.run(full_time)
    library.before = no_hook
    (failure,) = swept.failures
    assert (swept.due.processed, swept.due.postponed, failure.error) == (2, 1, error)
    assert failure.photo_id is not None
    assert library.photos.records[failure.photo_id].key == "a.jpg"  # the longest overdue photo
    assert library.photos.records[failure.photo_id].due_at == library.clock() + FIRST_DELAY
    assert swept.totals.recounted > 0
    assert library.sweep.process_due(always) == DueReport()
    library.clock.advance(FIRST_DELAY)
    assert library.sweep.process_due(always).processed == 1
    assert states(library) == [State.READY] * 3
    assert [p.failure_count for p in library.photos.records.values()] == [0, 0, 0]
    assert find_violations(read_memory(library)) == []


def add_failing_photos(library: MemoryLibrary, photos: int) -> None:
    """Add photos with pending labels whose derivatives are missing, so that every attempt fails."""
    for n in range(photos):
        library.photos.commit(None, photo(f"bad{n:03}", sha256=f"{n:064}", labels_pending=True, due_at=NOON))


def test_many_failing_photos_do_not_block_others() -> None:
    library = MemoryLibrary()
    add_failing_photos(library, 3 * DUE_PAGE_SIZE)
    library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None)
    library.clock.advance(TICKET_AND_GRACE)
    report = library.sweep.process_due(always)
    assert (report.processed, report.postponed, len(report.failures)) == (1, 3 * DUE_PAGE_SIZE, 3 * DUE_PAGE_SIZE)
    assert library.sweep.process_due(always) == DueReport()


def test_backoff_doubles_up_to_a_day() -> None:
    library = MemoryLibrary()
    add_failing_photos(library, 1)
    minutes = []
    for _ in range(11):
        assert library.sweep.process_due(always).postponed == 1
        due_at = library.photos.records["bad000"].due_at
        assert due_at is not None
        minutes.append((due_at - library.clock()).total_seconds() / 60)
        library.clock.time = due_at
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]


def test_success_resets_the_failure_count() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    library.photos.commit(stored, replace(stored, failure_count=3))
    library.clock.advance(timedelta(hours=1))
    report = library.sweep.process_due(always)
    assert (report.processed, report.labels_pending) == (1, 1)
    (stored,) = library.photos.records.values()
    assert (stored.failure_count, stored.labels_pending) == (0, True)


@pytest.mark.parametrize("change", ["overwritten", "deleted"])
@pytest.mark.parametrize("where", ["head", "download"])
def test_event_of_a_postponed_photo_is_handled_at_once(where: str, change: str) -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    originals = BrokenAdapter(library.originals, where)
    processor = replace(library.ingest.processor, originals=originals)
    ingest = replace(library.ingest, originals=originals, processor=processor)
    assert replace(library.sweep, ingest=ingest).process_due(always).postponed == 1
    if change == "deleted":
        library.originals.delete("a.jpg")
    else:
        library.originals.drop("a.jpg", b"another")
    library.deliver_event("a.jpg")
    assert states(library) == ([] if change == "deleted" else [State.READY])
    assert find_violations(read_memory(library)) == []


def test_photo_trashed_under_a_dead_workers_lease_is_not_postponed() -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    (started,) = library.photos.records.values()
    trashed = library.photos.commit(started, replace(started, state=State.TRASHED, trashed_at=library.clock()))
    library.clock.advance(LEASE_DURATION)
    ingest = replace(library.ingest, originals=BrokenAdapter(library.originals, "head"))
    report = replace(library.sweep, ingest=ingest).process_due(always)
    assert (report.postponed, len(report.failures)) == (0, 1)
    assert list(library.photos.records.values()) == [trashed]
    library.clock.advance(timedelta(days=1))
    assert library.sweep.process_due(always).processed == 1
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.worker) == (State.TRASHED, None)


def test_photo_that_cannot_be_postponed_is_tried_once_per_run() -> None:
    library = MemoryLibrary()
    add_failing_photos(library, 2)
    untouched = dict(library.photos.records)

    def fail(name: str) -> None:
        if name == "commit":
            raise Unavailable("DynamoDB did not respond.")

    library.before = fail
    report = replace(library.sweep, photos=library.ingest.photos).process_due(always)
    assert (report.postponed, len(report.failures)) == (0, 2)
    assert library.photos.records == untouched


def test_remaining_photos_are_left_for_the_next_run() -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        add_stuck_photo(library, key)
    library.clock.advance(LEASE_DURATION)
    assert library.sweep.process_due(steps(2)).processed == 2
    assert library.sweep.process_due(always).processed == 1
    assert states(library) == [State.READY] * 3


@pytest.mark.parametrize("stored", [None, photo(due_at=None), "later"])
def test_outdated_due_entry_is_ignored(stored: Any) -> None:
    library = MemoryLibrary()
    if stored == "later":
        stored = photo(due_at=library.clock() + timedelta(seconds=1))
    records = [library.photos.commit(None, stored)] if stored else []

    class Lagging:
        def __getattr__(self, name: str) -> Any:
            return getattr(library.photos, name)

        def list_due(self, _: Any, after: DueEntry | None, __: int) -> list[DueEntry]:
            return [] if after else [DueEntry(NOON, "p1")]

    swept = replace(library.sweep, photos=Lagging()).process_due(always)
    assert swept == DueReport()
    assert list(library.photos.records.values()) == records


def test_concurrent_edit_is_not_overwritten() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.labeler.broken = False
    library.clock.advance(timedelta(hours=1))

    def retag(name: str) -> None:
        if name == "commit":
            library.before = no_hook
            (stored,) = library.photos.records.values()
            library.photos.commit(stored, replace(stored, user_tags=("mine",)))

    library.before = retag
    sweeps = replace(library.sweep, photos=library.ingest.photos)
    assert len(sweeps.process_due(always).failures) == 1
    library.before = no_hook
    library.clock.advance(FIRST_DELAY)
    assert sweeps.process_due(always).processed == 1
    (stored,) = library.photos.records.values()
    assert stored.tags == ("mine", "sand")
