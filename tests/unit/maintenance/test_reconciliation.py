from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.ingest import FINISHED_STATES
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import PAUSE_PER_ROW
from chalicelib.maintenance.reconciliation import (
    ORIGINALS,
    PAGE_SIZE,
    PHOTOS,
    SETTLED_AFTER,
    Checkpoint,
    Reconciliation,
    ReconciliationReport,
)
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER, photo
from tests.support.invariants import find_violations, read_memory

LATER = timedelta(days=2)  # longer than any pause in these tests


def always() -> bool:
    return True


def steps(count: int) -> Callable[[], bool]:
    """Time for this number of steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def library(drops: int = 0) -> MemoryLibrary:
    """A library of published direct drops."""
    fixture = MemoryLibrary()
    for n in range(drops):
        fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
        fixture.deliver_event(f"{n:04}.jpg")
    fixture.clock.advance(LATER)
    return fixture


def states(fixture: MemoryLibrary) -> dict[str, State]:
    return {p.key: p.state for p in fixture.photos.records.values()}


# Originals to photos


def test_original_without_event_becomes_a_photo() -> None:
    fixture = library(2)
    fixture.originals.drop("lost.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=3, repaired=1)
    assert states(fixture)["lost.jpg"] is State.READY
    (found,) = [p for p in fixture.photos.records.values() if p.key == "lost.jpg"]
    assert found.event == {"bucket": "originals", "key": "lost.jpg"}
    assert find_violations(read_memory(fixture)) == []


def test_upload_without_event_becomes_its_waiting_photo() -> None:
    fixture = library()
    announced = fixture.uploads.store_original(OWNER, UploadMetadata("a.jpg", user_tags=("sea",)), b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1
    (stored,) = fixture.photos.records.values()
    assert (stored.photo_id, stored.state, stored.user_tags) == (announced.photo_id, State.READY, ("sea",))


def test_original_with_photo_is_left_alone() -> None:
    fixture = library(3)
    fixture.deliver_event(fixture.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea").key)
    fixture.clock.advance(LATER)
    before = dict(fixture.photos.records)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=4)
    assert fixture.photos.records == before


@pytest.mark.parametrize("state", [s for s in State if s is not State.UPLOADING])
def test_original_with_a_photo_in_any_state_is_left_alone(state: State) -> None:
    fixture = library()
    fixture.originals.drop(photo().key, b"sea")
    stored = fixture.photos.commit(None, photo(state=state))
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {"p1": stored}


def test_key_outside_the_upload_prefix_is_a_direct_drop() -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo())
    fixture.originals.drop("somebody/p1/else.jpg", b"sea")
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1
    assert fixture.photos.records["p1"] == stored
    assert states(fixture)["somebody/p1/else.jpg"] is State.READY
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)


def test_recent_original_is_left_for_the_next_pass() -> None:
    fixture = library()
    fixture.originals.drop("young.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {}
    fixture.clock.advance(timedelta(seconds=1))
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1


@pytest.mark.parametrize("key", ["uploads/somebody/p1/else.jpg", f"uploads/{OWNER}/p2/beach.jpg", "uploads/a.jpg"])
def test_upload_without_record_is_an_orphan(key: str) -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo(object_version="v0"))
    fixture.originals.drop(photo().key, b"sea")
    original = fixture.originals.drop(key, b"orphan")
    fixture.clock.advance(LATER)
    for _ in range(2):
        assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=2, orphans=1)
        fixture.clock.advance(LATER)
    assert fixture.photos.records == {"p1": stored}
    assert fixture.originals.head(key) == original


@pytest.mark.parametrize("key", ["a.jpg.xmp", "folder/", ".DS_Store", "uploads/x/p1/Thumbs.db"])
def test_sidecars_are_ignored(key: str) -> None:
    fixture = library()
    fixture.originals.drop(key, b"x")
    fixture.clock.advance(LATER)
    requested_ids = list[str]()

    class RecordingStore:
        def get_many(self, ids: Iterable[str]) -> dict[str, Photo]:
            requested_ids.extend(ids)
            return {}

    store: Any = RecordingStore()
    reconciliation = replace(fixture.reconciliation, photos=store)
    assert reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert requested_ids == []


def test_existing_originals_become_photos_on_any_page() -> None:
    fixture = library()
    for n in range(2 * PAGE_SIZE + 1):
        fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(
        checked=2 * PAGE_SIZE + 1, repaired=2 * PAGE_SIZE + 1
    )
    assert set(states(fixture).values()) == {State.READY}
    assert find_violations(read_memory(fixture)) == []


def test_concurrent_event_is_not_counted_as_repaired() -> None:
    fixture = library()
    fixture.originals.drop("a.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER)

    class Late:
        def get_many(self, ids: Any) -> Any:
            return {}

        def __getattr__(self, name: str) -> Any:
            return getattr(fixture.photos, name)

    fixture.deliver_event("a.jpg")
    reconciliation = replace(fixture.reconciliation, photos=Late())
    assert reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)


# Photos to originals


@pytest.mark.parametrize("data", [b"sea", b"bad"])
def test_photo_without_original_is_removed(data: bytes) -> None:
    fixture = library(1)
    fixture.originals.drop("gone.jpg", data)
    fixture.deliver_event("gone.jpg")
    fixture.originals.delete("gone.jpg")
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=2, repaired=1)
    assert list(states(fixture)) == ["0000.jpg"]
    assert find_violations(read_memory(fixture)) == []


def test_photo_of_overwritten_original_is_processed_again() -> None:
    fixture = library(1)
    version = fixture.originals.drop("0000.jpg", b"another").version
    fixture.clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(
        checked=1
    )  # its event may still arrive
    fixture.clock.advance(timedelta(seconds=1))
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1, repaired=1)
    (stored,) = fixture.photos.records.values()
    assert (stored.object_version, stored.state) == (version, State.READY)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED_STATES))
def test_unfinished_photo_is_left_to_the_due_list(state: State) -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo(state=state))
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {"p1": stored}


def test_consistent_library_stays_unchanged() -> None:
    fixture = library(PAGE_SIZE + 5)
    before = dict(fixture.photos.records)
    assert (
        fixture.reconciliation.reconcile_photos(always)
        == fixture.reconciliation.reconcile_originals(always)
        == ReconciliationReport(checked=PAGE_SIZE + 5)
    )
    assert fixture.photos.records == before


# A new epoch


def reconciliation_with_new_epoch(fixture: MemoryLibrary) -> Reconciliation:
    """Reconciliation of the same library with a different epoch of heat."""
    return replace(fixture.reconciliation, heat=lambda received: 7 if received <= NOON else 9)


def totals_of(fixture: MemoryLibrary) -> set[tuple[str, int, int]]:
    return {(tag, trend.totals.count, trend.totals.heat) for (_, tag), trend in fixture.photos.totals.items()}


def test_new_epoch_updates_heat_and_totals() -> None:
    fixture = library(3)
    covers = {place: trend.cover for place, trend in fixture.photos.totals.items()}
    report = reconciliation_with_new_epoch(fixture).reconcile_photos(always)
    assert report == ReconciliationReport(checked=3, heat_updated=3)
    assert {p.heat for p in fixture.photos.records.values()} == {7}
    assert {heat for _, _, heat in totals_of(fixture)} == {3 * 7}
    assert {place: trend.cover for place, trend in fixture.photos.totals.items()} == covers
    assert find_violations(read_memory(fixture)) == []
    fixture.clock.advance(LATER)
    assert reconciliation_with_new_epoch(fixture).reconcile_photos(always) == ReconciliationReport(checked=3)


@pytest.mark.parametrize("rows_per_run", [2, 3])
def test_totals_are_correct_after_each_run_of_a_new_epoch(rows_per_run: int) -> None:
    fixture = library(4)
    reconciliation, updated = reconciliation_with_new_epoch(fixture), list[int]()
    for _ in range(4):
        updated.append(reconciliation.reconcile_photos(steps(rows_per_run)).heat_updated)
        assert sum(p.heat == 7 for p in fixture.photos.records.values()) == sum(updated)
        assert find_violations(read_memory(fixture)) == []
    assert 0 < updated[0] < 4
    assert sum(updated) == 4


def test_leased_or_changed_photo_keeps_its_heat_until_the_next_pass() -> None:
    fixture = library(2)
    first, second = fixture.photos.records.values()
    fixture.photos.commit(first, replace(first, worker="somebody"))

    def changed(name: str) -> None:
        fixture.before = no_hook
        fixture.photos.commit(second, replace(second, weight=1))

    fixture.before = changed
    assert reconciliation_with_new_epoch(fixture).reconcile_photos(always) == ReconciliationReport(checked=2)
    assert {p.heat for p in fixture.photos.records.values()} == {1000}
    assert find_violations(read_memory(fixture)) == []


def test_rounding_difference_is_not_a_new_epoch() -> None:
    fixture = library(1)
    reconciliation = replace(fixture.reconciliation, heat=lambda _: 1001)
    assert reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED_STATES))
def test_unfinished_photo_keeps_its_heat(state: State) -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo(state=state))
    assert reconciliation_with_new_epoch(fixture).reconcile_photos(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {"p1": stored}


# Both passes


type Pass = Callable[[Reconciliation, Callable[[], bool]], ReconciliationReport]
PASSES = [Reconciliation.reconcile_originals, Reconciliation.reconcile_photos]


def inconsistent_library(run_pass: Pass, things: int) -> MemoryLibrary:
    """A library in which this pass has to repair everything."""
    fixture = library(0 if run_pass is Reconciliation.reconcile_originals else things)
    for n in range(things):
        if run_pass is Reconciliation.reconcile_originals:
            fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
        else:
            fixture.originals.delete(f"{n:04}.jpg")
    fixture.clock.advance(LATER)
    return fixture


@pytest.mark.parametrize("run_pass", PASSES)
@pytest.mark.parametrize("rows_per_run", [2, 3, 50])
def test_runs_of_any_length_complete_one_pass(run_pass: Pass, rows_per_run: int) -> None:
    fixture = inconsistent_library(run_pass, PAGE_SIZE + 7)
    reports = []
    while True:
        reports.append(run_pass(fixture.reconciliation, steps(rows_per_run)))
        if not any(mark.progress.rows for mark in fixture.scanner.checkpoints.values()):
            break
        assert len(reports) < 300
    assert sum(c.repaired for c in reports) == sum(c.checked for c in reports) == PAGE_SIZE + 7
    assert all(c.checked < rows_per_run for c in reports)
    assert find_violations(read_memory(fixture)) == []


@pytest.mark.parametrize("run_pass", PASSES)
def test_no_time_left_reads_nothing(run_pass: Pass) -> None:
    fixture = inconsistent_library(run_pass, 2)
    assert run_pass(fixture.reconciliation, lambda: False) == ReconciliationReport()
    assert fixture.scanner.checkpoints == {}


@pytest.mark.parametrize("run_pass", PASSES)
def test_failing_row_is_reported_and_retried_in_the_next_pass(run_pass: Pass) -> None:
    fixture = inconsistent_library(run_pass, 5)
    error = Unavailable("S3 did not respond.")
    left = [1]

    def fail(name: str) -> None:
        if left[0] and name in {"put", "remove"}:
            left[0] -= 1
            raise error

    fixture.before = fail
    report = run_pass(fixture.reconciliation, always)
    fixture.before = no_hook
    ((failure),) = report.failures
    assert (report.checked, report.repaired, failure.error) == (5, 4, error)
    assert failure.photo_id in fixture.photos.records
    fixture.clock.advance(LATER)
    fixture.sweep.process_due(always)  # its processing has started, so it is due as well
    assert run_pass(fixture.reconciliation, always).failures == ()
    assert find_violations(read_memory(fixture)) == []


@pytest.mark.parametrize("run_pass", PASSES)
def test_unavailable_store_is_reported_and_the_pass_resumes(run_pass: Pass) -> None:
    fixture = inconsistent_library(run_pass, 2 * PAGE_SIZE)
    reads = [1]

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(fixture.scanner, name)

        def _page(self, read: Callable[..., Any], *args: Any) -> Any:
            reads[0] -= 1
            if reads[0] < 0:
                raise Unavailable("AWS did not respond.")
            return read(*args)

        def list_originals(self, *args: Any) -> Any:
            return self._page(fixture.originals.list_originals, *args)

        def scan(self, *args: Any) -> Any:
            return self._page(fixture.scanner.scan, *args)

    report = run_pass(replace(fixture.reconciliation, lister=Failing(), scanner=Failing()), always)
    assert (report.checked, [f.photo_id for f in report.failures]) == (PAGE_SIZE, [None])
    assert run_pass(fixture.reconciliation, always) == ReconciliationReport(checked=PAGE_SIZE, repaired=PAGE_SIZE)


@pytest.mark.parametrize("run_pass", PASSES)
def test_pause_is_proportional_to_the_rows_read(run_pass: Pass) -> None:
    fixture = library(50)
    assert run_pass(fixture.reconciliation, always).checked == 50
    fixture.clock.advance(50 * PAUSE_PER_ROW - timedelta(seconds=1))
    assert run_pass(fixture.reconciliation, always) == ReconciliationReport()
    fixture.clock.advance(timedelta(seconds=1))
    assert run_pass(fixture.reconciliation, always).checked == 50


def test_passes_have_separate_checkpoints() -> None:
    fixture = library(5)
    fixture.reconciliation.reconcile_originals(steps(3))
    assert fixture.scanner.checkpoints.keys() == {ORIGINALS}
    fixture.reconciliation.reconcile_photos(steps(4))
    assert (fixture.scanner.checkpoints[ORIGINALS].after, fixture.scanner.checkpoints[PHOTOS].progress.rows) == (
        "0001.jpg",
        3,
    )


def test_empty_library_completes_a_pass_at_once() -> None:
    fixture = library()
    for _ in range(2):
        assert (
            fixture.reconciliation.reconcile_originals(always)
            == fixture.reconciliation.reconcile_photos(always)
            == ReconciliationReport()
        )
    assert {mark.after for mark in fixture.scanner.checkpoints.values()} == {None}
    assert Checkpoint() not in fixture.scanner.checkpoints.values()


def test_failure_without_a_photo_has_a_derived_id() -> None:
    fixture = library()
    fixture.originals.drop("aunt-mary/on/holiday.jpg", b"sea")
    fixture.clock.advance(LATER)

    def fail(name: str) -> None:
        raise Unavailable("DynamoDB did not respond.")

    fixture.before = fail
    (failure,) = fixture.reconciliation.reconcile_originals(always).failures
    assert len(failure.photo_id or "") == 32
