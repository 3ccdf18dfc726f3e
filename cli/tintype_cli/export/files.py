"""Files of an export: complete or not there at all, whatever ends the process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def replaced(target: Path, temporary_folder: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `target` once it is complete and on the disk.

    `temporary_folder` is on the same file system. With an error, `target` stays as it is.
    """
    temporary = temporary_folder / f"{uuid4().hex}.part"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def file_size(path: Path) -> int | None:
    """The size of a regular file in bytes; None if there is none."""
    try:
        return path.stat().st_size if path.is_file() else None
    except FileNotFoundError:
        return None


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
