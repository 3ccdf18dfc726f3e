"""Deletion: removes hidden photos with their files.

Derivatives are deleted first, then one duplicate is published in the photo's place, then the record becomes a
tombstone. Of an erased photo the original is deleted before all that. The record stays until everything is done, so if
a worker dies at any step, the next one starts over.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest import leases
from chalicelib.ingest.originals import Original
from chalicelib.ingest.processing import DerivativeStore, delete_derivatives
from chalicelib.ingest.recovery import tombstone_of
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.collections import duplicates_tag, owner_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.search import iterate_photo_ids
from chalicelib.library.sorted_rows import RowReader
from chalicelib.library.transitions import join_albums, publish

DUPLICATES_PER_PAGE = 100


class VersionPurger(Protocol):
    """Deletes object versions from the originals bucket permanently."""

    def purge(self, key: str, version: str) -> None:
        """Delete this version and all older ones, this one last; newer versions stay."""


@dataclass(frozen=True, slots=True)
class PhotoDeletion:
    """Deletes photos, their derivatives and, if erased, their originals; tombstones stay for `tombstone_lifetime`."""

    photos: PhotoStore
    collections: RowReader
    originals: VersionPurger
    derivatives: DerivativeStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    tombstone_lifetime: timedelta

    def erase(self, photo: Photo) -> None:
        """Delete a photo and its original permanently; raises Conflict if the record has changed.

        The photo is hidden at once. If another worker holds its lease, that worker deletes the files; what fails now,
        the schedule retries.
        """
        if leases.is_leased(photo, now=self.now()):
            self.erase_later(photo)
            return
        hidden = self._hide(photo, State.ERASED, self.new_id())
        with suppress(Conflict, Unavailable):
            self._delete_files_and_record(hidden)

    def erase_later(self, photo: Photo) -> None:
        """Hide a photo that is then deleted permanently with its original; raises Conflict if the record has changed.

        The worker that holds its lease deletes the files, else the schedule.
        """
        erased = replace(photo, state=State.ERASED)
        is_leased = leases.is_leased(photo, now=self.now())
        self.photos.commit(photo, erased if is_leased else replace(erased, worker=None, due_at=self.now()))

    def remove(self, photo: Photo, state: State, worker: str) -> None:
        """Hide a photo that no other worker holds, in one of the hidden states, and delete all that is left of it."""
        self._delete_files_and_record(self._hide(photo, state, worker))

    def discard(self, original: Original) -> None:
        """Delete an object that was stored at the key of an erased photo, with its older versions."""
        self.originals.purge(original.key, original.version)

    def promote_duplicate(self, owner: str, sha256: str, albums: tuple[str, ...] = ()) -> None:
        """Publish one duplicate of these bytes if no photo holds their claim; point the others to the claim holder.

        The published one joins these albums, in the place of a photo that was in them.
        """
        scope, tag = owner_scope(owner), duplicates_tag(sha256)
        for photo_id in iterate_photo_ids(self.collections, scope, tag, page_size=DUPLICATES_PER_PAGE):
            self._promote(photo_id, sha256, albums)

    def _hide(self, photo: Photo, state: State, worker: str) -> Photo:
        return self.photos.commit(photo, leases.acquire(photo, state, worker=worker, now=self.now()))

    def _delete_files_and_record(self, hidden: Photo) -> None:
        with leases.release_on_error(self.photos, hidden, self.now):
            if hidden.state is State.ERASED and hidden.object_version:
                self.originals.purge(hidden.key, hidden.object_version)
            delete_derivatives(self.derivatives, hidden)
            if hidden.sha256:
                self.promote_duplicate(hidden.owner, hidden.sha256, hidden.albums)
            if tombstone := tombstone_of(hidden, self.now() + self.tombstone_lifetime):
                self.photos.commit(hidden, tombstone)
            else:
                self.photos.remove(hidden)

    def _promote(self, photo_id: str, sha256: str, albums: tuple[str, ...]) -> None:
        retry_on_conflict(
            lambda: self.photos.get(photo_id),
            lambda photo: self._publish_or_point(photo, sha256, albums),
            "This duplicate keeps changing.",
        )

    def _publish_or_point(self, photo: Photo | None, sha256: str, albums: tuple[str, ...]) -> None:
        if photo is None or photo.state is not State.DUPLICATE or photo.sha256 != sha256:
            return
        holder = self.photos.claim_holder(photo.owner, sha256)
        if holder is None:
            self.photos.commit(photo, join_albums(publish(photo, self.now()), albums))
        elif holder != photo.duplicate_of:
            self.photos.commit(photo, replace(photo, duplicate_of=holder))
