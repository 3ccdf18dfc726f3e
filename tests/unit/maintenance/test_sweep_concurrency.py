from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.reconciliation import ReconciliationReport
from chalicelib.maintenance.recount import RecountReport
from chalicelib.maintenance.sweep import DueReport, Sweep, SweepReport
from tests.fakes.broken import BrokenAdapter
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER, photo
from tests.support.invariants import find_violations, read_memory
from tests.unit.maintenance.test_sweep import TICKET_AND_GRACE, plenty, states, stuck


@pytest.mark.parametrize("port", ["list_due", "next_trend", "list_originals", "scan"])
def test_interrupted_pass_is_reported_and_others_run(port: str) -> None:
    library = MemoryLibrary()
    library.photos.commit(None, photo())
    stuck(library, "a.jpg")
    library.originals.drop("b.jpg", b"lost")
    library.clock.advance(timedelta(minutes=20))
    catalogue = BrokenAdapter(library.photos, port)
    sweeps = replace(
        library.sweep,
        photos=catalogue,
        recount=replace(library.sweep.recount, totals=catalogue),
        reconciliation=replace(
            library.reconciliation,
            lister=BrokenAdapter(library.originals, port),
            scanner=BrokenAdapter(library.scanner, port),
        ),
    )
    swept = sweeps.run(plenty)
    ((failure),) = swept.failures
    assert (failure.photo_id, str(failure.error)) == (None, f"No {port} now.")
    assert bool(swept.due.processed) is (port != "list_due")
    assert bool(swept.totals.recounted) is (port != "next_trend")
    assert bool(swept.originals.repaired) is (port != "list_originals")
    assert bool(swept.photos.checked) is (port != "scan")


def test_no_time_left_starts_nothing() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    before = dict(library.photos.records)
    swept = library.sweep.run(lambda: timedelta(0))
    assert swept == SweepReport(DueReport(), RecountReport(), ReconciliationReport(), ReconciliationReport())
    assert library.photos.records == before


def busy(library: MemoryLibrary, *, due: int, lost: int, gone: int, takes: timedelta) -> Callable[[], timedelta]:
    """Work for every part, each piece of which takes so long; answers the time that is left of a run of 40 s."""
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
            library.clock.advance(takes)

    library.before = spend
    return lambda: end - library.clock()


def slow(library: MemoryLibrary) -> Sweep:
    return replace(library.sweep, photos=library.ingest.photos)


def test_time_is_shared_by_all_passes() -> None:
    library = MemoryLibrary()
    left = busy(library, due=500, lost=500, gone=500, takes=timedelta(seconds=0.5))
    swept = slow(library).run(left)
    assert left() <= timedelta(0)
    assert swept.due.processed == 40  # half of the time
    assert swept.totals.recounted > 0
    assert (swept.originals.repaired, swept.photos.repaired) == (
        20,
        10,
    )  # and the other half; to retire takes twice as long


def test_time_unused_by_passes_is_given_to_due_photos() -> None:
    library = MemoryLibrary()
    left = busy(library, due=500, lost=3, gone=3, takes=timedelta(seconds=0.5))
    swept = slow(library).run(left)
    assert (swept.originals.repaired, swept.photos.repaired, swept.due.processed) == (3, 3, 71)


def test_backlog_is_cleared_in_several_runs() -> None:
    library = MemoryLibrary()
    busy(library, due=130, lost=130, gone=130, takes=timedelta(seconds=0.5))
    for _ in range(9):
        end = library.clock() + timedelta(seconds=40)
        slow(library).run(lambda end=end: end - library.clock())  # type: ignore[misc]
        library.clock.advance(timedelta(minutes=5))
    assert states(library) == [State.READY] * 130
    library.before = no_hook
    assert find_violations(read_memory(library)) == []


def test_repeated_sweep_changes_nothing() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    library.sweep.run(plenty)
    before: dict[str, Photo] = dict(library.photos.records)
    swept = library.sweep.run(plenty)
    assert (swept.due, swept.totals.drifted) == (DueReport(), 0)
    assert library.photos.records == before
