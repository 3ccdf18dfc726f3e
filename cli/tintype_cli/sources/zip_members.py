"""Reads members of zips as streams, as files that can be read again from any place."""

import io
import zlib
from collections.abc import Buffer, Callable, Generator
from typing import BinaryIO
from zipfile import BadZipFile

from stream_unzip import UnzipError

CHUNK_BYTES = 64 * 1024
# What zipfile, zlib and stream_unzip raise for damaged data.
DAMAGE = (BadZipFile, EOFError, NotImplementedError, RuntimeError, UnzipError, zlib.error)

type Chunks = Generator[bytes]


class MemberFile(io.RawIOBase):
    """The bytes of a member. A place is sought when it is read, so that a caller may ask for the size at no cost.

    Raises OSError while reading if the zip is damaged there.
    """

    def __init__(self, path: str, size: int, chunks: Callable[[], Chunks]) -> None:
        """`chunks` starts the member from its first byte."""
        self._path = path
        self._size = size
        self._start = chunks
        self._chunks: Chunks | None = None
        self._buffer = b""
        self._position = 0  # of the next byte to return
        self._read = 0  # bytes taken from the chunks, with those in the buffer

    def readable(self) -> bool:
        """Whether the file can be read."""
        return True

    def seekable(self) -> bool:
        """Whether `seek` can be used."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Continue at another place, which is returned."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def readinto(self, buffer: Buffer, /) -> int:
        """Read some bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        try:
            data = self._next(len(view))
        except DAMAGE as error:
            raise OSError(f"The zip is damaged at {self._path}: {str(error) or type(error).__name__}") from error
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the zip."""
        if self._chunks:
            self._chunks.close()
            self._chunks = None
        super().close()

    def _next(self, count: int) -> bytes:
        if self._chunks is None or self._position < self._read - len(self._buffer):
            self._restart()
        while self._position >= self._read:
            chunk = next(self._chunks, None) if self._chunks else None
            if chunk is None:
                return b""
            self._buffer, self._read = chunk, self._read + len(chunk)
        at = len(self._buffer) - (self._read - self._position)
        data = self._buffer[at : at + count]
        self._position += len(data)
        return data

    def _restart(self) -> None:
        if self._chunks:
            self._chunks.close()
        self._chunks, self._buffer, self._read = self._start(), b"", 0


def open_member(path: str, size: int, chunks: Callable[[], Chunks]) -> BinaryIO:
    """A member of `size` bytes as a file with a buffer."""
    return io.BufferedReader(MemberFile(path, size, chunks), CHUNK_BYTES)
