"""Relabeling: an owner requests that photos be labeled again, and the schedule does it, some photos in each run.

A relabeling walks over the owner's photos, newest first, and requests labels for those that the current labeler has
not labeled. A photo that is moved to another date meanwhile may be missed; so another walk follows, until one finds
every photo labeled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Conflict
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.collections import ALL_PHOTOS, owner_scope
from chalicelib.library.photo import Photo, State
from chalicelib.library.totals import Trend

MAX_WALKS = 3
# Then photos still without labels are left to the due list, which tries them again at least once a day.
MAX_WAIT = timedelta(days=1)
# Photos in other states are labeled when they are processed.
LABELED_STATES = frozenset({State.READY, State.DUPLICATE, State.TRASHED})
ANOTHER_IS_RUNNING = "Labels of other photos are being found. Ask again when that is finished."
BUSY = "Relabeling has just been asked for; try again in a moment."


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk: where it resumes, or that all is read, the published photos found so far, and how many are labeled.

    `outdated` are those that were not when they were found; `waiting` are the ids of those that are not yet.
    """

    is_first: bool = True
    after: str | None = None
    is_read: bool = False
    photos: int = 0
    labeled: int = 0
    outdated: int = 0
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relabeling:
    """A request for new labels of an owner's photos: all of them, or those with any of these tags; and its progress.

    `photos` is at most the number of those photos, and the number once all are found; `labeled` are those whose labels
    are from `labeler`, the current version. A photo whose date is corrected meanwhile may count twice until the end. It
    has progressed when a photo was last found or labeled.
    """

    owner: str
    tags: tuple[str, ...]
    started_at: datetime
    progressed_at: datetime
    photos: int
    labeled: int = 0
    labeler: str = ""
    walk: Walk = field(default_factory=Walk)
    walks_left: int = MAX_WALKS
    finished_at: datetime | None = None
    version: int = 0

    @property
    def is_running(self) -> bool:
        """Whether there is something left to do."""
        return self.finished_at is None

    def includes(self, photo: Photo) -> bool:
        """Whether this photo is to be relabeled if it is outdated, now or once it is published."""
        if photo.owner != self.owner or photo.state not in LABELED_STATES or photo.worker:
            return False
        return not self.tags or not set(self.tags).isdisjoint(photo.tags)

    def is_outdated(self, photo: Photo) -> bool:
        """Whether the labels of this photo are pending, or from another labeler."""
        return photo.labels_pending or photo.labeler != self.labeler

    def for_labeler(self, version: str) -> "Relabeling":
        """The relabeling with this version of the labeler; it starts again if it has worked for another one."""
        if self.labeler == version:
            return self
        return replace(self, labeler=version, labeled=0, walk=Walk(), walks_left=MAX_WALKS)

    def progress(self, walk: Walk, now: datetime) -> "Relabeling":
        """The relabeling after this progress of its walk."""
        after = replace(self, walk=walk, progressed_at=now)
        return replace(after, photos=max(self.photos, walk.photos), labeled=walk.labeled) if walk.is_first else after

    def check_waiting(self, photos: dict[str, Photo], now: datetime) -> "Relabeling":
        """The relabeling after a look at the photos in `waiting`; those no longer published are left out."""
        published = [photo for photo in photos.values() if photo.state is State.READY and photo.owner == self.owner]
        pending = frozenset(photo.photo_id for photo in published if photo.labels_pending)
        if len(pending) == len(self.walk.waiting):
            return self._without_stuck_photos(now)
        walk = replace(
            self.walk,
            waiting=tuple(photo_id for photo_id in self.walk.waiting if photo_id in pending),
            photos=self.walk.photos - len(self.walk.waiting) + len(published),
            labeled=self.walk.labeled + sum(not self.is_outdated(photo) for photo in published),
        )
        return self.progress(walk, now)

    def end_walk(self, now: datetime) -> "Relabeling":
        """The next walk, or the end: once a walk has found every photo labeled, or there were enough walks.

        Each walk counts anew, except with tags: a later one does not find the photos that have lost theirs by new
        labels, but those that were missed.
        """
        walk = self.walk
        is_complete = walk.is_first or not self.tags
        photos = walk.photos if is_complete else max(self.photos, self.labeled + walk.outdated)
        counted = replace(self, photos=photos, labeled=photos - (walk.photos - walk.labeled))
        if walk.outdated and self.walks_left > 1:
            return replace(counted, walk=Walk(is_first=False), walks_left=self.walks_left - 1)
        return replace(counted, walk=Walk(), finished_at=now)

    def _without_stuck_photos(self, now: datetime) -> "Relabeling":
        if not self.walk.waiting or now < self.progressed_at + MAX_WAIT:
            return self
        return replace(self, walk=replace(self.walk, waiting=()), walks_left=1, progressed_at=now)


class RelabelingStore(Protocol):
    """Stores the last relabeling of each owner."""

    def get(self, owner: str) -> Relabeling | None:
        """The last relabeling of this owner, or None; consistent read."""

    def list_running(self) -> list[Relabeling]:
        """All relabelings that are running."""

    def save(self, relabeling: Relabeling) -> Relabeling:
        """Store a relabeling in place of the version that it has, 0 for none; returns it with its new version.

        Raises Conflict if another version is stored.
        """

    def remove(self, owner: str) -> None:
        """Forget this owner's relabeling, if there is one."""


class TrendReader(Protocol):
    """Reads the totals of collections."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals, or None; strongly consistent."""


@dataclass(frozen=True, slots=True)
class RelabelingRequests:
    """Requests of owners."""

    relabelings: RelabelingStore
    trends: TrendReader
    now: Callable[[], datetime]

    def start(self, owner: str, tags: tuple[str, ...]) -> Relabeling:
        """Start to relabel the photos with any of these tags, or all; returns the running one if it is the same.

        Raises Conflict if another one is running.
        """
        tags = tuple(sorted(tags))

        def read() -> Relabeling | None:
            last = self.relabelings.get(owner)
            if last and last.is_running and last.tags != tags:
                raise Conflict(ANOTHER_IS_RUNNING)
            return last

        def start(last: Relabeling | None) -> Relabeling:
            if last and last.is_running:
                return last
            return self.relabelings.save(self._new(owner, tags, last.version if last else 0))

        return retry_on_conflict(read, start, BUSY)

    def get(self, owner: str) -> Relabeling | None:
        """The owner's last relabeling, or None."""
        return self.relabelings.get(owner)

    def _new(self, owner: str, tags: tuple[str, ...], version: int) -> Relabeling:
        scope, now = owner_scope(owner), self.now()
        trends = [self.trends.get_trend(scope, tag) for tag in (ALL_PHOTOS, *tags)]
        everything, *counts = (trend.totals.count if trend else 0 for trend in trends)
        photos = min(everything, sum(counts)) if tags else everything
        return Relabeling(owner, tags, started_at=now, progressed_at=now, photos=photos, version=version)
