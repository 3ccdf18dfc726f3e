from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, PhotoNotFound, Unavailable
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import State
from chalicelib.library.transitions import TRASH_RETENTION
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.unit.ingest.support import METADATA, add_photo, state, sweep


def test_trashed_photo_is_hidden_and_restore_is_complete() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    before = library.photos.records[photo_id]
    library.editor.trash(OWNER, photo_id)
    assert [r.photo_id for r in library.photos.list_rows(owner_scope(OWNER), "!trashed", after=None, limit=9)] == [
        photo_id
    ]
    assert library.photos.list_rows("public", "*", after=None, limit=9) == []
    assert find_violations(read_memory(library)) == []
    after = library.editor.restore(OWNER, photo_id)
    assert replace(after, version=before.version) == before
    assert find_violations(read_memory(library)) == []


def test_photo_is_erased_with_all_versions_after_30_days_in_the_trash() -> None:
    library = MemoryLibrary()
    add_photo(library, data=b"old")
    photo_id = add_photo(library, data=b"new")
    library.editor.trash(OWNER, photo_id)
    sweep(library, TRASH_RETENTION - timedelta(seconds=1))
    assert state(library, photo_id) is State.TRASHED
    sweep(library, timedelta(seconds=1))
    assert library.photos.records == {}
    assert (library.originals.versions, library.derivatives.images) == ({}, {})
    assert find_violations(read_memory(library)) == []


def test_erase_deletes_at_once_and_ignores_late_events() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.erase(OWNER, photo_id)
    library.deliver_event("a.jpg")
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})
    for action in (library.editor.restore, library.editor.erase, library.editor.trash):
        with pytest.raises(PhotoNotFound):
            action(OWNER, photo_id)


def test_failed_erase_hides_the_photo_and_the_sweep_finishes_it() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)

    def fail(name: str) -> None:
        if name == "purge":
            raise Unavailable("S3 did not respond.")

    library.before = fail
    library.editor.erase(OWNER, photo_id)
    with pytest.raises(PhotoNotFound):
        library.editor.trash(OWNER, photo_id)
    library.before = no_hook
    sweep(library, timedelta(seconds=1))
    assert (library.photos.records, library.originals.versions) == ({}, {})


def test_photo_erased_later_is_hidden_at_once_and_deleted_by_the_sweep() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.trash(OWNER, photo_id)
    for _ in range(2):  # a request may be sent twice
        with suppress(PhotoNotFound):
            library.editor.erase_later(OWNER, photo_id)
    assert len(library.originals.versions) == 1
    for action in (library.editor.restore, library.editor.erase, library.editor.trash, library.editor.erase_later):
        with pytest.raises(PhotoNotFound):
            action(OWNER, photo_id)
    sweep(library, timedelta(seconds=1))
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})


def test_photo_erased_later_leaves_its_bytes_to_a_new_upload() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.editor.erase_later(OWNER, photo_id)
    uploaded = library.uploads.store_original(OWNER, UploadMetadata("b.jpg"), b"sea")
    library.deliver_event(uploaded.key)
    sweep(library, timedelta(seconds=1))
    (stored,) = library.photos.records.values()
    assert (stored.photo_id, stored.state) == (uploaded.photo_id, State.READY)
    assert find_violations(read_memory(library)) == []


def test_uploading_photo_cannot_be_trashed_or_erased() -> None:
    library = MemoryLibrary()
    uploaded = library.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea")
    for action in (library.editor.trash, library.editor.erase, library.editor.erase_later):
        with pytest.raises(Conflict, match="still being uploaded"):
            action(OWNER, uploaded.photo_id)


def test_photo_trashed_during_processing_is_processed_again_after_restore() -> None:
    library = MemoryLibrary()

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 did not respond.")

    library.originals.drop("a.jpg", b"sea", METADATA)
    library.before = fail
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.before = no_hook
    (photo_id,) = library.photos.records
    library.editor.trash(OWNER, photo_id)
    assert library.editor.restore(OWNER, photo_id).state is State.PROCESSING
    sweep(library, timedelta(seconds=1))
    assert state(library, photo_id) is State.READY
    assert find_violations(read_memory(library)) == []


def test_derivatives_of_a_failed_attempt_are_deleted_when_the_photo_is_trashed() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", METADATA)

    def fail(name: str) -> None:
        if name == "put":
            raise Unavailable("S3 did not respond.")

    library.after = fail  # the image is stored, but the worker sees an error
    with pytest.raises(Unavailable):
        library.deliver_event("a.jpg")
    library.after = no_hook
    assert library.derivatives.images != {}
    (photo_id,) = library.photos.records
    library.editor.trash(OWNER, photo_id)
    sweep(library, timedelta(seconds=1))
    assert state(library, photo_id) is State.TRASHED
    assert library.derivatives.images == {}
    assert find_violations(read_memory(library)) == []


def test_photo_replaced_under_a_dead_workers_lease_loses_its_derivatives() -> None:
    library = MemoryLibrary()
    photo_id = add_photo(library)
    library.originals.delete("a.jpg")

    def die(name: str) -> None:
        if not library.derivatives.images:
            raise ProcessKilled

    library.after = die
    with pytest.raises(ProcessKilled):
        library.deliver_event("a.jpg")
    library.after = no_hook
    library.originals.drop("a.jpg", b"bad", METADATA)
    library.deliver_event("a.jpg")
    library.editor.trash(OWNER, photo_id)
    assert library.editor.restore(OWNER, photo_id).state is State.PROCESSING
    sweep(library, LEASE_DURATION)
    assert state(library, photo_id) is State.REJECTED
    assert find_violations(read_memory(library)) == []


def test_erase_during_processing_hides_the_photo_and_deletes_it() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", METADATA)

    def erase(name: str) -> None:
        if name == "put":
            library.before = no_hook
            (photo_id,) = library.photos.records
            library.editor.erase(OWNER, photo_id)
            assert not library.photos.records[photo_id].visible_to(OWNER)

    library.before = erase
    library.deliver_event("a.jpg")
    assert (library.photos.records, library.originals.versions, library.derivatives.images) == ({}, {}, {})
    assert find_violations(read_memory(library)) == []
