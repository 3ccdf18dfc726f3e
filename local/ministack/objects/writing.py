"""Bodies that become files: PutObject and UploadPart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from local.ministack.objects import digests
from local.ministack.objects.conditions import WriteCondition
from local.ministack.objects.errors import S3Error, incomplete_body, invalid_argument
from local.ministack.objects.files import IncomingFile
from local.ministack.objects.reading import checksum_headers
from local.ministack.objects.records import Content, Part, StoredFile, now_ms
from local.ministack.objects.requests import Request
from local.ministack.objects.responses import Response
from local.ministack.objects.storage import Storage, check_key, stored_headers
from local.ministack.objects.tags import header_tags
from local.ministack.objects.write_options import check_write_options

MAX_PART_NUMBER = 10_000


class Receiver(Protocol):
    """An operation that receives a body; all methods block, and run in threads."""

    def feed(self, data: bytes) -> None:
        """Receive the next bytes; raises S3Error."""

    def finish(self, trailers: Mapping[str, str]) -> Response:
        """The response, after the last bytes; raises S3Error."""

    def close(self) -> None:
        """Discard what was received, unless `finish` has stored it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A published file, its digests and its verified checksums."""

    file: StoredFile
    md5: bytes
    checksums: Mapping[str, str]

    @property
    def etag(self) -> str:
        """The ETag of an object with these bytes."""
        return self.md5.hex()


class BodyFile:
    """A body on its way into a file; `size` is None if the client did not announce it."""

    def __init__(self, storage: Storage, headers: Mapping[str, str], size: int | None, default: str = "") -> None:
        self._headers = headers
        self._expected = size
        self._digests = digests.BodyDigests(digests.requested_algorithms(headers) | ({default} - {""}))
        self._storage = storage
        self._file: IncomingFile = storage.files.create()
        self._file.__enter__()
        try:
            storage.files.check_space(size or 0)
        except S3Error:
            self.close()
            raise

    @property
    def size(self) -> int:
        """The number of bytes received."""
        return self._file.size

    def feed(self, data: bytes) -> None:
        """Append bytes; raises S3Error if the disk is full."""
        self._digests.update(data)
        self._file.write(data)

    def publish(self, trailers: Mapping[str, str]) -> Received:
        """Verify the body and publish the file; raises S3Error."""
        if self._expected is not None and self._expected != self._file.size:
            raise incomplete_body()
        digests.check_md5(self._headers, self._digests.md5)
        computed = self._digests.checksums()
        digests.check(digests.sent_checksums({**trailers, **self._headers}), computed)
        self._file.publish()
        return Received(StoredFile(self._file.name, self._file.size), self._digests.md5, computed)

    def discard(self, received: Received) -> None:
        """Delete a published file that no row refers to."""
        self._storage.files.remove([received.file.name])

    def close(self) -> None:
        """Close the file, and delete it if it is not published."""
        self._file.discard()


class PutObject:
    """Stores an object."""

    def __init__(self, storage: Storage, request: Request) -> None:
        check_key(request)
        check_write_options(request.headers)
        self._storage = storage
        self._request = request
        self._headers, self._tags = stored_headers(request.headers), header_tags(request.headers)
        self._condition = WriteCondition.of(request.headers)
        current = storage.index.current(request.bucket, request.key)
        self._condition.check(current if current and not current.marker else None)  # and again when it is stored
        self._body = BodyFile(storage, request.headers, announced_size(request))

    def feed(self, data: bytes) -> None:
        """Receive the next bytes."""
        self._body.feed(data)

    def finish(self, trailers: Mapping[str, str]) -> Response:
        """Store the object."""
        received = self._body.publish(trailers)
        content = Content([received.file], received.etag, self._headers, self._tags, received.checksums)
        bucket, key = self._request.bucket, self._request.key
        try:
            stored = self._storage.index.put(
                bucket, key, content, versioned=self._storage.versioned(bucket), condition=self._condition
            )
        except Exception:
            self._body.discard(received)
            raise
        self._storage.finish_put(stored, "Put")
        headers = checksum_headers(received.checksums) | self._storage.version_headers(stored.version)
        return Response(200, {"ETag": f'"{received.etag}"', **headers})

    def close(self) -> None:
        """Discard what was not stored."""
        self._body.close()


class UploadPart:
    """Stores a part of a multipart upload."""

    def __init__(self, storage: Storage, request: Request) -> None:
        self._storage = storage
        self._upload = storage.uploads.get(request.bucket, request.key, request.query.get("uploadId", ""))
        self._number = part_number(request)
        self._body = BodyFile(storage, request.headers, announced_size(request), self._upload.algorithm)

    def feed(self, data: bytes) -> None:
        """Receive the next bytes."""
        self._body.feed(data)

    def finish(self, trailers: Mapping[str, str]) -> Response:
        """Store the part."""
        received = self._body.publish(trailers)
        part = Part(self._number, received.etag, now_ms(), received.checksums, received.file)
        try:
            replaced = self._storage.uploads.put_part(self._upload, part)
        except Exception:
            self._body.discard(received)
            raise
        self._storage.discard(replaced)
        checksums = {f"x-amz-checksum-{name.lower()}": value for name, value in received.checksums.items()}
        return Response(200, {"ETag": f'"{received.etag}"', **checksums})

    def close(self) -> None:
        """Discard what was not stored."""
        self._body.close()


def part_number(request: Request) -> int:
    """The number of the part; raises S3Error."""
    number = request.number("partNumber", 0, MAX_PART_NUMBER + 1)
    if not 1 <= number <= MAX_PART_NUMBER:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive")
    return number


def announced_size(request: Request) -> int | None:
    """The number of bytes that the client is about to send, without the framing of chunks; None if it is unknown."""
    for name in ("x-amz-decoded-content-length", "content-length"):
        if value := request.header(name):
            if not (value.isascii() and value.isdecimal()):
                raise invalid_argument(f"{name} is not a number")
            return int(value)
    return None
