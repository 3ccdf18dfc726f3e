"""Sweeps: the regular look after what no event will come for, and the order of the scheduled work.

The due list holds tickets that nobody used, photos left behind in processing, photos without labels, those whose
30 days in the trash are over and records that wait to go. Then `recount` counts a slice of the totals again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.ingest import Ingest
from chalicelib.photos import Catalogue, Photo, State
from chalicelib.recount import Recount, Recounted
from chalicelib.removal import Removal

DUE_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be looked after, and why."""

    photo_id: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did; worth logging."""

    done: int
    failures: tuple[Failure, ...]
    recounted: Recounted


@dataclass(frozen=True, slots=True)
class Sweeps:
    """The scheduled work, with everything it needs handed in."""

    catalogue: Catalogue
    ingest: Ingest
    removal: Removal
    recount: Recount
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], bool]) -> Swept:
        """Work for as long as there is time: first what is due, then a slice of counting."""
        done, failures = self.look_after_due(time_left)
        return Swept(done, failures, self.recount.run(time_left))

    def look_after_due(self, time_left: Callable[[], bool]) -> tuple[int, tuple[Failure, ...]]:
        """Look after photos whose time has come; answers how many were, and which could not be."""
        done, failures = 0, list[Failure]()
        for photo_id in self.catalogue.due(self.now(), DUE_AT_ONCE):
            if not time_left():
                break
            photo = self.catalogue.get(photo_id)
            # The index follows the records a moment later: what was done since is no longer due.
            if photo is None or photo.due_at is None or photo.due_at > self.now():
                continue
            try:
                self._look_after(photo)
                done += 1
            except Exception as error:  # noqa: BLE001 - it stays due; one that fails keeps nobody else waiting
                failures.append(Failure(photo_id, error))
        return done, tuple(failures)

    def _look_after(self, photo: Photo) -> None:
        if photo.state is State.READY:
            self.catalogue.commit(photo, self.ingest.darkroom.label(photo))
        elif photo.state is State.UPLOADING and self.ingest.originals.head(photo.key) is None:
            self.catalogue.remove(photo)
        elif photo.state is State.TRASHED and photo.worker is None:
            self.removal.erase(photo)
        else:
            self.ingest.reconcile(photo.key, photo.event)
