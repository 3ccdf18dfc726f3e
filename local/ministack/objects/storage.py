"""What all operations share: the index, the files, and what they need to know about buckets."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from local.ministack.objects.connections import Connections, from_sqlite
from local.ministack.objects.errors import S3Error
from local.ministack.objects.files import Files
from local.ministack.objects.index import Deleted, Index, Stored
from local.ministack.objects.records import NULL, Content, Version
from local.ministack.objects.requests import Request
from local.ministack.objects.uploads import Uploads

STORED_HEADERS = frozenset(
    {
        "content-type",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "expires",
        "x-amz-website-redirect-location",
    }
)
MIN_PART_BYTES = 5 * 1024 * 1024  # of every part of an object but the last
MAX_KEY_BYTES = 1024
MAX_METADATA_BYTES = 2048
REMOVED, MARKED = "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated"


class Buckets(Protocol):
    """Buckets and their configuration."""

    def exists(self, bucket: str) -> bool:
        """Whether there is such a bucket."""

    def versioning(self, bucket: str) -> str:
        """`Enabled`, `Suspended`, or an empty string if the bucket never had versioning."""

    def lifecycle_rules(self, bucket: str) -> Sequence[Mapping[str, Any]]:
        """The bucket's rules, as in the API."""

    def cors_preflight(self, bucket: str, key: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """The answer to a browser's OPTIONS request."""

    def cors_headers(self, bucket: str, method: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers that let a page of another origin read the response."""

    def notify(self, bucket: str, key: str, event: str, *, size: int, etag: str, version_id: str) -> None:
        """Send an event to the destinations that the bucket names; it is stored when this returns."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The objects of all buckets."""

    connections: Connections
    index: Index
    uploads: Uploads
    files: Files
    buckets: Buckets
    min_part_bytes: int = MIN_PART_BYTES

    def find(self, bucket: str, key: str, version_id: str = "") -> Version | None:
        """The current version, or the one with this id."""
        if version_id:
            return self.index.version(bucket, key, version_id)
        return self.index.current(bucket, key)

    def versioned(self, bucket: str) -> bool:
        """Whether a new object becomes a version of its own."""
        return self.buckets.versioning(bucket) == "Enabled"

    def version_headers(self, version: Version) -> dict[str, str]:
        """The header with the version's id, if the bucket has or had versioning."""
        if version.version_id == NULL and not self.buckets.versioning(version.bucket):
            return {}
        return {"x-amz-version-id": version.version_id}

    def discard(self, names: Iterable[str]) -> None:
        """Delete files that a committed transaction has made garbage."""
        listed = list(names)
        self.files.remove(listed)
        self.connections.forget(listed)

    def finish_put(self, stored: Stored, event: str) -> None:
        """What follows the commit of a new version: replaced files are deleted and the event is sent."""
        self.discard(stored.replaced)
        version = stored.version
        self._notify(version, f"s3:ObjectCreated:{event}", version.content)

    def finish_delete(self, bucket: str, key: str, deleted: Deleted, *, by_version: bool) -> None:
        """What follows the commit of a deletion."""
        self.discard(deleted.removed)
        if deleted.existed:
            event = MARKED if deleted.version and not by_version else REMOVED
            nothing = Content()
            removed = deleted.version or Version(0, bucket, key, NULL, False, False, 0, 0, nothing)
            self._notify(removed, event, nothing)

    def _notify(self, version: Version, event: str, content: Content) -> None:
        version_id = "" if version.version_id == NULL else version.version_id
        try:
            self.buckets.notify(
                version.bucket, version.key, event, size=content.size, etag=content.etag, version_id=version_id
            )
        except sqlite3.OperationalError as error:  # of the queue that stores the event
            raise from_sqlite(error) from error


def stored_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are stored with an object and served with it; raises S3Error if there is too much metadata."""
    metadata = {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
    size = sum(len(name.removeprefix("x-amz-meta-")) + len(value.encode()) for name, value in metadata.items())
    if size > MAX_METADATA_BYTES:
        raise S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
    found = {name: headers[name] for name in sorted(STORED_HEADERS & headers.keys())}
    encodings = [each.strip() for each in found.pop("content-encoding", "").split(",")]
    if encoding := ", ".join(each for each in encodings if each not in {"", "aws-chunked"}):
        found["content-encoding"] = encoding
    return {"content-type": "binary/octet-stream", **found, **metadata}


def check_key(request: Request) -> None:
    """Raise S3Error if the key is too long."""
    if len(request.key.encode()) > MAX_KEY_BYTES:
        raise S3Error(400, "KeyTooLongError", "Your key is too long")
