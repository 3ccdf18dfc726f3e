"""Full disks: what fails because of them says so in one line."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from local.errors import DamagedLibraryError, UserError

FULL_DISK = "The disk of this library is full. Free some space."
FULL_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_DISK_SQLITE_ERRORS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
MEGABYTE = 1024 * 1024
MIN_FREE_MB = 4  # a start needs about as much, for the indexes and logs of the databases


def free_bytes(path: Path) -> int:
    """What is free on the disk of a file or directory, or of where it would be created."""
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    status = os.statvfs(existing)
    return status.f_bavail * status.f_frsize


def is_full_disk_error(error: BaseException) -> bool:
    """Whether a call failed, or the services refused a request, because the disk is full."""
    if isinstance(error, OSError):
        return error.errno in FULL_DISK_ERRORS
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in FULL_DISK_SQLITE_ERRORS
    response = getattr(error, "response", None)  # botocore's ClientError
    metadata = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    return bool(metadata.get("HTTPStatusCode") == HTTPStatus.INSUFFICIENT_STORAGE)


def full_disk_error(path: Path) -> UserError:
    """What to tell the user."""
    free = free_bytes(path) / MEGABYTE
    return UserError(f"The disk is full: {free:.1f} MB are free in {path}. Free some space and try again.")


@contextmanager
def explain_full_disk(path: Path) -> Iterator[None]:
    """Turn any error inside the block into a UserError that says so if the disk of `path` is full.

    A process that fails on a full disk can't log why. Damage is reported as it is.
    """
    try:
        yield
    except DamagedLibraryError:
        raise
    except Exception as error:
        if is_full_disk_error(error) or free_bytes(path) < MIN_FREE_MB * MEGABYTE:
            raise full_disk_error(path) from error
        raise
