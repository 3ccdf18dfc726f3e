"""The zip itself, entry by entry, as bytes that follow each other: nothing is ever gone back to.

Entries are stored, for photos are compressed already. What is known only at an entry's end (its CRC) stands
behind it in a data descriptor; sizes and offsets over 2 GiB make it zip64 by themselves. Format: APPNOTE 6.3.10,
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
LATEST = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
UNIX = 3
READABLE = (stat.S_IFREG | 0o644) << 16
# Headers, descriptor, its line in the directory and, where it is left out, in the list of those that are not in it.
MOST_BESIDE = 1024


class Archive:
    """Each step gives the bytes that come next; the same steps give the same bytes."""

    def __init__(self) -> None:
        self._written = _Written()
        self._zip = ZipFile(self._written, "w", ZIP_STORED)

    def add(self, name: str, moment: datetime, size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """One entry of `size` bytes; after each piece comes what it became."""
        with self._zip.open(_info(name, moment, size), "w") as file:
            for piece in pieces:
                file.write(piece)
                yield from self._written.taken()
        yield from self._written.taken()

    def close(self) -> Iterator[bytes]:
        """The directory at the end."""
        self._zip.close()
        yield from self._written.taken()


class _Written:
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

    def taken(self) -> list[bytes]:
        chunks, self._chunks = self._chunks, []
        return chunks


def _info(name: str, moment: datetime, size: int) -> ZipInfo:
    at = min(max(moment, EARLIEST), LATEST).astimezone(UTC)
    info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    info.create_system = UNIX  # wherever it is made
    info.external_attr = READABLE
    info.file_size = size
    return info
