"""Splits a zip into parts and uploads them while the next part is written."""

import math
from collections.abc import Buffer, Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Protocol

MIB = 1024 * 1024
# The limit of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000


class MultipartUploader(Protocol):
    """Multipart uploads into the bundles bucket. Parts are numbered from 1; all but the last have at least 5 MiB."""

    def create(self, key: str, filename: str) -> str:
        """Start an upload of a file that browsers save under this name; returns the upload id."""

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        """Upload one part, replacing any with that number; returns its ETag. Raises Conflict if it was aborted."""

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        """Assemble the object, replacing any existing one. Raises Conflict if the upload was aborted."""

    def abort(self, key: str, upload: str) -> None:
        """Abort an upload and delete its parts; does nothing if it is already aborted."""

    def list_unfinished(self, key: str) -> list[str]:
        """Ids of the uploads to exactly this key that were neither completed nor aborted."""


def part_size(total_bytes: int, min_size: int) -> int:
    """The part size for this many bytes: `min_size`, or as many whole MiB as 10,000 parts require."""
    return min_size if total_bytes <= min_size * MAX_PARTS else math.ceil(total_bytes / MAX_PARTS / MIB) * MIB


class PartWriter:
    """Collects bytes into parts of `size` and passes each with its number to `upload`, concurrently."""

    def __init__(
        self, upload: Callable[[int, bytes], str], executor: Executor, *, size: int, max_in_flight: int
    ) -> None:
        self.bytes = 0
        self._upload = upload
        self._executor = executor
        self._size = size
        self._max_in_flight = max_in_flight
        self._chunks: list[memoryview] = []
        self._buffered = 0
        self._futures: list[Future[str]] = []
        self._in_flight: set[Future[str]] = set()

    def write(self, data: Buffer) -> None:
        """Write bytes; blocks while `max_in_flight` parts are being uploaded, and raises the error of a failed part."""
        rest = memoryview(data)
        self.bytes += len(rest)
        while rest:
            chunk = rest[: self._size - self._buffered]
            self._chunks.append(chunk)
            self._buffered += len(chunk)
            rest = rest[len(chunk) :]
            if self._buffered == self._size:
                self._submit()

    def finish(self) -> list[str]:
        """Upload the last part and wait for all; returns the ETags in order."""
        if self._buffered or not self._futures:
            self._submit()
        return [future.result() for future in self._futures]

    def _submit(self) -> None:
        while len(self._in_flight) >= self._max_in_flight:
            done, self._in_flight = wait(self._in_flight, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        future = self._executor.submit(self._upload, len(self._futures) + 1, data)
        self._futures.append(future)
        self._in_flight.add(future)
