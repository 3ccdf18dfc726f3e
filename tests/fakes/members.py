"""A fake store of members, over the fake store of albums, and a fake directory of users."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.accounts.addresses import normalize_address
from chalicelib.albums.members import Member, MemberState
from chalicelib.albums.models import Role
from chalicelib.errors import Conflict
from tests.fakes.albums import MemoryAlbumStore


@dataclass
class MemoryMemberStore:
    """`MemberStore` over the same dictionaries; it passes the same contract tests as the one in DynamoDB."""

    albums: MemoryAlbumStore

    def add(self, album_id: str, member: Member, *, email_hash: str, max_members: int) -> bool:
        with self.albums.lock:
            if not self.albums.get_many([album_id], ""):
                return False
            present = self.list_by_album(album_id)
            if {member.member_id, email_hash} & {each.member_id for each in present}:
                raise Conflict("This person is a member of the album or is invited to it already.")
            if len(present) >= max_members:
                raise Conflict(f"An album can have at most {max_members} members. Remove one first.")
            self._rows(member)[album_id, member.member_id] = (member.role, member.added_at)
        return True

    def get(self, album_id: str, member_id: str) -> Member | None:
        found = (each for each in self.list_by_album(album_id) if each.member_id == member_id)
        return next(found, None)

    def list_by_album(self, album_id: str) -> list[Member]:
        kinds = ((self.albums.members, MemberState.ACTIVE), (self.albums.invitations, MemberState.PENDING))
        return [
            Member(member_id, role, added_at, state)
            for rows, state in kinds
            for (each, member_id), (role, added_at) in rows.items()
            if each == album_id
        ]

    def set_role(self, album_id: str, member: Member, role: Role) -> bool:
        with self.albums.lock:
            current = self.get(album_id, member.member_id)
            if current is None or current.added_at != member.added_at:
                return False
            self._rows(member)[album_id, member.member_id] = (role, member.added_at)
        return True

    def remove(self, album_id: str, member: Member) -> bool:
        with self.albums.lock:
            if self.get(album_id, member.member_id) != member:
                return False
            del self._rows(member)[album_id, member.member_id]
        return True

    def list_invitations(self, email_hash: str, limit: int) -> list[str]:
        return sorted(album_id for album_id, each in self.albums.invitations if each == email_hash)[:limit]

    def accept(self, album_id: str, email_hash: str, owner: str) -> None:
        invitation = self.get(album_id, email_hash)
        if invitation is None or not self.remove(album_id, invitation):
            return
        stored = self.albums.get_many([album_id], owner).get(album_id)
        if stored and stored.album.owner != owner and stored.membership is None:
            member = replace(invitation, member_id=owner, state=MemberState.ACTIVE)
            self._rows(member)[album_id, owner] = (member.role, member.added_at)

    def _rows(self, member: Member) -> dict[tuple[str, str], tuple[Role, datetime]]:
        return self.albums.members if member.state is MemberState.ACTIVE else self.albums.invitations


@dataclass
class MemoryUsers:
    """`UserDirectory` over a dictionary of addresses by owner id."""

    users: dict[str, str] = field(default_factory=dict)

    def find(self, address: str) -> str | None:
        normalized = normalize_address(address)
        return next((owner for owner, each in self.users.items() if normalize_address(each) == normalized), None)

    def addresses(self, owners: Iterable[str]) -> dict[str, str]:
        return {owner: self.users[owner] for owner in owners if owner in self.users}
