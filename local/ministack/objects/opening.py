"""Opens the objects of a library, and cleans up after a kill."""

import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.ministack.objects import index, uploads
from local.ministack.objects.connections import Connections
from local.ministack.objects.files import Files
from local.ministack.objects.index import Index
from local.ministack.objects.records import StoredFile
from local.ministack.objects.storage import Buckets, Storage
from local.ministack.objects.uploads import Uploads

INDEX = "objects.sqlite"
SCHEMA = index.SCHEMA + uploads.SCHEMA


@dataclass(frozen=True, slots=True)
class Sweep:
    """The numbers of files that are missing, that have not their recorded size, and that no row refers to."""

    missing: int
    damaged: int
    unknown: int
    moved_to: Path

    def damage(self) -> str:
        """What is wrong with the files of objects, or an empty string."""
        counts = ((self.missing, "missing"), (self.damaged, "cut short or changed"))
        found = ", ".join(f"{count} {what}" for count, what in counts if count)
        return f"files of objects are damaged ({found})" if found else ""

    def unknown_files(self) -> str:
        """What was done with files without a row, or an empty string."""
        if not self.unknown:
            return ""
        return (
            f"{self.unknown} files that belong to no object are now in {self.moved_to}: they are of uploads that were "
            "interrupted, or of objects whose entries were lost with a damaged database."
        )


def open_connections(root: Path, damaged_dir: Path) -> Connections:
    """The index in a directory."""
    return Connections(root / INDEX, SCHEMA, damaged_dir)


def open_storage(root: Path, damaged_dir: Path, buckets: Buckets, *, reserve: int) -> Storage:
    """The objects below a directory; `reserve` bytes of the disk stay free."""
    connections = open_connections(root, damaged_dir)
    files = Files(root, reserve=reserve, start=secrets.token_hex(4))
    files.prepare()
    storage = Storage(connections, Index(connections), Uploads(connections), files, buckets)
    storage.discard(connections.garbage())
    return storage


def sweep(storage: Storage, damaged_dir: Path, *, stopping: Callable[[], bool] = lambda: False) -> Sweep:
    """Compare the files of earlier starts with the index; nothing is deleted.

    A process that is killed after it has renamed a file and before the commit leaves a file without a row. So does an
    index that has lost its latest rows: such files are moved aside, as they may hold data.
    """
    target = damaged_dir / "objects"
    suspects = {file.name: file.size for file in _referenced(storage)}
    garbage = set(storage.connections.garbage())
    unknown = 0
    for files in storage.files.of_earlier_starts():
        if stopping():
            return Sweep(0, 0, unknown, target)
        for file in files:
            if suspects.get(file.name) == file.size:
                del suspects[file.name]
            elif file.name not in suspects and file.name not in garbage:
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.move(storage.files.path(file.name), target / file.name)
                unknown += 1
    missing, damaged = _count_damaged(storage, suspects)
    return Sweep(missing, damaged, unknown, target)


def _count_damaged(storage: Storage, suspects: Collection[str]) -> tuple[int, int]:
    """How many of these files are missing, and have a wrong size, if they still belong to an object."""
    missing = damaged = 0
    for file in _referenced(storage) if suspects else ():
        if file.name in suspects:
            try:
                damaged += storage.files.path(file.name).stat().st_size != file.size
            except FileNotFoundError:
                missing += 1
    return missing, damaged


def _referenced(storage: Storage) -> Iterator[StoredFile]:
    """The file of each version and part, all as of one moment."""
    connection = storage.connections.reader
    connection.execute("BEGIN")
    try:
        yield from storage.index.files()
        yield from storage.uploads.files()
    finally:
        connection.execute("COMMIT")
