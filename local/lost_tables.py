"""Lost tables: the file `tables.sqlite` and its copy are missing or damaged, while all else of the library is there.

`make rebuild` makes new tables from the backup in the originals bucket. They are a file of their own until they are
complete; only then do they take the place of the lost ones, which move to the folder of damaged files.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.data_dir import DataDir
from local.database import is_lost, open_database
from local.database.files import replace_synced
from local.files import move_aside


def has_lost_tables(data_dir: DataDir) -> bool:
    """Whether a library was here whose tables can't be read; it must not be running."""
    return (data_dir.state / "services.json").exists() and is_lost(data_dir.tables)


def advice(data_dir: DataDir) -> str:
    """What to do about lost tables, besides putting them back; an empty string if they are not lost."""
    if not has_lost_tables(data_dir):
        return ""
    return f". If it was run with BACKUP=yes, rebuild the tables from its originals: make rebuild DATA={data_dir.root}"


@contextmanager
def new_tables(data_dir: DataDir) -> Iterator[Path]:
    """An empty file for new tables, which takes the place of the lost ones at the end of the block.

    The remains of these move to the folder of damaged files. After an error, all is as it was.
    """
    file = data_dir.library / "rebuilt-tables.sqlite"  # not below the name of the tables, whose remains are looked for
    _remove_all(file)  # of a rebuild that was killed
    file.touch(mode=0o600)
    try:
        yield file
    except BaseException:
        _remove_all(file)
        raise
    _use(data_dir, file)


def _use(data_dir: DataDir, file: Path) -> None:
    open_database(file, "", data_dir.damaged).close()  # also after a kill: all is in the file, and nothing in its log
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    for each in sorted(data_dir.library.glob(f"{data_dir.tables.name}*")):
        move_aside(each, data_dir.damaged, moment)
    replace_synced(file, data_dir.tables)
    _remove_all(file)


def _remove_all(file: Path) -> None:
    """Remove a database with the files that belong to it."""
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
