"""Lists the files in a zip without unpacking it, also in one that is cut short."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipExtFile, ZipFile, ZipInfo

from tintype_cli.photos import Problem
from tintype_cli.sources import cut_zips
from tintype_cli.sources.files import FileEntry
from tintype_cli.sources.limits import clean_text
from tintype_cli.sources.zip_members import CHUNK_BYTES, Chunks, open_member

_ENCRYPTED, _UTF_8 = 0x1, 0x800
_START = b"PK\x03\x04"


def list_zip(zip_path: Path, prefix: str) -> Iterator[FileEntry | Problem]:
    """The files in a zip, each with the path `{prefix}/{path in the zip}`.

    A zip without its directory, which is at the end, is read from its beginning as far as it goes.
    """
    names = _Names(prefix)
    try:
        with ZipFile(zip_path) as archive:
            members = archive.infolist()
    except (BadZipFile, EOFError, NotImplementedError, struct.error, ValueError):
        yield from _list_cut_zip(zip_path, prefix, names)
        return
    except OSError as error:
        yield Problem(prefix, f"This zip can't be read: {error.strerror or error}.")
        return
    for info in members:
        if info.is_dir():
            continue
        path = names.unique(_decode(info))
        if info.flag_bits & _ENCRYPTED:
            yield Problem(path, "This file is encrypted.")
            continue
        chunks = partial(
            _read, zip_path, info.header_offset, info.compress_type, info.compress_size, info.file_size, info.CRC
        )
        yield FileEntry(
            path, info.file_size, _modified(info), partial(open_member, path, info.file_size, chunks), info.CRC
        )


def first_name(zip_path: Path) -> str:
    """The path of the first file in a zip; empty if the file is no zip. Raises OSError."""
    with zip_path.open("rb") as file:
        return cut_zips.first_name(file)


def _list_cut_zip(zip_path: Path, prefix: str, names: "_Names") -> Iterator[FileEntry | Problem]:
    try:
        with zip_path.open("rb") as file:
            if file.read(4) != _START:
                yield Problem(prefix, "This is not a zip, or it is damaged from its beginning.")
                return
            modified = zip_path.stat().st_mtime
            for member in cut_zips.scan(file):
                if isinstance(member, cut_zips.End):
                    yield from _end_problems(member, prefix)
                elif not member.name.endswith("/"):
                    path = names.unique(member.name)
                    chunks = partial(cut_zips.read, zip_path, member.offset, member.end)
                    opener = partial(open_member, path, member.size, chunks)
                    yield FileEntry(path, member.size, modified, opener, member.crc)
    except OSError as error:
        yield Problem(prefix, f"This zip can't be read: {error.strerror or error}.")


def _end_problems(end: cut_zips.End, prefix: str) -> Iterator[Problem]:
    if end.name:
        yield Problem(f"{prefix}/{end.name}", f"{end.reason} Download the zip again.")
    yield Problem(
        prefix,
        f"This zip has no directory at its end, because it is cut short or damaged. The {end.files:,} files in its "
        f"first {end.offset:,} bytes are read; what follows is unknown. Download the zip again, and import it again.",
    )


class _Names:
    """Gives each file of a zip a path of its own: a zip may hold a path twice."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._counts: dict[str, int] = {}

    def unique(self, name: str) -> str:
        path = clean_text(name)
        count = self._counts.get(path, 0) + 1
        self._counts[path] = count
        return f"{self._prefix}/{path}" if count == 1 else f"{self._prefix}#{count}/{path}"


def _read(zip_path: Path, offset: int, method: int, packed: int, size: int, crc: int) -> Chunks:
    """The data of the member whose header begins at `offset`, unpacked and checked.

    The zip is open only meanwhile, because a Takeout may have more zips than a process may have open files. Of the
    directory only this much is remembered. Raises what zipfile does, OSError.
    """
    info = ZipInfo()
    info.compress_type, info.compress_size, info.file_size, info.CRC = method, packed, size, crc
    with zip_path.open("rb") as file:
        file.seek(cut_zips.data_offset(file, offset))
        with ZipExtFile(file, "r", info) as member:
            while chunk := member.read(CHUNK_BYTES):
                yield chunk


def _decode(info: ZipInfo) -> str:
    """The name of a member: many programs write UTF-8 without the flag that says so."""
    if not info.flag_bits & _UTF_8:
        try:
            return info.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return info.filename


def _modified(info: ZipInfo) -> float:
    """Unix time of a member; zips have local times of two seconds, and invalid ones."""
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
