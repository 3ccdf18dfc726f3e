"""What a removed user leaves: photos and albums are handed over or deleted, shared links end.

The command has ended their access before. It works in slices and can be repeated at any time: what is done is no longer
found. The photos are found in the owner's collections; only those whose upload has not started are in none, and expire
with their tickets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from chalicelib.albums.members import MemberStore
from chalicelib.albums.models import AlbumStore, ListedAlbum, StoredAlbum
from chalicelib.errors import Conflict, ContentClaimed, Unavailable
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.collections import ALL_PHOTOS, STATE_TAGS, owner_scope
from chalicelib.library.photo import HIDDEN_STATES, Photo, PhotoStore, State
from chalicelib.library.search import iterate_photo_ids
from chalicelib.library.sorted_rows import RowReader
from chalicelib.library.transitions import mark_duplicate, publish
from chalicelib.maintenance.relabeling import RelabelingStore

PAGE_SIZE = 100
# More albums than anybody is invited to before they sign in.
MAX_INVITATIONS = 10_000
BUSY = "This photo keeps changing."


class Disposition(StrEnum):
    """What becomes of the photos and albums."""

    KEEP = "keep"
    HAND_OVER = "hand-over"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """What one run has done. `postponed` counts the photos and albums that were busy.

    It `is_complete` if nothing is left.
    """

    photos: int
    postponed: int
    is_complete: bool


class SharedLinks(Protocol):
    """The shared links of owners."""

    def remove_owner_links(self, owner: str) -> None:
        """Remove all links of an owner."""


@dataclass(frozen=True, slots=True)
class UserRemoval:
    """Hands over or deletes the photos and albums of removed users; ends their links, and memberships of others'."""

    photos: PhotoStore
    collections: RowReader
    deletion: PhotoDeletion
    relabelings: RelabelingStore
    albums: AlbumStore
    members: MemberStore
    links: SharedLinks
    now: Callable[[], datetime]

    def run(
        self,
        owner: str,
        disposition: Disposition,
        new_owner: str,
        time_left: Callable[[], timedelta],
        *,
        email_hash: str = "",
    ) -> RemovalReport:
        """Handle photos and albums while there is time; `new_owner` is the owner they are handed to.

        `email_hash` is that of the user's address, whose invitations end; it is empty if the address is not known.
        """
        self.links.remove_owner_links(owner)
        if disposition is not Disposition.KEEP:
            self.relabelings.remove(owner)
        done = postponed = 0
        for change in self._album_changes(owner, disposition, new_owner, email_hash):
            if time_left() <= timedelta(0):
                return RemovalReport(done, postponed, is_complete=False)
            try:
                change()
            except (Conflict, Unavailable):
                postponed += 1
        for photo_id in self._photo_ids(owner, disposition):
            if time_left() <= timedelta(0):
                return RemovalReport(done, postponed, is_complete=False)
            try:
                if self._handle(photo_id, owner, disposition, new_owner):
                    done += 1
            except (Conflict, Unavailable):
                postponed += 1
        return RemovalReport(done, postponed, is_complete=not postponed)

    def _album_changes(
        self, owner: str, disposition: Disposition, new_owner: str, email_hash: str
    ) -> Iterator[Callable[[], object]]:
        """What is to be done to each album of the owner, and to each that others have shared with them."""
        if disposition is not Disposition.KEEP:
            for album_id in _iterate(self.albums.list_own, owner):
                yield partial(self._handle_album, album_id, owner, disposition, new_owner)
        for album_id in _iterate(self.albums.list_shared, owner):
            yield partial(self._end_membership, album_id, owner)
        for album_id in self.members.list_invitations(email_hash, MAX_INVITATIONS) if email_hash else ():
            yield partial(self._end_membership, album_id, email_hash)

    def _end_membership(self, album_id: str, member_id: str) -> None:
        member = self.members.get(album_id, member_id)
        if member and not self.members.remove(album_id, member):
            raise Conflict("The members of this album have just changed.")

    def _handle_album(self, album_id: str, owner: str, disposition: Disposition, new_owner: str) -> None:
        """Delete or hand over one album; the schedule takes the photos out of a deleted one."""

        def change(stored: StoredAlbum | None) -> None:
            if stored is None or stored.album.owner != owner:
                return
            if disposition is Disposition.DELETE:
                self.albums.delete(stored.album, self.now())
            else:
                self.albums.hand_over(stored.album, new_owner)

        retry_on_conflict(lambda: self.albums.get_many([album_id], owner).get(album_id), change, "This album is busy.")

    def _photo_ids(self, owner: str, disposition: Disposition) -> Iterator[str]:
        """The ids of the photos to handle; duplicates are deleted first, so that none is published meanwhile."""
        if disposition is Disposition.KEEP:
            return
        tags = (ALL_PHOTOS, *STATE_TAGS.values())
        for tag in reversed(tags) if disposition is Disposition.DELETE else tags:
            yield from iterate_photo_ids(self.collections, owner_scope(owner), tag, page_size=PAGE_SIZE)

    def _handle(self, photo_id: str, owner: str, disposition: Disposition, new_owner: str) -> bool:
        """Delete or hand over one photo; returns False if it is no longer this owner's."""

        def change(photo: Photo | None) -> bool:
            if photo is None or photo.owner != owner or photo.state in HIDDEN_STATES:
                return False
            if disposition is Disposition.DELETE:
                self.deletion.erase(photo)
            else:
                self._hand_over(photo, new_owner)
            return True

        return retry_on_conflict(lambda: self.photos.get(photo_id), change, BUSY)

    def _hand_over(self, photo: Photo, new_owner: str) -> None:
        """Change the owner; bytes that the new one has become a duplicate. Original and derivatives stay in place.

        The next commit of a worker that processes the photo fails, and it reads the new owner.
        """
        after = replace(photo, owner=new_owner, keep_groups=())
        if photo.state is State.DUPLICATE:
            holder = self.photos.claim_holder(new_owner, photo.sha256 or "")
            after = mark_duplicate(after, holder) if holder else publish(after, self.now())
        try:
            self.photos.commit(photo, after)
        except ContentClaimed as error:
            self.photos.commit(photo, mark_duplicate(after, error.holder))


class _ListAlbums(Protocol):
    """One of the lists of an owner."""

    def __call__(self, owner: str, /, *, after: str | None, limit: int) -> list[ListedAlbum]: ...


def _iterate(list_albums: _ListAlbums, owner: str) -> Iterator[str]:
    """The ids of all albums of a list, page by page; each is yielded once, whatever becomes of it."""
    after = None
    while page := list_albums(owner, after=after, limit=PAGE_SIZE):
        yield from (album.album_id for album in page)
        after = page[-1].position
