"""Ingest: how an original becomes a photo that people see, whatever is delivered twice, late or out of order.

Every event is a hint to look. `reconcile` looks at the bucket and at the record, `decide` says what
the two call for, and one commit makes it true. Only this module publishes photos.

    in the bucket     in the catalogue               step
    nothing           nothing, or a waiting ticket   IGNORE
    nothing           a photo                        RETIRE
    an object         nothing, or a waiting ticket   BEGIN
    an object         finished, the same version     LEAVE
    an object         finished, another version      BEGIN
    an object         in another's hands             LEAVE, or TELL them that it changed
    an object         left behind by a dead process  BEGIN
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from chalicelib import originals
from chalicelib.darkroom import Darkroom
from chalicelib.errors import Conflict, ContentClaimed, Unavailable, Unreadable
from chalicelib.originals import Original, Originals
from chalicelib.photos import Catalogue, Photo, State, Visibility

# The function's own time limit: whoever began longer ago than this is dead, and the next may begin.
LEASE = timedelta(seconds=60)
# Deaths (out of memory, out of time), not errors: after so many the file itself is to blame.
MAX_ATTEMPTS = 5
MAX_ROUNDS = 8
FINISHED = frozenset({State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED})


class Step(Enum):
    """What the bucket and the catalogue together call for."""

    IGNORE = auto()
    LEAVE = auto()
    TELL = auto()
    BEGIN = auto()
    RETIRE = auto()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of one look at one key; worth logging."""

    photo_id: str | None
    step: Step
    state: State | None


def decide(photo: Photo | None, original: Original | None, *, now: datetime, worker: str) -> Step:
    """What to do about a key whose object is `original` and whose record is `photo`, for this worker."""
    if original is None:
        waits = photo is None or photo.state is State.UPLOADING
        return Step.IGNORE if waits else Step.RETIRE
    if photo is None or photo.state is State.UPLOADING:
        return Step.BEGIN
    same = photo.object_version == original.version
    if photo.state is State.PROCESSING and photo.worker != worker and photo.due_at is not None and photo.due_at > now:
        return Step.LEAVE if same else Step.TELL
    return Step.LEAVE if same and photo.state in FINISHED else Step.BEGIN


@dataclass(frozen=True, slots=True)
class Ingest:
    """The way from the originals bucket to the gallery, with everything it needs handed in."""

    catalogue: Catalogue
    originals: Originals
    darkroom: Darkroom
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
                self._retire(photo)
            case Step.TELL, Photo(), Original():
                # Their commit will fail on this, and they will look again while they hold the photo.
                self.catalogue.commit(photo, replace(photo, object_version=original.version))
            case Step.BEGIN, _, Original():
                photo = self._publish(self._begin(photo, original, event, worker), original)
                self.originals.mark(original, photo.state)
            case Step.LEAVE, Photo(), Original() if photo.state in FINISHED:
                # Perhaps the one who finished it died before this last write.
                self.originals.mark(original, photo.state)
        return Reconciled(photo.photo_id if photo else None, step, photo.state if photo else None)

    def _photo_of(self, key: str) -> Photo | None:
        """A key is ours only if a record holds it, whatever its shape; any other is a direct drop."""
        ours = originals.photo_id_in(key)
        if ours and (photo := self.catalogue.get(ours)) and photo.key == key:
            return photo
        return self.catalogue.get(self._dropped_id(key))

    def _dropped_id(self, key: str) -> str:
        return originals.photo_id_for(self.bucket, key, self.id_secret)

    def _begin(self, photo: Photo | None, original: Original, event: Mapping[str, Any], worker: str) -> Photo:
        """Take the photo in hand: from here on the due list knows of it, should this process die."""
        newcomer = photo or originals.admit(
            original,
            photo_id=self._dropped_id(original.key),
            owner=self.owner,
            visibility=self.visibility,
            heat=self.heat,
        )
        tried = newcomer.attempts if newcomer.object_version == original.version else 0
        begun = replace(
            newcomer,
            state=State.PROCESSING,
            object_version=original.version,
            worker=worker,
            attempts=tried + 1,
            due_at=self.now() + LEASE,
            bytes=original.size,
            event=dict(event),
            reason=None,
        )
        return self.catalogue.commit(photo, begun)

    def _publish(self, photo: Photo, original: Original) -> Photo:
        started = self.now()
        try:
            developed = self._developed(photo, original)
            finished = self.now()
            spent = round((finished - started).total_seconds() * 1000)
            return self._finish(photo, replace(developed, finished_at=finished, duration_ms=spent))
        except Conflict:
            raise
        except Exception:
            self._let_go(photo)
            raise

    def _developed(self, photo: Photo, original: Original) -> Photo:
        try:
            if photo.attempts > MAX_ATTEMPTS:
                raise Unreadable(f"This file could not be processed in {MAX_ATTEMPTS} attempts.")
            return self.darkroom.develop(photo, original)
        except Unreadable as problem:
            self.darkroom.discard(photo)
            return replace(photo, state=State.REJECTED, reason=str(problem), derivatives={}, due_at=None)

    def _finish(self, begun: Photo, developed: Photo) -> Photo:
        done = replace(developed, worker=None, attempts=0)
        try:
            return self.catalogue.commit(begun, done)
        except ContentClaimed as claimed:
            twin = replace(done, state=State.DUPLICATE, duplicate_of=claimed.holder, labels_pending=False, due_at=None)
            return self.catalogue.commit(begun, twin)

    def _let_go(self, photo: Photo) -> None:
        """After an error (not a death) the next delivery may begin at once, and the file is not to blame."""
        with suppress(Conflict, Unavailable):  # else the lease runs out by itself
            self.catalogue.commit(photo, replace(photo, worker=None, due_at=self.now(), attempts=photo.attempts - 1))

    def _retire(self, photo: Photo) -> None:
        """The original is gone: out of sight first, then its images, then the record. Any step may be the last."""
        hidden = self.catalogue.commit(photo, replace(photo, state=State.REMOVED, due_at=self.now()))
        self.darkroom.discard(hidden)
        self.catalogue.remove(hidden)
