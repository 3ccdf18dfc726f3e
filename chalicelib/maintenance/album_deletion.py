"""The pass that finishes deletions of albums: what the request has not taken out, the schedule does, in slices."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.albums.deletion import AlbumDeletion
from chalicelib.albums.models import AlbumStore
from chalicelib.errors import Conflict, PhotoNotFound
from chalicelib.maintenance.pacing import Failure

MAX_ALBUMS = 100  # in one run


@dataclass(frozen=True, slots=True)
class AlbumDeletionReport:
    """The result of one run: the photos that were taken out, and the albums that are removed."""

    photos: int = 0
    albums: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class AlbumDeletionPass:
    """Works on all deleted albums."""

    store: AlbumStore
    deletion: AlbumDeletion

    def run(self, time_left: Callable[[], bool]) -> AlbumDeletionReport:
        """Take photos out of deleted albums while there is time; an album that fails does not delay the others."""
        report = AlbumDeletionReport()
        try:
            album_ids = self.store.list_deleting(MAX_ALBUMS)
        except Exception as error:  # noqa: BLE001 - other work continues
            return replace(report, failures=(Failure(None, error),))
        for album_id in album_ids:
            if not time_left():
                break
            try:
                photos, is_removed = self.deletion.resume(album_id, time_left)
            except (Conflict, PhotoNotFound):
                continue  # a photo was changed meanwhile; the next run finds it
            except Exception as error:  # noqa: BLE001 - others continue, and this one resumes with the next run
                report = replace(report, failures=(*report.failures, Failure(None, error)))
            else:
                report = replace(report, photos=report.photos + photos, albums=report.albums + is_removed)
        return report
