"""The folder that an export goes to: empty, or a former export, and one that can be written."""

import errno
from pathlib import Path
from tempfile import TemporaryFile

from tintype_cli.catalogue import CATALOGUE_NAME, CatalogueError, read_header
from tintype_cli.export.store import StoreError

STATE_FOLDER = ".tintype"
# What systems put into empty folders and disks, beside hidden files.
_OF_SYSTEM = frozenset({"$RECYCLE.BIN", "System Volume Information", "Thumbs.db", "desktop.ini", "lost+found"})
_NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def prepare(root: Path, *, allows_other_files: bool) -> Path:
    """Create the folder, and in it that of temporary files, which it returns.

    Raises StoreError if the folder has other files, or can't be written.
    """
    if not allows_other_files and not is_export(root) and (other := _first_file(root)) is not None:
        raise StoreError(
            f"{root} is neither empty nor an export: it has {other}. Choose a new folder. To export into this one all "
            "the same, add --allow-other-files: what is there stays as it is."
        )
    try:
        temporary = temporary_folder(root)
        temporary.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=temporary).close()
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
        raise StoreError(f"{root} can't be written: {error.strerror}.") from error
    return temporary


def temporary_folder(root: Path) -> Path:
    """The folder of files that are being written. It is there until an export is finished."""
    return root / STATE_FOLDER / "partial"


def is_unfinished(root: Path) -> bool:
    """Whether the last export into this folder ended early, or is running."""
    return temporary_folder(root).is_dir()


def is_export(root: Path) -> bool:
    """Whether an export into this folder was begun, or its state is lost and its catalogue is there."""
    if (root / STATE_FOLDER).is_dir():
        return True
    try:
        with (root / CATALOGUE_NAME).open("rb") as file:
            read_header(file)
    except (FileNotFoundError, NotADirectoryError, CatalogueError):
        return False
    return True


def _first_file(root: Path) -> str | None:
    """The name of a file or folder that no system puts there; None if there is none."""
    if not root.exists():
        return None
    names = (path.name for path in sorted(root.iterdir()))
    return next((name for name in names if not name.startswith(".") and name not in _OF_SYSTEM), None)
