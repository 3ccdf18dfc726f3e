"""Photos in albums: their rows and totals, which only albums that exist can have."""

from dataclasses import replace

import pytest

from chalicelib.library.collections import ALL_PHOTOS, REVIEW, album_scope
from chalicelib.library.guest import Guest
from chalicelib.library.photo import MAX_ALBUMS, MAX_TAGS, State, Visibility
from chalicelib.library.totals import Totals
from chalicelib.library.transitions import add_to_album, approve, remove_from_album
from tests.contract.conftest import Store
from tests.support.factories import photo

ANN = Guest("Ann", "s1", needs_review=True)


def test_photo_in_albums_is_stored_with_rows_and_totals(store: Store) -> None:
    store.create_albums("a1", "a2")
    first = store.photos.commit(None, photo("p1", albums=("a1", "a2")))
    store.photos.commit(None, photo("p2", albums=("a1",)))
    assert store.photos.get("p1") == first
    assert _rows(store, "a1") == ["p2", "p1"]
    assert _totals(store, "a1") == Totals(2, 2000, 2000, ((1, 2, 1_000_000),))
    store.photos.commit(first, remove_from_album(first, "a1"))
    assert (_rows(store, "a1"), _rows(store, "a2")) == (["p2"], ["p1"])
    assert _totals(store, "a1") == Totals(1, 1000, 1000, ((1, 1, 500_000),))


def test_trashed_photo_leaves_its_albums_and_comes_back(store: Store) -> None:
    store.create_albums("a1")
    first = store.photos.commit(None, photo(albums=("a1",), visibility=Visibility.PRIVATE))
    trashed = store.photos.commit(first, replace(first, state=State.TRASHED))
    assert (_rows(store, "a1"), _totals(store, "a1")) == ([], Totals())
    restored = store.photos.commit(trashed, replace(trashed, state=State.READY))
    assert (restored.albums, _rows(store, "a1")) == (("a1",), ["p1"])


def test_photo_of_a_guest_waits_apart_and_claims_nothing(store: Store) -> None:
    store.create_albums("a1")
    waiting = store.photos.commit(None, photo("p1", guest=ANN, review_album="a1", sha256="ab"))
    assert store.photos.get("p1") == waiting
    store.photos.commit(None, photo("p2", sha256="ab"))
    assert store.photos.claim_holder(waiting.owner, "ab") == "p2"
    assert (_rows(store, "a1"), _rows(store, "a1", REVIEW)) == ([], ["p1"])
    store.photos.commit(waiting, approve(waiting))
    assert (_rows(store, "a1"), _rows(store, "a1", REVIEW)) == (["p1"], [])


@pytest.mark.parametrize("missing", ["unknown", "deleted"])
def test_photo_joins_no_album_that_is_gone(store: Store, missing: str) -> None:
    store.create_albums("a1", "deleted")
    store.delete_album("deleted")
    if missing == "unknown":
        store.delete_album("unknown")
    first = store.photos.commit(None, photo(albums=("a1", missing), review_album=missing))
    assert (first.albums, first.review_album) == (("a1",), None)
    assert store.photos.get("p1") == first
    assert (_rows(store, missing), _rows(store, missing, REVIEW)) == ([], [])
    added = store.photos.commit(first, replace(add_to_album(first, missing), user_tags=("dune",)))
    assert (added.albums, added.user_tags) == (("a1",), ("dune",))


def test_photo_in_a_deleted_album_can_change_and_leave(store: Store) -> None:
    store.create_albums("a1")
    first = store.photos.commit(None, photo(albums=("a1",)))
    store.delete_album("a1")
    heavier = store.photos.commit(first, replace(first, weight=900_000))
    assert _totals(store, "a1") == Totals(1, 1000, 1000, ((0, 1, 900_000),))
    store.photos.commit(heavier, remove_from_album(heavier, "a1"))
    assert (_rows(store, "a1"), _totals(store, "a1")) == ([], Totals())


def test_photo_can_be_in_twenty_albums_and_have_twenty_tags(store: Store) -> None:
    album_ids = tuple(f"a{n}" for n in range(MAX_ALBUMS))
    store.create_albums(*album_ids)
    tagged = photo(user_tags=tuple(f"t{n}" for n in range(MAX_TAGS)), albums=album_ids)
    first = store.photos.commit(None, tagged)
    completed = store.photos.commit(first, first) if first.pending_rows else first
    assert completed.pending_rows is None
    moved = store.photos.commit(completed, replace(completed, received_at=completed.received_at.replace(year=2020)))
    while moved.pending_rows:
        moved = store.photos.commit(moved, moved)
    assert all(_rows(store, album_id) == ["p1"] for album_id in album_ids)
    assert all(_totals(store, album_id) == Totals(1, 1000, 1000, ((1, 1, 500_000),)) for album_id in album_ids)


def _rows(store: Store, album_id: str, tag: str = ALL_PHOTOS) -> list[str]:
    found = store.collections.list_rows(album_scope(album_id), tag, after=None, limit=100)
    return [row.photo_id for row in found]


def _totals(store: Store, album_id: str) -> Totals | None:
    trend = store.collections.get_trend(album_scope(album_id), ALL_PHOTOS)
    return trend.totals if trend else None
