"""The pass that works on relabelings, in each run of the schedule.

It requests labels by marking photos as due, and the due list has them labeled: failures are tried again there, and
totals stay exact. Few photos are requested at a time, so that others on the due list do not wait for long.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched

from chalicelib.errors import Conflict
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.labels.labeler import Labeler
from chalicelib.library.collections import ALL_PHOTOS, STATE_TAGS, owner_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.photo_query import Match, TagQuery
from chalicelib.library.search import find_rows
from chalicelib.library.sorted_rows import RowReader
from chalicelib.library.transitions import request_labels
from chalicelib.maintenance.pacing import Failure
from chalicelib.maintenance.relabeling import Relabeling, RelabelingStore

# The most ids of one `get_many`.
PAGE_SIZE = 100
# Of all relabelings together: what a run of the schedule labels in half of its time.
MAX_WAITING = 500
# Photos that may be published later, and keep their positions then.
UNPUBLISHED_TAGS = (STATE_TAGS[State.DUPLICATE], STATE_TAGS[State.TRASHED])
BUSY = "This photo keeps changing."


@dataclass(frozen=True, slots=True)
class RelabelingReport:
    """The result of one run: the photos whose labels were requested, and failures."""

    requested: int = 0
    failures: tuple[Failure, ...] = ()

    def add(self, other: "RelabelingReport") -> "RelabelingReport":
        """Both reports in one."""
        return RelabelingReport(self.requested + other.requested, self.failures + other.failures)


@dataclass(frozen=True, slots=True)
class RelabelingPass:
    """Works on all relabelings that are running; only the version of `labeler` is used."""

    photos: PhotoStore
    collections: RowReader
    relabelings: RelabelingStore
    labeler: Labeler
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], bool]) -> RelabelingReport:
        """See which photos have been labeled, then request the labels of more while there is time."""
        report = RelabelingReport()
        try:
            running = self.relabelings.list_running()
        except Exception as error:  # noqa: BLE001 - other work continues
            return replace(report, failures=(Failure(None, error),))
        for relabeling in running:
            try:
                report = self._resume(relabeling, MAX_WAITING // len(running) or 1, time_left, report)
            except Conflict:
                continue  # another run works on it, or its owner was removed
            except Exception as error:  # noqa: BLE001 - others continue, and this one resumes with the next run
                report = replace(report, failures=(*report.failures, Failure(None, error)))
        return report

    def _resume(
        self, stored: Relabeling, max_waiting: int, time_left: Callable[[], bool], report: RelabelingReport
    ) -> RelabelingReport:
        relabeling = stored.for_labeler(self.labeler.version)
        relabeling = relabeling.check_waiting(self._get_many(relabeling.walk.waiting), self.now())
        if relabeling != stored:
            relabeling = self.relabelings.save(relabeling)
        while relabeling.is_running and time_left():
            room = max_waiting - len(relabeling.walk.waiting)
            if relabeling.walk.is_read and not relabeling.walk.waiting:
                relabeling = relabeling.end_walk(self.now())
            elif relabeling.walk.is_read or room <= 0:
                break
            else:
                relabeling, report = self._read_page(relabeling, min(room, PAGE_SIZE), report)
            relabeling = self.relabelings.save(relabeling)  # after every page, in case the process is killed
        return report

    def _get_many(self, photo_ids: tuple[str, ...]) -> dict[str, Photo]:
        found: dict[str, Photo] = {}
        for ids in batched(photo_ids, PAGE_SIZE):
            found |= self.photos.get_many(ids)
        return found

    def _read_page(
        self, relabeling: Relabeling, limit: int, report: RelabelingReport
    ) -> tuple[Relabeling, RelabelingReport]:
        """Find the next photos of a walk and request labels for those that are outdated."""
        walk = relabeling.walk
        query = TagQuery((*(relabeling.tags or (ALL_PHOTOS,)), *UNPUBLISHED_TAGS), Match.ANY)
        scope = owner_scope(relabeling.owner)
        found = find_rows(self.collections, scope, query, after=walk.after, limit=limit)
        photos = self.photos.get_many([row.photo_id for row in found.rows])
        included = [photo for photo in photos.values() if relabeling.includes(photo)]
        outdated = [photo for photo in included if relabeling.is_outdated(photo)]
        requested, failures = self._request_labels(relabeling, outdated)
        published = {photo.photo_id for photo in included if photo.state is State.READY}
        waiting = tuple(photo.photo_id for photo in outdated if photo.photo_id in published)
        walk = replace(
            walk,
            after=found.next_position,
            is_read=found.next_position is None,
            photos=walk.photos + len(published),
            labeled=walk.labeled + len(published) - len(waiting),
            outdated=walk.outdated + len(waiting),
            waiting=tuple(dict.fromkeys((*walk.waiting, *waiting))),
        )
        report = replace(report, requested=report.requested + requested, failures=(*report.failures, *failures))
        return relabeling.progress(walk, self.now()), report

    def _request_labels(self, relabeling: Relabeling, outdated: list[Photo]) -> tuple[int, list[Failure]]:
        requested, failures = 0, []
        for photo in outdated:
            try:
                requested += self._request(relabeling, photo)
            except Exception as error:  # noqa: BLE001 - the next walk tries this photo again, and the others continue
                failures.append(Failure(photo.photo_id, error))
        return requested, failures

    def _request(self, relabeling: Relabeling, photo: Photo) -> bool:
        """Request labels for a photo, unless they are due already; returns whether it changed."""
        found = iter((photo,))

        def request(current: Photo | None) -> bool:
            if current is None or not (relabeling.includes(current) and relabeling.is_outdated(current)):
                return False
            after = request_labels(current, self.now())
            if after != current:
                self.photos.commit(current, after)
            return after != current

        return retry_on_conflict(lambda: next(found, None) or self.photos.get(photo.photo_id), request, BUSY)
