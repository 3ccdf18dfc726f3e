"""Writes a zip as a stream of bytes, without seeking.

Entries are stored uncompressed, because photos are compressed already. The CRC, known only at the end of an entry, is
written behind it in a data descriptor; sizes and offsets over 2 GiB switch to zip64. Format: APPNOTE 6.3.10,
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
# Bytes per entry besides its data: headers, descriptor, directory record and, if skipped, its line in the list.
MAX_ENTRY_OVERHEAD = 1024


class Archive:
    """Yields the bytes of a zip in order; the same entries give the same bytes."""

    def __init__(self) -> None:
        self._output = _OutputBuffer()
        self._zip = ZipFile(self._output, "w", ZIP_STORED)

    def add(self, name: str, timestamp: datetime, size: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Add an entry of `size` bytes; yields the zip's bytes as each chunk is written."""
        with self._zip.open(_zip_info(name, timestamp, size), "w") as file:
            for chunk in chunks:
                file.write(chunk)
                yield from self._output.drain()
        yield from self._output.drain()

    def close(self) -> Iterator[bytes]:
        """Yield the central directory that ends the zip."""
        self._zip.close()
        yield from self._output.drain()


class _OutputBuffer:
    """A write-only, unseekable file that collects what zipfile writes."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._chunks.append(data)
        return len(data)

    def flush(self) -> None:
        """Does nothing: there is no buffer below."""

    def close(self) -> None:
        """Does nothing: there is no file to close."""

    def drain(self) -> list[bytes]:
        chunks, self._chunks = self._chunks, []
        return chunks


def _zip_info(name: str, moment: datetime, size: int) -> ZipInfo:
    at = min(max(moment, MIN_TIMESTAMP), MAX_TIMESTAMP).astimezone(UTC)
    info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    info.create_system = UNIX_SYSTEM  # on every platform
    info.external_attr = FILE_ATTRIBUTES
    info.file_size = size
    return info
