"""The index's multipart uploads. A completed object keeps the files of its parts: no byte is copied."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from local.ministack.objects.conditions import WriteCondition
from local.ministack.objects.connections import Connections, add_garbage
from local.ministack.objects.errors import no_such_upload
from local.ministack.objects.index import Stored, store
from local.ministack.objects.records import Content, Part, StoredFile, Upload

SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
    upload_id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    started INTEGER NOT NULL,
    headers TEXT NOT NULL,
    tags TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    full_object INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (bucket, key, upload_id);
CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    checksums TEXT NOT NULL,
    file TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS completed (
    upload_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) WITHOUT ROWID;
"""
MAX_COMPLETED = 1000  # versions back: for so long a repeated request to complete an upload succeeds
UPLOADS = "SELECT upload_id, bucket, key, started, headers, tags, algorithm, full_object FROM uploads WHERE "


class Uploads:
    """Multipart uploads by their id."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def start(self, upload: Upload) -> None:
        """Store a new upload."""
        columns = (
            upload.upload_id,
            upload.bucket,
            upload.key,
            upload.started,
            json.dumps(dict(upload.headers)),
            json.dumps(dict(upload.tags)),
            upload.algorithm,
            upload.full_object,
        )
        with self._connections.write() as connection:
            connection.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", columns)

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """An upload to this key; raises S3Error if there is none."""
        return _get(self._connections.reader, bucket, key, upload_id)

    def find(self, bucket: str, prefix: str, after: tuple[str, str], limit: int) -> list[Upload]:
        """Uploads to keys with this prefix, in order of key and id, after this key and id."""
        condition = "bucket = ? AND (key, upload_id) > (?, ?) AND key >= ? ORDER BY key, upload_id"
        found: list[Upload] = []
        for upload in _select(self._connections.reader, condition, bucket, *after, prefix):
            if len(found) == limit or not upload.key.startswith(prefix):
                break
            found.append(upload)
        return found

    def put_part(self, upload: Upload, part: Part) -> Sequence[str]:
        """Store a part and return the replaced part's file; raises S3Error if the upload has ended."""
        with self._connections.write() as connection:
            _get(connection, upload.bucket, upload.key, upload.upload_id)
            where = (upload.upload_id, part.number)
            replaced = connection.execute("SELECT file FROM parts WHERE upload_id = ? AND number = ?", where).fetchall()
            columns = (*where, part.etag, part.modified, json.dumps(dict(part.checksums)), part.file.name)
            connection.execute("REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", (*columns, part.file.size))
            return add_garbage(connection, (name for (name,) in replaced))

    def parts(self, upload: Upload, after: int = 0, limit: int = 10_000) -> list[Part]:
        """Parts with higher numbers than `after`."""
        rows = self._connections.reader.execute(
            "SELECT number, etag, modified, checksums, file, size FROM parts"
            " WHERE upload_id = ? AND number > ? ORDER BY number LIMIT ?",
            (upload.upload_id, after, limit),
        )
        return [
            Part(number, etag, modified, json.loads(checksums), StoredFile(name, size))
            for number, etag, modified, checksums, name, size in rows
        ]

    def complete(self, upload: Upload, content: Content, *, versioned: bool, condition: WriteCondition) -> Stored:
        """Turn the upload into a version; returns it with the files that it replaced and those of unused parts."""
        with self._connections.write() as connection:
            _get(connection, upload.bucket, upload.key, upload.upload_id)
            stored = store(connection, upload.bucket, upload.key, content, versioned=versioned, condition=condition)
            unused = set(_end(connection, upload)) - {file.name for file in content.files}
            number = stored.version.number
            connection.execute("DELETE FROM completed WHERE version < ?", (number - MAX_COMPLETED,))
            connection.execute("INSERT INTO completed VALUES (?, ?)", (upload.upload_id, number))
            return Stored(stored.version, [*stored.replaced, *add_garbage(connection, unused)])

    def abort(self, upload: Upload) -> Sequence[str]:
        """End the upload and return the files of its parts."""
        with self._connections.write() as connection:
            return add_garbage(connection, _end(connection, upload))

    def completed_number(self, upload_id: str) -> int | None:
        """The version that this upload became: a client may repeat the request that completed it."""
        row = self._connections.reader.execute(
            "SELECT version FROM completed WHERE upload_id = ?", (upload_id,)
        ).fetchone()
        return int(row[0]) if row else None

    def is_empty(self, bucket: str) -> bool:
        """Whether there is no upload to this bucket."""
        return next(_select(self._connections.reader, "bucket = ? LIMIT 1", bucket), None) is None

    def files(self) -> Iterator[StoredFile]:
        """The file of every part."""
        for name, size in self._connections.reader.execute("SELECT file, size FROM parts"):
            yield StoredFile(name, size)


def _select(connection: sqlite3.Connection, condition: str, *arguments: Any) -> Iterator[Upload]:
    for upload_id, bucket, key, started, headers, tags, algorithm, full_object in connection.execute(
        UPLOADS + condition, arguments
    ):
        yield Upload(
            upload_id, bucket, key, started, json.loads(headers), json.loads(tags), algorithm, bool(full_object)
        )


def _get(connection: sqlite3.Connection, bucket: str, key: str, upload_id: str) -> Upload:
    condition = "upload_id = ? AND bucket = ? AND key = ?"
    if (upload := next(_select(connection, condition, upload_id, bucket, key), None)) is None:
        raise no_such_upload()
    return upload


def _end(connection: sqlite3.Connection, upload: Upload) -> list[str]:
    rows = connection.execute("SELECT file FROM parts WHERE upload_id = ?", (upload.upload_id,)).fetchall()
    connection.execute("DELETE FROM parts WHERE upload_id = ?", (upload.upload_id,))
    connection.execute("DELETE FROM uploads WHERE upload_id = ?", (upload.upload_id,))
    return [name for (name,) in rows]
