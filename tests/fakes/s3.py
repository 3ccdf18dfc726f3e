"""Fakes of the buckets of originals and derivatives, with versions, delete markers and tags as in S3."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO

from chalicelib.bundles.zip import Entry, ImageBucket
from chalicelib.errors import Conflict, NotFound
from chalicelib.ingest.originals import ORIGINAL_VERSION, Original
from chalicelib.ingest.uploads import PresignedPost
from chalicelib.library.photo import State
from chalicelib.maintenance.sources import ListedObject, Page


@dataclass
class MemoryOriginals:
    """`OriginalStore`, `UploadBucket` and `OriginalLister` over dictionaries; `delete` leaves a delete marker."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    versions: dict[tuple[str, str], tuple[Original, bytes]] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    marks: dict[tuple[str, str], State] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def drop(self, key: str, data: bytes, metadata: Mapping[str, str] | None = None) -> Original:
        original = Original(key, f"v{next(self.counter)}", len(data), self.now(), metadata or {})
        self.versions[key, original.version] = (original, data)
        self.latest[key] = original.version
        return original

    def delete(self, key: str) -> None:
        self.latest.pop(key, None)

    def delete_version(self, original: Original) -> None:
        """Delete one version permanently."""
        self.versions.pop((original.key, original.version), None)
        if self.latest.get(original.key) == original.version:
            del self.latest[original.key]

    def head(self, key: str) -> Original | None:
        return self.versions[key, self.latest[key]][0] if key in self.latest else None

    def download(self, original: Original, into: IO[bytes]) -> None:
        if (original.key, original.version) not in self.versions:
            raise Conflict("The original has changed since it was read.")
        into.write(self.versions[original.key, original.version][1])

    def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
        if (key, version) not in self.versions:
            raise NotFound("That version of the original is gone.")
        return self.versions[key, version][1][first : last + 1]

    def purge(self, key: str, version: str) -> None:
        stored = [v for k, v in list(self.versions) if k == key]
        if version in stored:
            for older in stored[: stored.index(version) + 1]:
                del self.versions[key, older]
            if self.latest.get(key) not in stored[stored.index(version) + 1 :]:
                self.latest.pop(key, None)

    def tag_state(self, original: Original, state: State) -> None:
        if (original.key, original.version) in self.versions:
            self.marks[original.key, original.version] = state

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        keys = sorted((key for key in self.latest if after is None or key.encode() > after.encode()), key=str.encode)
        rows = [ListedObject(key, self.versions[key, self.latest[key]][0].stored_at) for key in keys[:limit]]
        return Page(rows, rows[-1].key if len(keys) > limit else None)

    def presign_post(
        self, key: str, *, mime: str, min_bytes: int, max_bytes: int, lifetime: timedelta
    ) -> PresignedPost:
        return PresignedPost("https://bucket", {"key": key, "Content-Type": mime, "range": f"{min_bytes}-{max_bytes}"})

    def presign_put(self, key: str, *, lifetime: timedelta) -> str:
        return f"https://bucket/{key}?signed"

    def put(self, key: str, data: bytes, mime: str) -> None:
        self.drop(key, data)


@dataclass
class MemoryDerivatives:
    """`DerivativeStore` and `DerivativeLister` over a dictionary; counts the requests of the latter."""

    images: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
    page_size: int = 1000
    lists: int = 0
    heads: int = 0

    def list_keys(self, after: str) -> tuple[list[str], bool]:
        self.lists += 1
        keys = sorted((key for key in self.images if key.encode() > after.encode()), key=str.encode)
        return keys[: self.page_size], len(keys) > self.page_size

    def exists(self, key: str) -> bool:
        self.heads += 1
        return key in self.images

    def put(self, key: str, data: bytes, mime: str, metadata: Mapping[str, str]) -> None:
        self.images[key] = data
        self.metadata[key] = metadata

    def read_range(self, key: str, original_version: str, size: int, first: int, last: int) -> bytes:
        data = self.get(key)
        if len(data) != size or self.metadata[key].get(ORIGINAL_VERSION) != original_version:
            raise NotFound("The image is gone or has been replaced.")
        return data[first : last + 1]

    def get(self, key: str) -> bytes:
        if key not in self.images:
            raise NotFound("Image not found.")
        return self.images[key]

    def copy(self, source: str, target: str) -> None:
        self.images[target] = self.get(source)
        self.metadata[target] = self.metadata[source]

    def remove(self, keys: list[str]) -> None:
        for key in keys:
            self.images.pop(key, None)
            self.metadata.pop(key, None)


@dataclass(frozen=True)
class MemoryEntryReader:
    """`EntryReader` over fake buckets."""

    originals: MemoryOriginals
    derivatives: MemoryDerivatives

    def read_range(self, entry: Entry, first: int, last: int) -> bytes:
        if entry.bucket is ImageBucket.ORIGINALS:
            return self.originals.read_range(entry.key, entry.version, first, last)
        return self.derivatives.read_range(entry.key, entry.version, entry.bytes, first, last)
