from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.maintenance.pacing import MIN_PAUSE
from chalicelib.maintenance.reconciliation import ORIGINALS, PAGE_SIZE, PHOTOS, Reconciliation, ReconciliationReport
from chalicelib.maintenance.sources import Checkpoint
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.reconciliation_support import LATER, library

type Pass = Callable[[Reconciliation, Callable[[], bool]], ReconciliationReport]
PASSES = [Reconciliation.reconcile_originals, Reconciliation.reconcile_photos]


def inconsistent_library(run_pass: Pass, things: int) -> MemoryLibrary:
    """A library in which this pass has to repair everything."""
    fixture = library(0 if run_pass is Reconciliation.reconcile_originals else things, removals_allowed=True)
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
def test_pass_rests_twice_as_long_if_it_found_nothing(run_pass: Pass) -> None:
    fixture = library(50)
    assert run_pass(fixture.reconciliation, always).checked == 50
    for pause in (MIN_PAUSE, 2 * MIN_PAUSE):
        fixture.clock.advance(pause - timedelta(seconds=1))
        assert run_pass(fixture.reconciliation, always) == ReconciliationReport()
        fixture.clock.advance(timedelta(seconds=1))
        assert run_pass(fixture.reconciliation, always).checked == 50


def test_pass_that_found_something_is_repeated_after_an_hour() -> None:
    fixture = library(3)
    for _ in range(3):
        fixture.reconciliation.reconcile_originals(always)
        fixture.clock.advance(LATER)
    fixture.originals.drop("lost.jpg", b"sea")
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1
    fixture.clock.advance(MIN_PAUSE)
    assert fixture.reconciliation.reconcile_originals(always).checked == 4


def test_pass_over_the_photos_may_rest_longer() -> None:
    fixture = library(50)
    reconciliation = replace(fixture.reconciliation, pause_per_photo=timedelta(seconds=100))
    reconciliation.reconcile_originals(always)
    reconciliation.reconcile_photos(always)
    fixture.clock.advance(timedelta(seconds=4999))
    assert reconciliation.reconcile_originals(always).checked == 50
    assert reconciliation.reconcile_photos(always) == ReconciliationReport()
    fixture.clock.advance(timedelta(seconds=1))
    assert reconciliation.reconcile_photos(always).checked == 50


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
