"""Opens the objects of a library, and cleans up after a kill."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.database import DAMAGED
from local.ministack.objects import index, uploads
from local.ministack.objects.connections import Connections
from local.ministack.objects.files import Files
from local.ministack.objects.index import Index
from local.ministack.objects.records import StoredFile
from local.ministack.objects.storage import Buckets, Storage
from local.ministack.objects.uploads import Uploads

INDEX = "objects.sqlite"
STARTS = "CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY AUTOINCREMENT);"
SCHEMA = STARTS + index.SCHEMA + uploads.SCHEMA
MAX_NAMED = 5  # missing objects that are named; all are counted


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was found: objects whose file is missing, and files that no row refers to."""

    missing: list[str]
    unknown: int
    moved_to: Path

    def lines(self) -> Iterator[str]:
        """What the user should know, a line each."""
        if self.missing:
            names = ", ".join(self.missing[:MAX_NAMED]) + (", …" if len(self.missing) > MAX_NAMED else "")
            yield f"{DAMAGED}the files of {len(self.missing)} objects are missing: {names}"
        if self.unknown:
            yield f"{self.unknown} files of objects that were not completely stored are now in {self.moved_to}"


def open_connections(root: Path, damaged_dir: Path) -> Connections:
    """The index in a directory."""
    return Connections(root / INDEX, SCHEMA, damaged_dir)


def open_storage(root: Path, damaged_dir: Path, buckets: Buckets, *, reserve: int) -> Storage:
    """The objects below a directory; `reserve` bytes of the disk are kept free."""
    connections = open_connections(root, damaged_dir)
    files = Files(root, reserve=reserve, start=_count_start(connections))
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
    names = {file.name for _, _, file in _referenced(storage)} | set(storage.connections.garbage())
    count = 0
    for found in storage.files.names():
        if stopping():
            return Sweep([], count, target)
        for name in found:
            if name not in names:
                target.mkdir(parents=True, exist_ok=True)
                shutil.move(storage.files.path(name), target / name)
                count += 1
        names.difference_update(found)
    missing = [
        f"{bucket}/{key}"
        for bucket, key, file in (_referenced(storage) if names else ())
        if file.name in names and not storage.files.path(file.name).exists()
    ]
    return Sweep(missing, count, target)


def _referenced(storage: Storage) -> Iterator[tuple[str, str, StoredFile]]:
    """Bucket, key and file of each version and part, all as of one moment."""
    connection = storage.connections.reader
    connection.execute("BEGIN")
    try:
        yield from storage.index.files()
        yield from storage.uploads.files()
    finally:
        connection.execute("COMMIT")


def _count_start(connections: Connections) -> int:
    with connections.write() as connection:
        number = connection.execute("INSERT INTO starts DEFAULT VALUES").lastrowid or 0
        connection.execute("DELETE FROM starts WHERE number < ?", (number,))
        return int(number)
