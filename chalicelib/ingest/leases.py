"""Leases: who has a photo in hand, and for how long.

Whoever makes or removes the files of a photo holds it meanwhile, under a name of their own in its record.
Nobody else touches those files: they write into the record what they want, and the holder's next commit fails
on it. A holder that dies is survived by the due list, where the photo stands from the first moment on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, Unavailable
from chalicelib.library.photo import Photo, PhotoStore, State

# The longest time limit of a function: whoever began longer ago than this is dead, and the next may begin.
LEASE_DURATION = timedelta(seconds=60)


def is_leased(photo: Photo, *, now: datetime, worker: str | None = None) -> bool:
    """Whether somebody other than this worker has the photo in hand."""
    return photo.worker not in (None, worker) and photo.due_at is not None and photo.due_at > now


def acquire(photo: Photo, state: State, *, worker: str, now: datetime) -> Photo:
    """The photo in this worker's hands, one attempt more; one that holds it already only begins again."""
    attempts = photo.attempts + (photo.worker != worker)
    return replace(photo, state=state, worker=worker, due_at=now + LEASE_DURATION, attempts=attempts)


@contextmanager
def release_on_error(photos: PhotoStore, photo: Photo, now: Callable[[], datetime]) -> Iterator[None]:
    """Let go after an error (not a death): whoever comes next may begin at once, and the file is not to blame."""
    try:
        yield
    except Conflict:
        raise  # the holder looks again, and still holds it
    except Exception:
        with suppress(Conflict, Unavailable):  # else the lease runs out by itself
            photos.commit(photo, replace(photo, worker=None, due_at=now(), attempts=photo.attempts - 1))
        raise
