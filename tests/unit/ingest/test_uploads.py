from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Invalid, Unavailable
from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.ingest.uploads import TICKET_LIFETIME, UploadMetadata, guess_mime
from chalicelib.library.photo import DueEntry, State, Visibility
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON, OWNER


def test_ticket_fixes_key_type_and_size() -> None:
    library = MemoryLibrary()
    ticket = library.uploads.create_ticket(OWNER, UploadMetadata("../a/b ü.JPG"), 1234)
    assert ticket.photo.key == f"uploads/{OWNER}/id0/b ü.JPG"
    assert ticket.post.fields == {"key": ticket.photo.key, "Content-Type": "image/jpeg", "range": "1234-1234"}
    assert ticket.expires_at == NOON + TICKET_LIFETIME


def test_ticket_without_size_allows_any_size_to_the_limit() -> None:
    ticket = MemoryLibrary().uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None)
    assert ticket.post.fields["range"] == f"0-{MAX_BYTES}"


def test_empty_file_by_ticket_is_rejected() -> None:
    library = MemoryLibrary()
    ticket = library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None)
    library.originals.drop(ticket.photo.key, b"")
    library.deliver_event(ticket.photo.key)
    stored = library.photos.records[ticket.photo.photo_id]
    assert (stored.state, stored.reason) == (State.REJECTED, "This file is empty.")


@pytest.mark.parametrize("size", [0, -1, MAX_BYTES + 1])
def test_ticket_with_invalid_size_raises_and_creates_no_record(size: int) -> None:
    library = MemoryLibrary()
    with pytest.raises(Invalid) as raised:
        library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), size)
    assert raised.value.field == "bytes"
    assert library.photos.records == {}


def test_ticket_allows_the_maximum_size() -> None:
    assert MemoryLibrary().uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), MAX_BYTES).post.fields["range"]


def test_record_is_created_before_the_upload_with_its_metadata() -> None:
    library = MemoryLibrary()
    metadata = UploadMetadata("cat.png", user_tags=("tiger",), label="cat", weight=7, visibility=Visibility.PUBLIC)
    photo = library.uploads.create_ticket(OWNER, metadata, None).photo
    stored = library.photos.get(photo.photo_id)
    assert stored == photo
    assert (photo.state, photo.owner, photo.filename, photo.label, photo.user_tags, photo.weight, photo.visibility) == (
        State.UPLOADING, OWNER, "cat.png", "cat", ("tiger",), 7, Visibility.PUBLIC,
    )  # fmt: skip
    assert library.originals.latest == {}
    assert library.photos.memberships == {}


def test_default_visibility_applies_unless_given() -> None:
    assert (
        MemoryLibrary().uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None).photo.visibility
        is Visibility.PRIVATE
    )


def test_record_outlives_its_ticket_by_a_day() -> None:
    library = MemoryLibrary()
    photo = library.uploads.create_ticket(OWNER, UploadMetadata("a.jpg"), None).photo
    assert photo.due_at is not None
    assert photo.due_at - (NOON + TICKET_LIFETIME) == timedelta(days=1)
    assert library.photos.list_due(NOON + TICKET_LIFETIME, None, 10) == []
    assert library.photos.list_due(photo.due_at, None, 10) == [DueEntry(photo.due_at, photo.photo_id)]


def test_stored_original_has_the_key_of_its_record() -> None:
    library = MemoryLibrary()
    photo = library.uploads.store_original(OWNER, UploadMetadata("cat.png"), b"cat")
    original = library.originals.head(photo.key)
    assert original is not None
    assert library.originals.versions[photo.key, original.version][1] == b"cat"
    assert library.photos.get(photo.photo_id) == photo


def test_photo_ids_are_unique() -> None:
    library = MemoryLibrary()
    keys = {library.uploads.store_original(OWNER, UploadMetadata("same.jpg"), b"same").key for _ in range(3)}
    assert len(keys) == 3


def test_failed_record_stores_no_original() -> None:
    library = MemoryLibrary()

    class UnavailableStore:
        def __getattr__(self, name: str) -> Any:
            raise Unavailable("The photo store is unavailable.")

    uploads = type(library.uploads)(
        photos=UnavailableStore(),
        bucket=library.originals,
        now=library.clock,
        new_id=library.new_id,
        heat=lambda _: 1,
        visibility=Visibility.PRIVATE,
    )
    with pytest.raises(Unavailable):
        uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"cat")
    assert library.originals.versions == {}


@pytest.mark.parametrize(
    ("filename", "mime"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.JPEG", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.webp", "image/webp"),
        ("untitled", "application/octet-stream"),
        ("a.nonsense", "application/octet-stream"),
    ],
)
def test_guess_mime_from_the_extension(filename: str, mime: str) -> None:
    assert guess_mime(filename) == mime
