from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.sharing.models import Contents, Download, Share, ShareStore, ShareTerms
from tests.contract.conftest import SharesOfAlbums
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=1)
TERMS = ShareTerms(max_photos=2, max_bytes=100, add=True)


def share(share_id: str = "s1", *, owner: str = "alice", album: str | None = None, minutes: int = 0) -> Share:
    contents = Contents(album) if album else Contents(title="The bay, ö 🚲", photo_ids=("p2", "p1"))
    return Share(share_id, owner, contents, TERMS, "f" * 64, NOON + timedelta(minutes=minutes, microseconds=7))


def retry[T](request: Callable[[], T]) -> T:
    """Repeat a request that gets 503, as clients do."""
    while True:
        try:
            return request()
        except Unavailable:
            continue


def test_stored_share_is_returned_unchanged(share_store: SharesOfAlbums) -> None:
    album_id = share_store.add_album()
    terms = ShareTerms("for Ö", Download.ORIGINAL, True, True, LATER, "scrypt$…", 7, 10**12)
    for stored in (share(), replace(share("s2", album=album_id), terms=terms, revision=3)):
        share_store.shares.add(stored)
        assert share_store.shares.get(stored.share_id) == stored


def test_unknown_share_is_not_found(share_store: SharesOfAlbums) -> None:
    store: ShareStore = share_store.shares
    assert store.get("s1") is None
    assert not store.remove(share())
    store.count_pass("s1")
    store.count_wrong_password("s1", NOON)
    store.release_upload("s1", 5)
    assert store.get("s1") is None
    assert store.list_by_owner("alice", None, 5).shares == ()


def test_shares_of_an_owner_are_listed_newest_first_page_by_page(share_store: SharesOfAlbums) -> None:
    for minutes, share_id in ((1, "s1"), (3, "s2"), (2, "s3")):
        share_store.shares.add(share(share_id, minutes=minutes))
    share_store.shares.add(share("s4", owner="bob"))
    first = share_store.shares.list_by_owner("alice", None, 2)
    assert [each.share_id for each in first.shares] == ["s2", "s3"]
    last = share_store.shares.list_by_owner("alice", first.next_position, 2)
    assert ([each.share_id for each in last.shares], last.next_position) == (["s1"], None)


def test_shares_of_an_album_are_listed_newest_first(share_store: SharesOfAlbums) -> None:
    album_id, other = share_store.add_album(), share_store.add_album()
    for minutes, share_id in ((1, "s1"), (3, "s2"), (2, "s3")):
        share_store.shares.add(share(share_id, album=album_id, minutes=minutes))
    share_store.shares.add(share("s4", album=other))
    assert [each.share_id for each in share_store.shares.list_by_album(album_id)] == ["s2", "s3", "s1"]


def test_share_of_a_missing_or_deleted_album_is_not_added(share_store: SharesOfAlbums) -> None:
    album_id = share_store.add_album()
    share_store.delete_album(album_id)
    for missing in (album_id, "no-such-album"):
        with pytest.raises(NotFound):
            share_store.shares.add(share(album=missing))
    assert share_store.shares.get("s1") is None
    assert share_store.shares.list_by_owner("alice", None, 5).shares == ()


def test_removed_share_leaves_every_list(share_store: SharesOfAlbums) -> None:
    album_id = share_store.add_album()
    stored = share(album=album_id)
    share_store.shares.add(stored)
    assert share_store.shares.remove(stored)
    assert not share_store.shares.remove(stored)
    assert share_store.shares.get("s1") is None
    assert share_store.shares.list_by_album(album_id) == []
    assert share_store.shares.list_by_owner("alice", None, 5).shares == ()


def test_share_of_a_removed_album_can_be_removed(share_store: SharesOfAlbums) -> None:
    album_id = share_store.add_album()
    share_store.shares.add(share(album=album_id))
    share_store.remove_album(album_id)
    assert share_store.shares.remove(share(album=album_id))
    assert share_store.shares.list_by_album(album_id) == []
    assert share_store.album_rows(album_id) == 0


def test_album_has_at_most_50_shares(share_store: SharesOfAlbums) -> None:
    album_id = share_store.add_album()
    for number in range(50):
        share_store.shares.add(share(f"s{number}", album=album_id))
    with pytest.raises(Conflict, match=r"This album already has 50 shared links\. Revoke one first\."):
        share_store.shares.add(share("s50", album=album_id))
    assert share_store.shares.get("s50") is None
    assert share_store.shares.remove(share("s7", album=album_id))
    share_store.shares.add(share("s50", album=album_id))
    assert len(share_store.shares.list_by_album(album_id)) == 50


def test_save_changes_terms_but_not_counts(share_store: SharesOfAlbums) -> None:
    store = share_store.shares
    before = replace(share(), terms=replace(TERMS, name="a", expires_at=LATER, password_hash="h"))
    store.add(before)
    store.count_pass("s1")
    store.count_wrong_password("s1", LATER)
    assert store.reserve_upload(before, 60)
    after = replace(before, terms=replace(TERMS, download=Download.NONE), revision=2)
    assert store.save(before, after) == replace(after, version=2)
    uploaded = replace(after, version=2, uploaded_photos=1, uploaded_bytes=60)
    assert store.get("s1") == replace(uploaded, passes=1, wrong_passwords=1, last_wrong_password_at=LATER)


def test_save_of_a_changed_or_removed_share_raises_conflict(share_store: SharesOfAlbums) -> None:
    store = share_store.shares
    store.add(share())
    renamed = store.save(share(), replace(share(), terms=replace(TERMS, name="b")))
    with pytest.raises(Conflict):
        store.save(share(), replace(share(), terms=replace(TERMS, name="c")))
    assert store.get("s1") == renamed
    store.remove(renamed)
    with pytest.raises(Conflict):
        store.save(renamed, replace(renamed, terms=TERMS))
    assert store.get("s1") is None


def test_uploads_are_reserved_up_to_both_limits(share_store: SharesOfAlbums) -> None:
    store = share_store.shares
    store.add(share())
    assert not store.reserve_upload(share(), 101)
    assert store.reserve_upload(share(), 100)
    assert not store.reserve_upload(share(), 1)
    store.release_upload("s1", 100)
    assert store.reserve_upload(share(), 1)
    assert store.reserve_upload(share(), 2)
    assert not store.reserve_upload(share(), 3)
    stored = store.get("s1")
    assert stored is not None
    assert (stored.uploaded_photos, stored.uploaded_bytes) == (2, 3)


def test_upload_is_not_reserved_for_a_changed_or_removed_share(share_store: SharesOfAlbums) -> None:
    store = share_store.shares
    store.add(share())
    closed = store.save(share(), replace(share(), terms=replace(TERMS, add=False), revision=2))
    with pytest.raises(Conflict):
        store.reserve_upload(share(), 1)
    store.remove(closed)
    with pytest.raises(Conflict):
        store.reserve_upload(closed, 1)


def test_limit_of_uploads_is_exact_under_concurrency(share_store: SharesOfAlbums) -> None:
    limited = replace(share(), terms=replace(TERMS, max_photos=5))
    share_store.shares.add(limited)
    with ThreadPoolExecutor(8) as pool:
        reserved = list(pool.map(lambda _: retry(lambda: share_store.shares.reserve_upload(limited, 1)), range(12)))
    assert sum(reserved) == 5
    stored = share_store.shares.get("s1")
    assert stored is not None
    assert (stored.uploaded_photos, stored.uploaded_bytes) == (5, 5)
