"""What the index holds: versions of objects, multipart uploads and their parts."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

NULL = "null"  # the id of the version that was written without versioning


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A complete file and its size in bytes; an object of several parts has several files."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """An object's bytes and what is served with them."""

    files: Sequence[StoredFile] = ()
    etag: str = ""  # without quotes
    headers: Mapping[str, str] = field(default_factory=dict)  # content-type, cache-control, x-amz-meta-…
    tags: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)  # by algorithm, in base64

    @property
    def size(self) -> int:
        """The number of bytes."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object, or a delete marker. Later versions have higher numbers."""

    number: int
    bucket: str
    key: str
    version_id: str
    current: bool
    marker: bool
    modified: int  # milliseconds since 1970
    size: int
    content: Content

    @property
    def http_date(self) -> str:
        """The time for Last-Modified."""
        return format_datetime(datetime.fromtimestamp(self.modified // 1000, UTC), usegmt=True)

    @property
    def iso_date(self) -> str:
        """The time for XML, in whole seconds like Last-Modified."""
        return iso_date(self.modified)


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that is neither complete nor aborted."""

    upload_id: str
    bucket: str
    key: str
    started: int  # milliseconds since 1970
    headers: Mapping[str, str]
    tags: Mapping[str, str]
    algorithm: str  # of the parts' checksums; empty if the client named none
    full_object: bool  # whether the object's checksum is that of all bytes, not of the parts' checksums


@dataclass(frozen=True, slots=True)
class Part:
    """An uploaded part."""

    number: int
    etag: str
    modified: int
    checksums: Mapping[str, str]
    file: StoredFile


def new_id() -> str:
    """An id of a version or an upload."""
    return uuid.uuid4().hex


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def iso_date(modified: int) -> str:
    """A time for XML."""
    return f"{datetime.fromtimestamp(modified // 1000, UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def dump_content(content: Content) -> tuple[Any, ...]:
    """The columns `files`, `etag`, `headers`, `tags` and `checksums`."""
    return (
        dump_files(content.files),
        content.etag,
        json.dumps(dict(content.headers)),
        json.dumps(dict(content.tags)),
        json.dumps(dict(content.checksums)),
    )


def load_content(columns: Sequence[Any]) -> Content:
    """The content of these columns."""
    files, etag, headers, tags, checksums = columns
    return Content(load_files(files), etag, json.loads(headers), _load_few(tags), _load_few(checksums))


def _load_few(text: str) -> dict[str, str]:
    """A mapping that most objects have nothing in."""
    return {} if text == "{}" else json.loads(text)


def dump_files(files: Sequence[StoredFile]) -> str:
    """Files as JSON."""
    return json.dumps([[file.name, file.size] for file in files])


def load_files(text: str) -> tuple[StoredFile, ...]:
    """Files from JSON."""
    return tuple(StoredFile(name, size) for name, size in json.loads(text))
