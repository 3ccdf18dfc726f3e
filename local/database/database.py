"""An open database: transactions, regular copies and a regular end."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.database import damage
from local.database.files import copy_database, copy_file, digest, log_file, state_file
from local.files import write_atomically
from local.log_lines import log_line

COPY_INTERVAL_SECONDS = 900.0
COPY_COST_FACTOR = 50  # copying takes at most a fiftieth of the time


class Database:
    """An open SQLite file; created by `open_database`."""

    def __init__(self, path: Path, schema: str, damaged_dir: Path, copy_interval_seconds: float) -> None:
        self.path = path
        self._damaged_dir = damaged_dir
        self._copy_interval = copy_interval_seconds
        copy_is_current = not self._changed_since_copy()
        has_log = log_file(path).exists()
        path.touch(mode=0o600)  # SQLite gives its log the same mode
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._copy_lock = threading.Lock()
        self._closing = threading.Event()
        self._copied_changes = -1
        try:
            self._prepare(schema, has_log=has_log, copy_is_current=copy_is_current)
        except BaseException:
            self.connection.close()
            raise
        self._copier = threading.Thread(target=self._keep_copied, daemon=True, name=f"copy of {path.name}")
        self._copier.start()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: on the disk at the end of the block, undone by an exception. Inside another, part of it."""
        with self._lock:
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # some errors of COMMIT have ended it already
                    self.connection.execute("ROLLBACK")
                raise

    def copy(self) -> None:
        """Renew the generation before; raises sqlite3.Error or OSError, and keeps the old one, if that fails."""
        with self._copy_lock:
            with self._lock:  # between transactions: what has not been committed is not in the copy
                changes = self.connection.total_changes
            copy_database(self.path, copy_file(self.path))
            self._copied_changes = changes

    def close(self) -> None:
        """Move the log into the file, write its digest, and renew the generation before if anything has changed."""
        self._closing.set()
        self._copier.join()
        with self._lock:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Before the connection closes, which removes the log: while this says "open", a missing log means damage.
            write_atomically(state_file(self.path), f"closed {digest(self.path)}\n".encode())
            changed = self.connection.total_changes != self._copied_changes or not copy_file(self.path).exists()
            self.connection.close()
        if changed:
            copy_database(self.path, copy_file(self.path))
        else:
            os.utime(copy_file(self.path))

    def _prepare(self, schema: str, *, has_log: bool, copy_is_current: bool) -> None:
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone leaves data in the disk's cache
        if has_log:
            self._empty_log()
        self.connection.executescript(schema)
        # The first commit of each run: from now on a missing or empty log means that it was lost.
        (runs,) = self.connection.execute("PRAGMA user_version").fetchone()
        self.connection.execute(f"PRAGMA user_version={runs + 1}")
        write_atomically(state_file(self.path), b"open\n")
        if copy_is_current:
            self._copied_changes = self.connection.total_changes
        if not copy_file(self.path).exists():
            self.copy()

    def _empty_log(self) -> None:
        """Move what a killed process left in the log into the file; a new log has a salt of its own.

        Otherwise frames that were never committed, or whose damage was reported, would look like lost ones later.
        """
        write_atomically(state_file(self.path), b"starting\n")  # from now on an empty log is no damage
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _changed_since_copy(self) -> bool:
        try:
            return self.path.stat().st_mtime_ns > copy_file(self.path).stat().st_mtime_ns
        except FileNotFoundError:
            return True

    def _keep_copied(self) -> None:
        if self._is_copy_needed():
            self._try_to_copy()
        interval = self._copy_interval
        while not self._closing.wait(interval):
            if self.connection.total_changes == self._copied_changes and copy_file(self.path).exists():
                continue
            started_at = time.monotonic()
            self._try_to_copy()
            interval = max(self._copy_interval, COPY_COST_FACTOR * (time.monotonic() - started_at))

    def _is_copy_needed(self) -> bool:
        try:
            with self._copy_lock:
                return damage.repair_copy(self.path, self._damaged_dir)
        except OSError as error:
            log_line(f"{copy_file(self.path).name} could not be read: {error}")
            return True

    def _try_to_copy(self) -> None:
        try:
            self.copy()
        except (sqlite3.Error, OSError) as error:
            log_line(f"{self.path.name} could not be copied: {error}")


def open_database(
    path: Path, schema: str, damaged_dir: Path, *, copy_interval_seconds: float = COPY_INTERVAL_SECONDS
) -> Database:
    """The database at `path`, created if it never existed; `schema` is SQL that may run at every start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    damage.repair(path, damaged_dir)
    return Database(path, schema, damaged_dir, copy_interval_seconds)
