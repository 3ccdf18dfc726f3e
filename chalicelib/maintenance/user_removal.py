"""The photos of a removed user: they are handed over or deleted. The command has ended the user's access before.

It works in slices and can be repeated at any time: what is done is no longer found. The photos are found in the owner's
collections; only those whose upload has not started are in none, and expire with their tickets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

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
BUSY = "This photo keeps changing."


class Disposition(StrEnum):
    """What becomes of the photos."""

    HAND_OVER = "hand-over"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """What one run has done. `postponed` counts the photos that were busy; `is_complete` means that nothing is left."""

    photos: int
    postponed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class UserRemoval:
    """Hands over or deletes the photos of removed users."""

    photos: PhotoStore
    collections: RowReader
    deletion: PhotoDeletion
    relabelings: RelabelingStore
    now: Callable[[], datetime]

    def run(
        self, owner: str, disposition: Disposition, new_owner: str, time_left: Callable[[], timedelta]
    ) -> RemovalReport:
        """Handle photos while there is time; `new_owner` is the owner they are handed to."""
        self.relabelings.remove(owner)
        done = postponed = 0
        for photo_id in self._photo_ids(owner, disposition):
            if time_left() <= timedelta(0):
                return RemovalReport(done, postponed, is_complete=False)
            try:
                if self._handle(photo_id, owner, disposition, new_owner):
                    done += 1
            except (Conflict, Unavailable):
                postponed += 1
        return RemovalReport(done, postponed, is_complete=not postponed)

    def _photo_ids(self, owner: str, disposition: Disposition) -> Iterator[str]:
        """The ids of the photos to handle; duplicates are deleted first, so that none is published meanwhile."""
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
