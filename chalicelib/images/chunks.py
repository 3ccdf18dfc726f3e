"""The chunks of PNG and RIFF files (WebP). Nothing of them is trusted: a size may reach beyond the file."""

from collections.abc import Iterator
from typing import IO

_HEAD_BYTES, _CRC_BYTES = 8, 4

type Chunk = tuple[bytes, int, int]
"""Name, position of the body, and the size that it declares."""


def iter_png(file: IO[bytes]) -> Iterator[Chunk]:
    """The chunks of a PNG up to the end of the file, which is positioned at each body (PNG specification, 5.3)."""
    at = 8
    while len(head := _read_head(file, at)) == _HEAD_BYTES:
        size = int.from_bytes(head[:4])
        yield head[4:], at + _HEAD_BYTES, size
        at += _HEAD_BYTES + size + _CRC_BYTES


def iter_riff(file: IO[bytes], at: int = 12) -> Iterator[Chunk]:
    """The chunks of a RIFF file from a position, likewise (RFC 9649, 2.3); they are padded to even sizes."""
    while len(head := _read_head(file, at)) == _HEAD_BYTES:
        size = int.from_bytes(head[4:], "little")
        yield head[:4], at + _HEAD_BYTES, size
        at += _HEAD_BYTES + size + size % 2


def _read_head(file: IO[bytes], at: int) -> bytes:
    file.seek(at)
    return file.read(_HEAD_BYTES)
