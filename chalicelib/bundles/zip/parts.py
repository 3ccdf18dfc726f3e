"""What a volume is cut into, each part sent while the next is made."""

import math
from collections.abc import Buffer, Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Protocol

MIB = 1024 * 1024
# S3's bound: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MOST_PARTS = 10_000


class MultipartUploader(Protocol):
    """Multipart uploads into the bucket of bundles. Parts are numbered from 1; all but the last have 5 MiB or more."""

    def begin(self, key: str, filename: str) -> str:
        """Begin an upload that a browser will save under this filename; returns its id."""

    def part(self, key: str, upload: str, number: int, data: bytes) -> str:
        """Send one part, replacing one of that number; returns its ETag. Raises Conflict where the upload is gone."""

    def complete(self, key: str, upload: str, etags: list[str]) -> None:
        """Make the object of the parts, in place of what was there. Raises Conflict where the upload is gone."""

    def abort(self, key: str, upload: str) -> None:
        """Do away with an upload and its parts; one that is gone is let be."""

    def unfinished(self, key: str) -> list[str]:
        """The uploads to exactly this key that were begun and neither completed nor aborted."""


def size_for(planned: int, at_least: int) -> int:
    """The size of the parts of so many bytes: `at_least`, or what 10,000 parts take, in whole MiB."""
    return at_least if planned <= at_least * MOST_PARTS else math.ceil(planned / MOST_PARTS / MIB) * MIB


class PartWriter:
    """Bytes in, parts of `size` out: `send` gets each with its number, at most `at_once` at the same time."""

    def __init__(self, send: Callable[[int, bytes], str], threads: Executor, *, size: int, at_once: int) -> None:
        self.bytes = 0
        self._send = send
        self._threads = threads
        self._size = size
        self._at_once = at_once
        self._chunks: list[memoryview] = []
        self._held = 0
        self._sent: list[Future[str]] = []
        self._going: set[Future[str]] = set()

    def write(self, data: Buffer) -> None:
        """Take these bytes; waits while too many parts are on their way, and raises what one of them met."""
        rest = memoryview(data)
        self.bytes += len(rest)
        while rest:
            fits = rest[: self._size - self._held]
            self._chunks.append(fits)
            self._held += len(fits)
            rest = rest[len(fits) :]
            if self._held == self._size:
                self._go()

    def finish(self) -> list[str]:
        """Send what is left, and wait for all; returns the ETags in order."""
        if self._held or not self._sent:
            self._go()
        return [sent.result() for sent in self._sent]

    def _go(self) -> None:
        while len(self._going) >= self._at_once:
            done, self._going = wait(self._going, return_when=FIRST_COMPLETED)
            for part in done:
                part.result()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._held = 0
        going = self._threads.submit(self._send, len(self._sent) + 1, data)
        self._sent.append(going)
        self._going.add(going)
