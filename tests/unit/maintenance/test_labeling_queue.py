"""Pending labels are found by the ingest function where only it has the model, and in place elsewhere."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.processing import LABEL_RETRY_DELAY
from chalicelib.library import transitions
from chalicelib.library.photo import State
from chalicelib.maintenance.sweep import DueReport, Sweep
from tests.fakes.ingest_queue import MemoryIngestQueue
from tests.fakes.library import MemoryLibrary
from tests.fakes.processing import FixedLabeler
from tests.support.factories import OWNER
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.killed_worker import kill_worker


def queued(library: MemoryLibrary) -> tuple[Sweep, MemoryIngestQueue]:
    """The library's sweep where only the ingest function can label, with its queue."""
    queue = MemoryIngestQueue()
    without_model = replace(library.ingest.processor, labeler=FixedLabeler(broken=True))
    ingest = replace(library.ingest, processor=without_model)
    return replace(library.sweep, processor=without_model, ingest=ingest, labeling_queue=queue), queue


def add_photo_without_labels(library: MemoryLibrary, key: str = "a.jpg") -> None:
    library.labeler.broken = True
    library.originals.drop(key, key.encode())
    library.deliver_event(key)
    library.clock.advance(timedelta(hours=1))


def test_pending_labels_are_found_by_the_ingest_function() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    (before,) = library.photos.records.values()
    puts = list[str]()
    library.before = puts.append
    assert sweep.process_due(always) == DueReport(processed=1)
    assert queue.keys == ["a.jpg"]
    library.labeler.broken = False
    queue.deliver(library)
    (stored,) = library.photos.records.values()
    assert (stored.tags, stored.labels_pending, stored.due_at, stored.failure_count) == (("sand",), False, None, 0)
    assert "put" not in puts  # it was not rendered again
    assert (stored.derivatives, stored.finished_at) == (before.derivatives, before.finished_at)
    queue.send("a.jpg")
    queue.deliver(library)  # an event may come twice
    assert list(library.photos.records.values()) == [stored]
    assert find_violations(read_memory(library)) == []


def test_erased_photos_are_deleted_by_the_ingest_function() -> None:
    library = MemoryLibrary()
    queue = MemoryIngestQueue()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    (photo_id,) = library.photos.records
    library.editor.erase_later(OWNER, photo_id)
    sweep = replace(library.sweep, queue=queue)
    assert sweep.process_due(always) == DueReport(processed=1)
    assert sweep.process_due(always) == DueReport()
    assert (queue.keys, len(library.originals.versions)) == (["a.jpg"], 1)
    library.clock.advance(LABEL_RETRY_DELAY)
    assert sweep.process_due(always) == DueReport(processed=1)  # the first one may have been lost
    assert queue.keys == ["a.jpg", "a.jpg"]
    queue.deliver(library)
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})


def test_photos_labeled_anew_are_counted_once_the_ingest_function_has_labeled_them() -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg"):
        library.originals.drop(key, key.encode())
        library.deliver_event(key)
    library.labeler.version = "fake-2"
    sweep, queue = queued(library)
    library.relabeling_requests.start(OWNER, ())
    sweep.run(lambda: timedelta(minutes=1))
    running = library.relabelings.get(OWNER)
    assert running is not None
    assert (running.photos, running.labeled, running.is_running) == (2, 0, True)
    assert sorted(queue.keys) == ["a.jpg", "b.jpg"]
    queue.deliver(library)
    sweep.run(lambda: timedelta(minutes=1))
    finished = library.relabelings.get(OWNER)
    assert finished is not None
    assert (finished.labeled, finished.is_running) == (2, False)
    assert {photo.labeler for photo in library.photos.records.values()} == {"fake-2"}
    assert queue.keys == []


def test_photo_is_not_handed_to_ingest_again_at_once() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    minutes = []
    for attempt in range(11):  # the ingest function fails each time
        assert sweep.process_due(always) == DueReport(processed=1, labels_pending=int(attempt > 0))
        assert sweep.process_due(always) == DueReport()
        (stored,) = library.photos.records.values()
        assert stored.due_at is not None
        minutes.append((stored.due_at - library.clock()).total_seconds() / 60)
        library.clock.time = stored.due_at
    assert minutes == [15, 15, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert queue.keys == ["a.jpg"] * 11


def test_photo_is_counted_while_the_ingest_function_cannot_label_it() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    counts = []
    for _ in range(3):
        counts.append(sweep.process_due(always).labels_pending)
        queue.deliver(library)
        library.clock.advance(timedelta(hours=1))
    assert counts == [0, 1, 1]


def test_photo_that_cannot_be_queued_is_tried_later() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    queue.broken = True
    report = sweep.process_due(always)
    assert (report.processed, report.postponed, len(report.failures)) == (0, 0, 1)
    queue.broken = False
    assert sweep.process_due(always) == DueReport()
    library.clock.advance(LABEL_RETRY_DELAY)
    assert sweep.process_due(always).processed == 1
    assert queue.keys == ["a.jpg"]


def test_photo_that_the_sweep_processes_is_labeled_by_ingest_later() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    library.originals.drop("a.jpg", b"sea")
    kill_worker(library, "a.jpg")
    library.clock.advance(LEASE_DURATION)
    assert sweep.process_due(always).processed == 1
    assert ([each.state for each in library.photos.records.values()], queue.keys) == ([State.READY], [])
    library.clock.advance(LABEL_RETRY_DELAY)
    sweep.process_due(always)
    queue.deliver(library)
    (stored,) = library.photos.records.values()
    assert stored.tags == ("sand",)


def test_photo_trashed_after_it_was_queued_is_left_alone() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    sweep.process_due(always)
    (stored,) = library.photos.records.values()
    trashed = library.photos.commit(stored, transitions.trash(stored, library.clock()))
    library.labeler.broken = False
    queue.deliver(library)
    assert list(library.photos.records.values()) == [trashed]


def test_photo_without_derivatives_is_processed_again() -> None:
    library = MemoryLibrary()
    sweep, queue = queued(library)
    add_photo_without_labels(library)
    library.derivatives.images.clear()
    library.labeler.broken = False
    sweep.process_due(always)
    queue.deliver(library)
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.tags) == (State.READY, ("sand",))
    assert find_violations(read_memory(library)) == []
