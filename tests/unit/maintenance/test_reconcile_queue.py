"""What reconciliation finds is processed by the ingest function, in any number, and what is gone is not sent there."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.ingest.originals import Original, upload_key
from chalicelib.library.photo import State
from chalicelib.maintenance import reconciliation
from chalicelib.maintenance.reconciliation import SETTLED_AFTER, Reconciliation
from tests.fakes.ingest_queue import MemoryIngestQueue
from tests.fakes.library import MemoryLibrary
from tests.support.factories import OWNER
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.reconciliation_support import LATER, library, states


def with_queue(fixture: MemoryLibrary) -> tuple[Reconciliation, MemoryIngestQueue]:
    """The library's reconciliation with a queue."""
    queue = MemoryIngestQueue()
    return replace(fixture.reconciliation, queue=queue), queue


def test_lost_originals_are_queued_and_not_processed_by_the_sweep() -> None:
    fixture = library(2)
    subject, queue = with_queue(fixture)
    upload = upload_key(OWNER, "lost", "b.jpg")
    for key in ("lost.jpg", upload):
        fixture.originals.drop(key, key.encode())
    fixture.clock.advance(SETTLED_AFTER)
    report = subject.reconcile_originals(always)
    assert (report.checked, report.repaired, report.queued) == (4, 2, 2)
    assert queue.keys == ["lost.jpg", upload]
    assert len(fixture.photos.records) == 2
    queue.deliver(fixture)
    assert [states(fixture)[key] for key in ("lost.jpg", upload)] == [State.READY, State.READY]
    assert find_violations(read_memory(fixture)) == []


def test_each_run_queues_a_bounded_number_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "MAX_QUEUED", 30)
    fixture = library()
    subject, queue = with_queue(fixture)
    for n in range(70):
        fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
    fixture.clock.advance(SETTLED_AFTER)
    assert [subject.reconcile_originals(always).queued for _ in range(4)] == [30, 30, 10, 0]
    assert queue.keys == sorted(set(queue.keys))
    assert len(queue.keys) == 70


def test_upload_of_an_unknown_owner_is_not_queued() -> None:
    fixture = library()
    subject, queue = with_queue(fixture)
    fixture.originals.drop(upload_key("0" * 32, "p1", "a.jpg"), b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    report = subject.reconcile_originals(always)
    assert (report.orphans, report.repaired, queue.keys) == (1, 0, [])


def test_photo_without_original_is_removed_by_the_sweep() -> None:
    fixture = library(3, removals_allowed=True)
    subject, queue = with_queue(fixture)
    fixture.originals.delete("0001.jpg")
    report = subject.reconcile_photos(always)
    assert (report.repaired, report.queued, queue.keys) == (1, 0, [])
    assert "0001.jpg" not in {p.key for p in fixture.photos.records.values() if p.state is State.READY}


def test_photo_of_another_version_is_queued() -> None:
    fixture = library(2)
    subject, queue = with_queue(fixture)
    fixture.originals.drop("0001.jpg", b"new")
    fixture.clock.advance(SETTLED_AFTER)
    assert subject.reconcile_photos(always).queued == 1
    assert queue.keys == ["0001.jpg"]


def test_photo_without_derivatives_is_queued() -> None:
    fixture = library(1)
    subject, queue = with_queue(fixture)
    fixture.derivatives.images.clear()
    fixture.clock.advance(LATER)
    report = subject.reconcile_originals(always)
    assert (report.rendered, report.queued, queue.keys) == (1, 1, ["0000.jpg"])
    queue.deliver(fixture)
    (found,) = fixture.photos.records.values()
    assert {each.key for each in found.derivatives.values()} == fixture.derivatives.images.keys()


def test_original_that_cannot_be_queued_is_a_failure_and_found_again() -> None:
    fixture = library()
    subject, queue = with_queue(fixture)
    fixture.originals.drop("lost.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    queue.broken = True
    assert len(subject.reconcile_originals(always).failures) == 1
    queue.broken = False
    fixture.clock.advance(LATER)
    assert subject.reconcile_originals(always).queued == 1


def test_photo_whose_labels_are_pending_is_queued_for_them() -> None:
    fixture = library(1)
    subject, queue = with_queue(fixture)
    fixture.labeler.broken = True
    fixture.originals.drop("0000.jpg", b"another")
    fixture.clock.advance(SETTLED_AFTER)

    def head_before_the_event(key: str) -> Original | None:
        original = fixture.originals.head(key)
        fixture.deliver_event(key)
        return original

    raced: Any = SimpleNamespace(head=head_before_the_event)
    assert replace(subject, originals=raced).reconcile_photos(always).queued == 1
    assert queue.keys == ["0000.jpg"]
    fixture.labeler.broken = False
    queue.deliver(fixture)
    (stored,) = fixture.photos.records.values()
    assert (stored.state, stored.tags, stored.labels_pending) == (State.READY, ("sand",), False)
