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
from chalicelib.ingest.deletion import Removal
from chalicelib.ingest.originals import Original, Originals
from chalicelib.ingest.processing import Darkroom, discard, undeveloped
from chalicelib.library.photo import Catalogue, Photo, State, Visibility
from chalicelib.library.transitions import TRASH_LIFE, duplicate

# Deaths (out of memory, out of time), not errors: after so many the file itself is to blame.
MAX_ATTEMPTS = 5
MAX_ROUNDS = 8
FINISHED = frozenset({State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED})


class Step(Enum):
    """What the bucket and the catalogue together call for."""

    IGNORE = auto()
    SKIP_ORPHAN = auto()
    LEAVE = auto()
    TELL = auto()
    BEGIN = auto()
    PUT_DOWN = auto()
    RETIRE = auto()
    ERASE = auto()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of one look at one key; worth logging."""

    photo_id: str | None
    step: Step
    state: State | None


def decide(photo: Photo | None, original: Original | None, *, now: datetime, worker: str) -> Step:
    """What to do about a key whose object is `original` and whose record is `photo`, for this worker."""
    if photo is None and original is not None and originals.is_upload(original.key):
        # A late event, or a ticket that was used again after its photo was deleted: nobody owns this object.
        return Step.SKIP_ORPHAN
    if photo is None or photo.state is State.UPLOADING:
        return Step.IGNORE if original is None else Step.BEGIN
    if leases.held(photo, now=now, worker=worker):
        # Of one that is being erased there is nothing to say but that it has a successor: any write stops the holder.
        successor = photo.state is State.ERASED and original is not None and original.version != photo.object_version
        return Step.TELL if successor or told(photo, original) != photo else Step.LEAVE
    if photo.state is State.ERASED:
        return Step.ERASE
    if original is None:
        return Step.RETIRE
    if photo.state is State.TRASHED and photo.worker and photo.object_version == original.version:
        return Step.PUT_DOWN
    return Step.LEAVE if photo.state in FINISHED and photo.object_version == original.version else Step.BEGIN


def told(photo: Photo, original: Original | None) -> Photo:
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

    catalogue: Catalogue
    originals: Originals
    darkroom: Darkroom
    removal: Removal
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    heat: Callable[[datetime], int]
    bucket: str
    owner: str
    visibility: Visibility
    id_secret: str

    def reconcile(self, key: str, event: Mapping[str, Any]) -> Reconciled:
        """Make the catalogue say what the bucket holds under this key. Safe to call any number of times.

        Raises Unavailable or Conflict where it could not be finished now: deliver the event again.
        """
        if originals.is_sidecar(key):
            return Reconciled(None, Step.IGNORE, None)
        worker = self.new_id()
        for _ in range(MAX_ROUNDS):
            # A conflict means that somebody wrote between our look and our commit, and what they saw
            # may be newer than what we saw. What we hold we still hold, under our worker's name.
            with suppress(Conflict):
                return self._look(key, event, worker)
        raise Conflict(f"The photo of this original kept changing for {MAX_ROUNDS} rounds.")

    def _look(self, key: str, event: Mapping[str, Any], worker: str) -> Reconciled:
        photo, original = self._photo_of(key), self.originals.head(key)
        step = decide(photo, original, now=self.now(), worker=worker)
        match step, photo, original:
            case Step.RETIRE, Photo(), _:
                self.removal.remove(photo, State.REMOVED, worker)
            case Step.ERASE, Photo(), _:
                self.removal.remove(photo, State.ERASED, worker)
                if original is not None and original.version != photo.object_version:
                    raise Conflict("Another original lies there by now.")
            case Step.PUT_DOWN, Photo(), _:
                self._put_down(photo, worker)
            case Step.TELL, Photo(), _:
                # Their commit will fail on this, and they will look again while they hold the photo.
                self.catalogue.commit(photo, told(photo, original))
            case Step.BEGIN, _, Original():
                begun = self._begin(photo, original, event, worker)
                # Whoever removed or replaced it before this could not tell us yet.
                if self.originals.head(key) != original:
                    raise Conflict("The original has changed since it was looked at.")
                photo = self._publish(begun, original)
                self.originals.mark(original, photo.state)
            case Step.LEAVE, Photo(), Original() if photo.state in FINISHED:
                # Perhaps the one who finished it died before this last write.
                self.originals.mark(original, photo.state)
        return Reconciled(photo.photo_id if photo else None, step, photo.state if photo else None)

    def _photo_of(self, key: str) -> Photo | None:
        """The record that holds this key: an upload's by the id in it, a direct drop's by the id made of it."""
        photo_id = originals.photo_id_in(key) if originals.is_upload(key) else self._dropped_id(key)
        photo = self.catalogue.get(photo_id) if photo_id else None
        return photo if photo and photo.key == key else None

    def _dropped_id(self, key: str) -> str:
        return originals.photo_id_for(self.bucket, key, self.id_secret)

    def _begin(self, photo: Photo | None, original: Original, event: Mapping[str, Any], worker: str) -> Photo:
        """Take the photo in hand: from here on the due list knows of it, should this process die."""
        newcomer = photo or replace(
            originals.admit(
                original,
                photo_id=self._dropped_id(original.key),
                owner=self.owner,
                visibility=self.visibility,
                heat=self.heat,
            ),
            birth=worker,
        )
        if newcomer.object_version != original.version:
            newcomer = replace(newcomer, attempts=0, worker=None)  # another file: it has killed nobody yet
        begun = replace(
            leases.taken(newcomer, State.PROCESSING, worker=worker, now=self.now()),
            object_version=original.version,
            trashed_at=None,
            derivatives={},
            bytes=original.size,
            event=dict(event),
            reason=None,
        )
        return self.catalogue.commit(photo, begun)

    def _publish(self, photo: Photo, original: Original) -> Photo:
        started = self.now()
        with leases.holding(self.catalogue, photo, self.now):
            developed = self._developed(photo, original)
            if photo.sha256 and photo.sha256 != developed.sha256:
                self.removal.promote(photo.owner, photo.sha256)
            finished = self.now()
            spent = round((finished - started).total_seconds() * 1000)
            return self._finish(photo, replace(developed, finished_at=finished, duration_ms=spent))

    def _developed(self, photo: Photo, original: Original) -> Photo:
        try:
            if photo.attempts > MAX_ATTEMPTS:
                raise Unreadable(f"This file could not be processed in {MAX_ATTEMPTS} attempts.")
            return self.darkroom.develop(photo, original)
        except Unreadable as problem:
            discard(self.darkroom.derivatives, photo)
            return replace(undeveloped(photo), state=State.REJECTED, reason=str(problem), due_at=None)

    def _finish(self, begun: Photo, developed: Photo) -> Photo:
        done = replace(developed, worker=None, attempts=0, setbacks=0)
        try:
            return self.catalogue.commit(begun, done)
        except ContentClaimed as claimed:
            if begun.sha256:  # it may have held these bytes itself, and has duplicates
                self.removal.promote(done.owner, begun.sha256)
            return self.catalogue.commit(begun, duplicate(done, claimed.holder))

    def _put_down(self, photo: Photo, worker: str) -> None:
        """Trashed while it was developed: what was made by then goes, and its days in the trash begin."""
        if photo.worker != worker:  # whose was it died of it
            photo = self.catalogue.commit(photo, replace(photo, worker=worker, due_at=self.now() + leases.LEASE))
        discard(self.darkroom.derivatives, photo)
        if photo.sha256:  # those of the picture that it was before: this one's bytes are known to nobody
            self.removal.promote(photo.owner, photo.sha256)
        trashed_at = photo.trashed_at or self.now()
        down = replace(undeveloped(photo), worker=None, attempts=0, due_at=trashed_at + TRASH_LIFE)
        self.catalogue.commit(photo, down)
