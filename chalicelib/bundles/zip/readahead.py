"""The originals of a volume in order, asked for in pieces before it is their turn.

A window moves over all pieces of all originals, and what is in it is being read, or waits to be taken: so many
small photos come as fast as one large one, and what is in memory is bounded by the window.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from chalicelib.bundles.zip.entries import Entry
from chalicelib.errors import Conflict, NotFound

# More than this many small ones ahead make nothing faster.
MAX_CHUNKS_AHEAD = 32


class OriginalReader(Protocol):
    """The bucket of originals, to read from."""

    def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
        """Bytes `first` to `last` (counted from 0, both included) of that version, as far as there are any.

        Raises NotFound where that version is gone, Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one original: `size` bytes from `first` on; `last` is the one to ask for."""

    entry: Entry
    first: int
    size: int
    last: int


class ReadAhead:
    """Pieces of at most `piece` bytes, of which at most `window` bytes are ahead."""

    def __init__(
        self,
        originals: OriginalReader,
        entries: Iterable[Entry],
        executor: Executor,
        *,
        chunk_size: int,
        max_bytes: int,
    ) -> None:
        self._originals = originals
        self._executor = executor
        self._max_bytes = max_bytes
        self._bytes_ahead = 0
        self._remaining = _chunks(entries, chunk_size)
        self._next = next(self._remaining, None)
        self._ahead = deque[tuple[Chunk, Future[bytes]]]()
        self._fill()

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of the entry whose turn it is, piece by piece.

        Raises NotFound where the original is gone before its first piece, Conflict where it goes missing after that
        or is not as long as its record says.
        """
        while self._ahead and self._ahead[0][0].entry is entry:
            yield self._next_chunk()

    def skip(self, entry: Entry) -> None:
        """Read no more of the entry whose turn it is."""
        while self._ahead and self._ahead[0][0].entry is entry:
            piece, coming = self._ahead.popleft()
            coming.cancel()
            self._bytes_ahead -= piece.size
        while self._next and self._next.entry is entry:
            self._next = next(self._remaining, None)
        self._fill()

    def _next_chunk(self) -> bytes:
        piece, coming = self._ahead.popleft()
        try:
            data = coming.result()
        except NotFound as error:
            if piece.first == 0:
                raise
            raise Conflict("An original went missing while it was read.") from error
        finally:
            self._bytes_ahead -= piece.size
        if len(data) != piece.size:
            raise Conflict("An original is not as long as its record says.")
        self._fill()
        return data

    def _fill(self) -> None:
        """Fill the window; one piece is always allowed."""
        while self._next and (not self._ahead or self._fits(self._next)):
            piece, entry = self._next, self._next.entry
            coming = self._executor.submit(
                self._originals.read_range, entry.key, entry.version, piece.first, piece.last
            )
            self._ahead.append((piece, coming))
            self._bytes_ahead += piece.size
            self._next = next(self._remaining, None)

    def _fits(self, piece: Chunk) -> bool:
        return len(self._ahead) < MAX_CHUNKS_AHEAD and self._bytes_ahead + piece.size <= self._max_bytes


def _chunks(entries: Iterable[Entry], piece: int) -> Iterator[Chunk]:
    for entry in entries:
        for first in range(0, max(entry.bytes, 1), piece):
            size = min(piece, entry.bytes - first)
            # One more at the end than there should be: an original that is longer than its record shows itself.
            ends = first + size == entry.bytes
            yield Chunk(entry, first, size, first + size if ends else first + size - 1)
