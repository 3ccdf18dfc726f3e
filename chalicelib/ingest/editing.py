"""Editing: what owners do to their own photos.

Each edit reads the record, applies a transition and commits it; after a conflict it reads again.
Photos of other owners are reported as missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import Conflict, ContentClaimed, Outdated, PhotoNotFound
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.duplicates import commit_duplicate
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.photo import HIDDEN_STATES, Photo, PhotoStore, State
from chalicelib.library.transitions import (
    UPLOAD_PENDING,
    Edit,
    Transition,
    add_tags,
    apply_edit,
    relabel_if_moved,
    remove_tags,
    restore,
    trash,
)

BUSY = "This photo keeps changing; try again in a moment."


@dataclass(frozen=True, slots=True)
class PhotoEditor:
    """Changes photos on behalf of their owners."""

    photos: PhotoStore
    deletion: PhotoDeletion
    now: Callable[[], datetime]
    labels_follow_time: bool

    def edit(self, owner: str, photo_id: str, edit: Edit, version: int | None = None) -> Photo:
        """Change a photo's fields; raises Outdated if its version is not `version` (None: any version)."""
        return self.apply(owner, photo_id, lambda photo: apply_edit(photo, edit), version)

    def add_tags(self, owner: str, photo_id: str, tags: tuple[str, ...]) -> Photo:
        """Add tags to a photo; raises Invalid over 20."""
        return self.apply(owner, photo_id, lambda photo: add_tags(photo, tags))

    def remove_tags(self, owner: str, photo_id: str, tags: tuple[str, ...]) -> Photo:
        """Remove tags from a photo."""
        return self.apply(owner, photo_id, lambda photo: remove_tags(photo, tags))

    def trash(self, owner: str, photo_id: str) -> Photo:
        """Move a photo to the trash for 30 days."""
        return self.apply(owner, photo_id, lambda photo: trash(photo, self.now()))

    def restore(self, owner: str, photo_id: str) -> Photo:
        """Restore a photo from the trash; it becomes a duplicate if its bytes were uploaded again meanwhile."""
        return self.apply(owner, photo_id, lambda photo: restore(photo, self.now()))

    def erase(self, owner: str, photo_id: str) -> None:
        """Delete a photo and its original permanently; it is hidden at once, the files may follow later."""
        retry_on_conflict(lambda: self._get_erasable(owner, photo_id), self.deletion.erase, BUSY)

    def erase_later(self, owner: str, photo_id: str) -> None:
        """As `erase`, but the schedule deletes the files: for many photos."""
        retry_on_conflict(lambda: self._get_erasable(owner, photo_id), self.deletion.erase_later, BUSY)

    def apply(self, owner: str, photo_id: str, transition: Transition, version: int | None = None) -> Photo:
        """Apply a transition to one photo; raises PhotoNotFound, Outdated, Conflict and what the transition raises."""

        def read() -> tuple[Photo, Photo]:
            photo = self._get_own(owner, photo_id)
            if version is not None and photo.version != version:
                raise Outdated(photo.version)
            after = transition(photo)
            return photo, relabel_if_moved(photo, after, self.now()) if self.labels_follow_time else after

        return retry_on_conflict(read, lambda change: self._commit(*change), BUSY)

    def _get_own(self, owner: str, photo_id: str) -> Photo:
        photo = self.photos.get(photo_id)
        if photo is None or photo.owner != owner or photo.state in HIDDEN_STATES:
            raise PhotoNotFound(photo_id)
        return photo

    def _get_erasable(self, owner: str, photo_id: str) -> Photo:
        photo = self._get_own(owner, photo_id)
        if photo.state is State.UPLOADING:
            raise Conflict(UPLOAD_PENDING)
        return photo

    def _commit(self, photo: Photo, after: Photo) -> Photo:
        if after == photo:
            return photo
        try:
            return self.photos.commit(photo, after)
        except ContentClaimed as error:
            # Publish one of its duplicates first: once it is a duplicate itself, they would stay hidden.
            self.deletion.promote_duplicate(after.owner, after.sha256 or "")
            return commit_duplicate(self.photos, photo, after, error.holder)
