"""Connections to the index: one that writes, and one per thread that reads."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.ministack.objects.errors import storage_full

BUSY_TIMEOUT_SECONDS = 10.0


class Connections:
    """Transactions on one SQLite file in WAL mode; `synchronous=FULL` syncs the log at every commit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._readers = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = FULL")

    def create(self, schema: str) -> None:
        """Create tables and indexes that do not exist."""
        self._writer.executescript(f"BEGIN; {schema} COMMIT;")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction, committed at the end of the block; raises S3Error 507 if the disk is full."""
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException as error:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                    raise storage_full(str(error)) from error
                raise

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's connection for queries."""
        if not hasattr(self._readers, "connection"):
            self._readers.connection = self._connect()
        connection: sqlite3.Connection = self._readers.connection
        return connection

    def close(self) -> None:
        """Close all connections; the last one merges the log into the file."""
        with self._lock:
            while self._all:
                self._all.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._all.append(connection)
        return connection
