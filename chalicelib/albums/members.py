"""Members of albums: other people of the library who may see an album, or add their photos to it.

The owner of an album names them by address. An address that has no account yet is invited: its first sign-in makes it a
member. Addresses are looked up in the user pool when they are needed, and never stored: an invitation holds a hash.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.accounts.addresses import address_hash
from chalicelib.albums.models import Album, Role, check_not_smart
from chalicelib.errors import Conflict, Invalid, NotFound

MAX_MEMBERS = 100
# Each takes a transaction. More than that wait for the next time.
INVITATIONS_AT_ONCE = 25
MEMBER_ROLES = (Role.VIEWER, Role.CONTRIBUTOR)
# What a member may use instead of their own id.
ME = "me"


class MemberState(StrEnum):
    """Whether someone has an account, or is only invited."""

    ACTIVE = "active"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an album. `member_id` is an owner id, or the hash of an address while they are only invited."""

    member_id: str
    role: Role
    added_at: datetime
    state: MemberState = MemberState.ACTIVE


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member for the owner of the album; `email` is None if it is not known."""

    member: Member
    email: str | None


class UserDirectory(Protocol):
    """The people who have an account; all methods raise Unavailable."""

    def find(self, address: str) -> str | None:
        """The owner id of the person who can sign in with this verified address, or None."""

    def addresses(self, owners: Iterable[str]) -> Mapping[str, str]:
        """The verified addresses of these owners, by owner id; some minutes old."""


class MemberStore(Protocol):
    """Stores members and invitations; all reads are strongly consistent.

    A member, the album's number of members and the member's list of albums change in one transaction.
    """

    def add(self, album_id: str, member: Member, *, email_hash: str, max_members: int) -> bool:
        """Add a member or an invitation; returns False if the album does not exist.

        Raises Conflict if they are in it, if `email_hash` is invited, or if the album has `max_members`.
        """

    def get(self, album_id: str, member_id: str) -> Member | None:
        """A member or an invitation, or None."""

    def list_by_album(self, album_id: str) -> list[Member]:
        """All members and invitations of an album, in any order."""

    def set_role(self, album_id: str, member: Member, role: Role) -> bool:
        """Change a role; returns False if `member` is not in the album any more."""

    def remove(self, album_id: str, member: Member) -> bool:
        """Remove a member or an invitation; returns False if `member` is not in the album any more."""

    def list_invitations(self, email_hash: str, limit: int) -> list[str]:
        """The ids of albums that this address is invited to."""

    def accept(self, album_id: str, email_hash: str, owner: str) -> None:
        """Turn an invitation into a membership with its role and time; it is gone then in any case.

        The owner of the album, or someone who is a member already, gets no other membership. Raises Conflict.
        """


@dataclass(frozen=True, slots=True)
class MemberService:
    """Adds, lists, changes and removes members."""

    store: MemberStore
    users: UserDirectory
    now: Callable[[], datetime]
    id_secret: str

    def list_members(self, album: Album) -> list[ListedMember]:
        """The members of an album with their addresses, in the order in which they were added."""
        members = sorted(self.store.list_by_album(album.album_id), key=lambda each: (each.added_at, each.member_id))
        active = [each.member_id for each in members if each.state is MemberState.ACTIVE]
        addresses = self.users.addresses(active) if active else {}
        return [ListedMember(each, addresses.get(each.member_id)) for each in members]

    def add(self, album: Album, email: str, role: Role) -> ListedMember:
        """Add the person with this address; without an account, they are invited.

        Raises Invalid for a smart album or its owner, Conflict for someone who is in it or over 100, and NotFound.
        """
        check_not_smart(album)
        email_hash = address_hash(email, self.id_secret)
        owner = self.users.find(email)
        if owner == album.owner:
            raise Invalid("This is your own address; the album is yours already.", field="email")
        state = MemberState.ACTIVE if owner else MemberState.PENDING
        member = Member(owner or email_hash, role, self.now(), state)
        if not self.store.add(album.album_id, member, email_hash=email_hash, max_members=MAX_MEMBERS):
            raise NotFound("Album not found.")
        return ListedMember(member, email)

    def set_role(self, album: Album, member_id: str, role: Role) -> ListedMember:
        """Change the role of a member or an invitation; raises NotFound."""
        member = self._get(album.album_id, member_id)
        if member.role is not role and not self.store.set_role(album.album_id, member, role):
            raise NotFound("Member not found.")
        addresses = self.users.addresses([member_id]) if member.state is MemberState.ACTIVE else {}
        return ListedMember(replace(member, role=role), addresses.get(member_id))

    def remove(self, album_id: str, member_id: str) -> None:
        """Remove a member or an invitation; raises NotFound. The photos that they added stay."""
        if not self.store.remove(album_id, self._get(album_id, member_id)):
            raise NotFound("Member not found.")

    def accept_invitations(self, owner: str, email: str) -> None:
        """Make someone who has signed in with this verified address a member of the albums that it is invited to."""
        email_hash = address_hash(email, self.id_secret)
        for album_id in self.store.list_invitations(email_hash, INVITATIONS_AT_ONCE):
            with suppress(Conflict):  # it changes just now, and is there the next time
                self.store.accept(album_id, email_hash, owner)

    def _get(self, album_id: str, member_id: str) -> Member:
        member = self.store.get(album_id, member_id)
        if member is None:
            raise NotFound("Member not found.")
        return member


def parse_role(value: object) -> Role:
    """The role of a member; raises Invalid."""
    role = next((each for each in MEMBER_ROLES if each == value), None)
    if role is None:
        raise Invalid(f"role must be {' or '.join(MEMBER_ROLES)}.", field="role")
    return role
