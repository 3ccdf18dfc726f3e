"""Files of objects: written under a temporary name, synced, renamed, and their directory synced.

`incoming/` holds what is being written, `data/xx/` the complete files, in up to 256 directories that are created for
the first file in each. A file belongs to one version or part for ever and is never changed; its name has nothing to do
with the object's key.
"""

import errno
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from local.database import DAMAGED
from local.disk_space import FULL_DISK_ERRORS
from local.log_lines import log_line
from local.ministack.objects.errors import storage_full
from local.ministack.objects.records import StoredFile

CHECK_EVERY_BYTES = 16 * 1024 * 1024
FULL_DISK = FULL_DISK_ERRORS | {errno.EFBIG}
MEGABYTE = 1024 * 1024


class Files:
    """The files below one directory, of which `reserve` bytes of the disk stay free."""

    def __init__(self, root: Path, *, reserve: int, start: str) -> None:
        self._incoming = root / "incoming"
        self._data = root / "data"
        self._reserve = reserve
        self._start = start  # the first part of new names: the sweep leaves the files of the running process alone
        self._reported = False
        self._directories: set[Path] = set()  # those in `data` that are durable

    def prepare(self) -> None:
        """Create the directories and delete what a killed process was writing."""
        for directory in (self._incoming, self._data):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directories = set(self._data.iterdir())
        for directory in (self._incoming, self._data, *directories):
            directory.chmod(0o700)  # those of an older version
        for path in self._incoming.iterdir():
            path.unlink()
        for directory in (self._data, self._data.parent):
            sync_directory(directory)
        self._directories = directories

    def create(self) -> "IncomingFile":
        """A new temporary file."""
        name = self._new_name()
        return IncomingFile(self, name, self._incoming / name)

    def path(self, name: str) -> Path:
        """Where a complete file is."""
        return self._data / name[-2:] / name

    def new_path(self, name: str) -> Path:
        """Where a complete file is put, in a directory that is durable when this returns."""
        path = self.path(name)
        if path.parent not in self._directories:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self._data)
            self._directories.add(path.parent)
        return path

    def link(self, files: Sequence[StoredFile]) -> list[StoredFile]:
        """The same bytes under new names, which are durable when this returns; raises OSError for a damaged file."""
        linked: list[StoredFile] = []
        try:
            with full_disk_as_507():
                for file in files:
                    if self.path(file.name).stat().st_size != file.size:
                        raise OSError(errno.EIO, "a file of an object has not its recorded size")
                    copy = StoredFile(self._new_name(), file.size)
                    os.link(self.path(file.name), self.new_path(copy.name))
                    linked.append(copy)
                    sync_directory(self.path(copy.name).parent)
        except BaseException:
            self.remove([file.name for file in linked])
            raise
        return linked

    def adopt(self, path: Path) -> StoredFile:
        """A file from elsewhere under a new name, linked if possible; not synced."""
        file = StoredFile(self._new_name(), path.stat().st_size)
        target = self.new_path(file.name)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
        target.chmod(0o600)
        return file

    def remove(self, names: list[str]) -> None:
        """Delete complete files; those that are gone are ignored."""
        for name in names:
            with suppress(FileNotFoundError):
                self.path(name).unlink()

    def report_damage(self, what: str = "the file of an object is missing or damaged") -> None:
        """Say in one line, once in each run, that objects can't be read; without names, as they are private."""
        if not self._reported:
            self._reported = True
            log_line(f"{DAMAGED}{what}: requests for such an object are answered with an error.")

    def check_space(self, size: int) -> None:
        """Raise S3Error if the disk has no room for so many bytes and the reserve."""
        status = os.statvfs(self._data)
        free = status.f_bavail * status.f_frsize
        if free - size < self._reserve:
            needed = f", and {size // MEGABYTE} MB are needed" if size >= MEGABYTE else ""
            raise storage_full(f"{free // MEGABYTE} MB are free, {self._reserve // MEGABYTE} MB must stay free{needed}")

    def of_earlier_starts(self) -> Iterator[list[StoredFile]]:
        """The complete files of earlier starts, one directory at a time."""
        for directory in sorted(self._data.iterdir()):
            paths = [path for path in directory.iterdir() if path.name.partition("-")[0] != self._start]
            yield [StoredFile(path.name, size) for path in paths if (size := _size(path)) is not None]

    def _new_name(self) -> str:
        return f"{self._start}-{uuid.uuid4().hex}"


class IncomingFile:
    """A file that is being written; it disappears unless it is published."""

    def __init__(self, files: Files, name: str, path: Path) -> None:
        self.name = name
        self.size = 0
        self._files = files
        self._path = path
        self._descriptor = -1
        self._checked_at = 0

    def __enter__(self) -> Self:
        with full_disk_as_507():
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def write(self, data: bytes) -> None:
        """Append bytes; raises S3Error if the disk is full."""
        if self.size + len(data) > self._checked_at:
            self._files.check_space(len(data))
            self._checked_at = self.size + CHECK_EVERY_BYTES
        left = memoryview(data)
        with full_disk_as_507():
            while left:
                left = left[os.write(self._descriptor, left) :]
        self.size += len(data)

    def publish(self) -> None:
        """Sync the file, give it its name and sync the directory; raises S3Error if the disk is full."""
        with full_disk_as_507():
            target = self._files.new_path(self.name)
            os.fsync(self._descriptor)
            self._path.rename(target)
            sync_directory(target.parent)

    def discard(self) -> None:
        """Close the file and delete its temporary name, which a published file no longer has."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            with suppress(FileNotFoundError):
                self._path.unlink()


class full_disk_as_507:  # noqa: N801 (a context manager that is used as a function)
    """Turn an OSError of a full disk into S3Error 507."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise storage_full(os.strerror(error.errno)) from error


def _size(path: Path) -> int | None:
    """The size of a file; None if it was deleted a moment ago."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
