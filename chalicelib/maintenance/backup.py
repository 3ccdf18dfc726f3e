"""The backup pass: saves all records to the originals bucket, so that the bucket alone can rebuild the library.

It reads the records in the order of the scanner and cuts them into segments where a hash of the photo's id says so:
photos that are added, changed or gone change the segment that they are in, and no other. Each segment is read and
saved at once; the manifest follows at the end of the pass.

Tables that were lost and started again must not replace the backup of those before: `held` says that they would.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.ingest.removal_limit import RemovalLimit, max_removals
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.backup_files import (
    AlbumRows,
    BackupCheckpoint,
    BackupCheckpoints,
    BackupFiles,
    Manifest,
)
from chalicelib.maintenance.pacing import Failure
from chalicelib.maintenance.sources import PhotoScanner

PAGE_SIZE = 100
# On average, and at most: what a segment holds is in memory at once.
PHOTOS_PER_SEGMENT = 1000
MAX_SEGMENT = 4000
# A library of 10,000 photos is backed up every three hours, one of 100,000 every day.
PAUSE_PER_PHOTO = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """The result of one run: photos read, files written, and whether the backup of other tables is in the way."""

    photos: int = 0
    written: int = 0
    held: bool = False
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupPass:
    """Backs up photos and albums. Many photos fewer than before are saved only if removals are allowed."""

    scanner: PhotoScanner
    albums: AlbumRows
    files: BackupFiles
    checkpoints: BackupCheckpoints
    removals: RemovalLimit
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    photos_per_segment: int = PHOTOS_PER_SEGMENT

    def run(self, time_left: Callable[[], bool]) -> BackupReport:
        """Resume the pass, until time is up or the pass ends."""
        try:
            return self._resume(time_left)
        except Exception as error:  # noqa: BLE001 - other work continues, and this pass resumes from its checkpoint
            return BackupReport(failures=(Failure(None, error),))

    def _resume(self, time_left: Callable[[], bool]) -> BackupReport:
        report, checkpoint = BackupReport(), self.checkpoints.load()
        if checkpoint.progress.is_paused(self.now()) or not time_left():
            return report
        previous = self.files.load_manifest()
        if previous and previous.backup_id != checkpoint.backup_id:
            return BackupReport(held=True)
        if not checkpoint.backup_id:  # stored before the first manifest is
            checkpoint = replace(checkpoint, backup_id=self.new_id())
            self.checkpoints.save(checkpoint)
        while time_left():
            checkpoint, report = self._save_segment(checkpoint, report, previous)
            if checkpoint.after is None:
                return self._end_pass(checkpoint, report, previous)
            self.checkpoints.save(checkpoint)
        return report

    def _save_segment(
        self, checkpoint: BackupCheckpoint, report: BackupReport, previous: Manifest | None
    ) -> tuple[BackupCheckpoint, BackupReport]:
        photos, after = self._read_segment(checkpoint.after)
        checkpoint = replace(checkpoint, after=after)
        if not photos:
            return checkpoint, report
        known = _names(previous) | {segment.name for segment in checkpoint.segments}
        segment = self.files.save_photos(photos, known)
        is_new = segment.name not in known
        checkpoint = replace(
            checkpoint,
            photos=checkpoint.photos + sum(photo.expires_at is None for photo in photos),
            segments=(*checkpoint.segments, segment),
            progress=checkpoint.progress.add_rows(len(photos), is_new),
        )
        return checkpoint, replace(report, photos=report.photos + len(photos), written=report.written + is_new)

    def _read_segment(self, after: str | None) -> tuple[list[Photo], str | None]:
        """The photos after this position up to the end of their segment, and that end; None at the end of all."""
        photos: list[Photo] = []
        while True:
            page = self.scanner.scan(after, PAGE_SIZE)
            for photo in page.rows:
                if photo.state is not State.UPLOADING:  # a ticket; its upload returns without it
                    photos.append(photo)
                if self._ends_segment(photo.photo_id) or len(photos) == MAX_SEGMENT:
                    return photos, photo.photo_id
            if page.after is None:
                return photos, None
            after = page.after

    def _end_pass(self, checkpoint: BackupCheckpoint, report: BackupReport, previous: Manifest | None) -> BackupReport:
        is_held = previous is not None and self._has_lost_too_many(previous.photos - checkpoint.photos, previous.photos)
        changes = is_held
        if not is_held:
            known = _names(previous)
            albums = self.files.save_albums(self.albums.list_all(), known)
            manifest = Manifest(checkpoint.backup_id, self.now(), checkpoint.photos, checkpoint.segments, albums)
            self.files.save_manifest(manifest)
            self.files.remove_others(manifest)
            changes = albums.name not in known
            report = replace(report, written=report.written + changes)
        progress = checkpoint.progress.add_rows(0, changes).next_pass(self.now(), PAUSE_PER_PHOTO)
        self.checkpoints.save(BackupCheckpoint(checkpoint.backup_id, progress=progress))
        return replace(report, held=is_held)

    def _ends_segment(self, photo_id: str) -> bool:
        """Whether this photo is the last one of its segment, whichever the others are."""
        return int.from_bytes(sha256(photo_id.encode()).digest()[:8]) % self.photos_per_segment == 0

    def _has_lost_too_many(self, lost: int, photos: int) -> bool:
        allowed_until = self.removals.allowed_until
        return lost > max_removals(photos) and not (allowed_until and self.now() < allowed_until)


def _names(manifest: Manifest | None) -> frozenset[str]:
    """The names of the files of a backup."""
    return frozenset(each.name for each in (*manifest.segments, manifest.albums)) if manifest else frozenset()
