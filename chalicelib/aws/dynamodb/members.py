"""Members and invitations in the table of albums: a row of the album, and one of the list of whom it is shared with.

Both, and the number of them in the album's record, change in one transaction. So the lists agree at any moment, and
concurrent requests cannot add more people than allowed, nor any to an album that is being deleted.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from chalicelib.albums.members import Member, MemberState
from chalicelib.albums.models import Role
from chalicelib.aws.dynamodb.album_table import (
    EXISTS,
    INVITATION,
    LAST_CHARACTER,
    MEMBER,
    AlbumTable,
    Write,
    invitation_key,
    invitation_partition,
    is_id,
    member_key,
    shared_key,
)
from chalicelib.aws.dynamodb.items import Item, format_timestamp
from chalicelib.aws.dynamodb.transaction import album_key
from chalicelib.errors import Conflict
from chalicelib.library.collections import album_scope

IS_NEW = "attribute_not_exists(#partition)"
# Someone who was removed and added again is another member.
IS_SAME = "added_at = :added_at"
MEMBERS_PER_READ = 200
# The indexes of writes of an acceptance.
ALBUM_CHECK, MEMBER_PUT = 0, 1


@dataclass(frozen=True, slots=True)
class DynamoMemberStore:
    """`members.MemberStore` over DynamoDB."""

    table: AlbumTable

    def add(self, album_id: str, member: Member, *, email_hash: str, max_members: int) -> bool:
        """Add a member or an invitation; returns False if the album does not exist. Raises Conflict."""
        writes = [
            self._count(album_id, 1, max_members),
            self.table.put(_row(album_id, member), IS_NEW),
            self.table.put(_list_row(album_id, member)),
        ]
        if member.state is MemberState.ACTIVE:
            writes.append(self.table.check(invitation_key(album_id, email_hash), IS_NEW))
        failed = self.table.transact(*writes)
        if 0 in failed and not self._exists(album_id):
            return False
        if failed - {0}:
            raise Conflict("This person is a member of the album or is invited to it already.")
        if failed:
            raise Conflict(f"An album can have at most {max_members} members. Remove one first.")
        return True

    def get(self, album_id: str, member_id: str) -> Member | None:
        """A member or an invitation, or None."""
        if not (is_id(album_id) and is_id(member_id)):
            return None
        items = self.table.get(member_key(album_id, member_id), invitation_key(album_id, member_id))
        return _member_from_item(items[0]) if items else None

    def list_by_album(self, album_id: str) -> list[Member]:
        """All members and invitations of an album; one query."""
        items = self.table.query(album_scope(album_id), INVITATION, MEMBER + LAST_CHARACTER, limit=MEMBERS_PER_READ)
        return [_member_from_item(item) for item in items]

    def set_role(self, album_id: str, member: Member, role: Role) -> bool:
        """Change a role; returns False if `member` is not in the album any more."""
        values = {"role": str(role), "added_at": format_timestamp(member.added_at)}
        return not self.table.transact(
            self.table.update(_key(album_id, member), "SET #role = :role", IS_SAME, **values)
        )

    def remove(self, album_id: str, member: Member) -> bool:
        """Remove a member or an invitation; returns False if `member` is not in the album any more."""
        return not self.table.transact(*self._removal(album_id, member))

    def list_invitations(self, email_hash: str, limit: int) -> list[str]:
        """The ids of albums that this address is invited to; one query."""
        partition = invitation_partition(email_hash)
        items = self.table.query(partition, " ", LAST_CHARACTER, limit=limit)
        return [item["album_id"] for item in islice(items, limit)]

    def accept(self, album_id: str, email_hash: str, owner: str) -> None:
        """Turn an invitation into a membership with its role and time; raises Conflict if it has changed."""
        invitation = self.get(album_id, email_hash)
        if invitation is None or invitation.state is not MemberState.PENDING:
            return
        member = replace(invitation, member_id=owner, state=MemberState.ACTIVE)
        failed = self.table.transact(
            self.table.check(album_key(album_id), f"{EXISTS} AND #owner <> :owner", owner=owner),
            self.table.put(_row(album_id, member), IS_NEW),
            self.table.put(_list_row(album_id, member)),
            *self._deletes(album_id, invitation),
        )
        if failed & {ALBUM_CHECK, MEMBER_PUT}:
            self.remove(album_id, invitation)
        elif failed:
            raise Conflict("The invitation has changed. Try again.")

    def _removal(self, album_id: str, member: Member) -> list[Write]:
        return [*self._deletes(album_id, member), self._count(album_id, -1)]

    def _deletes(self, album_id: str, member: Member) -> list[Write]:
        """The writes that remove a member or an invitation; their condition is that it is the same, with its role."""
        return [
            self.table.delete(
                _key(album_id, member),
                f"{IS_SAME} AND #role = :role",
                added_at=format_timestamp(member.added_at),
                role=str(member.role),
            ),
            self.table.delete(_list_key(album_id, member)),
        ]

    def _count(self, album_id: str, change: int, max_members: int | None = None) -> Write:
        """The update of an album's number of members, which it must have less than `max_members` of."""
        add = "ADD member_count :change"
        if max_members is None:
            return self.table.update(album_key(album_id), add, "attribute_exists(#partition)", change=change)
        condition = f"{EXISTS} AND (attribute_not_exists(member_count) OR member_count < :max_members)"
        return self.table.update(album_key(album_id), add, condition, change=change, max_members=max_members)

    def _exists(self, album_id: str) -> bool:
        return any("deleted_at" not in album for album in self.table.get(album_key(album_id)))


def _key(album_id: str, member: Member) -> Item:
    """The key of a member or an invitation among the rows of its album."""
    make_key = member_key if member.state is MemberState.ACTIVE else invitation_key
    return make_key(album_id, member.member_id)


def _list_key(album_id: str, member: Member) -> Item:
    """The key of an album in the list of whom it is shared with."""
    if member.state is MemberState.ACTIVE:
        return shared_key(album_id, member.member_id, format_timestamp(member.added_at))
    return {"partition": invitation_partition(member.member_id), "entry": album_scope(album_id)}


def _row(album_id: str, member: Member) -> Item:
    return _key(album_id, member) | {"role": str(member.role), "added_at": format_timestamp(member.added_at)}


def _list_row(album_id: str, member: Member) -> Item:
    return _list_key(album_id, member) | {"album_id": album_id}


def _member_from_item(item: Item) -> Member:
    kind, _, member_id = item["entry"].partition("/")
    return Member(
        member_id=member_id,
        role=Role(item["role"]),
        added_at=datetime.fromisoformat(item["added_at"]),
        state=MemberState.ACTIVE if kind == "member" else MemberState.PENDING,
    )
