"""A fake bucket of bundles: multipart uploads and complete objects."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5

from chalicelib.errors import Conflict

MIN_PART_BYTES = 5 * 1024 * 1024


@dataclass
class MemoryMultipartUploader:
    """`MultipartUploader` over dictionaries; each part but the last has at least `min_part_bytes`."""

    min_part_bytes: int = MIN_PART_BYTES
    objects: dict[str, bytes] = field(default_factory=dict)
    filenames: dict[str, str] = field(default_factory=dict)
    uploads: dict[tuple[str, str], dict[int, bytes]] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def create(self, key: str, filename: str) -> str:
        upload = f"u{next(self.counter)}"
        self.uploads[key, upload] = {}
        self.filenames[upload] = filename
        return upload

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        self._parts_of(key, upload)[number] = data
        return _etag(data)

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        parts = self._parts_of(key, upload)
        sent = [parts[number] for number in range(1, len(etags) + 1)]
        assert [_etag(data) for data in sent] == etags
        assert all(len(data) >= self.min_part_bytes for data in sent[:-1]), "EntityTooSmall"
        self.objects[key] = b"".join(sent)
        self.filenames[key] = self.filenames[upload]
        del self.uploads[key, upload]

    def abort(self, key: str, upload: str) -> None:
        self.uploads.pop((key, upload), None)

    def list_unfinished(self, key: str) -> list[str]:
        return [upload for at, upload in self.uploads if at == key]

    def _parts_of(self, key: str, upload: str) -> dict[int, bytes]:
        if (key, upload) not in self.uploads:
            raise Conflict("Another worker aborted this upload.")
        return self.uploads[key, upload]


def _etag(data: bytes) -> str:
    return f'"{md5(data, usedforsecurity=False).hexdigest()}"'
