from datetime import timedelta

import pytest

from chalicelib.ingest.decisions import FINISHED_STATES
from chalicelib.library.photo import State
from chalicelib.maintenance.pacing import MIN_PAUSE
from chalicelib.maintenance.reconciliation import PAGE_SIZE, SETTLED_AFTER, ReconciliationReport
from tests.support.factories import photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.reconciliation_support import library, states


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
    fixture.clock.advance(MIN_PAUSE)
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
