"""The photos of a catalogue and those of a library, matched, in a temporary database, so that memory does not grow."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Self

SCHEMA = """
CREATE TABLE exported (
    photo_id TEXT PRIMARY KEY, path TEXT, sha256 TEXT, line TEXT NOT NULL, found TEXT
) WITHOUT ROWID;
CREATE TABLE library (photo_id TEXT PRIMARY KEY, sha256 TEXT, line TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX exported_sha256 ON exported (sha256);
CREATE INDEX library_sha256 ON library (sha256);
CREATE INDEX found ON exported (found);
CREATE INDEX path ON exported (path);
"""
_MATCH = """
UPDATE exported SET found = (
    SELECT library.photo_id FROM library WHERE {}
    AND NOT EXISTS (SELECT 1 FROM exported AS other WHERE other.found = library.photo_id) LIMIT 1
) WHERE photo_id = ?
"""
_SAME_BYTES = "library.sha256 = exported.sha256"
_SAME_STATE = " AND library.line ->> 'state' = exported.line ->> 'state'"
_SAME_NAME = (
    "library.sha256 IS NULL AND library.line ->> 'filename' = exported.line ->> 'filename' "
    "AND ifnull(library.line ->> 'bytes' = exported.line ->> 'bytes', true)"
)

# Of a file that a library could not read, it knows no SHA-256: then the catalogue has that of its counterpart.
_MISSING = """
SELECT line,
    EXISTS (SELECT 1 FROM library WHERE library.sha256 = exported.sha256)
    OR EXISTS (SELECT 1 FROM exported AS other WHERE other.sha256 = exported.sha256 AND other.found IS NOT NULL)
FROM exported WHERE found IS NULL
"""

type Json = Mapping[str, Any]


class Index:
    """Photos of both sides by id and by SHA-256."""

    def __init__(self) -> None:
        # The name of a database on disk that SQLite deletes when it is closed.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(SCHEMA)

    def __enter__(self) -> Self:
        """The index itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete it."""
        self._connection.close()

    def add_exported(self, line: Json) -> bool:
        """Add a photo of the catalogue; False if it has one of this id already."""
        row = (line["photo_id"], line["path"], line["sha256"], json.dumps(line))
        added = self._connection.execute("INSERT OR IGNORE INTO exported VALUES (?, ?, ?, ?, NULL)", row)
        return added.rowcount == 1

    def add_found(self, line: Json) -> None:
        """Add a photo of the library; one that is added twice counts as it was last."""
        row = (line["photo_id"], line["sha256"], json.dumps(line))
        self._connection.execute("REPLACE INTO library VALUES (?, ?, ?)", row)

    def match(self) -> None:
        """Match photos by their id, then those that are left by their SHA-256, of a state first.

        Of photos that it could not read, or has not yet, a library knows no SHA-256: name and size take its place.
        """
        self._connection.execute(
            "UPDATE exported SET found = photo_id WHERE photo_id IN (SELECT photo_id FROM library)"
        )
        for condition in (_SAME_BYTES + _SAME_STATE, _SAME_BYTES, _SAME_NAME):
            rows = self._connection.execute("SELECT photo_id FROM exported WHERE found IS NULL")
            for row in rows.fetchall():  # one by one: each photo has one counterpart at most
                self._connection.execute(_MATCH.format(condition), row)

    def pairs(self) -> Iterator[tuple[Json, Json]]:
        """The photos of both sides that are the same."""
        rows = self._connection.execute(
            "SELECT exported.line, library.line FROM exported JOIN library ON library.photo_id = found"
        )
        return ((json.loads(one), json.loads(other)) for one, other in rows)

    def exported(self) -> Iterator[Json]:
        """The photos of the catalogue."""
        return (json.loads(line) for (line,) in self._connection.execute("SELECT line FROM exported"))

    def has_path(self, path: str) -> bool:
        """Whether a photo of the catalogue has this path."""
        return self._connection.execute("SELECT 1 FROM exported WHERE path = ?", (path,)).fetchone() is not None

    def missing(self) -> Iterator[tuple[Json, bool]]:
        """The photos of the catalogue that the library lacks, and whether it has their bytes as another photo."""
        return ((json.loads(line), bool(has_bytes)) for line, has_bytes in self._connection.execute(_MISSING))

    def unknown(self) -> Iterator[Json]:
        """The photos of the library that the catalogue lacks."""
        rows = self._connection.execute(
            "SELECT line FROM library WHERE NOT EXISTS (SELECT 1 FROM exported WHERE found = library.photo_id)"
        )
        return (json.loads(line) for (line,) in rows)

    def exported_id(self, photo_id: str | None) -> str | None:
        """The id in the catalogue of a photo of the library; its own if it has no other."""
        row = self._connection.execute("SELECT photo_id FROM exported WHERE found = ?", (photo_id,)).fetchone()
        return row[0] if row else photo_id
