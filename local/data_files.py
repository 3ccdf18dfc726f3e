"""What must be a file, and what a folder, in a data directory: checked before anything is opened.

A pipe in the place of a file would block forever, and a folder or a file of another user would end in a stack trace.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from local.errors import UserError

MEGABYTE = 1024 * 1024
# Relative to the data directory. A database has files beside it, and each file a temporary name while it is written.
FILES = (
    "layout-version",
    "layout-version.tmp",
    "credentials",
    "credentials.tmp",
    "lock",
    "logs/*.log",
    "library/*.sqlite*",
    "library/state/*.json*",
    "library/objects/*.sqlite*",
)
FOLDERS = (
    "command-keys",
    "damaged",
    "logs",
    "scratch",
    "library",
    "library/state",
    "library/objects",
    "library/objects/data",
    "library/objects/incoming",
)


def check_data_files(root: Path) -> None:
    """Raise UserError for the first of the library's files and folders that it can't use; missing ones are fine."""
    for path in _find(root, FOLDERS):
        check_folder(path)
    for path in _find(root, FILES):
        check_file(path)


def check_file(path: Path) -> None:
    """Raise UserError if there is something at the path that is no file, or that this user may not change."""
    if path.is_dir():
        raise UserError(f"{path} is a folder instead of a file. Move it away and start again.")
    _check(path, path.is_file(), os.R_OK | os.W_OK)


def check_folder(path: Path) -> None:
    """Raise UserError if there is something at the path that is no folder, or that this user may not change."""
    if path.is_file():
        raise UserError(f"{path} is a file instead of a folder. Move it away and start again.")
    _check(path, path.is_dir(), os.R_OK | os.W_OK | os.X_OK)


def damaged_files_message(folder: Path) -> str:
    """What the folder of damaged files holds, and that it may be deleted; an empty string without files."""
    sizes = [path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()]
    if not sizes:
        return ""
    count = "1 file" if len(sizes) == 1 else f"{len(sizes):,} files"
    return (
        f"{folder} holds {count} ({sum(sizes) / MEGABYTE:,.1f} MB) from a crash: damaged, or of no photo. "
        "If you miss nothing, delete that folder."
    )


def _check(path: Path, is_usual: bool, access: int) -> None:
    if path.is_symlink() and not path.exists():
        raise UserError(f"{path} is a link to nothing. Move it away and start again.")
    if not path.exists():
        return  # also a file of a running library that has just been renamed
    if not is_usual:
        raise UserError(f"{path} is neither a file nor a folder. Move it away and start again.")
    if not os.access(path, access) and path.exists():
        raise UserError(f"You may not read and write {path}. Change its owner or its permissions and start again.")


def _find(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(root.glob(pattern)) if "*" in pattern else [root / pattern]  # glob finds no broken links
