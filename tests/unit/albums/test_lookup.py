from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.lookup import AlbumLookup
from chalicelib.albums.models import Album, Role
from tests.fakes.albums import MemoryAlbumStore
from tests.support.factories import NOON


@pytest.fixture
def store() -> MemoryAlbumStore:
    store = MemoryAlbumStore()
    for minutes, (album_id, owner, title) in enumerate(
        [("a1", "alice", "Lisbon"), ("a2", "alice", "Lisbon"), ("b1", "bob", "Porto"), ("b2", "bob", "Faro")]
    ):
        created_at = NOON + timedelta(minutes=minutes)
        store.add(Album(album_id, owner, title, created_at, created_at), max_albums=9)
    store.add_member("b1", "alice", Role.CONTRIBUTOR, NOON)
    store.add_member("b2", "alice", Role.VIEWER, NOON)
    return store


@pytest.mark.parametrize(
    ("name", "album_id"),
    [
        ("a1", "a1"),
        ("Lisbon", "a2"),
        (" Lisbon ", "a2"),
        ("lisbon", None),
        ("b1", "b1"),
        ("Porto", None),
        ("b2", None),
        ("c1", None),
        ("", None),
    ],
)
def test_album_is_found_by_id_or_by_the_exact_title_of_an_own_one(
    store: MemoryAlbumStore, name: str, album_id: str | None
) -> None:
    assert AlbumLookup(store).find("alice", name) == album_id


def test_albums_are_found_by_id_only_if_photos_can_be_added(store: MemoryAlbumStore) -> None:
    store.albums["a2"] = replace(store.albums["a2"], query={"q": ("dog",)})
    assert AlbumLookup(store).find_ids("alice", ["a1", "a2", "b1", "b2", "c1", "Lisbon"]) == {"a1", "b1"}


def test_smart_and_deleted_albums_are_not_found(store: MemoryAlbumStore) -> None:
    smart = store.albums["a2"]
    store.albums["a2"] = replace(smart, query={"q": ("dog",)})
    lookup = AlbumLookup(store)
    assert (lookup.find("alice", "a2"), lookup.find("alice", "Lisbon")) == (None, "a1")
    store.delete(store.albums["a1"], NOON)
    assert (lookup.find("alice", "a1"), lookup.find("alice", "Lisbon")) == (None, None)
