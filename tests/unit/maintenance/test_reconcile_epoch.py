from dataclasses import replace

import pytest

from chalicelib.ingest.decisions import FINISHED_STATES
from chalicelib.library.photo import State
from chalicelib.maintenance.reconciliation import Reconciliation, ReconciliationReport
from chalicelib.maintenance.refresh import HeatRefresh
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.reconciliation_support import LATER, library


def reconciliation_with_new_epoch(fixture: MemoryLibrary) -> Reconciliation:
    """Reconciliation of the same library with a different epoch of heat."""
    return replace(fixture.reconciliation, refreshes=(HeatRefresh(lambda received: 7 if received <= NOON else 9),))


def totals_of(fixture: MemoryLibrary) -> set[tuple[str, int, int]]:
    return {(tag, trend.totals.count, trend.totals.heat) for (_, tag), trend in fixture.photos.totals.items()}


def test_new_epoch_updates_heat_and_totals() -> None:
    fixture = library(3)
    covers = {place: trend.cover for place, trend in fixture.photos.totals.items()}
    report = reconciliation_with_new_epoch(fixture).reconcile_photos(always)
    assert report == ReconciliationReport(checked=3, refreshed=3)
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
        updated.append(reconciliation.reconcile_photos(steps(rows_per_run)).refreshed)
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
    reconciliation = replace(fixture.reconciliation, refreshes=(HeatRefresh(lambda _: 1001),))
    assert reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED_STATES))
def test_unfinished_photo_keeps_its_heat(state: State) -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo(state=state))
    assert reconciliation_with_new_epoch(fixture).reconcile_photos(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {"p1": stored}
