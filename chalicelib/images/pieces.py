"""A file composed of pieces: bytes, and ranges of another file; it hides from a decoder what it stumbles over."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import IO, cast

type Piece = bytes | range


class PieceFile:
    """A read-only file; a range stands for these bytes of `source`, which is not loaded."""

    def __init__(self, source: IO[bytes], pieces: Iterable[Piece]) -> None:
        self._source = source
        self._pieces = _join(pieces)
        self._ends = tuple(accumulate(len(piece) for piece in self._pieces))
        self._at = 0

    def stream(self) -> IO[bytes]:
        """Self, cast for callers that are typed for files but use only read, seek and tell."""
        return cast("IO[bytes]", self)

    def read(self, count: int = -1) -> bytes:
        size = self._ends[-1] if self._ends else 0
        last = size if count < 0 else min(size, self._at + count)
        parts = []
        while self._at < last:
            number = bisect_right(self._ends, self._at)
            piece, end = self._pieces[number], self._ends[number]
            wanted = piece[len(piece) - (end - self._at) :][: last - self._at]
            part = wanted if isinstance(wanted, bytes) else self._read_source(wanted)
            if not part:
                break
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._at, self._ends[-1] if self._ends else 0)[whence]
        if start + offset < 0:
            raise ValueError(f"The position {start + offset} is before the start of the file.")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def _read_source(self, wanted: range) -> bytes:
        self._source.seek(wanted.start)
        return self._source.read(len(wanted))


def _join(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces with adjacent ranges as one, without empty ones."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else b""
        if isinstance(piece, range) and isinstance(last, range) and last.stop == piece.start:
            joined[-1] = range(last.start, piece.stop)
        elif len(piece):
            joined.append(piece)
    return tuple(joined)
