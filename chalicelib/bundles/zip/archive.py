"""The zip itself, entry by entry, as bytes that follow each other: nothing is ever gone back to.

Entries are stored, for photos are compressed already. What is known only at an entry's end (its CRC) stands
behind it in a data descriptor; sizes and offsets over 2 GiB make it zip64 by themselves. Format: APPNOTE 6.3.10,
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

MIN_TIMESTAMP = datetime(1980, 1, 1, tzinfo=UTC)
MAX_TIMESTAMP = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
UNIX_SYSTEM = 3
FILE_ATTRIBUTES = (stat.S_IFREG | 0o644) << 16
# Headers, descriptor, its line in the directory and, where it is left out, in the list of those that are not in it.
MAX_ENTRY_OVERHEAD = 1024


class Archive:
    """Each step gives the bytes that come next; the same steps give the same bytes."""

    def __init__(self) -> None:
        self._output = _OutputBuffer()
        self._zip = ZipFile(self._output, "w", ZIP_STORED)

    def add(self, name: str, timestamp: datetime, size: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """One entry of `size` bytes; after each piece comes what it became."""
        with self._zip.open(_zip_info(name, timestamp, size), "w") as file:
            for piece in chunks:
                file.write(piece)
                yield from self._output.drain()
        yield from self._output.drain()

    def close(self) -> Iterator[bytes]:
        """The directory at the end."""
        self._zip.close()
        yield from self._output.drain()


class _OutputBuffer:
    """What zipfile has written and nobody has taken yet; it cannot be sought in."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._chunks.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def drain(self) -> list[bytes]:
        chunks, self._chunks = self._chunks, []
        return chunks


def _zip_info(name: str, moment: datetime, size: int) -> ZipInfo:
    at = min(max(moment, MIN_TIMESTAMP), MAX_TIMESTAMP).astimezone(UTC)
    info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    info.create_system = UNIX_SYSTEM  # wherever it is made
    info.external_attr = FILE_ATTRIBUTES
    info.file_size = size
    return info
