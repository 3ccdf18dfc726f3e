"""Removal: the last way of a photo that is out of sight, whoever sent it there.

Its images go, then one duplicate takes its place, then its record; of a photo that was deleted for ever the
original goes first of all. Each step may be the last that a worker lives to see: the record stays until all is
done, and whoever comes next begins again.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest import leases
from chalicelib.ingest.processing import DerivativeStore, delete_derivatives
from chalicelib.library.collections import duplicates_tag, owner_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.search import Row
from chalicelib.library.transitions import publish

COPIES_AT_ONCE = 100
MAX_ROUNDS = 8


class VersionPurger(Protocol):
    """The originals bucket, to delete for ever."""

    def purge(self, key: str, version: str) -> None:
        """Delete this version and all that were stored before it, this one last; what came later stays."""


class DuplicateReader(Protocol):
    """The collections, to find duplicates in."""

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Newest first, strictly behind the position `after`; consistent."""


@dataclass(frozen=True, slots=True)
class PhotoDeletion:
    """The way out, with everything it needs handed in."""

    photos: PhotoStore
    collections: DuplicateReader
    originals: VersionPurger
    derivatives: DerivativeStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def erase(self, photo: Photo) -> None:
        """Delete a photo for ever, its original too; raises Conflict where the record has changed.

        It is out of sight at once. One in another's hands is erased by them, and what cannot be done now is
        done by the schedule.
        """
        if leases.is_leased(photo, now=self.now()):
            self.photos.commit(photo, replace(photo, state=State.ERASED))
            return
        hidden = self._hidden(photo, State.ERASED, self.new_id())
        with suppress(Conflict, Unavailable):
            self._clear(hidden)

    def remove(self, photo: Photo, state: State, worker: str) -> None:
        """Take a photo that nobody else holds out of sight, and everything that is left of it away."""
        self._clear(self._hidden(photo, state, worker))

    def _hidden(self, photo: Photo, state: State, worker: str) -> Photo:
        return self.photos.commit(photo, leases.acquire(photo, state, worker=worker, now=self.now()))

    def _clear(self, hidden: Photo) -> None:
        with leases.release_on_error(self.photos, hidden, self.now):
            if hidden.state is State.ERASED and hidden.object_version:
                self.originals.purge(hidden.key, hidden.object_version)
            delete_derivatives(self.derivatives, hidden)
            if hidden.sha256:
                self.promote_duplicate(hidden.owner, hidden.sha256)
            self.photos.remove(hidden)

    def promote_duplicate(self, owner: str, sha256: str) -> None:
        """Of the duplicates of these bytes one takes the place that is free; the others point to whoever has it."""
        for photo_id in self._copies(owner, sha256):
            self._stand_in(photo_id, sha256)

    def _copies(self, owner: str, sha256: str) -> Iterator[str]:
        after = None
        while rows := self.collections.list_rows(
            owner_scope(owner), duplicates_tag(sha256), after=after, limit=COPIES_AT_ONCE
        ):
            yield from (row.photo_id for row in rows)
            after = rows[-1].position

    def _stand_in(self, photo_id: str, sha256: str) -> None:
        for _ in range(MAX_ROUNDS):
            photo = self.photos.get(photo_id)
            if photo is None or photo.state is not State.DUPLICATE or photo.sha256 != sha256:
                return None
            with suppress(Conflict):
                return self._publish(photo)
        raise Conflict("A duplicate kept changing.")

    def _publish(self, photo: Photo) -> None:
        holder = self.photos.claim_holder(photo.owner, photo.sha256 or "")
        if holder is None:
            self.photos.commit(photo, publish(photo, self.now()))
        elif holder != photo.duplicate_of:
            self.photos.commit(photo, replace(photo, duplicate_of=holder))
