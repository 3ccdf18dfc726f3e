"""SQLite files that lose nothing: each commit is on the disk when it returns, and damage is found before it spreads.

`open_database(path, schema, damaged_dir)` returns a `Database`. Use its autocommit `connection` for reads and
`with database.transaction():` for writes. Both may be used from any thread: a transaction is one thread's at a time,
and the others can read what it has not committed yet. Call `close()` at a regular end. Everything else happens by
itself. Beside FILE there are:

- FILE-wal: SQLite's log with the latest commits. synchronous=FULL syncs it at each commit.
- FILE.previous: the generation before, an online copy that has passed an integrity check, and its digest. It is renewed
  by `close()` and, while there are changes, every COPY_INTERVAL_SECONDS by a thread.
- FILE.state: "closed" with a digest of FILE, "starting", or "open". SQLite has no page checksums: the digest finds
  damaged bytes that an integrity check accepts. Without a regular end there is none, and the check is all there is.

At the next start, a FILE that is missing, empty, cut short or garbled is moved to `damaged_dir`, and the generation
before is used instead. One line on standard output says so (`DAMAGED`). What is lost is what changed since the copy. A
FILE.previous that is damaged is moved there as well and renewed. If both are damaged, UnusableDatabase is raised and
nothing is changed; but a file that SQLite can read, and has only changed since it was closed, is used, with a warning.

A damaged FILE-wal loses the transactions that SQLite can't replay (`log`): a copy is made, one line says how many are
known to be lost, and those before them are used. Without FILE-shm, a log that was cut short cannot be told from a
transaction that was never finished.
"""

from local.database.damage import DAMAGED, UnusableDatabase, is_lost, is_missing
from local.database.database import COPY_INTERVAL_SECONDS, Database, open_database

__all__ = ["COPY_INTERVAL_SECONDS", "DAMAGED", "Database", "UnusableDatabase", "is_lost", "is_missing", "open_database"]
