"""Files of a source, in folders or in zips."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tintype_cli.photos import Problem

MAX_TEXT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file. `path` has "/" between its folders, and is the same in every run; `open` may be called again."""

    path: str
    size: int  # bytes
    modified: float  # Unix time
    open: Callable[[], BinaryIO]  # raises OSError, also while the file is read
    crc: int | None = None  # CRC-32 of the bytes, if it is known without reading them

    @property
    def folder(self) -> str:
        """The path of its folder, empty for the root."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The last segment of the path."""
        return self.path.rpartition("/")[2]


def walk(root: Path) -> Iterator[FileEntry | Problem]:
    """All files below a folder, sorted by name in each folder; problems for what can't be read.

    Linked folders are not followed, so that no file comes twice and the walk ends.
    """
    folders = [_list(root, "")]  # a stack, as folders may be nested more deeply than calls
    while folders:
        match next(folders[-1], None):
            case None:
                folders.pop()
            case Path() as folder, str() as prefix:
                folders.append(_list(folder, prefix))
            case FileEntry() | Problem() as item:
                yield item


def read_text_file(entry: FileEntry, max_bytes: int = MAX_TEXT_BYTES) -> bytes:
    """The bytes of a small file; raises OSError, also if it is larger."""
    with entry.open() as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OSError(f"it is larger than {max_bytes // 1024**2} MiB")
    return data


def _list(folder: Path, prefix: str) -> Iterator[FileEntry | Problem | tuple[Path, str]]:
    """Files and problems of one folder, and folders in it with the prefix of their paths."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield Problem(prefix.rstrip("/") or ".", f"This folder can't be read: {_reason(error)}.")
        return
    for entry in entries:
        path = prefix + _printable(entry.name)
        try:
            if entry.is_dir(follow_symlinks=False):
                yield folder / entry.name, path + "/"
            elif entry.is_file():
                stat = entry.stat()
                yield FileEntry(path, stat.st_size, stat.st_mtime, partial(_open, entry.path))
            else:
                yield Problem(path, "This is neither a file nor a folder, or a link to a folder or to nothing.")
        except OSError as error:
            yield Problem(path, f"This file can't be read: {_reason(error)}.")


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _printable(name: str) -> str:
    """A name without what can't be written as UTF-8: names on disk are any bytes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
