"""The backup: what it consists of in the originals bucket, and the ports to it and to the rows of albums.

Photos are saved in segments, whose names follow from what they hold: one that has not changed is not saved again. The
manifest names the segments of one moment, and is written last.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from chalicelib.library.photo import Photo
from chalicelib.maintenance.pacing import PassProgress

# A row of the albums table, as the store has it: text, whole numbers, lists and mappings.
type AlbumRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the backup, and the number of its lines."""

    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a backup. `photos` counts those that exist, as segments have tombstones, too.

    `backup_id` is that of the tables that it was made of: other tables must not replace it.
    """

    backup_id: str
    written_at: datetime
    photos: int
    segments: tuple[Segment, ...]
    albums: Segment


@dataclass(frozen=True, slots=True)
class BackupCheckpoint:
    """Where the pass resumes, the segments that it has read, and the id of the backup of these tables."""

    backup_id: str = ""
    after: str | None = None
    photos: int = 0
    segments: tuple[Segment, ...] = ()
    progress: PassProgress = field(default_factory=PassProgress)


class BackupCheckpoints(Protocol):
    """Stores the checkpoint in the tables that are backed up, so that it is lost together with them."""

    def load(self) -> BackupCheckpoint:
        """The checkpoint; an empty one at first."""

    def save(self, checkpoint: BackupCheckpoint) -> None:
        """Save the checkpoint for the next run."""


class BackupFiles(Protocol):
    """Reads and writes the backup; all methods raise Unavailable, and those that load Unreadable for damaged files."""

    def save_photos(self, photos: Sequence[Photo], known: Collection[str]) -> Segment:
        """Save a segment, unless its name is among the known ones."""

    def load_photos(self, segment: Segment) -> list[Photo]:
        """The photos of a segment."""

    def save_albums(self, rows: Iterable[AlbumRow], known: Collection[str]) -> Segment:
        """Save the rows of albums, in any order, unless the file's name is among the known ones."""

    def load_albums(self, segment: Segment) -> list[AlbumRow]:
        """The rows of albums."""

    def save_manifest(self, manifest: Manifest) -> None:
        """Save the manifest in place of the previous one."""

    def load_manifest(self) -> Manifest | None:
        """The last manifest, or None."""

    def remove_others(self, manifest: Manifest) -> None:
        """Delete the files that this manifest does not name."""


class AlbumRows(Protocol):
    """The rows of albums, with their people, orders and shared links."""

    def list_all(self) -> Iterable[AlbumRow]:
        """All rows, in any order."""

    def restore(self, rows: Iterable[AlbumRow]) -> None:
        """Put these rows in the place of those with the same keys; others stay."""


def saved_fields(photo: Photo) -> Photo:
    """The record as it is saved: without what belongs to workers and to the store."""
    return replace(
        photo,
        worker=None,
        attempts=0,
        failure_count=0,
        due_at=None,
        pending_rows=None,
        words=(),
        public_words=(),
        index_revision=0,
    )
