"""Albums of the folders in inboxes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.albums.folders import FolderAlbums, folder_album_id
from chalicelib.albums.lookup import AlbumLookup
from chalicelib.albums.models import MAX_ALBUMS, Album
from tests.fakes.albums import MemoryAlbumStore
from tests.support.factories import NOON


@pytest.fixture
def store() -> MemoryAlbumStore:
    return MemoryAlbumStore()


@pytest.fixture
def folders(store: MemoryAlbumStore) -> FolderAlbums:
    return FolderAlbums(store, AlbumLookup(store), lambda: NOON, "secret")


def titles(store: MemoryAlbumStore) -> list[str]:
    return [album.title for album in store.albums.values()]


def test_album_is_created_once(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    first = folders.find_or_create("alice", "Trips/Lisbon")
    assert (
        first == folders.find_or_create("alice", "Trips/Lisbon") == folder_album_id("alice", "Trips/Lisbon", "secret")
    )
    assert [(album.owner, album.title, album.created_at) for album in store.albums.values()] == [
        ("alice", "Trips/Lisbon", NOON)
    ]


def test_workers_at_the_same_time_create_one_album(folders: FolderAlbums, store: MemoryAlbumStore) -> None:
    barrier = threading.Barrier(4)

    def create(_: int) -> str | None:
        barrier.wait(10)
        return folders.find_or_create("alice", "Lisbon")

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(create, range(4)))
    assert found == set(store.albums)
    assert len(found) == 1


def test_own_album_of_the_same_title_is_the_folders(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    store.add(Album("a1", "alice", "Lisbon", NOON, NOON), max_albums=9)
    store.add(Album("b1", "bob", "Porto", NOON, NOON), max_albums=9)
    assert folders.find_or_create("alice", "Lisbon") == "a1"
    assert folders.find_or_create("alice", "Porto") not in {"b1", None}
    # As macOS writes an é into keys; it is the same title.
    assert folders.find_or_create("alice", "Cafe\N{COMBINING ACUTE ACCENT}") == folders.find_or_create("alice", "Café")


def test_renamed_album_stays_that_of_its_folder(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    album_id = folders.find_or_create("alice", "Lisbon")
    assert album_id is not None
    album = store.albums[album_id]
    store.save(album, Album(album_id, "alice", "Lisbon 2024", NOON, NOON))
    assert folders.find_or_create("alice", "Lisbon") == album_id


def test_deleted_album_is_created_again_once_it_is_gone(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    album_id = folders.find_or_create("alice", "Lisbon")
    assert album_id is not None
    store.delete(store.albums[album_id], NOON + timedelta(hours=1))
    assert folders.find_or_create("alice", "Lisbon") is None
    store.remove(album_id)
    assert folders.find_or_create("alice", "Lisbon") == album_id


def test_album_that_was_handed_over_is_not_joined(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    album_id = folders.find_or_create("alice", "Lisbon")
    assert album_id is not None
    store.hand_over(store.albums[album_id], "bob")
    assert folders.find_or_create("alice", "Lisbon") is None


@pytest.mark.parametrize("folder", ["", "\u200b", "x" * 201])
def test_folder_whose_name_is_no_title_has_no_album(
    folders: FolderAlbums, store: MemoryAlbumStore, folder: str
) -> None:
    assert folders.find_or_create("alice", folder) is None
    assert titles(store) == []


def test_owner_of_too_many_albums_gets_no_other(store: MemoryAlbumStore, folders: FolderAlbums) -> None:
    for number in range(MAX_ALBUMS):
        store.add(Album(f"a{number}", "alice", f"Album {number}", NOON, NOON), max_albums=MAX_ALBUMS)
    assert folders.find_or_create("alice", "Lisbon") is None
