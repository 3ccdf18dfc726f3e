from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.accounts.addresses import address_hash
from chalicelib.albums import members
from chalicelib.albums.members import ListedMember, Member, MemberService, MemberState, parse_role
from chalicelib.albums.models import Album, Role, StoredAlbum
from chalicelib.errors import Conflict, Invalid, NotFound, Unavailable
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.members import MemoryMemberStore, MemoryUsers
from tests.support.factories import NOON

ALBUM = Album("a1", "alice", "Lisbon", NOON, NOON, version=1)


@dataclass
class Fixture:
    """An album of alice; bob and carol have accounts, dora has none."""

    albums: MemoryAlbumStore = field(default_factory=lambda: MemoryAlbumStore({"a1": ALBUM}))
    time: datetime = NOON

    def __post_init__(self) -> None:
        self.store = MemoryMemberStore(self.albums)
        self.users = MemoryUsers({name: f"{name}@example.org" for name in ("alice", "bob", "carol")})
        self.service = MemberService(self.store, self.users, self.now, "secret")

    def now(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time

    def add(self, name: str, role: Role = Role.VIEWER) -> Member:
        return self.service.add(ALBUM, f"{name}@example.org", role).member

    def listed(self) -> list[tuple[str | None, Role, MemberState]]:
        found = self.service.list_members(ALBUM)
        return [(each.email, each.member.role, each.member.state) for each in found]

    def role_of(self, owner: str) -> Role | None:
        return self.albums.get_many(["a1"], owner)["a1"].membership


@pytest.fixture
def fixture() -> Fixture:
    return Fixture()


def test_person_with_an_account_is_a_member_at_once(fixture: Fixture) -> None:
    added = fixture.service.add(ALBUM, "BOB@example.org", Role.CONTRIBUTOR)
    assert added == ListedMember(Member("bob", Role.CONTRIBUTOR, fixture.time), "BOB@example.org")
    assert fixture.role_of("bob") is Role.CONTRIBUTOR


def test_address_without_an_account_is_invited_and_only_its_hash_is_stored(fixture: Fixture) -> None:
    invited = fixture.add("dora")
    assert (invited.state, invited.member_id) == (MemberState.PENDING, address_hash("dora@example.org", "secret"))
    assert "dora@" not in repr((fixture.albums, fixture.store))
    assert fixture.listed() == [(None, Role.VIEWER, MemberState.PENDING)]


def test_members_are_listed_with_addresses_as_they_were_added(fixture: Fixture) -> None:
    for name in ("carol", "dora", "bob"):
        fixture.add(name)
    assert [email for email, _, _ in fixture.listed()] == ["carol@example.org", None, "bob@example.org"]
    del fixture.users.users["carol"]
    assert [email for email, _, _ in fixture.listed()] == [None, None, "bob@example.org"]


def test_album_without_members_reads_no_addresses(fixture: Fixture) -> None:
    class Unreachable(MemoryUsers):
        def addresses(self, owners: Iterable[str]) -> dict[str, str]:
            raise Unavailable("Cognito did not respond.")

    fixture.add("dora")
    service = replace(fixture.service, users=Unreachable())
    assert len(service.list_members(ALBUM)) == 1
    fixture.add("bob")
    with pytest.raises(Unavailable):
        service.list_members(ALBUM)


def test_owner_cannot_add_themselves(fixture: Fixture) -> None:
    with pytest.raises(Invalid) as caught:
        fixture.service.add(ALBUM, "Alice@Example.org", Role.VIEWER)
    assert (caught.value.field, fixture.listed()) == ("email", [])


def test_smart_album_has_no_members(fixture: Fixture) -> None:
    with pytest.raises(Invalid) as caught:
        fixture.service.add(replace(ALBUM, query={"q": ("dog",)}), "bob@example.org", Role.VIEWER)
    assert caught.value.code == "smart_album"


@pytest.mark.parametrize("name", ["bob", "dora"])
def test_same_address_is_added_once(fixture: Fixture, name: str) -> None:
    fixture.add(name)
    with pytest.raises(Conflict):
        fixture.add(name.upper(), Role.CONTRIBUTOR)
    assert [role for _, role, _ in fixture.listed()] == [Role.VIEWER]


def test_invited_person_with_a_new_account_is_not_added_twice(fixture: Fixture) -> None:
    fixture.add("dora")
    fixture.users.users["dora"] = "dora@example.org"
    with pytest.raises(Conflict):
        fixture.add("dora")
    assert len(fixture.listed()) == 1


def test_album_deleted_meanwhile_is_not_found(fixture: Fixture) -> None:
    fixture.albums.delete(ALBUM, NOON)
    with pytest.raises(NotFound):
        fixture.add("bob")


def test_invitations_are_accepted_with_their_roles(fixture: Fixture) -> None:
    invited = fixture.add("dora", Role.CONTRIBUTOR)
    fixture.service.accept_invitations("carol", "carol@example.org")
    fixture.service.accept_invitations("dora", "Dora@Example.ORG")
    assert fixture.role_of("dora") is Role.CONTRIBUTOR
    assert fixture.store.get("a1", "dora") == replace(invited, member_id="dora", state=MemberState.ACTIVE)
    assert fixture.store.get("a1", invited.member_id) is None


def test_many_invitations_are_accepted_in_parts(fixture: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "INVITATIONS_AT_ONCE", 2)
    for number in range(3):
        album = replace(ALBUM, album_id=f"b{number}")
        fixture.albums.add(album, max_albums=10)
        fixture.service.add(album, "dora@example.org", Role.VIEWER)
    for expected in (2, 3):
        fixture.service.accept_invitations("dora", "dora@example.org")
        assert sum(member == "dora" for _, member in fixture.albums.members) == expected


def test_invitation_that_changes_is_accepted_the_next_time(fixture: Fixture) -> None:
    class Busy(MemoryMemberStore):
        def accept(self, album_id: str, email_hash: str, owner: str) -> None:
            raise Conflict("The invitation has changed.")

    fixture.add("dora")
    busy = Busy(fixture.albums)
    replace(fixture.service, store=busy).accept_invitations("dora", "dora@example.org")
    assert fixture.albums.get_many(["a1"], "dora") == {"a1": StoredAlbum(ALBUM, None)}
    fixture.service.accept_invitations("dora", "dora@example.org")
    assert fixture.role_of("dora") is Role.VIEWER


@pytest.mark.parametrize("name", ["bob", "dora"])
def test_role_is_changed(fixture: Fixture, name: str) -> None:
    member = fixture.add(name)
    for _ in range(2):
        changed = fixture.service.set_role(ALBUM, member.member_id, Role.CONTRIBUTOR)
        assert changed.member == replace(member, role=Role.CONTRIBUTOR)
        assert changed.email == ("bob@example.org" if name == "bob" else None)
    assert [role for _, role, _ in fixture.listed()] == [Role.CONTRIBUTOR]


@pytest.mark.parametrize("name", ["bob", "dora"])
def test_removed_member_is_not_found(fixture: Fixture, name: str) -> None:
    member = fixture.add(name)
    fixture.service.remove("a1", member.member_id)
    assert (fixture.listed(), fixture.role_of("bob")) == ([], None)
    with pytest.raises(NotFound):
        fixture.service.remove("a1", member.member_id)
    with pytest.raises(NotFound):
        fixture.service.set_role(ALBUM, member.member_id, Role.VIEWER)


def test_member_removed_meanwhile_is_not_found(fixture: Fixture) -> None:
    class Stale(MemoryMemberStore):
        def get(self, album_id: str, member_id: str) -> Member | None:
            return Member(member_id, Role.VIEWER, NOON) if album_id == "a1" else None

        def set_role(self, album_id: str, member: Member, role: Role) -> bool:
            return False

        def remove(self, album_id: str, member: Member) -> bool:
            return False

    service = replace(fixture.service, store=Stale(fixture.albums))
    with pytest.raises(NotFound):
        service.set_role(ALBUM, "bob", Role.CONTRIBUTOR)
    with pytest.raises(NotFound):
        service.remove("a1", "bob")


def test_limit_of_members(fixture: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_MEMBERS", 2)
    fixture.add("bob")
    fixture.add("dora")
    with pytest.raises(Conflict):
        fixture.add("carol")


@pytest.mark.parametrize("value", ["owner", "", "VIEWER", None, 1, ["viewer"], {}])
def test_unknown_role_is_invalid(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        parse_role(value)
    assert caught.value.field == "role"


def test_roles_of_members() -> None:
    assert [parse_role(value) for value in ("viewer", "contributor")] == [Role.VIEWER, Role.CONTRIBUTOR]
