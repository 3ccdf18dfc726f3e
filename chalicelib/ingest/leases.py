"""Leases: which worker may create or delete the files of a photo, and until when.

A worker holds the lease under an id in the photo's record. Others never touch the files of a leased photo: they write
what changed into the record, and the holder's next commit conflicts with that. If the holder dies, the due list has
the photo from the start of the lease.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, Unavailable
from chalicelib.library.photo import Photo, PhotoStore, State

# The longest timeout of a function: a worker that started longer ago is dead.
LEASE_DURATION = timedelta(seconds=60)
# A lease that lasts longer than this from now was taken before the clock was set back: its worker is long dead.
MAX_REMAINING = 2 * LEASE_DURATION


def is_leased(photo: Photo, *, now: datetime, worker: str | None = None) -> bool:
    """Whether a worker other than this one holds the lease."""
    if photo.worker in (None, worker) or photo.due_at is None:
        return False
    return now < photo.due_at <= now + MAX_REMAINING


def acquire(photo: Photo, state: State, *, worker: str, now: datetime) -> Photo:
    """The photo leased to this worker; counts one more attempt unless the worker already holds the lease."""
    attempts = photo.attempts + (photo.worker != worker)
    return replace(photo, state=state, worker=worker, due_at=now + LEASE_DURATION, attempts=attempts)


@contextmanager
def release_on_error(photos: PhotoStore, photo: Photo, now: Callable[[], datetime]) -> Iterator[None]:
    """Release the lease after an error, so that a retry may start at once; errors do not count as attempts."""
    try:
        yield
    except Conflict:
        raise  # the holder reads again and still holds the lease
    except Exception:
        with suppress(Conflict, Unavailable):  # else the lease expires
            photos.commit(photo, replace(photo, worker=None, due_at=now(), attempts=photo.attempts - 1))
        raise
