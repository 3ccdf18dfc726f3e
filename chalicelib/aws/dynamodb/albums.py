"""Albums in DynamoDB: one partition per album with its order and people, and one per owner with the lists of albums.

An album and the lists that name it change in one transaction. Unlike indexes, the lists are therefore consistent with
the albums, and concurrent requests cannot create more albums than allowed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched, islice
from typing import Any

from chalicelib.albums.models import Album, AlbumOrder, ListedAlbum, Role, StoredAlbum
from chalicelib.aws.dynamodb.album_table import (
    EXISTS,
    INVITATION,
    LAST_CHARACTER,
    MEMBER,
    SHARED,
    AlbumTable,
    Write,
    invitation_partition,
    is_id,
    member_key,
    owner_partition,
    shared_key,
)
from chalicelib.aws.dynamodb.items import Item, format_timestamp
from chalicelib.aws.dynamodb.transaction import album_key
from chalicelib.errors import Conflict
from chalicelib.library.collections import album_scope

ALBUM, ORDER, COUNTS, DELETING = "album", "order", "counts", "deleting"
OWN = "album/"
ALBUMS_PER_READ = 50
PEOPLE_PER_READ = 200
# Each takes two deletes of a transaction, which has at most 100.
PEOPLE_PER_TRANSACTION = 50
IS_NEW = "attribute_not_exists(#partition)"
CHANGED = "The album has changed since it was read."


@dataclass(frozen=True, slots=True)
class DynamoAlbumStore:
    """`albums.AlbumStore` over DynamoDB."""

    table: AlbumTable

    def add(self, album: Album, *, max_albums: int) -> Album:
        """Add an album; returns it with its version. Raises Conflict if its owner has `max_albums`."""
        added = replace(album, version=1)
        fields = {name: value for name, value in _fields(added).items() if value is not None}
        failed = self.table.transact(
            self.table.put(album_key(album.album_id) | {"owner": added.owner, "version": 1} | fields, IS_NEW),
            self.table.put(_list_item(added)),
            self._count(album.owner, 1, max_albums),
        )
        if failed:
            raise Conflict(f"You already have {max_albums:,} albums. Delete one first.")
        return added

    def get_many(self, album_ids: Iterable[str], member: str) -> dict[str, StoredAlbum]:
        """Those of these albums that exist, by id, with the member's role; one read for each 50."""
        albums: dict[str, Album] = {}
        roles: dict[str, Role] = {}
        for ids in batched(filter(is_id, dict.fromkeys(album_ids)), ALBUMS_PER_READ):
            for item in self.table.get(*(key for each in ids for key in (album_key(each), member_key(each, member)))):
                album_id = item["partition"].removeprefix(OWN)
                if item["entry"] != ALBUM:
                    roles[album_id] = Role(item["role"])
                elif "deleted_at" not in item:
                    albums[album_id] = _album_from_item(item)
        return {album_id: StoredAlbum(album, roles.get(album_id)) for album_id, album in albums.items()}

    def save(self, before: Album, after: Album, *, photo_ids: tuple[str, ...] | None = None) -> Album:
        """Replace an album's record and order; raises Conflict if `before` is not what is stored."""
        saved = replace(after, version=before.version + 1)
        writes = [self._update(before, _fields(saved) | {"version": saved.version})]
        if saved.title != before.title:
            writes.append(self.table.put(_list_item(saved)))
        if photo_ids is not None:
            writes.append(self.table.put(_order_key(saved.album_id) | {"photo_ids": list(photo_ids)}))
        if self.table.transact(*writes):
            raise Conflict(CHANGED)
        return saved

    def get_order(self, album_id: str) -> tuple[str, ...]:
        """The ids of the photos that were put in order by hand; consistent read."""
        items = self.table.get(_order_key(album_id)) if is_id(album_id) else []
        return tuple(items[0]["photo_ids"]) if items else ()

    def list_own(self, owner: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The owner's albums after a position, newest first; one consistent query."""
        return self._list(owner, OWN, after, limit)

    def list_shared(self, member: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The albums that this member was added to, the last one first; one consistent query."""
        return self._list(member, SHARED, after, limit)

    def hand_over(self, album: Album, new_owner: str) -> None:
        """Change the owner; a membership of the new one ends. Raises Conflict if `album` is not what is stored."""
        key = member_key(album.album_id, new_owner)
        memberships = self.table.get(key)
        writes = [
            self._update(album, {"owner": new_owner, "version": album.version + 1}, members=-len(memberships)),
            self.table.delete(_list_key(album)),
            self.table.put(_list_item(replace(album, owner=new_owner))),
            self._count(album.owner, -1),
            self._count(new_owner, 1),
        ]
        if memberships:
            added_at = memberships[0]["added_at"]
            writes.append(self.table.delete(key, "added_at = :added_at", added_at=added_at))
            writes.append(self.table.delete(shared_key(album.album_id, new_owner, added_at)))
        else:
            writes.append(self.table.check(key, IS_NEW))
        if self.table.transact(*writes):
            raise Conflict(CHANGED)

    def delete(self, album: Album, at: datetime) -> None:
        """Mark an album as deleted; does nothing if it is deleted already. Raises Conflict if its owner changed."""
        failed = self.table.transact(
            self.table.update(
                album_key(album.album_id),
                "SET deleted_at = :at ADD #version :one",
                f"{EXISTS} AND #owner = :owner",
                at=format_timestamp(at),
                one=1,
                owner=album.owner,
            ),
            self.table.delete(_list_key(album)),
            self._count(album.owner, -1),
            self.table.put(_deleting_key(album.album_id)),
        )
        if failed and self.get_many([album.album_id], album.owner):
            raise Conflict(CHANGED)

    def list_deleting(self, limit: int) -> list[str]:
        """The ids of albums that are deleted but not removed yet; one consistent query."""
        items = self.table.query(DELETING, " ", LAST_CHARACTER, limit=limit)
        return [item["entry"] for item in islice(items, limit)]

    def remove(self, album_id: str) -> None:
        """Remove all that is left of a deleted album; the list of those to remove names it until the end."""
        people = self.table.query(album_scope(album_id), INVITATION, MEMBER + LAST_CHARACTER, limit=PEOPLE_PER_READ)
        for rows in batched(people, PEOPLE_PER_TRANSACTION):
            keys = (key for row in rows for key in _keys_of_person(album_id, row))
            self.table.transact(*map(self.table.delete, keys))
        keys_left = (_order_key(album_id), album_key(album_id), _deleting_key(album_id))
        self.table.transact(*map(self.table.delete, keys_left))

    def _update(self, before: Album, sets: Mapping[str, Any], members: int = 0) -> Write:
        """The update of an album's record; its condition is that `before` is what is stored."""
        present = {name: value for name, value in sets.items() if value is not None}
        removed = sets.keys() - present.keys()
        clauses = [
            "SET " + ", ".join(f"#{name} = :{name}" for name in present),
            "REMOVE " + ", ".join(f"#{name}" for name in sorted(removed)) if removed else "",
            "ADD member_count :members" if members else "",
        ]
        values = present | ({"members": members} if members else {})
        return self.table.update(
            album_key(before.album_id),
            " ".join(filter(None, clauses)),
            f"{EXISTS} AND #version = :read",
            **values,
            read=before.version,
        )

    def _count(self, owner: str, albums: int, max_albums: int | None = None) -> Write:
        """The update of the number of an owner's albums, under the condition that it was less than `max_albums`."""
        key = {"partition": owner_partition(owner), "entry": COUNTS}
        if max_albums is None:
            return self.table.update(key, "ADD albums :albums", "", albums=albums)
        condition = "attribute_not_exists(albums) OR albums < :max_albums"
        return self.table.update(key, "ADD albums :albums", condition, albums=albums, max_albums=max_albums)

    def _list(self, owner: str, prefix: str, after: str | None, limit: int) -> list[ListedAlbum]:
        items = self.table.query(
            owner_partition(owner), prefix, prefix + LAST_CHARACTER, limit=limit, after=after, newest_first=True
        )
        found = islice(items, limit)
        return [ListedAlbum(item["album_id"], item.get("title", ""), item["entry"]) for item in found]


def _order_key(album_id: str) -> Item:
    return {"partition": album_scope(album_id), "entry": ORDER}


def _deleting_key(album_id: str) -> Item:
    return {"partition": DELETING, "entry": album_id}


def _list_key(album: Album) -> Item:
    created_at = format_timestamp(album.created_at)
    return {"partition": owner_partition(album.owner), "entry": f"{OWN}{created_at}#{album.album_id}"}


def _list_item(album: Album) -> Item:
    return _list_key(album) | {"album_id": album.album_id, "title": album.title}


def _keys_of_person(album_id: str, row: Item) -> tuple[Item, Item]:
    """The keys of a membership or an invitation, and of the row in the list of whom the album is shared with."""
    kind, _, person = row["entry"].partition("/")
    if f"{kind}/" == MEMBER:
        listed = shared_key(album_id, person, row["added_at"])
    else:
        listed = {"partition": invitation_partition(person), "entry": album_scope(album_id)}
    return {"partition": row["partition"], "entry": row["entry"]}, listed


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
