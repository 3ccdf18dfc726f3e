"""Ingest: how an original becomes a photo that people see, whatever is delivered twice, late or out of order.

Every event is a hint to look. `reconcile` looks at the bucket and at the record, `decide` says what
the two call for, and one commit makes it true. Only this module publishes photos.

    in the bucket     in the catalogue                 step
    nothing           nothing, or a waiting ticket     IGNORE
    an object         nothing, or a waiting ticket     BEGIN
    an upload         nothing                          SKIP_ORPHAN
    whatever          in another's hands               LEAVE, or TELL them that it changed
    whatever          deleted for ever by its owner    ERASE
    nothing           a photo                          RETIRE
    an object         trashed while it was developed   PUT_DOWN
    an object         finished, the same version       LEAVE
    an object         anything else                    BEGIN

Whoever begins or retires holds the photo while it lasts (`leases`).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

from chalicelib.errors import Conflict, ContentClaimed, Unreadable
from chalicelib.ingest import leases, originals
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.originals import Original, OriginalStore
from chalicelib.ingest.processing import ImageProcessor, delete_derivatives, without_derivatives
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.library.transitions import TRASH_RETENTION, mark_duplicate

# Deaths (out of memory, out of time), not errors: after so many the file itself is to blame.
MAX_ATTEMPTS = 5
MAX_ROUNDS = 8
FINISHED_STATES = frozenset({State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED})


class Action(Enum):
    """What the bucket and the catalogue together call for."""

    IGNORE = auto()
    SKIP_ORPHAN = auto()
    NOOP = auto()
    SIGNAL_HOLDER = auto()
    PROCESS = auto()
    RELEASE_TRASHED = auto()
    REMOVE = auto()
    ERASE = auto()


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """What came of one look at one key; worth logging."""

    photo_id: str | None
    action: Action
    state: State | None


def decide(photo: Photo | None, original: Original | None, *, now: datetime, worker: str) -> Action:
    """What to do about a key whose object is `original` and whose record is `photo`, for this worker."""
    if photo is None and original is not None and originals.is_upload(original.key):
        # A late event, or a ticket that was used again after its photo was deleted: nobody owns this object.
        return Action.SKIP_ORPHAN
    if photo is None or photo.state is State.UPLOADING:
        return Action.IGNORE if original is None else Action.PROCESS
    if leases.is_leased(photo, now=now, worker=worker):
        # Of one that is being erased there is nothing to say but that it has a successor: any write stops the holder.
        successor = photo.state is State.ERASED and original is not None and original.version != photo.object_version
        return Action.SIGNAL_HOLDER if successor or with_bucket_state(photo, original) != photo else Action.NOOP
    if photo.state is State.ERASED:
        return Action.ERASE
    if original is None:
        return Action.REMOVE
    if photo.state is State.TRASHED and photo.worker and photo.object_version == original.version:
        return Action.RELEASE_TRASHED
    return (
        Action.NOOP if photo.state in FINISHED_STATES and photo.object_version == original.version else Action.PROCESS
    )


def with_bucket_state(photo: Photo, original: Original | None) -> Photo:
    """The record of a photo in another's hands, saying what is in the bucket now.

    What an owner decided stands as long as it is about the same original.
    """
    if photo.state is State.ERASED:
        return photo
    if original is None:
        return replace(photo, state=State.REMOVED)
    if photo.state is State.TRASHED and photo.object_version == original.version:
        return photo
    return replace(photo, state=State.PROCESSING, object_version=original.version)


@dataclass(frozen=True, slots=True)
class Ingest:
    """The way from the originals bucket to the gallery, with everything it needs handed in."""

    photos: PhotoStore
    originals: OriginalStore
    processor: ImageProcessor
    deletion: PhotoDeletion
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    heat: Callable[[datetime], int]
    bucket: str
    owner: str
    visibility: Visibility
    id_secret: str

    def reconcile(self, key: str, event: Mapping[str, Any]) -> ReconcileResult:
        """Make the catalogue say what the bucket holds under this key. Safe to call any number of times.

        Raises Unavailable or Conflict where it could not be finished now: deliver the event again.
        """
        if originals.is_sidecar(key):
            return ReconcileResult(None, Action.IGNORE, None)
        worker = self.new_id()
        for _ in range(MAX_ROUNDS):
            # A conflict means that somebody wrote between our look and our commit, and what they saw
            # may be newer than what we saw. What we hold we still hold, under our worker's name.
            with suppress(Conflict):
                return self._look(key, event, worker)
        raise Conflict(f"The photo of this original kept changing for {MAX_ROUNDS} rounds.")

    def _look(self, key: str, event: Mapping[str, Any], worker: str) -> ReconcileResult:
        photo, original = self._photo_of(key), self.originals.head(key)
        step = decide(photo, original, now=self.now(), worker=worker)
        match step, photo, original:
            case Action.REMOVE, Photo(), _:
                self.deletion.remove(photo, State.REMOVED, worker)
            case Action.ERASE, Photo(), _:
                self.deletion.remove(photo, State.ERASED, worker)
                if original is not None and original.version != photo.object_version:
                    raise Conflict("Another original lies there by now.")
            case Action.RELEASE_TRASHED, Photo(), _:
                self._put_down(photo, worker)
            case Action.SIGNAL_HOLDER, Photo(), _:
                # Their commit will fail on this, and they will look again while they hold the photo.
                self.photos.commit(photo, with_bucket_state(photo, original))
            case Action.PROCESS, _, Original():
                begun = self._begin(photo, original, event, worker)
                # Whoever removed or replaced it before this could not tell us yet.
                if self.originals.head(key) != original:
                    raise Conflict("The original has changed since it was looked at.")
                photo = self._publish(begun, original)
                self.originals.tag_state(original, photo.state)
            case Action.NOOP, Photo(), Original() if photo.state in FINISHED_STATES:
                # Perhaps the one who finished it died before this last write.
                self.originals.tag_state(original, photo.state)
        return ReconcileResult(photo.photo_id if photo else None, step, photo.state if photo else None)

    def _photo_of(self, key: str) -> Photo | None:
        """The record that holds this key: an upload's by the id in it, a direct drop's by the id made of it."""
        photo_id = originals.photo_id_from_key(key) if originals.is_upload(key) else self._dropped_id(key)
        photo = self.photos.get(photo_id) if photo_id else None
        return photo if photo and photo.key == key else None

    def _dropped_id(self, key: str) -> str:
        return originals.direct_drop_id(self.bucket, key, self.id_secret)

    def _begin(self, photo: Photo | None, original: Original, event: Mapping[str, Any], worker: str) -> Photo:
        """Take the photo in hand: from here on the due list knows of it, should this process die."""
        newcomer = photo or replace(
            originals.photo_from_drop(
                original,
                photo_id=self._dropped_id(original.key),
                owner=self.owner,
                visibility=self.visibility,
                heat=self.heat,
            ),
            generation=worker,
        )
        if newcomer.object_version != original.version:
            newcomer = replace(newcomer, attempts=0, worker=None)  # another file: it has killed nobody yet
        begun = replace(
            leases.acquire(newcomer, State.PROCESSING, worker=worker, now=self.now()),
            object_version=original.version,
            trashed_at=None,
            derivatives={},
            bytes=original.size,
            event=dict(event),
            reason=None,
        )
        return self.photos.commit(photo, begun)

    def _publish(self, photo: Photo, original: Original) -> Photo:
        started = self.now()
        with leases.release_on_error(self.photos, photo, self.now):
            developed = self._developed(photo, original)
            if photo.sha256 and photo.sha256 != developed.sha256:
                self.deletion.promote_duplicate(photo.owner, photo.sha256)
            finished = self.now()
            spent = round((finished - started).total_seconds() * 1000)
            return self._finish(photo, replace(developed, finished_at=finished, duration_ms=spent))

    def _developed(self, photo: Photo, original: Original) -> Photo:
        try:
            if photo.attempts > MAX_ATTEMPTS:
                raise Unreadable(f"This file could not be processed in {MAX_ATTEMPTS} attempts.")
            return self.processor.process(photo, original)
        except Unreadable as problem:
            delete_derivatives(self.processor.derivatives, photo)
            return replace(without_derivatives(photo), state=State.REJECTED, reason=str(problem), due_at=None)

    def _finish(self, begun: Photo, developed: Photo) -> Photo:
        done = replace(developed, worker=None, attempts=0, failure_count=0)
        try:
            return self.photos.commit(begun, done)
        except ContentClaimed as claimed:
            if begun.sha256:  # it may have held these bytes itself, and has duplicates
                self.deletion.promote_duplicate(done.owner, begun.sha256)
            return self.photos.commit(begun, mark_duplicate(done, claimed.holder))

    def _put_down(self, photo: Photo, worker: str) -> None:
        """Trashed while it was developed: what was made by then goes, and its days in the trash begin."""
        if photo.worker != worker:  # whose was it died of it
            photo = self.photos.commit(photo, replace(photo, worker=worker, due_at=self.now() + leases.LEASE_DURATION))
        delete_derivatives(self.processor.derivatives, photo)
        if photo.sha256:  # those of the picture that it was before: this one's bytes are known to nobody
            self.deletion.promote_duplicate(photo.owner, photo.sha256)
        trashed_at = photo.trashed_at or self.now()
        down = replace(without_derivatives(photo), worker=None, attempts=0, due_at=trashed_at + TRASH_RETENTION)
        self.photos.commit(photo, down)
