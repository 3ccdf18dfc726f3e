"""Curation: what owners do to their own photos, one at a time or a hundred.

Each call reads the record, asks `edits` for the next one and commits it; where somebody else wrote in between,
it reads again. A photo of somebody else is not there, whatever is asked of it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import Conflict, ContentClaimed, Outdated, PhotoNotFound
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.library.photo import HIDDEN_STATES, Photo, PhotoStore, State
from chalicelib.library.transitions import (
    Edit,
    add_tags,
    apply_edit,
    commit_steps,
    mark_duplicate,
    remove_tags,
    restore,
    trash,
)

MAX_ROUNDS = 8
BUSY = "This photo keeps changing; try again in a moment."

type Transition = Callable[[Photo], Photo]


@dataclass(frozen=True, slots=True)
class PhotoEditor:
    """Everything an owner may do, with everything it needs handed in."""

    photos: PhotoStore
    deletion: PhotoDeletion
    now: Callable[[], datetime]

    def edit(self, owner: str, photo_id: str, edit: Edit, version: int | None = None) -> Photo:
        """Change a photo's fields; raises Outdated where it is not at this version (None: whichever)."""
        return self.apply(owner, photo_id, lambda photo: apply_edit(photo, edit), version)

    def add_tags(self, owner: str, photo_id: str, tags: tuple[str, ...]) -> Photo:
        """Add tags to a photo; raises Invalid over 20."""
        return self.apply(owner, photo_id, lambda photo: add_tags(photo, tags))

    def remove_tags(self, owner: str, photo_id: str, tags: tuple[str, ...]) -> Photo:
        """Remove tags from a photo."""
        return self.apply(owner, photo_id, lambda photo: remove_tags(photo, tags))

    def trash(self, owner: str, photo_id: str) -> Photo:
        """Put a photo into the trash for 30 days."""
        return self.apply(owner, photo_id, lambda photo: trash(photo, self.now()))

    def restore(self, owner: str, photo_id: str) -> Photo:
        """Take a photo out of the trash; a duplicate where its bytes came in again meanwhile."""
        return self.apply(owner, photo_id, lambda photo: restore(photo, self.now()))

    def erase(self, owner: str, photo_id: str) -> None:
        """Delete a photo for ever, its original too; it is out of sight at once, and the rest follows."""
        for _ in range(MAX_ROUNDS):
            photo = self._own(owner, photo_id)
            if photo.state is State.UPLOADING:
                raise Conflict("This photo is still being uploaded; try again when it is there.")
            with suppress(Conflict):
                return self.deletion.erase(photo)
        raise Conflict(BUSY)

    def apply(self, owner: str, photo_id: str, change: Transition, version: int | None = None) -> Photo:
        """One change of one photo; raises PhotoNotFound, Outdated, Conflict and what the change itself raises."""
        for _ in range(MAX_ROUNDS):
            photo = self._own(owner, photo_id)
            if version is not None and photo.version != version:
                raise Outdated(photo.version)
            after = change(photo)
            with suppress(Conflict):
                return self._commit(photo, after) if after != photo else photo
        raise Conflict(BUSY)

    def _own(self, owner: str, photo_id: str) -> Photo:
        photo = self.photos.get(photo_id)
        if photo is None or photo.owner != owner or photo.state in HIDDEN_STATES:
            raise PhotoNotFound(photo_id)
        return photo

    def _commit(self, photo: Photo, after: Photo) -> Photo:
        try:
            for step in commit_steps(photo, after):
                photo = self.photos.commit(photo, step)
        except ContentClaimed as claimed:
            # Its own duplicates first: once it is one itself, nobody would come back for them.
            self.deletion.promote_duplicate(after.owner, after.sha256 or "")
            return self.photos.commit(photo, mark_duplicate(after, claimed.holder))
        return photo
