"""Derivatives of earlier versions move to keys without owner and filename; nothing is lost or left behind."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.decisions import Action
from chalicelib.ingest.key_migration import former_keys, must_be_moved
from chalicelib.ingest.processing import possible_keys
from chalicelib.library.photo import Photo, State
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.former_keys import use_former_keys, with_former_keys
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.reconciliation_support import LATER


def earlier_library() -> MemoryLibrary:
    """A photo, its duplicate and a direct drop, as an earlier version has left them."""
    fixture = MemoryLibrary()
    for key, data in (("a.jpg", b"sea"), ("b.jpg", b"sea"), ("c.jpg", b"hill")):
        fixture.originals.drop(key, data)
        fixture.deliver_event(key)
    for photo in list(fixture.photos.records.values()):
        use_former_keys(fixture, photo)
    assert find_violations(read_memory(fixture)) == []
    fixture.clock.advance(LATER)
    return fixture


def run_pass(fixture: MemoryLibrary) -> int:
    """Run the pass over the photos, after the pause before it; returns how many it changed."""
    fixture.clock.advance(LATER)
    report = fixture.reconciliation.reconcile_photos(always)
    assert report.failures == ()
    return report.refreshed


def is_moved(photo: Photo) -> bool:
    return {each.key for each in photo.derivatives.values()} <= possible_keys(photo.photo_id)


def test_pass_copies_derivatives_and_the_next_one_deletes_those_at_former_keys() -> None:
    fixture = earlier_library()
    images = dict(fixture.derivatives.images)
    for former in (True, False):
        assert run_pass(fixture) == 3
        for photo in fixture.photos.records.values():
            found = {fixture.derivatives.get(photo.derivatives[name].key) for name in ("thumbnail", "small")}
            assert found == {b"image of hill" if photo.key == "c.jpg" else b"image of sea"}
            assert bool(former_keys(photo)) is former
        assert (images.keys() <= fixture.derivatives.images.keys()) is former
        assert find_violations(read_memory(fixture)) == []
    assert run_pass(fixture) == 0
    assert all(map(is_moved, fixture.photos.records.values()))


def test_copies_have_the_metadata_of_their_images() -> None:
    fixture = earlier_library()
    metadata = sorted(map(str, fixture.derivatives.metadata.values()))
    for _ in range(2):
        run_pass(fixture)
    assert sorted(map(str, fixture.derivatives.metadata.values())) == metadata


@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_at_any_write_loses_nothing_and_leaves_nothing_behind(when: str) -> None:
    for writes in range(100):
        fixture = earlier_library()
        left: Iterator[int] = iter(range(writes))

        def die(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise ProcessKilled

        setattr(fixture, when, die)
        with suppress(ProcessKilled):
            for _ in range(2):
                run_pass(fixture)
        is_killed = next(left, None) is None
        setattr(fixture, when, no_hook)
        for _ in range(3):
            fixture.sweep.run(lambda: timedelta(minutes=1))
            run_pass(fixture)
        assert find_violations(read_memory(fixture)) == []
        assert all(map(is_moved, fixture.photos.records.values()))
        assert {p.state for p in fixture.photos.records.values()} == {State.READY, State.DUPLICATE}
        if not is_killed:
            assert writes > 20
            return
    pytest.fail("The pass makes more writes than expected.")


def test_photo_that_is_deleted_takes_both_copies_along() -> None:
    fixture = earlier_library()
    run_pass(fixture)
    for photo in list(fixture.photos.records.values()):
        fixture.editor.erase(OWNER, photo.photo_id)
    assert fixture.derivatives.images == {}


@pytest.mark.parametrize("moved", [False, True])
def test_new_original_replaces_both_copies(moved: bool) -> None:
    fixture = earlier_library()
    if moved:
        run_pass(fixture)
    fixture.originals.drop("c.jpg", b"png lake")
    fixture.deliver_event("c.jpg")
    (photo,) = (p for p in fixture.photos.records.values() if p.key == "c.jpg")
    assert is_moved(photo)
    assert find_violations(read_memory(fixture)) == []


def test_photo_is_processed_again_if_a_derivative_is_gone() -> None:
    fixture = earlier_library()
    photo = next(p for p in fixture.photos.records.values() if p.key == "c.jpg")
    fixture.derivatives.remove([photo.derivatives["resized"].key])
    run_pass(fixture)
    assert is_moved(fixture.photos.records[photo.photo_id])
    assert fixture.derivatives.get(f"{photo.photo_id}/resized.jpg") == b"image of hill"
    assert find_violations(read_memory(fixture)) == []


def test_error_of_the_store_is_tried_again() -> None:
    fixture = earlier_library()

    def fail(write: str) -> None:
        if write == "copy":
            raise Unavailable("S3 did not respond.")

    fixture.before = fail
    assert len(fixture.reconciliation.reconcile_photos(always).failures) == 3
    fixture.before = no_hook
    fixture.sweep.process_due(always)
    assert not any(map(must_be_moved, fixture.photos.records.values()))
    assert all(p.due_at is None and p.attempts == 0 for p in fixture.photos.records.values())


def test_pending_labels_are_still_due_after_the_move() -> None:
    fixture = earlier_library()
    photo = next(p for p in fixture.photos.records.values() if p.state is State.READY)
    due_at = fixture.clock() + timedelta(days=9)
    fixture.photos.commit(photo, replace(photo, labels_pending=True, due_at=due_at))
    assert fixture.deliver_event(photo.key).action is Action.MOVE
    assert fixture.photos.records[photo.photo_id].due_at == fixture.clock()
    fixture.sweep.process_due(always)
    assert not fixture.photos.records[photo.photo_id].labels_pending


def test_photo_in_the_trash_is_moved_when_it_is_restored() -> None:
    fixture = earlier_library()
    photo = next(p for p in fixture.photos.records.values() if p.key == "c.jpg")
    fixture.editor.trash(OWNER, photo.photo_id)
    assert run_pass(fixture) == 2
    fixture.editor.restore(OWNER, photo.photo_id)
    run_pass(fixture)
    assert not must_be_moved(fixture.photos.records[photo.photo_id])


def test_image_that_is_preview_and_small_is_copied_once() -> None:
    fixture = earlier_library()
    photo = next(p for p in fixture.photos.records.values() if p.key == "c.jpg")
    former = with_former_keys(photo)
    one = {**former.derivatives, "small": former.derivatives["preview"]}
    fixture.derivatives.remove([former.derivatives["small"].key])
    fixture.photos.commit(photo, replace(former, derivatives=one))
    for _ in range(2):
        run_pass(fixture)
    moved = fixture.photos.records[photo.photo_id].derivatives
    assert moved["small"].key == moved["preview"].key == f"{photo.photo_id}/preview.webp"
    assert find_violations(read_memory(fixture)) == []
