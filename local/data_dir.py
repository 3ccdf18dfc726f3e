"""The data directory of a library: originals, state and logs, used by one library at a time.

`chalice local` restarts on every file change below the project, so a data directory inside the project is a symbolic
link to a directory below `$XDG_DATA_HOME/tintype` or `~/.local/share/tintype`: chalice does not follow links.
"""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.data_files import check_data_files
from local.disk_space import explain_full_disk, full_disk_error, is_full_disk_error
from local.errors import UserError
from local.files import write_atomically

PROJECT = Path(__file__).resolve().parent.parent
# Raised when the files change in a way that this code cannot read. Directories of layout 1 hold no version file.
LAYOUT_VERSION = 3
MIGRATABLE_VERSIONS = {"2"}
FOLDERS_OF_LAYOUT_2 = ("snapshots", "objects", "state")
# How long a new library waits for the lock: the services of a killed one need a moment to exit.
LOCK_TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class DataDir:
    """The paths inside one data directory."""

    root: Path

    @property
    def version_file(self) -> Path:
        """The layout version of the data directory."""
        return self.root / "layout-version"

    @property
    def credentials(self) -> Path:
        """The access key of the library, as an AWS credentials file."""
        return self.root / "credentials"

    @property
    def command_keys(self) -> Path:
        """One file for each API key of a command that runs."""
        return self.root / "command-keys"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.root / "logs"

    @property
    def library(self) -> Path:
        """Everything that the library stores; the other folders can be deleted without losing any of it."""
        return self.root / "library"

    @property
    def has_layout_2(self) -> bool:
        """Whether the directory holds a library of layout 2 or older."""
        return not self.library.exists() and any(_has_entries(self.root / name) for name in FOLDERS_OF_LAYOUT_2)

    @property
    def has_lost_credentials(self) -> bool:
        """Whether the library had an access key; one of layout 2 had none."""
        is_new = not (self.state / "services.json").exists() or (self.root / "layout-2").exists()
        return not is_new and not self.credentials.exists()

    @property
    def damaged(self) -> Path:
        """Files that were found damaged, moved here."""
        return self.root / "damaged"

    @property
    def objects(self) -> Path:
        """S3 objects, as files."""
        return self.library / "objects"

    @property
    def tables(self) -> Path:
        """The database of all DynamoDB tables."""
        return self.library / "tables.sqlite"

    @property
    def queues(self) -> Path:
        """The database of all queue messages."""
        return self.library / "queues.sqlite"

    @property
    def state(self) -> Path:
        """The definitions of buckets, tables and queues, users, parameters, topics, signing keys, and the inbox."""
        return self.library / "state"

    @property
    def scratch(self) -> Path:
        """Temporary files, deleted at each start."""
        return self.root / "scratch"

    def create_folders(self) -> None:
        """Create the folders that are missing."""
        for folder in (self.library, self.logs, self.objects, self.state, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)  # also the folders of an older version
        if self.damaged.exists():
            self.damaged.chmod(0o700)


def open_data_dir(path: Path) -> DataDir:
    """The data directory at `path`, created if missing; raises UserError if it cannot be created or read.

    A library of layout 2 is left as it is until `local.migration` has migrated it.
    """
    path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 (resolve() would follow our own link)
    try:
        if path.is_relative_to(PROJECT):
            _link_outside_project(path)
        data_dir = DataDir(path)
        check_data_files(path)
        _check_layout(data_dir)
        if not data_dir.has_layout_2:
            data_dir.create_folders()
    except OSError as error:
        if is_full_disk_error(error):
            raise full_disk_error(path) from error
        raise UserError(
            f"Cannot use {path} as data directory ({error.strerror}); choose another folder: DATA=…"
        ) from error
    return data_dir


def _check_layout(data_dir: DataDir) -> None:
    """Write the layout version of a new library; raises UserError, and writes nothing, for one that can't be read."""
    try:
        found = data_dir.version_file.read_text(errors="replace").strip()
    except FileNotFoundError:
        found = "1"
    is_newer = found.isdecimal() and int(found) > LAYOUT_VERSION
    is_migratable = found in MIGRATABLE_VERSIONS
    if is_newer or (data_dir.has_layout_2 and not is_migratable):
        raise UserError(
            f"{data_dir.root} holds a library of {'a newer' if is_newer else 'an older'} layout "
            f"({found or 'unknown'}, not {LAYOUT_VERSION}); this version can't read it. Start a new one with "
            "`make run DATA=<other folder>` (your old files stay where they are)."
        )
    if found == str(LAYOUT_VERSION) or data_dir.has_layout_2:
        return
    if data_dir.library.exists() and not is_migratable:
        print(f"damaged: {data_dir.version_file} was missing or unreadable; it was written again.", flush=True)
    data_dir.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_layout_version(data_dir)


def write_layout_version(data_dir: DataDir) -> None:
    """Mark the directory's library as one of this version."""
    write_atomically(data_dir.version_file, f"{LAYOUT_VERSION}\n".encode())


def _has_entries(folder: Path) -> bool:
    """Whether the library has stored anything there; file managers leave hidden files of their own."""
    return folder.is_dir() and any(not entry.name.startswith(".") for entry in folder.iterdir())


def _link_outside_project(path: Path) -> None:
    if path.exists() and not path.is_symlink():
        return  # the user's own directory
    if path.is_symlink():
        path.readlink().mkdir(parents=True, exist_ok=True)
        return
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    target = base / "tintype" / uuid.uuid4().hex[:12]
    target.mkdir(mode=0o700, parents=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


@contextmanager
def lock_data_dir(data_dir: DataDir, *, timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> Iterator[int]:
    """Lock the directory and yield the lock's file descriptor; raises UserError if another library uses it.

    Children that inherit the descriptor hold the lock, too: after a kill of this process it is released when the last
    of them has exited, and the next library waits for that.
    """
    path = data_dir.root / "lock"
    with explain_full_disk(data_dir.root):
        path.touch(mode=0o600)
        path.chmod(0o600)  # also that of an older version
    with path.open("a") as lock:
        deadline = time.monotonic() + timeout_seconds
        while not _try_lock(lock):
            if time.monotonic() >= deadline:
                raise UserError(
                    f"A library is already running in {data_dir.root}; stop it first, or choose another folder: DATA=…"
                )
            time.sleep(0.05)
        with explain_full_disk(data_dir.root):
            shutil.rmtree(data_dir.scratch, ignore_errors=True)
            data_dir.scratch.mkdir(mode=0o700)
        yield lock.fileno()


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
