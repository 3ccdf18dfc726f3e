"""Rebuilds the tables from the backup in the originals bucket: photos in all states, albums, their people and links.

Everything follows from the records, so each is committed as any change is, and memberships and totals with it. First
come albums, which photos join, and the photos that hold claims on their bytes; then their duplicates. It works in
slices and can be repeated: what is as in the backup already is left alone.

Segments that are missing or damaged are reported, and the others restored. The backup is not replaced by one of these
tables before all of it has been restored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from chalicelib.errors import Conflict, ContentClaimed, NotFound, Unavailable, Unreadable
from chalicelib.ingest.originals import OriginalStore
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.library.transitions import TRASH_RETENTION, mark_duplicate, publish
from chalicelib.maintenance.backup_files import (
    AlbumRows,
    BackupCheckpoint,
    BackupCheckpoints,
    BackupFiles,
    Manifest,
    Segment,
    saved_fields,
)

PHOTOS_PER_READ = 100


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """The result of one slice: photos by outcome, and what to pass to the next one.

    `position` of `positions` is where it begins, in the backup `written_at`; it is complete at the end. `unreadable`
    has a sentence for each segment that can't be read.
    """

    written_at: str
    position: int
    positions: int
    restored: int = 0
    unchanged: int = 0
    without_original: int = 0
    failed: int = 0
    unreadable: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.position == self.positions


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Restores photos and albums from the backup."""

    files: BackupFiles
    albums: AlbumRows
    checkpoints: BackupCheckpoints
    photos: PhotoStore
    originals: OriginalStore
    now: Callable[[], datetime]

    def run(
        self, position: int, written_at: str, time_left: Callable[[], timedelta], *, skipped: bool = False
    ) -> RebuildReport:
        """Restore while there is time, from this position if the backup is the one that was written then, else from 0.

        `skipped` says that photos of earlier slices failed or could not be read. Raises NotFound without a backup,
        Unreadable if its manifest or its albums are damaged or of a newer version, Unavailable.
        """
        manifest = self.files.load_manifest()
        if manifest is None:
            raise NotFound("There is no backup in the originals bucket.")
        moment = manifest.written_at.isoformat()
        if moment != written_at:
            position, skipped = 0, False
        report = RebuildReport(moment, position, 2 * len(manifest.segments) + 1)
        while not report.is_complete and time_left() > timedelta(0):
            report, is_done = self._run_step(manifest, report, time_left)
            if not is_done:
                return report
            report = replace(report, position=report.position + 1)
        if report.is_complete and not (skipped or report.failed or report.unreadable):
            # From now on the schedule may replace the backup by one of these tables.
            self.checkpoints.save(BackupCheckpoint(manifest.backup_id))
        return report

    def _run_step(
        self, manifest: Manifest, report: RebuildReport, time_left: Callable[[], timedelta]
    ) -> tuple[RebuildReport, bool]:
        """The report after the step at its position, and whether the step is done: albums, photos, duplicates."""
        if report.position == 0:
            rows = self.files.load_albums(manifest.albums)
            self.checkpoints.save(BackupCheckpoint())  # the schedule saves nothing of tables that are half restored
            self.albums.restore(rows)
            return report, True
        round_, number = divmod(report.position - 1, len(manifest.segments))
        duplicates = round_ == 1
        try:
            saved = self.files.load_photos(manifest.segments[number])
        except Unreadable as error:
            return report if duplicates else _add_unreadable(report, manifest.segments[number], error), True
        chosen = [photo for photo in saved if (photo.state is State.DUPLICATE) is duplicates]
        for batch in batched(chosen, PHOTOS_PER_READ):
            stored = self.photos.get_many(photo.photo_id for photo in batch)
            for photo in batch:
                if _is_settled(photo, stored.get(photo.photo_id), self.now()):
                    report = replace(report, unchanged=report.unchanged + 1)
                    continue
                if time_left() <= timedelta(0):
                    return report, False
                report = self._try_restore(photo, stored.get(photo.photo_id), report)
        return report, True

    def _try_restore(self, saved: Photo, stored: Photo | None, report: RebuildReport) -> RebuildReport:
        """The report with what became of this photo."""
        try:
            is_gone = saved.expires_at is not None or saved.state is State.ERASED
            if not is_gone and self.originals.head(saved.key) is None:
                return replace(report, without_original=report.without_original + 1)
            photo = _prepare(saved, self.now())
            if photo.state is State.DUPLICATE:
                self._commit_duplicate(stored, photo)
            else:
                self._commit(stored, photo)
        except (Conflict, Unavailable):
            return replace(report, failed=report.failed + 1)
        return replace(report, restored=report.restored + 1)

    def _commit(self, stored: Photo | None, photo: Photo) -> None:
        """Commit a photo; another one that holds the claim on its bytes becomes its duplicate."""
        try:
            self.photos.commit(stored, photo)
        except ContentClaimed as error:
            holder = self.photos.get(error.holder)
            if holder is None:
                raise
            self.photos.remove(holder)
            self.photos.commit(stored, photo)
            self.photos.commit(None, mark_duplicate(replace(holder, worker=None), photo.photo_id))

    def _commit_duplicate(self, stored: Photo | None, photo: Photo) -> None:
        """Commit a duplicate of the claim holder, or of the photo in the trash that it was one of; else publish it."""
        holder = self.photos.claim_holder(photo.owner, photo.sha256 or "")
        if holder not in {None, photo.photo_id}:
            self.photos.commit(stored, replace(photo, duplicate_of=holder))
            return
        first = self.photos.get(photo.duplicate_of or "")
        if first is None or first.state is not State.TRASHED or first.sha256 != photo.sha256:
            self.photos.commit(stored, publish(photo, self.now()))
            return
        if stored is not None and holder is not None:  # it has become a photo of its own meanwhile
            self.photos.remove(stored)
            stored = None
        # A photo becomes a duplicate of a claim holder only: the one in the trash holds the claim for that moment.
        hidden = replace(first, visibility=Visibility.PRIVATE, albums=(), labels_pending=False)
        published = self.photos.commit(first, replace(hidden, state=State.READY, trashed_at=None, due_at=None))
        self.photos.commit(stored, photo)
        self.photos.commit(published, first)


def _add_unreadable(report: RebuildReport, segment: Segment, error: Unreadable) -> RebuildReport:
    sentence = f"{error} Its {segment.lines} records were not restored."
    return replace(report, unreadable=(*report.unreadable, sentence))


def _is_settled(saved: Photo, stored: Photo | None, now: datetime) -> bool:
    """Whether nothing is to be done: it is as in the backup, its owner has deleted it since, or it is long gone.

    Its id may also be that of another photo, which was uploaded with it while the record was lost: that one stays.
    """
    if stored is None:
        return saved.expires_at is not None and saved.expires_at <= now
    if stored.key != saved.key or saved.expires_at is not None or stored.state is State.ERASED:
        return True
    return saved_fields(replace(stored, version=saved.version)) == saved_fields(saved)


def _prepare(saved: Photo, now: datetime) -> Photo:
    """The record to commit: no worker holds it, and the schedule finishes what was not finished."""
    due_at: datetime | None
    match saved.state:
        case State.TRASHED:
            due_at = (saved.trashed_at or now) + TRASH_RETENTION
        case State.READY:
            due_at = now if saved.labels_pending else None
        case State.REJECTED | State.DUPLICATE:
            due_at = None
        case _:
            due_at = None if saved.expires_at else now
    return replace(saved, worker=None, attempts=0, failure_count=0, pending_rows=None, due_at=due_at)
