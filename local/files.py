"""Files that survive a power failure: complete, or as they were before."""

import os
import shutil
from pathlib import Path

TEMPORARY_SUFFIX = ".tmp"


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file so that it has its new content, or the old one, whenever the machine stops; raises OSError."""
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_aside(path: Path, folder: Path, moment: str) -> Path:
    """Move a damaged file or directory into the folder, with the moment in its name; returns where it is now."""
    target = _free_name(path, folder, moment)
    path.rename(target)
    sync_directory(folder)
    sync_directory(path.parent)
    return target


def copy_aside(path: Path, folder: Path, moment: str) -> Path:
    """Copy a damaged file into the folder, with the moment in its name; returns the copy."""
    target = _free_name(path, folder, moment)
    target.touch(mode=0o600)
    shutil.copyfile(path, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    sync_directory(folder)
    return target


def _free_name(path: Path, folder: Path, moment: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{path.name}.{moment}"
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{path.name}.{moment}-{number}"
    return target
