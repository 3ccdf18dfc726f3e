"""The index of all objects: an SQLite file with one row for each version.

Every change is one transaction that is synced before its method returns. Methods that replace or delete rows return the
names of the files that nothing refers to any more; they are deleted after that.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.ministack.objects.conditions import WriteCondition
from local.ministack.objects.connections import Connections, add_garbage
from local.ministack.objects.errors import no_such_version
from local.ministack.objects.records import (
    NULL,
    Content,
    StoredFile,
    Version,
    dump_content,
    load_content,
    load_files,
    new_id,
    now_ms,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    version_id TEXT NOT NULL,
    current INTEGER NOT NULL,
    marker INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    size INTEGER NOT NULL,
    files TEXT NOT NULL,
    etag TEXT NOT NULL,
    headers TEXT NOT NULL,
    tags TEXT NOT NULL,
    checksums TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (bucket, key, number DESC);
CREATE UNIQUE INDEX IF NOT EXISTS current_objects ON versions (bucket, key) WHERE current AND NOT marker;
"""
COLUMNS = "number, bucket, key, version_id, current, marker, modified, size, files, etag, headers, tags, checksums"
SELECT = f"SELECT {COLUMNS} FROM versions WHERE "  # noqa: S608 (a constant)


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored version, and the files that it replaced."""

    version: Version
    replaced: Sequence[str]


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion did: the new delete marker or the deleted version, whether there was an object, and its files."""

    version: Version | None
    existed: bool
    removed: Sequence[str]


class Index:
    """Versions by bucket and key."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def current(self, bucket: str, key: str) -> Version | None:
        """The current object, or the delete marker that hides it; None if the key has no version."""
        return _one(self._connections.reader, "bucket = ? AND key = ? ORDER BY number DESC LIMIT 1", bucket, key)

    def version(self, bucket: str, key: str, version_id: str) -> Version | None:
        """One version or delete marker, or None."""
        return _one(self._connections.reader, "bucket = ? AND key = ? AND version_id = ?", bucket, key, version_id)

    def put(
        self, bucket: str, key: str, content: Content, *, versioned: bool, condition: WriteCondition | None = None
    ) -> Stored:
        """Store a version that becomes the current one; raises S3Error if the condition does not hold."""
        with self._connections.write() as connection:
            return store(connection, bucket, key, content, versioned=versioned, condition=condition or WriteCondition())

    def delete(self, bucket: str, key: str, versioning: str, condition: WriteCondition) -> Deleted:
        """Delete the object, or hide it by a delete marker if the bucket has versioning."""
        with self._connections.write() as connection:
            current = _object(connection, bucket, key)
            condition.check(current)
            if versioning:
                marker = store(connection, bucket, key, None, versioned=versioning == "Enabled")
                return Deleted(marker.version, current is not None, marker.replaced)
            return Deleted(None, current is not None, _remove(connection, bucket, key, NULL))

    def delete_version(self, bucket: str, key: str, version_id: str) -> Deleted:
        """Delete one version or delete marker for ever; the latest of the others becomes the current one."""
        with self._connections.write() as connection:
            version = _one(connection, "bucket = ? AND key = ? AND version_id = ?", bucket, key, version_id)
            removed = _remove(connection, bucket, key, version_id) if version else []
            return Deleted(version, version is not None, removed)

    def set_tags(self, version: Version, tags: Mapping[str, str]) -> None:
        """Replace a version's tags; raises S3Error if it is gone."""
        text = dump_content(Content(tags=tags))[3]
        with self._connections.write() as connection:
            changed = connection.execute("UPDATE versions SET tags = ? WHERE number = ?", (text, version.number))
            if not changed.rowcount:
                raise no_such_version()

    def is_empty(self, bucket: str) -> bool:
        """Whether the bucket has no version and no delete marker."""
        return _one(self._connections.reader, "bucket = ? LIMIT 1", bucket) is None

    def files(self) -> Iterator[StoredFile]:
        """The files of every version."""
        for (files,) in self._connections.reader.execute("SELECT files FROM versions"):
            yield from load_files(files)


def store(
    connection: sqlite3.Connection,
    bucket: str,
    key: str,
    content: Content | None,
    *,
    versioned: bool,
    condition: WriteCondition | None = None,
    modified: int | None = None,
    version_id: str | None = None,
) -> Stored:
    """Insert a version, or a delete marker if `content` is None, inside a transaction."""
    if condition:
        condition.check(_object(connection, bucket, key))
    version_id = version_id or (new_id() if versioned else NULL)
    replaced = _remove(connection, bucket, key, version_id) if version_id == NULL else []
    connection.execute("UPDATE versions SET current = 0 WHERE bucket = ? AND key = ? AND current", (bucket, key))
    marker, content, modified = content is None, content or Content(), modified or now_ms()
    columns = (bucket, key, version_id, True, marker, modified, content.size, *dump_content(content))
    cursor = connection.execute(
        f"INSERT INTO versions ({COLUMNS}) VALUES (NULL{', ?' * len(columns)})",  # noqa: S608 (constants)
        columns,
    )
    number = int(cursor.lastrowid or 0)
    return Stored(Version(number, bucket, key, version_id, True, marker, modified, content.size, content), replaced)


def versions_from(connection: sqlite3.Connection, condition: str, *arguments: Any) -> Iterator[Version]:
    """The versions that meet an SQL condition."""
    for row in connection.execute(SELECT + condition, arguments):
        number, bucket, key, version_id, current, marker, modified, size, *content = row
        yield Version(
            number, bucket, key, version_id, bool(current), bool(marker), modified, size, load_content(content)
        )


def _one(connection: sqlite3.Connection, condition: str, *arguments: Any) -> Version | None:
    return next(versions_from(connection, condition, *arguments), None)


def _object(connection: sqlite3.Connection, bucket: str, key: str) -> Version | None:
    """The current object, or None if there is none or a delete marker hides it."""
    return _one(connection, "bucket = ? AND key = ? AND current AND NOT marker", bucket, key)


def _remove(connection: sqlite3.Connection, bucket: str, key: str, version_id: str) -> list[str]:
    """Delete the version if it exists and return its files; the latest of the others becomes the current one."""
    version = _one(connection, "bucket = ? AND key = ? AND version_id = ?", bucket, key, version_id)
    if version is None:
        return []
    connection.execute("DELETE FROM versions WHERE number = ?", (version.number,))
    if version.current:
        connection.execute(
            "UPDATE versions SET current = 1 WHERE number ="
            " (SELECT max(number) FROM versions WHERE bucket = ? AND key = ?)",
            (bucket, key),
        )
    return add_garbage(connection, (file.name for file in version.content.files))
