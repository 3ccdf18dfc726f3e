"""Reads the images of a volume in order, in chunks, ahead of the writer.

A sliding window covers the chunks that are being read or wait to be written. Many small photos are therefore read as
fast as one large photo, and memory is bounded by the window.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from chalicelib.bundles.zip.entries import Entry
from chalicelib.errors import Conflict, NotFound

# More chunks than this do not make small photos faster.
MAX_CHUNKS_AHEAD = 32


class EntryReader(Protocol):
    """Reads byte ranges of images."""

    def read_range(self, entry: Entry, first: int, last: int) -> bytes:
        """Bytes `first` to `last` (0-based, inclusive) of the entry's image, as far as they exist.

        Raises NotFound if the image is gone, or is a derivative that was replaced; Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Chunk:
    """Part of an image: `size` bytes from `first`; `last` is the last byte to request."""

    entry: Entry
    first: int
    size: int
    last: int


class ReadAhead:
    """Reads chunks of at most `chunk_size` bytes, at most `max_bytes` ahead."""

    def __init__(
        self,
        images: EntryReader,
        entries: Iterable[Entry],
        executor: Executor,
        *,
        chunk_size: int,
        max_bytes: int,
    ) -> None:
        self._images = images
        self._executor = executor
        self._max_bytes = max_bytes
        self._bytes_ahead = 0
        self._remaining = _chunks(entries, chunk_size)
        self._next = next(self._remaining, None)
        self._ahead = deque[tuple[Chunk, Future[bytes]]]()
        self._fill()

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of the next entry, chunk by chunk.

        Raises NotFound if the image is gone before its first chunk; Conflict if it disappears later, or differs
        from its recorded size.
        """
        while self._ahead and self._ahead[0][0].entry is entry:
            yield self._next_chunk()

    def skip(self, entry: Entry) -> None:
        """Discard the rest of the next entry."""
        while self._ahead and self._ahead[0][0].entry is entry:
            chunk, future = self._ahead.popleft()
            future.cancel()
            self._bytes_ahead -= chunk.size
        while self._next and self._next.entry is entry:
            self._next = next(self._remaining, None)
        self._fill()

    def _next_chunk(self) -> bytes:
        chunk, future = self._ahead.popleft()
        try:
            data = future.result()
        except NotFound as error:
            if chunk.first == 0:
                raise
            raise Conflict("An image was deleted while it was being read.") from error
        finally:
            self._bytes_ahead -= chunk.size
        if len(data) != chunk.size:
            raise Conflict("The size of an image differs from its record.")
        self._fill()
        return data

    def _fill(self) -> None:
        """Fill the window; one chunk is always allowed."""
        while self._next and (not self._ahead or self._fits(self._next)):
            chunk, entry = self._next, self._next.entry
            future = self._executor.submit(self._images.read_range, entry, chunk.first, chunk.last)
            self._ahead.append((chunk, future))
            self._bytes_ahead += chunk.size
            self._next = next(self._remaining, None)

    def _fits(self, chunk: Chunk) -> bool:
        return len(self._ahead) < MAX_CHUNKS_AHEAD and self._bytes_ahead + chunk.size <= self._max_bytes


def _chunks(entries: Iterable[Entry], chunk_size: int) -> Iterator[Chunk]:
    for entry in entries:
        for first in range(0, max(entry.bytes, 1), chunk_size):
            size = min(chunk_size, entry.bytes - first)
            # The last chunk requests one extra byte, which reveals an image longer than its record.
            is_last = first + size == entry.bytes
            yield Chunk(entry, first, size, first + size if is_last else first + size - 1)
