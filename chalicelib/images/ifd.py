"""Reads directories of the TIFF structure, in which EXIF is stored: TIFF 6.0, section 2, and BigTIFF.

Nothing is trusted: each offset is checked against the file, numbers of entries and directories are bounded, no
directory is visited twice, and only the values that are needed are read.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

MAX_ENTRIES = 4096
MAX_DIRECTORIES = 32
MAX_VALUE_BYTES = 8 * 1024 * 1024

EXIF, GPS, SUB_IFDS = 0x8769, 0x8825, 0x014A
# Olympus and Panasonic use other numbers than 42 for the same structure.
_MAGIC = frozenset({42, 43, 0x4F52, 0x5352, 0x0055})
_BIG_TIFF = 43
HEADER_WITHIN = 64  # bytes; before it there may be `Exif` and, in HEIC, an offset
_MISPLACED_BY = (0, 6)  # some programs count offsets from `Exif` rather than from the header behind it
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
               129: 1}  # fmt: skip
_FORMATS = {1: "B", 3: "H", 4: "L", 6: "b", 7: "B", 8: "h", 9: "l", 13: "L", 16: "Q", 17: "q", 18: "Q"}
_RATIONALS = {5: "L", 10: "l"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where and how the structure is stored: the header's position, byte order, and BigTIFF's wider offsets."""

    file: IO[bytes]
    start: int
    end: int
    order: str
    wide: bool

    def read(self, at: int, count: int) -> bytes:
        """Up to `count` bytes at an offset from the header; none outside the file."""
        if not 0 <= at < self.end - self.start:
            return b""
        self.file.seek(self.start + at)
        return self.file.read(min(count, self.end - self.start - at))

    def number(self, data: bytes) -> int:
        """An unsigned number in this byte order."""
        return int.from_bytes(data, "little" if self.order == "<" else "big")


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: the tag that pointed to it (0 in the main chain), and its entries.

    An entry holds type, number of values, and the value or its offset.
    """

    layout: Layout
    kind: int
    entries: Mapping[int, tuple[int, int, bytes]]
    next_at: int

    def value(self, tag: int, most: int = MAX_VALUE_BYTES) -> bytes:
        """The first `most` bytes of a value, or as many as there are; none if the tag is missing."""
        kind, count, data = self.entries.get(tag, (0, 0, b""))
        size = min(_TYPE_BYTES.get(kind, 0) * count, most)
        return data[:size] if size <= len(data) else self.layout.read(self.layout.number(data), size)

    def value_range(self, tag: int) -> range:
        """Where the bytes of a value are, counted from the header; empty if the entry itself holds them."""
        kind, count, data = self.entries.get(tag, (0, 0, b""))
        size, start = _TYPE_BYTES.get(kind, 0) * count, self.layout.number(data)
        return range(start, min(start + size, self.layout.end - self.layout.start)) if size > len(data) else range(0)

    def numbers(self, tag: int) -> list[float]:
        """The values of a tag as numbers, without fractions by zero; none if they are of another type."""
        kind = self.entries.get(tag, (0, 0, b""))[0]
        if kind in _RATIONALS:
            return [above / below for above, below in self.fractions(tag) if below]
        return list(self._unpack(tag, _FORMATS[kind])) if kind in _FORMATS else []

    def fractions(self, tag: int) -> list[tuple[int, int]]:
        """The values of a tag as numerator and denominator, which may be 0; none if they are of another type."""
        code = _RATIONALS.get(self.entries.get(tag, (0, 0, b""))[0])
        values = self._unpack(tag, code) if code else ()
        return list(zip(values[::2], values[1::2], strict=False))

    def _unpack(self, tag: int, code: str) -> tuple[int, ...]:
        size = struct.calcsize("<" + code)
        data = self.value(tag, MAX_DIRECTORIES * size)
        count = len(data) // size
        return struct.unpack(f"{self.layout.order}{count}{code}", data[: count * size])


def read_directories(file: IO[bytes]) -> Iterator[Directory]:
    """All directories of a TIFF file or an EXIF block: the main one, EXIF, GPS, and so on."""
    layout, first = _header(file)
    if layout is None:
        return
    for misplaced in _MISPLACED_BY:
        main = _directory(layout, first - misplaced, 0)
        if main is not None:
            break
    pending = [(0, first)]
    visited: set[int] = set()
    while pending and len(visited) < MAX_DIRECTORIES:
        kind, at = pending.pop(0)
        directory = _directory(layout, at - misplaced, kind) if at not in visited else None
        visited.add(at)
        if directory is None:
            continue
        yield directory
        children = [(tag, int(to)) for tag in (EXIF, GPS, SUB_IFDS) for to in directory.numbers(tag)]
        pending = children + pending + [(0, directory.next_at)] * (kind == 0)


def _header(file: IO[bytes]) -> tuple[Layout | None, int]:
    """The layout, and the offset of the first directory."""
    end = file.seek(0, 2)
    file.seek(0)
    head = file.read(HEADER_WITHIN + 16)
    for start in range(min(HEADER_WITHIN, len(head) - 8) + 1):
        order = {b"II": "<", b"MM": ">"}.get(head[start : start + 2])
        if order and struct.unpack_from(order + "H", head, start + 2)[0] in _MAGIC:
            wide = struct.unpack_from(order + "H", head, start + 2)[0] == _BIG_TIFF
            layout = Layout(file, start, end, order, wide)
            return layout, layout.number(head[start + 8 : start + 16] if wide else head[start + 4 : start + 8])
    return None, 0


def _directory(layout: Layout, at: int, kind: int) -> Directory | None:
    """The directory at this offset, cut off where the file ends; None if there is none."""
    count_bytes, entry = (8, "HHQ8s") if layout.wide else (2, "HHL4s")
    count = layout.number(layout.read(at, count_bytes)) if at > 0 else 0
    if not 0 < count <= MAX_ENTRIES:
        return None
    size = struct.calcsize("<" + entry)
    table = layout.read(at + count_bytes, count * size)
    entries: dict[int, tuple[int, int, bytes]] = {}
    for tag, type_, number, data in struct.iter_unpack(layout.order + entry, table[: len(table) // size * size]):
        if type_ in _TYPE_BYTES:
            entries.setdefault(tag, (type_, number, data))
    if not entries:
        return None
    next_at = layout.number(layout.read(at + count_bytes + count * size, 8 if layout.wide else 4))
    return Directory(layout, kind, entries, next_at)
