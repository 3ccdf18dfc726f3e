"""What a volume is cut into, each part sent while the next is made."""

import math
from collections.abc import Buffer, Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Protocol

MIB = 1024 * 1024
# S3's bound: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000


class MultipartUploader(Protocol):
    """Multipart uploads into the bucket of bundles. Parts are numbered from 1; all but the last have 5 MiB or more."""

    def create(self, key: str, filename: str) -> str:
        """Begin an upload that a browser will save under this filename; returns its id."""

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        """Send one part, replacing one of that number; returns its ETag. Raises Conflict where the upload is gone."""

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        """Make the object of the parts, in place of what was there. Raises Conflict where the upload is gone."""

    def abort(self, key: str, upload: str) -> None:
        """Do away with an upload and its parts; one that is gone is let be."""

    def list_unfinished(self, key: str) -> list[str]:
        """The uploads to exactly this key that were begun and neither completed nor aborted."""


def part_size(total_bytes: int, min_size: int) -> int:
    """The size of the parts of so many bytes: `at_least`, or what 10,000 parts take, in whole MiB."""
    return min_size if total_bytes <= min_size * MAX_PARTS else math.ceil(total_bytes / MAX_PARTS / MIB) * MIB


class PartWriter:
    """Bytes in, parts of `size` out: `send` gets each with its number, at most `at_once` at the same time."""

    def __init__(self, send: Callable[[int, bytes], str], executor: Executor, *, size: int, max_in_flight: int) -> None:
        self.bytes = 0
        self._send = send
        self._executor = executor
        self._size = size
        self._max_in_flight = max_in_flight
        self._chunks: list[memoryview] = []
        self._buffered = 0
        self._futures: list[Future[str]] = []
        self._in_flight: set[Future[str]] = set()

    def write(self, data: Buffer) -> None:
        """Take these bytes; waits while too many parts are on their way, and raises what one of them met."""
        rest = memoryview(data)
        self.bytes += len(rest)
        while rest:
            fits = rest[: self._size - self._buffered]
            self._chunks.append(fits)
            self._buffered += len(fits)
            rest = rest[len(fits) :]
            if self._buffered == self._size:
                self._submit()

    def finish(self) -> list[str]:
        """Send what is left, and wait for all; returns the ETags in order."""
        if self._buffered or not self._futures:
            self._submit()
        return [sent.result() for sent in self._futures]

    def _submit(self) -> None:
        while len(self._in_flight) >= self._max_in_flight:
            done, self._in_flight = wait(self._in_flight, return_when=FIRST_COMPLETED)
            for part in done:
                part.result()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        going = self._executor.submit(self._send, len(self._futures) + 1, data)
        self._futures.append(going)
        self._in_flight.add(going)
