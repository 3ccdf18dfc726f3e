"""Reads zips from their beginning, without the directory at their end, which one that is cut short has lost.

Where a member does not say its size before its data, the data is unpacked to find its end (APPNOTE.TXT 4.3.7 to 4.3.9).
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO
from zipfile import BadZipFile

from stream_unzip import stream_unzip

from tintype_cli.sources.zip_members import CHUNK_BYTES, Chunks

_HEADER = Struct("<4sHHHHHIIIHH")
_LOCAL, _CENTRAL, _DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_ENCRYPTED, _HAS_DESCRIPTOR, _UTF_8 = 0x1, 0x8, 0x800
_DEFLATED = 8
_UNKNOWN = 0xFFFFFFFF
_ZIP64 = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A whole member: its path, where its header begins and where it ends, its size unpacked and CRC-32."""

    name: str
    offset: int
    end: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class End:
    """Where the zip ends: after `files` whole members. `name` is the member that is cut or can't be read, if any."""

    offset: int
    files: int
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    data: int  # where the data begins


def first_name(file: BinaryIO) -> str:
    """The path of the first member; empty if the file does not begin as a zip. Raises OSError."""
    header = _read_header(file, 0)
    return header.name if header else ""


def data_offset(file: BinaryIO, offset: int) -> int:
    """Where the data of the member begins whose header is at `offset`. Raises BadZipFile, OSError."""
    header = _read_header(file, offset)
    if header is None:
        raise BadZipFile("there is no header where the directory says")
    return header.data


def scan(file: BinaryIO) -> Iterator[Member | End]:
    """The whole members of a zip in their order, then its end. Raises OSError."""
    offset, files, length = 0, 0, file.seek(0, io.SEEK_END)
    while True:
        header = _read_header(file, offset)
        if header is None:
            yield End(offset, files)
            return
        found = _find_end(file, header, length)
        if isinstance(found, str):
            yield End(offset, files, header.name, found)
            return
        end, size, crc = found
        yield Member(header.name, offset, end, size, crc)
        offset, files = end, files + 1


def read(zip_path: Path, offset: int, end: int) -> Chunks:
    """The data of the member between these places, unpacked and checked. Raises UnzipError, OSError."""
    with zip_path.open("rb") as file:
        file.seek(offset)
        _, _, chunks = next(stream_unzip(_member_chunks(file, end - offset)))
        yield from chunks


def _member_chunks(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (chunk := file.read(min(length, CHUNK_BYTES))):
        length -= len(chunk)
        yield chunk
    # The reader looks for what comes next, which may be cut.
    yield _CENTRAL + bytes(_HEADER.size)


def _read_header(file: BinaryIO, offset: int) -> _Header | None:
    """The header at `offset`; None if there is none, or if it is cut."""
    file.seek(offset)
    try:
        fields = _HEADER.unpack(file.read(_HEADER.size))
    except struct.error:
        return None
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
    rest = file.read(name_length + extra_length)
    if signature != _LOCAL or len(rest) < name_length + extra_length:
        return None
    name, extra = rest[:name_length], rest[name_length:]
    if _UNKNOWN in {packed, size} and (sizes := _zip64_sizes(extra)):
        size, packed = sizes
    data = offset + _HEADER.size + name_length + extra_length
    return _Header(_decode(name, flags), flags, method, crc, packed, size, data)


def _decode(name: bytes, flags: int) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace")


def _zip64_sizes(extra: bytes) -> tuple[int, int] | None:
    """The sizes unpacked and packed of a member over 4 GB."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = Struct("<HH").unpack_from(extra, at)
        if kind == _ZIP64 and length >= 16 and at + 20 <= len(extra):
            size, packed = Struct("<QQ").unpack_from(extra, at + 4)
            return size, packed
        at += 4 + length
    return None


def _find_end(file: BinaryIO, header: _Header, length: int) -> tuple[int, int, int] | str:
    """Where the member ends, its size and CRC-32; or a sentence that says why it can't be read."""
    cut = "The zip ends within this file."
    if header.flags & _ENCRYPTED:
        return "This file is encrypted, and so are those after it."
    if not header.flags & _HAS_DESCRIPTOR:
        end = header.data + header.packed
        return (end, header.size, header.crc) if end <= length else cut
    if header.method != _DEFLATED:
        return "This file does not say where it ends."
    file.seek(header.data)
    inflated = _inflate(file)
    if isinstance(inflated, str):
        return inflated or cut
    end, size, crc = inflated
    file.seek(end)
    descriptor = _descriptor_length(file.read(24), crc, end - header.data, size)
    return (end + descriptor, size, crc) if descriptor else cut


def _inflate(file: BinaryIO) -> tuple[int, int, int] | str:
    """Where the deflated data from here ends, its size and CRC-32 unpacked; a sentence if damaged, empty if cut."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = crc = 0
    while not inflater.eof:
        packed = inflater.unconsumed_tail or file.read(CHUNK_BYTES)
        if not packed:
            return ""
        try:
            data = inflater.decompress(packed, CHUNK_BYTES)
        except zlib.error:
            return "The zip is damaged within this file."
        size, crc = size + len(data), zlib.crc32(data, crc)
    return file.tell() - len(inflater.unused_data), size, crc


def _descriptor_length(data: bytes, crc: int, packed: int, size: int) -> int:
    """The length of the descriptor after a member's data; 0 if there is none."""
    for numbers in (Struct("<IQQ"), Struct("<III")):
        for signature in (_DESCRIPTOR, b""):
            try:
                expected = signature + numbers.pack(crc, packed, size)
            except struct.error:  # larger than 4 GB
                continue
            if data.startswith(expected):
                return len(expected)
    return 0
