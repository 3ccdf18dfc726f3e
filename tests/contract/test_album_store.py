from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.members import Member, MemberState, MemberStore
from chalicelib.albums.models import Album, AlbumOrder, AlbumStore, Role, StoredAlbum
from chalicelib.errors import Conflict
from tests.support.factories import NOON


def album(album_id: str = "a1", owner: str = "alice", minutes: int = 0) -> Album:
    created_at = NOON + timedelta(minutes=minutes, microseconds=7)
    return Album(album_id, owner, f"Lisbon {album_id} 🚲", created_at, created_at)


def with_all_fields(plain: Album) -> Album:
    return replace(
        plain,
        description="Two weeks\nof sun",
        order=AlbumOrder.OLDEST,
        cover_id="p1",
        query={"q": ("dog",), "tag": ("beach", "sun")},
    )


def add(store: AlbumStore, *albums: Album) -> None:
    for each in albums:
        store.add(each, max_albums=10)


def join(
    store: MemberStore,
    album_id: str,
    member: str,
    role: Role = Role.VIEWER,
    *,
    minutes: int = 0,
    max_members: int = 100,
) -> None:
    joined = Member(member, role, NOON + timedelta(minutes=minutes))
    assert store.add(album_id, joined, email_hash=f"hash-of-{member}", max_members=max_members)


def get(store: AlbumStore, album_id: str = "a1", member: str = "bob") -> StoredAlbum | None:
    return store.get_many([album_id], member).get(album_id)


def read(store: AlbumStore, album_id: str = "a1") -> Album:
    stored = get(store, album_id)
    assert stored
    return stored.album


def listed(store: AlbumStore, owner: str = "alice") -> list[str]:
    return [each.album_id for each in store.list_own(owner, after=None, limit=10)]


def shared(store: AlbumStore, member: str = "bob") -> list[str]:
    return [each.album_id for each in store.list_shared(member, after=None, limit=10)]


def test_stored_album_is_returned_unchanged(album_store: AlbumStore) -> None:
    for stored in (album("a1"), with_all_fields(album("a2"))):
        assert album_store.add(stored, max_albums=2) == replace(stored, version=1)
        assert get(album_store, stored.album_id) == StoredAlbum(replace(stored, version=1), None)


def test_unknown_album_is_not_found(album_store: AlbumStore) -> None:
    add(album_store, album())
    unknown = ("a2", "", "album/a1", "a" * 3000, "a1/member", "\ud800")
    assert album_store.get_many([*unknown, "a1"], "bob").keys() == {"a1"}
    assert album_store.get_order("a2") == ()


def test_album_cannot_be_added_twice(album_store: AlbumStore) -> None:
    add(album_store, album())
    with pytest.raises(Conflict):
        add(album_store, replace(album(), title="Another"))
    assert read(album_store).title == "Lisbon a1 🚲"


def test_albums_of_an_owner_are_listed_newest_first_in_pages(album_store: AlbumStore) -> None:
    add(album_store, album("a1", minutes=1), album("a2", minutes=3), album("a3", minutes=2), album("a4", "bob"))
    first = album_store.list_own("alice", after=None, limit=2)
    assert [(each.album_id, each.title) for each in first] == [("a2", "Lisbon a2 🚲"), ("a3", "Lisbon a3 🚲")]
    rest = album_store.list_own("alice", after=first[-1].position, limit=2)
    assert [each.album_id for each in rest] == ["a1"]
    assert listed(album_store, "carol") == []


def test_add_raises_conflict_at_the_limit_until_an_album_is_deleted(album_store: AlbumStore) -> None:
    for album_id in ("a1", "a2"):
        album_store.add(album(album_id), max_albums=2)
    with pytest.raises(Conflict, match=r"You already have 2 albums\. Delete one first\."):
        album_store.add(album("a3"), max_albums=2)
    assert (get(album_store, "a3"), listed(album_store)) == (None, ["a2", "a1"])
    album_store.delete(read(album_store), NOON)
    album_store.add(album("a3"), max_albums=2)
    assert listed(album_store) == ["a3", "a2"]


def test_limit_of_albums_is_exact_under_concurrency(album_store: AlbumStore) -> None:
    def add_one(number: int) -> bool:
        try:
            album_store.add(album(f"a{number}"), max_albums=3)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add_one, range(6))) == 3
    assert len(listed(album_store)) == 3


def test_saved_album_replaces_the_one_that_was_read(album_store: AlbumStore) -> None:
    add(album_store, with_all_fields(album()))
    before = read(album_store)
    after = replace(album(), title="Porto", updated_at=NOON + timedelta(hours=1))
    saved = album_store.save(before, after)
    assert saved == replace(after, version=2) == read(album_store)
    (entry,) = album_store.list_own("alice", after=None, limit=10)
    assert entry.title == "Porto"
    with pytest.raises(Conflict):
        album_store.save(before, replace(after, title="Faro"))
    assert read(album_store) == saved


def test_order_is_saved_with_the_album(album_store: AlbumStore) -> None:
    add(album_store, album())
    before = read(album_store)
    ids = tuple(f"{number:032x}" for number in range(1000))
    ordered = album_store.save(before, replace(before, order=AlbumOrder.MANUAL), photo_ids=ids)
    with pytest.raises(Conflict):
        album_store.save(before, before, photo_ids=("p1",))
    assert album_store.get_order("a1") == ids
    album_store.save(ordered, replace(ordered, order=AlbumOrder.NEWEST))
    assert album_store.get_order("a1") == ids


def test_role_is_read_with_the_album(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(album_store, album("a1"), album("a2"), album("a3"))
    join(member_store, "a1", "bob", Role.VIEWER)
    join(member_store, "a2", "bob", Role.CONTRIBUTOR)
    join(member_store, "a3", "carol", Role.VIEWER)
    found = album_store.get_many([f"a{number}" for number in range(120)], "bob")
    assert {each: found[each].membership for each in sorted(found)} == {
        "a1": Role.VIEWER,
        "a2": Role.CONTRIBUTOR,
        "a3": None,
    }


def test_albums_of_a_member_are_listed_by_when_they_were_added(
    album_store: AlbumStore, member_store: MemberStore
) -> None:
    add(album_store, album("a1"), album("a2"), album("a3"))
    for minutes, album_id in ((1, "a1"), (3, "a2"), (2, "a3")):
        join(member_store, album_id, "bob", minutes=minutes)
    first = album_store.list_shared("bob", after=None, limit=2)
    assert [each.album_id for each in first] == ["a2", "a3"]
    rest = album_store.list_shared("bob", after=first[-1].position, limit=2)
    assert [each.album_id for each in rest] == ["a1"]


def test_deleted_album_is_not_found_and_waits_for_removal(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(album_store, album("a1"), album("a2"))
    before = read(album_store)
    album_store.save(before, before, photo_ids=("p1",))
    for number in range(60):
        join(member_store, "a1", f"member{number}")
    join(member_store, "a1", "bob")
    invitation = Member("hash", Role.VIEWER, NOON, MemberState.PENDING)
    member_store.add("a1", invitation, email_hash="hash", max_members=100)
    for _ in range(2):
        album_store.delete(before, NOON)
    assert (get(album_store), listed(album_store)) == (None, ["a2"])
    assert album_store.list_deleting(10) == ["a1"]
    with pytest.raises(Conflict):
        album_store.save(replace(before, version=3), before)
    for _ in range(2):
        album_store.remove("a1")
    assert album_store.list_deleting(10) == []
    assert (shared(album_store), shared(album_store, "member59"), album_store.get_order("a1")) == ([], [], ())
    assert member_store.list_invitations("hash", 10) == []
    add(album_store, album("a1"))  # nothing is left of it
    assert get(album_store) == StoredAlbum(replace(album(), version=1), None)


def test_album_is_handed_over_with_its_members_and_order(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(album_store, album())
    before = read(album_store)
    ordered = album_store.save(before, before, photo_ids=("p1",))
    for member in ("bob", "carol"):
        join(member_store, "a1", member, max_members=2)
    with pytest.raises(Conflict):
        album_store.hand_over(before, "bob")
    album_store.hand_over(ordered, "bob")
    assert get(album_store) == StoredAlbum(replace(album(owner="bob"), version=3), None)
    assert (listed(album_store), listed(album_store, "bob")) == ([], ["a1"])
    assert (shared(album_store), shared(album_store, "carol")) == ([], ["a1"])
    assert album_store.get_order("a1") == ("p1",)
    join(member_store, "a1", "dora", max_members=2)  # the membership of the new owner does not count any more
    with pytest.raises(Conflict):
        album_store.delete(ordered, NOON)
    assert get(album_store)


def test_limit_counts_albums_that_were_handed_over(album_store: AlbumStore) -> None:
    add(album_store, album("a1"), album("a2", "bob"))
    album_store.hand_over(read(album_store), "bob")
    with pytest.raises(Conflict):
        album_store.add(album("a3", "bob"), max_albums=2)
    album_store.add(album("a4"), max_albums=1)
