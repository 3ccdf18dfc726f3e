"""Opens the objects of a library, and cleans up after a kill."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local.ministack.objects.connections import Connections
from local.ministack.objects.files import Files
from local.ministack.objects.index import Index
from local.ministack.objects.records import StoredFile
from local.ministack.objects.storage import Buckets, Storage
from local.ministack.objects.uploads import Uploads

INDEX = "objects.sqlite"
STARTS = "CREATE TABLE IF NOT EXISTS starts (number INTEGER PRIMARY KEY AUTOINCREMENT)"
MAX_NAMED = 5  # missing objects that are named; all are counted


@dataclass(frozen=True, slots=True)
class Sweep:
    """Files without a row, of which nobody was told, and the objects whose file is missing."""

    deleted: int
    kept: int
    missing: list[str]

    def lines(self) -> Iterator[str]:
        """What a user should know, a line each."""
        if self.missing:
            names = ", ".join(self.missing[:MAX_NAMED]) + (", …" if len(self.missing) > MAX_NAMED else "")
            yield f"damaged: the file of {len(self.missing)} objects is missing: {names}"
        if self.kept:
            yield f"damaged: {self.kept} files of objects have no entry in the index; they were left where they are"


def open_storage(root: Path, buckets: Buckets, *, reserve: int) -> Storage:
    """The objects below a directory; `reserve` bytes of the disk are kept free."""
    root.mkdir(parents=True, exist_ok=True)
    connections = Connections(root / INDEX)
    index, uploads = Index(connections), Uploads(connections)
    files = Files(root, reserve=reserve, start=_count_start(connections))
    files.prepare()
    return Storage(connections, index, uploads, files, buckets)


def sweep(storage: Storage, *, index_is_complete: bool, stopping: Callable[[], bool] = lambda: False) -> Sweep:
    """Delete the files of earlier starts that have no row, and find the rows that have no file.

    A process that is killed between renaming a file and the commit, or between a commit and the deletion of a
    replaced file, leaves such files; nobody was told that they are stored. After the index was restored from an older
    generation they may hold data, so then none is deleted.
    """
    names = {file.name for _, _, file in _referenced(storage)}
    deleted = kept = 0
    for found in storage.files.names():
        if stopping():
            return Sweep(deleted, kept, [])
        unknown = [name for name in found if name not in names]
        names.difference_update(found)
        if index_is_complete:
            storage.files.remove(unknown)
            deleted += len(unknown)
        else:
            kept += len(unknown)
    missing = [
        f"{bucket}/{key}"
        for bucket, key, file in (_referenced(storage) if names else ())
        if file.name in names and not storage.files.path(file.name).exists()
    ]
    return Sweep(deleted, kept, missing)


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
        connection.execute(STARTS)
        number = connection.execute("INSERT INTO starts DEFAULT VALUES").lastrowid or 0
        connection.execute("DELETE FROM starts WHERE number < ?", (number,))
        return int(number)
