"""Albums in DynamoDB: one partition per album with its order and members, and one per owner with the lists of albums.

An album and the lists that name it change in one transaction. Unlike indexes, the lists are therefore consistent with
the albums, and concurrent requests cannot create more albums than allowed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched, islice
from typing import Any

from chalicelib.albums.models import Album, AlbumOrder, ListedAlbum, Role, StoredAlbum
from chalicelib.aws.dynamodb.items import Item, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import backoff_seconds, get_items, pages, transact, update_expression
from chalicelib.aws.dynamodb.transaction import album_key
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.errors import Conflict

ALBUM, ORDER, COUNTS, DELETING = "album", "order", "counts", "deleting"
OWN, SHARED = "album/", "shared/"
ALBUMS_PER_READ = 50
MEMBERS_PER_PAGE = 100
LAST_CHARACTER = "\U0010ffff"
# Of an album that exists and is not being deleted.
EXISTS = "attribute_exists(#partition) AND attribute_not_exists(deleted_at)"
CHANGED = "The album has changed since it was read."

type Write = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DynamoAlbumStore:
    """`albums.AlbumStore` over DynamoDB. `jitter` returns a number in [0, 1); `sleep` takes seconds."""

    client: Any
    table: str
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def add(self, album: Album, *, max_albums: int) -> Album:
        """Add an album; returns it with its version. Raises Conflict if its owner has `max_albums`."""
        added = replace(album, version=1)
        fields = {name: value for name, value in _fields(added).items() if value is not None}
        item = album_key(album.album_id) | {"owner": added.owner, "version": 1} | fields
        writes = (
            self._put(item, {"ConditionExpression": "attribute_not_exists(#partition)"} | _names("partition")),
            self._put(_list_item(added)),
            self._count(album.owner, 1, max_albums),
        )
        if self._transact(*writes):
            raise Conflict(f"You already have {max_albums:,} albums. Delete one first.")
        return added

    def get_many(self, album_ids: Iterable[str], member: str) -> dict[str, StoredAlbum]:
        """Those of these albums that exist, by id, with the member's role; one read for each 50."""
        albums: dict[str, Album] = {}
        roles: dict[str, Role] = {}
        for ids in batched(filter(_is_album_id, dict.fromkeys(album_ids)), ALBUMS_PER_READ):
            keys = (key for each in ids for key in (album_key(each), _member_key(each, member)))
            for item in get_items(self.client, self.table, keys, self._pause):
                album_id = item["partition"].removeprefix(OWN)
                if item["entry"] != ALBUM:
                    roles[album_id] = Role(item["role"])
                elif "deleted_at" not in item:
                    albums[album_id] = _album_from_item(item)
        return {album_id: StoredAlbum(album, roles.get(album_id)) for album_id, album in albums.items()}

    def save(self, before: Album, after: Album, *, photo_ids: tuple[str, ...] | None = None) -> Album:
        """Replace an album's record and order; raises Conflict if `before` is not what is stored."""
        saved = replace(after, version=before.version + 1)
        writes = [self._update_album(before, _fields(saved) | {"version": saved.version})]
        if saved.title != before.title:
            writes.append(self._put(_list_item(saved)))
        if photo_ids is not None:
            writes.append(self._put(_order_key(saved.album_id) | {"photo_ids": list(photo_ids)}))
        if self._transact(*writes):
            raise Conflict(CHANGED)
        return saved

    def get_order(self, album_id: str) -> tuple[str, ...]:
        """The ids of the photos that were put in order by hand; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(
                TableName=self.table, Key=to_wire(_order_key(album_id)), ConsistentRead=True
            )
        return tuple(from_wire(response.get("Item", {})).get("photo_ids", ()))

    def list_own(self, owner: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The owner's albums after a position, newest first; one consistent query."""
        return self._list(owner, OWN, after, limit)

    def list_shared(self, member: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The albums that this member was added to, the last one first; one consistent query."""
        return self._list(member, SHARED, after, limit)

    def hand_over(self, album: Album, new_owner: str) -> None:
        """Change the owner; a membership of the new one ends. Raises Conflict if `album` is not what is stored."""
        member_key = _member_key(album.album_id, new_owner)
        membership = self._get(member_key)
        writes = [
            self._update_album(album, {"owner": new_owner, "version": album.version + 1}),
            self._delete(_list_key(album)),
            self._put(_list_item(replace(album, owner=new_owner))),
            self._count(album.owner, -1),
            self._count(new_owner, 1),
        ]
        if membership:
            writes += self._membership_deletes(membership, album.album_id, new_owner)
        else:
            condition = {"ConditionExpression": "attribute_not_exists(#partition)"} | _names("partition")
            check = {"TableName": self.table, "Key": to_wire(member_key), **condition}
            writes.append({"ConditionCheck": check})
        if self._transact(*writes):
            raise Conflict(CHANGED)

    def delete(self, album: Album, at: datetime) -> None:
        """Mark an album as deleted; does nothing if it is deleted already. Raises Conflict if its owner changed."""
        update = update_expression(
            {"deleted_at": format_timestamp(at)}, adds={"version": 1}, condition_values={":owner": album.owner}
        )
        update["ExpressionAttributeNames"] |= {"#partition": "partition", "#owner": "owner"}
        condition = {"ConditionExpression": f"{EXISTS} AND #owner = :owner"}
        failed = self._transact(
            {"Update": {"TableName": self.table, "Key": to_wire(album_key(album.album_id)), **update, **condition}},
            self._delete(_list_key(album)),
            self._count(album.owner, -1),
            self._put({"partition": DELETING, "entry": album.album_id}),
        )
        if failed and self.get_many([album.album_id], album.owner):
            raise Conflict(CHANGED)

    def list_deleting(self, limit: int) -> list[str]:
        """The ids of albums that are deleted but not removed yet; one consistent query."""
        return [item["entry"] for item in islice(self._query(DELETING, "", limit=limit), limit)]

    def remove(self, album_id: str) -> None:
        """Remove all that is left of a deleted album; the list of those to remove names it until the end."""
        for item in list(self._query(f"{OWN}{album_id}", "member/", limit=MEMBERS_PER_PAGE)):
            self.remove_member(album_id, item["entry"].removeprefix("member/"))
        self._transact(
            self._delete(_order_key(album_id)),
            self._delete(album_key(album_id)),
            self._delete({"partition": DELETING, "entry": album_id}),
        )

    def add_member(self, album_id: str, member: str, role: Role, at: datetime) -> bool:
        """Make someone a member, or change a member's role; returns False if the album does not exist."""
        key = _member_key(album_id, member)
        present = self._get(key)
        added_at = present["added_at"] if present else format_timestamp(at)
        condition = "added_at = :added_at" if present else "attribute_not_exists(#partition)"
        values = {"ExpressionAttributeValues": to_wire({":added_at": added_at})} if present else {}
        names = {} if present else _names("partition")
        exists = {"ConditionExpression": EXISTS} | _names("partition")
        failed = self._transact(
            {"ConditionCheck": {"TableName": self.table, "Key": to_wire(album_key(album_id)), **exists}},
            self._put(
                key | {"role": str(role), "added_at": added_at}, {"ConditionExpression": condition, **names, **values}
            ),
            self._put(_shared_key(album_id, member, added_at) | {"album_id": album_id}),
        )
        if failed - {0}:
            raise Conflict("The members of this album have changed. Try again.")
        return not failed

    def remove_member(self, album_id: str, member: str) -> bool:
        """End a membership; returns whether there was one."""
        membership = self._get(_member_key(album_id, member))
        return bool(membership) and not self._transact(*self._membership_deletes(membership, album_id, member))

    def _membership_deletes(self, membership: Item, album_id: str, member: str) -> list[Write]:
        """The writes that end a membership as it was read; their condition is that it is still the same."""
        condition = {
            "ConditionExpression": "added_at = :added_at",
            "ExpressionAttributeValues": to_wire({":added_at": membership["added_at"]}),
        }
        return [
            self._delete(_member_key(album_id, member), condition),
            self._delete(_shared_key(album_id, member, membership["added_at"])),
        ]

    def _update_album(self, before: Album, sets: Mapping[str, Any]) -> Write:
        """The update of an album's record; its condition is that `before` is what is stored."""
        present = {name: value for name, value in sets.items() if value is not None}
        update = update_expression(
            present, removes=sets.keys() - present.keys(), condition_values={":read": before.version}
        )
        update["ExpressionAttributeNames"] |= {"#partition": "partition", "#version": "version"}
        condition = {"ConditionExpression": f"{EXISTS} AND #version = :read"}
        key = to_wire(album_key(before.album_id))
        return {"Update": {"TableName": self.table, "Key": key, **update, **condition}}

    def _count(self, owner: str, albums: int, max_albums: int | None = None) -> Write:
        """The update of the number of an owner's albums, under the condition that it was less than `max_albums`."""
        values = {":albums": albums}
        condition = {}
        if max_albums is not None:
            values[":max_albums"] = max_albums
            condition = {"ConditionExpression": "attribute_not_exists(albums) OR albums < :max_albums"}
        return {
            "Update": {
                "TableName": self.table,
                "Key": to_wire({"partition": f"owner/{owner}", "entry": COUNTS}),
                "UpdateExpression": "ADD albums :albums",
                "ExpressionAttributeValues": to_wire(values),
                **condition,
            }
        }

    def _list(self, owner: str, prefix: str, after: str | None, limit: int) -> list[ListedAlbum]:
        items = islice(self._query(f"owner/{owner}", prefix, after=after, limit=limit, newest_first=True), limit)
        return [ListedAlbum(item["album_id"], item.get("title", ""), item["entry"]) for item in items]

    def _query(
        self, partition: str, prefix: str, *, limit: int, after: str | None = None, newest_first: bool = False
    ) -> Iterable[Item]:
        """The rows of a partition whose entry begins with the prefix, in their order; consistent reads."""
        start = {"ExclusiveStartKey": to_wire({"partition": partition, "entry": after})} if after else {}
        found = pages(
            self.client.query,
            TableName=self.table,
            KeyConditionExpression="#partition = :partition AND #entry BETWEEN :first AND :last",
            ExpressionAttributeNames={"#partition": "partition", "#entry": "entry"},
            ExpressionAttributeValues=to_wire(
                {":partition": partition, ":first": prefix or " ", ":last": prefix + LAST_CHARACTER}
            ),
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
            Limit=limit,
            **start,
        )
        return (from_wire(wire) for page in found for wire in page["Items"])

    def _get(self, key: Item) -> Item:
        """An item, or an empty one; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.table, Key=to_wire(key), ConsistentRead=True)
        return from_wire(response.get("Item", {}))

    def _put(self, item: Item, condition: Write | None = None) -> Write:
        return {"Put": {"TableName": self.table, "Item": to_wire(item), **(condition or {})}}

    def _delete(self, key: Item, condition: Write | None = None) -> Write:
        return {"Delete": {"TableName": self.table, "Key": to_wire(key), **(condition or {})}}

    def _transact(self, *writes: Write) -> frozenset[int]:
        return transact(self.client, writes, self._pause)

    def _pause(self, attempt: int) -> None:
        self.sleep(backoff_seconds(attempt, self.jitter()))


def _order_key(album_id: str) -> Item:
    return {"partition": f"{OWN}{album_id}", "entry": ORDER}


def _member_key(album_id: str, member: str) -> Item:
    return {"partition": f"{OWN}{album_id}", "entry": f"member/{member}"}


def _list_key(album: Album) -> Item:
    created_at = format_timestamp(album.created_at)
    return {"partition": f"owner/{album.owner}", "entry": f"{OWN}{created_at}#{album.album_id}"}


def _list_item(album: Album) -> Item:
    return _list_key(album) | {"album_id": album.album_id, "title": album.title}


def _shared_key(album_id: str, member: str, added_at: str) -> Item:
    return {"partition": f"owner/{member}", "entry": f"{SHARED}{added_at}#{album_id}"}


def _names(*names: str) -> Write:
    return {"ExpressionAttributeNames": {f"#{name}": name for name in names}}


def _fields(album: Album) -> Item:
    """The attributes that a change may set; None for those that it removes."""
    return {
        "title": album.title,
        "description": album.description or None,
        "order": str(album.order),
        "cover_id": album.cover_id,
        "query": {name: list(values) for name, values in album.query.items()} or None,
        "created_at": format_timestamp(album.created_at),
        "updated_at": format_timestamp(album.updated_at),
    }


def _album_from_item(item: Item) -> Album:
    return Album(
        album_id=item["partition"].removeprefix(OWN),
        owner=item["owner"],
        title=item["title"],
        created_at=datetime.fromisoformat(item["created_at"]),
        updated_at=datetime.fromisoformat(item["updated_at"]),
        description=item.get("description", ""),
        order=AlbumOrder(item["order"]),
        cover_id=item.get("cover_id"),
        query={name: tuple(values) for name, values in item.get("query", {}).items()},
        version=int(item["version"]),
    )


def _is_album_id(album_id: str) -> bool:
    return re.fullmatch(r"[\w-]{1,64}", album_id, re.ASCII) is not None
