"""Access to the index: transactions of one writer, queries of each thread, and files that are no longer needed.

A file whose last row is deleted is noted in the table `garbage` by the same transaction, deleted after the commit, and
forgotten with the next transaction. After a kill the noted files are deleted at the next start.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.database import Database, open_database
from local.disk_space import is_full_disk_error
from local.ministack.objects.errors import storage_full

GARBAGE = "CREATE TABLE IF NOT EXISTS garbage (name TEXT PRIMARY KEY) WITHOUT ROWID;"


class Connections:
    """An open index. A commit is on the disk when `write` returns."""

    def __init__(self, path: Path, schema: str, damaged_dir: Path) -> None:
        self.database: Database = open_database(path, f"BEGIN; {GARBAGE} {schema} COMMIT;", damaged_dir)
        self._readers = threading.local()
        self._all_readers: list[sqlite3.Connection] = []
        self._forgotten: list[str] = []

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction, committed at the end of the block; raises S3Error 507 if the disk is full."""
        forgotten = list(self._forgotten)
        try:
            with self.database.transaction() as connection:
                connection.executemany("DELETE FROM garbage WHERE name = ?", [(name,) for name in forgotten])
                yield connection
        except sqlite3.OperationalError as error:
            raise from_sqlite(error) from error
        self._forgotten = [name for name in self._forgotten if name not in forgotten]

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's connection for queries, which sees only what is committed."""
        if not hasattr(self._readers, "connection"):
            connection = sqlite3.connect(self.database.path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA query_only = ON")
            self._all_readers.append(connection)
            self._readers.connection = connection
        found: sqlite3.Connection = self._readers.connection
        return found

    def forget(self, names: Iterable[str]) -> None:
        """These files are deleted: the next transaction removes them from the garbage."""
        self._forgotten += names

    def garbage(self) -> list[str]:
        """The files that a killed process did not delete, or that are being deleted."""
        return [name for (name,) in self.reader.execute("SELECT name FROM garbage")]

    def close(self) -> None:
        """Close all connections."""
        while self._all_readers:
            self._all_readers.pop().close()
        self.database.close()


def from_sqlite(error: sqlite3.OperationalError) -> Exception:
    """S3Error 507 if the disk is full, otherwise the same error."""
    return storage_full(str(error)) if is_full_disk_error(error) else error


def add_garbage(connection: sqlite3.Connection, names: Iterable[str]) -> list[str]:
    """Note files to be deleted after the commit; returns their names."""
    listed = list(names)
    connection.executemany("INSERT OR IGNORE INTO garbage VALUES (?)", [(name,) for name in listed])
    return listed
