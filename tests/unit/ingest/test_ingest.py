from datetime import timedelta

import pytest

from chalicelib.ingest.decisions import Action
from chalicelib.ingest.originals import IgnoredMetadata, direct_drop_ids
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import State, Visibility
from tests.fakes.library import MemoryLibrary
from tests.support.factories import OWNER, photo

OWNER_SCOPE = owner_scope(OWNER)


def test_direct_drop_becomes_a_photo_of_the_library_owner() -> None:
    library = MemoryLibrary()
    original = library.originals.drop("2024/München.jpg", b"sea", {"tags": "Sea,caf%C3%A9", "status": "public"})
    came = library.deliver_event("2024/München.jpg")
    (stored,) = library.photos.records.values()
    assert came.state is stored.state is State.READY
    assert (stored.owner, stored.filename, stored.visibility) == (OWNER, "München.jpg", Visibility.PUBLIC)
    assert stored.tags == ("sea", "café", "sand")
    assert library.originals.marks[original.key, original.version] is State.READY
    assert set(library.derivatives.images) == {derivative.key for derivative in stored.derivatives.values()}


def test_invalid_metadata_is_ignored() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", {"tags": "x" * 65 + ",ok,,!no", "weight": "7", "status": "secret"})
    came = library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.user_tags, stored.weight, stored.visibility) == (("ok",), 500_000, Visibility.PRIVATE)
    assert came.ignored_metadata == IgnoredMetadata(invalid=("tags", "weight", "status"))


def test_metadata_of_a_replaced_original_is_not_applied() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea", {"tags": "beach", "weight": "0.3"})
    assert library.deliver_event("a.jpg").ignored_metadata == IgnoredMetadata()
    library.originals.drop("a.jpg", b"cat", {"tags": "cat", "weight": "0.3"})
    came = library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.user_tags, came.ignored_metadata) == (("beach",), IgnoredMetadata(superseded=("tags",)))
    assert library.deliver_event("a.jpg").ignored_metadata == IgnoredMetadata()  # the same event again


@pytest.mark.parametrize("key", ["2024/", "a/b.xmp", "x.JSON", ".DS_Store", "Thumbs.db"])
def test_folders_and_sidecars_are_ignored(key: str) -> None:
    library = MemoryLibrary()
    library.originals.drop(key, b"")
    assert library.deliver_event(key).action is Action.IGNORE
    assert library.photos.records == {}


@pytest.mark.parametrize("name", ["holiday.json", "x.xmp", "thumbs.db", "._IMG.jpg"])
def test_upload_named_like_a_sidecar_does_not_wait_forever(name: str) -> None:
    library = MemoryLibrary()
    uploaded = library.uploads.store_original("someone", UploadMetadata(name), b"sea")
    assert library.deliver_event(uploaded.key).state is State.READY


def test_record_of_a_key_that_is_now_ignored_follows_its_object() -> None:
    library = MemoryLibrary()
    original = library.originals.drop("holiday.json", b"sea")
    photo_id, _ = direct_drop_ids(library.ingest.bucket, original.key, library.ingest.id_secret)
    library.photos.commit(None, photo(photo_id, key=original.key, object_version="an earlier one"))
    assert library.deliver_event(original.key).action is Action.PROCESS
    library.originals.delete(original.key)
    library.deliver_event(original.key)
    assert library.photos.records == {}


def test_upload_keeps_its_metadata() -> None:
    library = MemoryLibrary()
    metadata = UploadMetadata("cat.jpg", user_tags=("tiger",), label="cat", weight=7, visibility=Visibility.PUBLIC)
    uploaded = library.uploads.store_original("someone", metadata, b"cat")
    library.deliver_event(uploaded.key)
    stored = library.photos.records[uploaded.photo_id]
    assert (stored.state, stored.owner, stored.weight) == (State.READY, "someone", 7)
    assert stored.tags == ("cat", "tiger", "sand")


def test_key_without_the_upload_prefix_belongs_to_the_library_owner() -> None:
    library = MemoryLibrary()
    uploaded = library.uploads.store_original("someone", UploadMetadata("cat.jpg"), b"cat")
    forged = f"someone/{uploaded.photo_id}/other.jpg"
    library.originals.drop(forged, b"forged")
    library.deliver_event(forged)
    (dropped,) = [p for p in library.photos.records.values() if p.key == forged]
    assert dropped.owner == OWNER
    assert dropped.photo_id != uploaded.photo_id


@pytest.mark.parametrize(
    "key", ["uploads/someone/id0/other.jpg", "uploads/a.jpg", "uploads/someone/p9/a.jpg", "uploads/a/b/c/d.jpg"]
)
def test_upload_without_a_record_is_skipped(key: str) -> None:
    library = MemoryLibrary()
    uploaded = library.uploads.store_original("someone", UploadMetadata("cat.jpg"), b"cat")
    original = library.originals.drop(key, b"orphan")
    before = dict(library.photos.records)
    for _ in range(2):
        came = library.deliver_event(key)
        assert (came.photo_id, came.action, came.state) == (None, Action.SKIP_ORPHAN, None)
    assert library.photos.records == before == {uploaded.photo_id: uploaded}
    assert library.originals.head(key) == original
    assert library.originals.marks == {}
    assert library.derivatives.images == {}


def test_late_event_of_a_deleted_upload_is_ignored() -> None:
    library = MemoryLibrary()
    uploaded = library.uploads.store_original(OWNER, UploadMetadata("cat.jpg"), b"cat")
    library.deliver_event(uploaded.key)
    library.editor.erase(OWNER, uploaded.photo_id)
    assert library.deliver_event(uploaded.key).action is Action.IGNORE
    assert library.photos.records == {}


def test_unreadable_file_is_rejected_and_its_original_stays() -> None:
    library = MemoryLibrary()
    original = library.originals.drop("notes.jpg", b"bad")
    library.deliver_event("notes.jpg")
    library.deliver_event("notes.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.reason) == (State.REJECTED, "This file is not an image.")
    assert library.originals.head("notes.jpg") == original
    assert [row.photo_id for row in library.photos.list_rows(OWNER_SCOPE, "!rejected", after=None, limit=9)] == [
        stored.photo_id
    ]


def test_empty_object_is_rejected() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"")
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.reason == "This file is empty."


def test_same_bytes_of_one_owner_are_published_once() -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg"):
        library.originals.drop(key, b"sea")
        library.deliver_event(key)
    first, second = sorted(library.photos.records.values(), key=lambda p: p.key)
    assert (first.state, second.state, second.duplicate_of) == (State.READY, State.DUPLICATE, first.photo_id)
    everything = library.photos.get_trend(OWNER_SCOPE, "*")
    assert everything is not None
    assert everything.totals.count == 1


def test_overwritten_original_is_processed_again() -> None:
    library = MemoryLibrary()
    for data in (b"sea", b"mountain"):
        library.originals.drop("a.jpg", data)
        library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.object_version == "v1"
    assert library.derivatives.images[stored.derivatives["preview"].key] == b"image of mountain"


def test_image_overwritten_by_an_invalid_file_loses_its_derivatives() -> None:
    library = MemoryLibrary()
    for data in (b"sea", b"bad"):
        library.originals.drop("a.jpg", data)
        library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert stored.state is State.REJECTED
    assert library.derivatives.images == {}


def test_deleted_original_removes_its_photo() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    library.originals.delete("a.jpg")
    assert library.deliver_event("a.jpg").action is Action.REMOVE
    assert (library.photos.records, library.photos.memberships, library.derivatives.images) == ({}, {}, {})
    assert library.deliver_event("a.jpg").action is Action.IGNORE


def test_deletion_of_an_old_version_changes_nothing() -> None:
    library = MemoryLibrary()
    old = library.originals.drop("a.jpg", b"old")
    library.originals.drop("a.jpg", b"new")
    library.deliver_event("a.jpg")
    library.originals.delete_version(old)
    assert library.deliver_event("a.jpg").action is Action.NOOP


def test_creation_event_after_the_deletion_creates_nothing() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.originals.delete("a.jpg")
    library.deliver_event("a.jpg")
    assert library.photos.records == {}


def test_photo_is_published_without_labels_while_the_labeler_is_unavailable() -> None:
    library = MemoryLibrary()
    library.labeler.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.deliver_event("a.jpg")
    (stored,) = library.photos.records.values()
    assert (stored.state, stored.tags, stored.labels_pending) == (State.READY, (), True)
    library.labeler.broken = False
    library.clock.advance(timedelta(hours=1))
    library.sweep.process_due(lambda: True)
    (stored,) = library.photos.records.values()
    assert (stored.tags, stored.labels_pending, stored.due_at) == (("sand",), False, None)
