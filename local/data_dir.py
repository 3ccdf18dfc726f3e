"""The home of a library: one folder with everything it keeps (originals, state, logs), and one library at a time in it.

`chalice local` restarts on every file that changes below the project, so a home inside the project is a link to a
folder outside it, below `$XDG_DATA_HOME/tintype` or `~/.local/share/tintype`: chalice does not follow links.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.errors import Problem

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Home:
    """Where one library keeps what it keeps."""

    root: Path

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.root / "logs"

    @property
    def objects(self) -> Path:
        """The objects of S3, as files."""
        return self.root / "objects"

    @property
    def state(self) -> Path:
        """The signing keys of the sign-in, written by MiniStack itself."""
        return self.root / "state"

    @property
    def snapshots(self) -> Path:
        """The state of everything else, in generations."""
        return self.root / "snapshots"


def at(data: Path) -> Home:
    """The home at `data`, made if it is not there; raises Problem where that cannot be."""
    data = Path(os.path.abspath(data.expanduser()))  # noqa: PTH100 (resolve() would follow our own link)
    try:
        if data.is_relative_to(PROJECT):
            _link(data)
        home = Home(data)
        for folder in (home.logs, home.objects, home.state, home.snapshots):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"{data} cannot hold the library ({error.strerror}); choose another folder: DATA=…") from error
    return home


def _link(data: Path) -> None:
    if data.exists() and not data.is_symlink():
        return  # somebody's own folder: theirs to choose
    if data.is_symlink():
        data.readlink().mkdir(parents=True, exist_ok=True)
        return
    shelf = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    target = shelf / "tintype" / uuid.uuid4().hex[:12]
    target.mkdir(parents=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    data.symlink_to(target)


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the home for this process; raises Problem where another library runs in it. A kill releases it too."""
    with (home.root / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(f"A library is already running in {home.root}; end it first, or choose DATA=…") from None
        yield
