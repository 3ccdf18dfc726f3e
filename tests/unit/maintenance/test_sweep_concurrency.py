from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.relabeling_pass import RelabelingReport
from chalicelib.maintenance.sweep import DueReport, Sweep, SweepReport
from tests.fakes.broken import BrokenAdapter
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER, photo
from tests.support.invariants import find_violations, read_memory
from tests.unit.maintenance.test_sweep import TICKET_AND_GRACE, add_stuck_photo, full_time, states


@pytest.mark.parametrize("port", ["list_due", "next_trend", "list_originals", "scan"])
def test_interrupted_pass_is_reported_and_others_run(port: str) -> None:
    library = MemoryLibrary()
    library.photos.commit(None, photo())
    add_stuck_photo(library, "a.jpg")
    library.originals.drop("b.jpg", b"lost")
    library.clock.advance(timedelta(minutes=20))
    broken_photos = BrokenAdapter(library.photos, port)
    sweep = replace(
        library.sweep,
        photos=broken_photos,
        recount=replace(library.sweep.recount, totals=broken_photos),
        reconciliation=replace(
            library.reconciliation,
            lister=BrokenAdapter(library.originals, port),
            scanner=BrokenAdapter(library.scanner, port),
        ),
    )
    report = sweep.run(full_time)
    ((failure),) = report.failures
    assert (failure.photo_id, str(failure.error)) == (None, f"No {port} now.")
    assert bool(report.due.processed) is (port != "list_due")
    assert bool(report.totals.recounted) is (port != "next_trend")
    assert bool(report.originals.repaired) is (port != "list_originals")
    assert bool(report.photos.checked) is (port != "scan")


def test_no_time_left_starts_nothing() -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    before = dict(library.photos.records)
    report = library.sweep.run(lambda: timedelta(0))
    assert report == SweepReport(
        DueReport(), RelabelingReport(), RecountReport(), ReconciliationReport(), ReconciliationReport()
    )
    assert library.photos.records == before


def add_backlog(
    library: MemoryLibrary, *, due: int, lost: int, gone: int, duration: timedelta
) -> Callable[[], timedelta]:
    """Add work of a fixed duration for every pass; returns the time left of a run of 40 s."""
    for n in range(gone):
        library.originals.drop(f"gone{n}.jpg", b"gone%d" % n)
        library.deliver_event(f"gone{n}.jpg")
        library.originals.delete(f"gone{n}.jpg")
    for n in range(lost):
        library.originals.drop(f"lost{n}.jpg", b"lost%d" % n)
    for n in range(due):
        library.uploads.create_ticket(OWNER, UploadMetadata(f"{n}.jpg"), None)
    library.clock.advance(TICKET_AND_GRACE)
    end = library.clock() + timedelta(seconds=40)

    def spend(name: str) -> None:
        if name == "remove" or name == "tag_state":
            library.clock.advance(duration)

    library.before = spend
    return lambda: end - library.clock()


def slow_sweep(library: MemoryLibrary) -> Sweep:
    return replace(library.sweep, photos=library.ingest.photos)


def test_time_is_shared_by_all_passes() -> None:
    library = MemoryLibrary()
    time_left = add_backlog(library, due=500, lost=500, gone=500, duration=timedelta(seconds=0.5))
    report = slow_sweep(library).run(time_left)
    assert time_left() <= timedelta(0)
    assert report.due.processed == 40  # half of the time
    assert report.totals.recounted > 0
    assert (report.originals.repaired, report.photos.repaired) == (20, 20)  # the other half


def test_time_unused_by_passes_is_given_to_due_photos() -> None:
    library = MemoryLibrary()
    time_left = add_backlog(library, due=500, lost=3, gone=3, duration=timedelta(seconds=0.5))
    report = slow_sweep(library).run(time_left)
    assert (report.originals.repaired, report.photos.repaired, report.due.processed) == (3, 3, 74)


def test_backlog_is_cleared_in_several_runs() -> None:
    library = MemoryLibrary(removals_allowed_until=NOON + timedelta(days=9))
    add_backlog(library, due=130, lost=130, gone=130, duration=timedelta(seconds=0.5))
    for _ in range(9):
        end = library.clock() + timedelta(seconds=40)
        slow_sweep(library).run(lambda end=end: end - library.clock())  # type: ignore[misc]
        library.clock.advance(timedelta(minutes=5))
    assert states(library) == [State.READY] * 130
    library.before = no_hook
    assert find_violations(read_memory(library)) == []


def test_repeated_sweep_changes_nothing() -> None:
    library = MemoryLibrary()
    add_stuck_photo(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    library.sweep.run(full_time)
    before: dict[str, Photo] = dict(library.photos.records)
    report = library.sweep.run(full_time)
    assert (report.due, report.totals.drifted) == (DueReport(), 0)
    assert library.photos.records == before
