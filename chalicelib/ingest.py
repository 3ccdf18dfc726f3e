"""Ingest: how an original becomes a photo that people see, whatever is delivered twice, late or out of order.

Every event is a hint to look. `reconcile` looks at the bucket and at the record, `decide` says what
the two call for, and one commit makes it true. Only this module publishes photos.

    in the bucket     in the catalogue               step
    nothing           nothing, or a waiting ticket   IGNORE
    an object         nothing, or a waiting ticket   BEGIN
    whatever          in another's hands             LEAVE, or TELL them that it changed
    nothing           a photo                        RETIRE
    an object         finished, the same version     LEAVE
    an object         anything else                  BEGIN

Whoever begins or retires holds the photo while it lasts, and nobody else touches its images: they only
tell the holder, whose next commit fails on it. The dead are survived by the due list.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from chalicelib import originals
from chalicelib.darkroom import Darkroom, undeveloped
from chalicelib.errors import Conflict, ContentClaimed, Unavailable, Unreadable
from chalicelib.originals import Original, Originals
from chalicelib.photos import Catalogue, Photo, State, Visibility

# The function's own time limit: whoever began longer ago than this is dead, and the next may begin.
LEASE = timedelta(seconds=60)
# Deaths (out of memory, out of time), not errors: after so many the file itself is to blame.
MAX_ATTEMPTS = 5
MAX_ROUNDS = 8
FINISHED = frozenset({State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED})
IN_HAND = frozenset({State.PROCESSING, State.REMOVED})


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
    if photo is None or photo.state is State.UPLOADING:
        return Step.IGNORE if original is None else Step.BEGIN
    if photo.state in IN_HAND and photo.worker != worker and photo.due_at is not None and photo.due_at > now:
        return Step.LEAVE if told(photo, original) == photo else Step.TELL
    if original is None:
        return Step.RETIRE
    return Step.LEAVE if photo.state in FINISHED and photo.object_version == original.version else Step.BEGIN


def told(photo: Photo, original: Original | None) -> Photo:
    """The record of a photo in another's hands, saying what is in the bucket now."""
    if original is None:
        return replace(photo, state=State.REMOVED)
    return replace(photo, state=State.PROCESSING, object_version=original.version)


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
                self._retire(photo, worker)
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
        """A key is ours only if a record holds it, whatever its shape; any other is a direct drop."""
        ours = originals.photo_id_in(key)
        if ours and (photo := self.catalogue.get(ours)) and photo.key == key:
            return photo
        return self.catalogue.get(self._dropped_id(key))

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
        with self._holding(photo):
            developed = self._developed(photo, original)
            finished = self.now()
            spent = round((finished - started).total_seconds() * 1000)
            return self._finish(photo, replace(developed, finished_at=finished, duration_ms=spent))

    def _developed(self, photo: Photo, original: Original) -> Photo:
        try:
            if photo.attempts > MAX_ATTEMPTS:
                raise Unreadable(f"This file could not be processed in {MAX_ATTEMPTS} attempts.")
            return self.darkroom.develop(photo, original)
        except Unreadable as problem:
            self.darkroom.discard(photo)
            return replace(undeveloped(photo), state=State.REJECTED, reason=str(problem), due_at=None)

    def _finish(self, begun: Photo, developed: Photo) -> Photo:
        done = replace(developed, worker=None, attempts=0)
        try:
            return self.catalogue.commit(begun, done)
        except ContentClaimed as claimed:
            twin = replace(done, state=State.DUPLICATE, duplicate_of=claimed.holder, labels_pending=False, due_at=None)
            return self.catalogue.commit(begun, twin)

    @contextmanager
    def _holding(self, photo: Photo) -> Iterator[None]:
        """Let go after an error (not a death): the next delivery may begin at once, and the file is not to blame."""
        try:
            yield
        except Conflict:
            raise  # we look again, and still hold it
        except Exception:
            with suppress(Conflict, Unavailable):  # else the lease runs out by itself
                free = replace(photo, worker=None, due_at=self.now(), attempts=photo.attempts - 1)
                self.catalogue.commit(photo, free)
            raise

    def _retire(self, photo: Photo, worker: str) -> None:
        """The original is gone: out of sight first, then its images, then the record. Any step may be the last."""
        hidden = replace(
            photo, state=State.REMOVED, worker=worker, due_at=self.now() + LEASE, attempts=photo.attempts + 1
        )
        hidden = self.catalogue.commit(photo, hidden)
        with self._holding(hidden):
            self.darkroom.discard(hidden)
            self.catalogue.remove(hidden)
