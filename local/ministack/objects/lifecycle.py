"""Applies the lifecycle rules of the buckets: what has expired does not stay on the disk.

As in S3, times are rounded to the next midnight UTC, and an expiry sends no event of a deletion. Rules that select
objects by tags or size are left alone; the template has none.
"""

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from local.log_lines import log_line
from local.ministack.objects.connections import add_garbage
from local.ministack.objects.errors import S3Error
from local.ministack.objects.index import store, versions_from
from local.ministack.objects.records import Version
from local.ministack.objects.storage import Storage

type Rule = Mapping[str, Any]  # as in the API: Status, Filter, Expiration and others

DAY_MS = 24 * 60 * 60 * 1000
CHECK_SECONDS = 3600.0
BATCH = 100  # rows of one transaction
CURRENT = "SELECT number FROM versions WHERE bucket = ? AND current AND NOT marker AND modified <= ?"
# A version has been noncurrent since the next one was stored.
NONCURRENT = (
    "SELECT number FROM versions AS v WHERE bucket = ? AND NOT current AND ("
    "SELECT modified FROM versions"
    " WHERE bucket = v.bucket AND key = v.key AND number > v.number ORDER BY number LIMIT 1) <= ?"
)
LONE_MARKERS = (
    "SELECT number FROM versions AS v WHERE bucket = ? AND current AND marker AND modified <= ? AND NOT EXISTS ("
    "SELECT 1 FROM versions WHERE bucket = v.bucket AND key = v.key AND number <> v.number)"
)


def apply_every_day(storage: Storage, stopping: threading.Event) -> None:
    """Apply the rules now and after each midnight, until `stopping` is set."""
    applied = 0
    while True:
        today = time.time_ns() // 1_000_000 // DAY_MS
        if today != applied:
            try:
                apply_rules(storage, today * DAY_MS, stopping)
                applied = today
            except (OSError, S3Error, sqlite3.Error) as error:  # it is tried again, perhaps with room on the disk
                log_line(f"expired objects could not be deleted: {error}")
        if stopping.wait(CHECK_SECONDS):
            return


def apply_rules(storage: Storage, midnight: int, stopping: threading.Event) -> None:
    """Delete what has expired by this midnight (milliseconds since 1970)."""
    for bucket in _buckets(storage):
        for rule in storage.buckets.lifecycle_rules(bucket) if storage.buckets.exists(bucket) else ():
            if rule.get("Status") != "Enabled" or not rule.get("Filter", {}).keys() <= {"Prefix"}:
                continue
            prefix = rule.get("Filter", {}).get("Prefix", "")
            for kind, days in _kinds(rule):
                for numbers in _expired(storage, kind, bucket, prefix, midnight - days * DAY_MS):
                    if stopping.is_set():
                        return
                    _delete_versions(storage, bucket, numbers, current=kind != NONCURRENT)
            if days := rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"):
                _abort_uploads(storage, bucket, prefix, midnight - days * DAY_MS)


def _buckets(storage: Storage) -> list[str]:
    rows = storage.connections.reader.execute("SELECT bucket FROM versions UNION SELECT bucket FROM uploads")
    return [bucket for (bucket,) in rows]


def _kinds(rule: Rule) -> Iterator[tuple[str, int]]:
    """The query for each kind of version that a rule deletes, and after how many days."""
    expiration = rule.get("Expiration", {})
    if days := expiration.get("Days"):
        yield CURRENT, days
    if days := rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"):
        yield NONCURRENT, days
    if expiration.get("ExpiredObjectDeleteMarker"):
        yield LONE_MARKERS, 0


def _expired(storage: Storage, kind: str, bucket: str, prefix: str, before: int) -> Iterator[Sequence[int]]:
    query = f"{kind} AND substr(key, 1, length(?)) = ?"  # a LIKE would need its wildcards escaped
    rows = storage.connections.reader.execute(query, (bucket, before, prefix, prefix)).fetchall()
    yield from batched([number for (number,) in rows], BATCH)


def _delete_versions(storage: Storage, bucket: str, numbers: Sequence[int], *, current: bool) -> None:
    """Delete these versions, unless they were replaced or restored meanwhile; numbers are never used again."""
    versioning = storage.buckets.versioning(bucket)
    removed: list[str] = []
    with storage.connections.write() as connection:
        for number in numbers:
            for version in list(versions_from(connection, "number = ? AND current = ?", number, current)):
                removed += _delete(connection, version, versioning)
    storage.discard(removed)


def _delete(connection: sqlite3.Connection, version: Version, versioning: str) -> Sequence[str]:
    if version.current and not version.marker and versioning:
        return store(connection, version.bucket, version.key, None, versioned=versioning == "Enabled").replaced
    connection.execute("DELETE FROM versions WHERE number = ?", (version.number,))
    return add_garbage(connection, (file.name for file in version.content.files))


def _abort_uploads(storage: Storage, bucket: str, prefix: str, before: int) -> None:
    for upload in storage.uploads.find(bucket, prefix, ("", ""), sys.maxsize):
        if upload.started <= before:
            storage.discard(storage.uploads.abort(upload))
