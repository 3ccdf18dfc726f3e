from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.members import Member, MemberState, MemberStore
from chalicelib.albums.models import AlbumStore, Role
from chalicelib.errors import Conflict
from tests.contract.test_album_store import add as add_albums
from tests.contract.test_album_store import album, read, shared
from tests.support.factories import NOON

BOB = Member("bob", Role.VIEWER, NOON + timedelta(microseconds=7))
INVITED = Member("hash-of-bob", Role.CONTRIBUTOR, NOON, MemberState.PENDING)


def add(store: MemberStore, *members: Member, album_id: str = "a1", max_members: int = 10) -> None:
    for member in members:
        assert store.add(album_id, member, email_hash=f"hash-of-{member.member_id}", max_members=max_members)


def invite(store: MemberStore, *members: Member, album_id: str = "a1", max_members: int = 10) -> None:
    for member in members:
        assert store.add(album_id, member, email_hash=member.member_id, max_members=max_members)


def role_in(albums: AlbumStore, member: str = "bob", album_id: str = "a1") -> Role | None:
    return albums.get_many([album_id], member)[album_id].membership


@pytest.fixture(autouse=True)
def _albums(album_store: AlbumStore) -> None:
    add_albums(album_store, album("a1"), album("a2", minutes=1))


def test_members_and_invitations_are_returned_unchanged(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(member_store, BOB)
    other = replace(INVITED, member_id="hash-of-carol")
    invite(member_store, other)
    assert {each.member_id: each for each in member_store.list_by_album("a1")} == {"bob": BOB, other.member_id: other}
    assert (member_store.get("a1", "bob"), member_store.get("a1", other.member_id)) == (BOB, other)
    assert (role_in(album_store), shared(album_store)) == (Role.VIEWER, ["a1"])
    assert member_store.list_invitations(other.member_id, 10) == ["a1"]
    assert member_store.list_by_album("a2") == []


@pytest.mark.parametrize("member_id", ["carol", "", "me", "member/bob", "bob#", "b" * 3000, "\ud800"])
def test_unknown_member_is_not_found(member_store: MemberStore, member_id: str) -> None:
    add(member_store, BOB)
    assert member_store.get("a1", member_id) is None
    assert member_store.get("a2", "bob") is None
    assert member_store.get("a1/member", "bob") is None


def test_nobody_is_added_twice(member_store: MemberStore) -> None:
    add(member_store, BOB)
    invite(member_store, replace(INVITED, member_id="hash-of-carol"))
    for again in (BOB, replace(BOB, role=Role.CONTRIBUTOR), replace(BOB, member_id="carol")):
        with pytest.raises(Conflict, match=r"This person is a member of the album or is invited to it already\."):
            add(member_store, again)
    with pytest.raises(Conflict, match=r"This person is a member of the album or is invited to it already\."):
        invite(member_store, replace(INVITED, member_id="hash-of-carol", role=Role.VIEWER))
    assert len(member_store.list_by_album("a1")) == 2
    add(member_store, replace(BOB, member_id="dora"), max_members=3)  # refused ones are not counted


def test_nobody_is_added_to_a_missing_or_deleted_album(album_store: AlbumStore, member_store: MemberStore) -> None:
    album_store.delete(read(album_store), NOON)
    for album_id in ("a1", "a3"):
        assert not member_store.add(album_id, BOB, email_hash="hash", max_members=10)
        assert not member_store.add(album_id, INVITED, email_hash="hash-of-bob", max_members=10)
        assert member_store.list_by_album(album_id) == []
    assert (shared(album_store), member_store.list_invitations("hash-of-bob", 10)) == ([], [])


def test_limit_counts_members_and_invitations_until_they_are_removed(member_store: MemberStore) -> None:
    other = replace(INVITED, member_id="hash-of-carol")
    add(member_store, BOB, max_members=2)
    invite(member_store, other, max_members=2)
    with pytest.raises(Conflict, match=r"An album can have at most 2 members\. Remove one first\."):
        add(member_store, replace(BOB, member_id="dora"), max_members=2)
    assert member_store.remove("a1", other)
    add(member_store, replace(BOB, member_id="dora"), max_members=2)
    with pytest.raises(Conflict, match=r"An album can have at most 2 members\. Remove one first\."):
        invite(member_store, other, max_members=2)


def test_limit_is_exact_under_concurrency(member_store: MemberStore) -> None:
    def add_one(number: int) -> bool:
        try:
            add(member_store, replace(BOB, member_id=f"m{number}"), max_members=3)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add_one, range(6))) == 3
    assert len(member_store.list_by_album("a1")) == 3


def test_role_is_changed_and_the_place_in_the_list_stays(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(member_store, BOB)
    invited = replace(INVITED, member_id="hash-of-carol")
    invite(member_store, invited)
    assert member_store.set_role("a1", BOB, Role.CONTRIBUTOR)
    assert member_store.set_role("a1", invited, Role.VIEWER)
    assert member_store.get("a1", "bob") == replace(BOB, role=Role.CONTRIBUTOR)
    assert member_store.get("a1", invited.member_id) == replace(invited, role=Role.VIEWER)
    assert (role_in(album_store), shared(album_store)) == (Role.CONTRIBUTOR, ["a1"])


def test_removed_member_and_invitation_leave_nothing(album_store: AlbumStore, member_store: MemberStore) -> None:
    invited = replace(INVITED, member_id="hash-of-carol")
    add(member_store, BOB)
    invite(member_store, invited)
    for member in (BOB, invited):
        assert [member_store.remove("a1", member) for _ in range(2)] == [True, False]
        assert not member_store.set_role("a1", member, Role.VIEWER)
    assert (member_store.list_by_album("a1"), shared(album_store), role_in(album_store)) == ([], [], None)
    assert member_store.list_invitations(invited.member_id, 10) == []


def test_member_who_was_added_again_is_another_one(member_store: MemberStore) -> None:
    add(member_store, BOB)
    assert member_store.remove("a1", BOB)
    again = replace(BOB, added_at=NOON + timedelta(minutes=1))
    add(member_store, again)
    assert not member_store.remove("a1", BOB)
    assert not member_store.set_role("a1", BOB, Role.CONTRIBUTOR)
    assert member_store.list_by_album("a1") == [again]


def test_invitations_of_an_address_are_listed_by_album(member_store: MemberStore) -> None:
    for album_id in ("a1", "a2"):
        invite(member_store, INVITED, album_id=album_id)
    assert member_store.list_invitations("hash-of-bob", 10) == ["a1", "a2"]
    assert len(member_store.list_invitations("hash-of-bob", 1)) == 1
    assert member_store.list_invitations("hash-of-carol", 10) == []


def test_accepted_invitation_becomes_a_membership(album_store: AlbumStore, member_store: MemberStore) -> None:
    invite(member_store, INVITED, max_members=1)
    for _ in range(2):
        member_store.accept("a1", "hash-of-bob", "bob")
    assert member_store.list_by_album("a1") == [replace(INVITED, member_id="bob", state=MemberState.ACTIVE)]
    assert (role_in(album_store), shared(album_store)) == (Role.CONTRIBUTOR, ["a1"])
    assert member_store.list_invitations("hash-of-bob", 10) == []
    with pytest.raises(Conflict):
        add(member_store, replace(BOB, member_id="carol"), max_members=1)


def test_invitation_of_a_member_ends_with_one_membership(album_store: AlbumStore, member_store: MemberStore) -> None:
    add(member_store, BOB)
    assert member_store.add("a1", replace(INVITED, member_id="other"), email_hash="other", max_members=2)
    member_store.accept("a1", "other", "bob")
    assert (member_store.list_by_album("a1"), shared(album_store)) == ([BOB], ["a1"])
    assert member_store.list_invitations("other", 10) == []
    add(member_store, replace(BOB, member_id="carol"), max_members=2)


def test_invitation_of_the_owner_ends(album_store: AlbumStore, member_store: MemberStore) -> None:
    invite(member_store, INVITED)
    member_store.accept("a1", "hash-of-bob", "alice")
    assert (member_store.list_by_album("a1"), shared(album_store, "alice")) == ([], [])
    assert member_store.list_invitations("hash-of-bob", 10) == []


def test_invitation_to_a_deleted_album_ends(album_store: AlbumStore, member_store: MemberStore) -> None:
    invite(member_store, INVITED)
    album_store.delete(read(album_store), NOON)
    member_store.accept("a1", "hash-of-bob", "bob")
    assert (member_store.list_by_album("a1"), shared(album_store)) == ([], [])
    assert member_store.list_invitations("hash-of-bob", 10) == []


@pytest.mark.parametrize("accepts", [False, True])
def test_concurrent_changes_leave_lists_that_agree(
    album_store: AlbumStore, member_store: MemberStore, *, accepts: bool
) -> None:
    invite(member_store, INVITED, max_members=1)

    def accept() -> None:
        member_store.accept("a1", "hash-of-bob", "bob")

    def remove() -> None:
        member_store.remove("a1", INVITED)

    def change() -> None:
        member_store.set_role("a1", INVITED, Role.VIEWER)

    def run(action: Callable[[], None]) -> None:
        with suppress(Conflict):
            action()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, (accept, accept, change) if accepts else (accept, remove, change)))
    members = member_store.list_by_album("a1")
    assert shared(album_store) == ["a1" for each in members if each.state is MemberState.ACTIVE]
    assert member_store.list_invitations("hash-of-bob", 10) == [
        "a1" for each in members if each.state is MemberState.PENDING
    ]
    for member in members:
        assert member_store.remove("a1", member)
    add(member_store, BOB, max_members=1)
