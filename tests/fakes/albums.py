"""A fake store of albums; it passes the same contract tests as the one in DynamoDB."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.albums.models import Album, ListedAlbum, Role, StoredAlbum
from chalicelib.errors import Conflict


@dataclass
class MemoryAlbumStore:
    """`AlbumStore` over dictionaries; `members` and `invitations` hold role and time by album and person.

    `deleted` gets the ids of deleted albums: a photo store can refuse them.
    """

    albums: dict[str, Album] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: dict[tuple[str, str], tuple[Role, datetime]] = field(default_factory=dict)
    invitations: dict[tuple[str, str], tuple[Role, datetime]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, album: Album, *, max_albums: int) -> Album:
        with self.lock:
            own = [each for each in self.albums.values() if each.owner == album.owner and not each.deleted_at]
            if len(own) >= max_albums or album.album_id in self.albums:
                raise Conflict(f"You already have {max_albums:,} albums. Delete one first.")
            self.albums[album.album_id] = replace(album, version=1)
        return self.albums[album.album_id]

    def get_many(self, album_ids: Iterable[str], member: str) -> dict[str, StoredAlbum]:
        found = {album_id: self._existing(album_id) for album_id in album_ids}
        return {
            album_id: StoredAlbum(album, self.members.get((album_id, member), (None,))[0])
            for album_id, album in found.items()
            if album
        }

    def exists(self, album_id: str) -> bool:
        """Whether there is such an album, and it is not deleted."""
        return self._existing(album_id) is not None

    def save(self, before: Album, after: Album, *, photo_ids: tuple[str, ...] | None = None) -> Album:
        with self.lock:
            self._check(before)
            saved = replace(after, owner=before.owner, created_at=before.created_at, version=before.version + 1)
            self.albums[before.album_id] = saved
            if photo_ids is not None:
                self.orders[before.album_id] = photo_ids
        return saved

    def get_order(self, album_id: str) -> tuple[str, ...]:
        return self.orders.get(album_id, ())

    def list_own(self, owner: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        own = [each for each in self.albums.values() if each.owner == owner and not each.deleted_at]
        return _page([(each.created_at, each.album_id, each.title) for each in own], after, limit)

    def list_shared(self, member: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        shared = [(at, album_id, "") for (album_id, each), (_, at) in self.members.items() if each == member]
        return _page(shared, after, limit)

    def hand_over(self, album: Album, new_owner: str) -> None:
        with self.lock:
            self._check(album)
            self.albums[album.album_id] = replace(album, owner=new_owner, version=album.version + 1)
            self.members.pop((album.album_id, new_owner), None)

    def delete(self, album: Album, at: datetime) -> None:
        with self.lock:
            stored = self._existing(album.album_id)
            if stored and stored.owner != album.owner:
                raise Conflict("The album has changed.")
            if stored:
                self.albums[album.album_id] = replace(stored, deleted_at=at, version=stored.version + 1)
                self.deleted.add(album.album_id)

    def list_deleting(self, limit: int) -> list[str]:
        return sorted(album_id for album_id, album in self.albums.items() if album.deleted_at)[:limit]

    def remove(self, album_id: str) -> None:
        self.albums.pop(album_id, None)
        self.orders.pop(album_id, None)
        for people in (self.members, self.invitations):
            for key in [key for key in people if key[0] == album_id]:
                del people[key]

    def add_member(self, album_id: str, member: str, role: Role, at: datetime) -> None:
        """Add a member, as far as albums need them."""
        self.members[album_id, member] = (role, at)

    def _existing(self, album_id: str) -> Album | None:
        album = self.albums.get(album_id)
        return album if album and not album.deleted_at else None

    def _check(self, before: Album) -> None:
        stored = self._existing(before.album_id)
        if stored is None or stored.version != before.version:
            raise Conflict("The album has changed since it was read.")


def _page(entries: list[tuple[datetime, str, str]], after: str | None, limit: int) -> list[ListedAlbum]:
    listed = [ListedAlbum(album_id, title, f"{at:%Y%m%d%H%M%S%f}#{album_id}") for at, album_id, title in entries]
    newest = sorted(listed, key=lambda each: each.position, reverse=True)
    return [each for each in newest if after is None or each.position < after][:limit]
