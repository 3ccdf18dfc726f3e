"""Inboxes: whose the files in them are, and the albums of their folders."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.ingest.decisions import Action
from chalicelib.ingest.inbox import inbox_folder, inbox_owner, inbox_prefix
from chalicelib.ingest.ingest import ReconcileResult
from chalicelib.library.photo import Photo, State, Visibility
from tests.fakes.library import MemoryLibrary
from tests.support.factories import OWNER
from tests.support.invariants import find_violations, read_memory

SOMEONE = "another"
KEY = f"inbox/{SOMEONE}/cat.jpg"


def only_photo(library: MemoryLibrary) -> Photo:
    (photo,) = library.photos.records.values()
    return photo


@pytest.mark.parametrize(
    ("key", "owner", "folder"),
    [
        ("inbox/abc/cat.jpg", "abc", ""),
        ("inbox/abc/Trips/Lisbon/cat.jpg", "abc", "Trips/Lisbon"),
        ("inbox/abc//Trips//cat.jpg", "abc", "Trips"),
        ("inbox/abc/", "abc", ""),
        ("inbox/cat.jpg", None, ""),
        ("inbox//cat.jpg", "", ""),
        ("Inbox/abc/Trips/cat.jpg", None, ""),
        ("2024/inbox/abc/cat.jpg", None, ""),
        ("uploads/abc/p1/cat.jpg", None, ""),
    ],
)
def test_key_names_owner_and_folder(key: str, owner: str | None, folder: str) -> None:
    assert (inbox_owner(key), inbox_folder(key)) == (owner, folder)


def test_prefix_of_an_inbox_names_its_owner() -> None:
    assert inbox_owner(f"{inbox_prefix('abc')}cat.jpg") == "abc"


@pytest.mark.parametrize("owner", [SOMEONE, OWNER])
def test_file_in_an_inbox_belongs_to_whom_its_key_names(owner: str) -> None:
    library = MemoryLibrary()
    key = f"{inbox_prefix(owner)}cat.jpg"
    for _ in range(2):
        library.originals.drop(key, b"cat", {"tags": "tiger", "status": "public"})
        assert library.deliver_event(key).state is State.READY
    photo = only_photo(library)
    assert (photo.owner, photo.filename, photo.visibility) == (owner, "cat.jpg", Visibility.PUBLIC)
    assert photo.user_tags == ("tiger",)
    assert find_violations(read_memory(library)) == []


@pytest.mark.parametrize("key", ["inbox/unknown/cat.jpg", "inbox/cat.jpg", "inbox//cat.jpg", "inbox/unknown/a/cat.jpg"])
def test_file_in_the_inbox_of_nobody_is_left_alone_until_there_is_such_a_user(key: str) -> None:
    library = MemoryLibrary()
    original = library.originals.drop(key, b"cat")
    for _ in range(2):
        assert library.deliver_event(key) == ReconcileResult(None, Action.SKIP_ORPHAN, None)
    library.clock.advance(timedelta(hours=1))
    report = library.reconciliation.reconcile_originals(lambda: True)
    assert (report.orphans, report.repaired, report.failures) == (1, 0, ())
    assert (library.photos.records, library.originals.head(key), library.originals.marks) == ({}, original, {})
    if inbox_owner(key):
        library.owners.owners.add("unknown")
        library.clock.advance(timedelta(days=1))
        assert library.reconciliation.reconcile_originals(lambda: True).repaired == 1
        assert only_photo(library).owner == "unknown"


def test_owner_of_the_library_needs_no_user_pool() -> None:
    library = MemoryLibrary()
    library.owners.owners.clear()
    library.originals.drop(f"inbox/{OWNER}/cat.jpg", b"cat")
    library.deliver_event(f"inbox/{OWNER}/cat.jpg")
    assert only_photo(library).owner == OWNER


def test_removed_file_returns_to_the_owner_of_the_inbox() -> None:
    library = MemoryLibrary()
    original = library.originals.drop(KEY, b"cat", {"status": "public"})
    library.deliver_event(KEY)
    library.originals.delete(KEY)
    assert library.deliver_event(KEY).action is Action.REMOVE
    library.originals.latest[KEY] = original.version  # undeleted
    library.deliver_event(KEY)
    assert (only_photo(library).owner, only_photo(library).visibility) == (SOMEONE, Visibility.PUBLIC)
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"dog")
    library.deliver_event(KEY)
    assert (only_photo(library).owner, only_photo(library).visibility) == (SOMEONE, Visibility.PRIVATE)


def test_tombstone_in_the_inbox_of_a_removed_user_is_no_new_photo() -> None:
    library = MemoryLibrary()
    library.originals.drop(KEY, b"cat")
    library.deliver_event(KEY)
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    library.owners.owners.remove(SOMEONE)
    library.originals.drop(KEY, b"dog")
    assert library.ingest.plan(KEY) is Action.SKIP_ORPHAN
    assert library.deliver_event(KEY).action is Action.SKIP_ORPHAN
    (tombstone,) = library.photos.tombstones.values()
    assert (tombstone.owner, tombstone.state) == (SOMEONE, State.REMOVED)


def test_new_version_of_a_file_that_was_handed_over_is_private() -> None:
    library = MemoryLibrary()
    library.originals.drop(KEY, b"cat", {"status": "public"})
    library.deliver_event(KEY)
    library.photos.commit(only_photo(library), replace(only_photo(library), owner=OWNER))
    library.originals.drop(KEY, b"planted", {"status": "public"})
    library.deliver_event(KEY)
    assert (only_photo(library).owner, only_photo(library).visibility) == (OWNER, Visibility.PRIVATE)


# ---------------------------------------------------------------- albums of folders


def test_folder_becomes_an_album_of_all_its_files() -> None:
    library = MemoryLibrary()
    for name in ("1.jpg", "2.jpg"):
        library.originals.drop(f"inbox/{SOMEONE}/Trips/Lisbon/{name}", name.encode())
        library.deliver_event(f"inbox/{SOMEONE}/Trips/Lisbon/{name}")
    (album,) = library.album_store.albums.values()
    assert (album.owner, album.title) == (SOMEONE, "Trips/Lisbon")
    assert {photo.albums for photo in library.photos.records.values()} == {(album.album_id,)}
    assert find_violations(read_memory(library)) == []


def test_photo_that_left_the_album_of_its_folder_stays_out_when_its_file_is_replaced() -> None:
    library = MemoryLibrary()
    key = f"inbox/{SOMEONE}/Lisbon/cat.jpg"
    library.originals.drop(key, b"cat")
    library.deliver_event(key)
    (album_id,) = only_photo(library).albums
    library.albums.remove_photo(SOMEONE, album_id, only_photo(library).photo_id)
    library.originals.drop(key, b"dog")
    library.deliver_event(key)
    assert only_photo(library).albums == ()


def test_album_of_the_metadata_and_that_of_the_folder_are_both_joined() -> None:
    library = MemoryLibrary()
    key = f"inbox/{SOMEONE}/Lisbon/cat.jpg"
    library.originals.drop(f"inbox/{SOMEONE}/Pets/dog.jpg", b"dog")
    library.deliver_event(f"inbox/{SOMEONE}/Pets/dog.jpg")
    library.originals.drop(key, b"cat", {"album": "Pets"})
    assert library.deliver_event(key).ignored_metadata.invalid == ()
    titles = {album.album_id: album.title for album in library.album_store.albums.values()}
    (joined,) = [photo.albums for photo in library.photos.records.values() if photo.key == key]
    assert [titles[album_id] for album_id in joined] == ["Pets", "Lisbon"]


@pytest.mark.parametrize("key", ["Lisbon/cat.jpg", f"inbox/{SOMEONE}/cat.jpg", f"inbox/{SOMEONE}/{'x' * 201}/cat.jpg"])
def test_other_folders_become_no_albums(key: str) -> None:
    library = MemoryLibrary()
    library.originals.drop(key, b"cat")
    library.deliver_event(key)
    assert (only_photo(library).albums, library.album_store.albums) == ((), {})
