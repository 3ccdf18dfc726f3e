"""A library with photos in every state and albums, and what is left of it when its tables are lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.albums.models import Album, Role
from chalicelib.albums.service import AlbumEdit
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary
from tests.support.factories import OWNER

SOMEONE = "another"


def always() -> bool:
    return True


def plenty() -> timedelta:
    return timedelta(minutes=1)


def upload(library: MemoryLibrary, owner: str, data: bytes, **metadata: Any) -> str:
    """Upload a photo; returns its id."""
    key = library.uploads.store_original(owner, UploadMetadata(f"{data.decode()}.jpg", **metadata), data).key
    return str(library.deliver_event(key).photo_id)


def filled_library() -> MemoryLibrary:
    """Photos of two people: edited, in albums, trashed, rejected, duplicates, of guests and not yet processed."""
    library = MemoryLibrary()
    first, second = (upload(library, OWNER, name, user_tags=("sea",)) for name in (b"cat", b"dog"))
    album = library.albums.create(OWNER, "Lisbon", AlbumEdit(description="May"))
    for photo_id in (first, second):
        library.albums.add_photo(OWNER, album.album_id, photo_id)
    library.albums.put_in_order(OWNER, album.album_id, (second, first))
    library.album_store.add_member(album.album_id, SOMEONE, Role.CONTRIBUTOR, library.clock())
    library.albums.create(SOMEONE, "Search", AlbumEdit(query={"q": ("cat",)}))
    library.editor.edit(OWNER, first, Edit(tags=("tiger",), weight=7, visibility=Visibility.PUBLIC))
    upload(library, OWNER, b"cat")  # a duplicate
    trashed = upload(library, SOMEONE, b"cow")
    upload(library, SOMEONE, b"cow")  # a duplicate of a trashed photo
    library.editor.trash(SOMEONE, trashed)
    upload(library, SOMEONE, b"bad")
    guest = Guest("Grandma", "share", needs_review=True)
    upload(library, OWNER, b"pig", guest=guest, albums=(album.album_id,))
    library.originals.drop(f"inbox/{SOMEONE}/Trips/hen.jpg", b"hen", {"tags": "bird"})
    library.deliver_event(f"inbox/{SOMEONE}/Trips/hen.jpg")
    for number in range(9):
        upload(library, OWNER, b"%d" % number)
    unfinished = upload(library, OWNER, b"owl")
    stored = library.photos.records[unfinished]
    library.photos.commit(stored, replace(stored, state=State.PROCESSING, worker="dead", due_at=library.clock()))
    return library


def without_tables(library: MemoryLibrary, *, derivatives: bool = True) -> MemoryLibrary:
    """A library with empty tables over the buckets of this one."""
    lost = MemoryLibrary(clock=library.clock, ids=library.ids)
    lost.originals.versions, lost.originals.latest = library.originals.versions, library.originals.latest
    lost.backup_files.files, lost.backup_files.manifest = library.backup_files.files, library.backup_files.manifest
    if derivatives:
        lost.derivatives.images, lost.derivatives.metadata = library.derivatives.images, library.derivatives.metadata
    return lost


def back_up(library: MemoryLibrary) -> None:
    """Run one whole pass of the backup."""
    library.clock.advance(timedelta(days=1))
    report = library.backup.run(always)
    assert (report.held, report.failures) == (False, ())


def photos_of(library: MemoryLibrary) -> dict[str, Photo]:
    """All photos by id, without the number of their last change and what belongs to a worker."""
    return {
        photo_id: replace(photo, version=0, worker=None, due_at=photo.due_at if photo.trashed_at else None)
        for photo_id, photo in library.photos.records.items()
    }


def albums_of(library: MemoryLibrary) -> tuple[dict[str, Album], dict[str, Any], dict[Any, Any]]:
    """All albums, their orders and their members."""
    store = library.album_store
    return store.albums, store.orders, store.members
