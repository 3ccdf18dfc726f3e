"""The files of a database, and how they reach the disk."""

import hashlib
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from local.files import sync_directory, write_atomically

# Processors have instructions for SHA-256: it takes half the time of BLAKE2, which libraries were closed with earlier.
ALGORITHMS = {64: "sha256", 128: "blake2b"}
DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{128}")


def log_file(path: Path) -> Path:
    """SQLite's write-ahead log."""
    return path.with_name(f"{path.name}-wal")


def copy_file(path: Path) -> Path:
    """The generation before."""
    return path.with_name(f"{path.name}.previous")


def index_file(path: Path) -> Path:
    """SQLite's index of the log, shared between connections."""
    return path.with_name(f"{path.name}-shm")


def digest_file(copy: Path) -> Path:
    """The digest of a generation before; of two while it is replaced."""
    return copy.with_name(f"{copy.name}.digest")


def state_file(path: Path) -> Path:
    """Whether the file is open, and its digest if not."""
    return path.with_name(f"{path.name}.state")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, also while it is in use; the target is replaced at once, and only by an intact copy."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=OFF")  # synced as a whole below
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log
        if problem := failed_check(copy):
            part.unlink()
            raise sqlite3.DatabaseError(problem)
    added = digest(part)
    _write_digests(target, [*read_digests(target), added])  # whenever the machine stops, it is one of them
    replace_synced(part, target)
    _write_digests(target, [added])


def read_digests(copy: Path) -> list[str]:
    """The digests that a generation before may have; none if they are missing or damaged."""
    try:
        found = digest_file(copy).read_text(errors="replace").split()
    except FileNotFoundError:
        return []
    return found if all(DIGEST.fullmatch(each) for each in found) else []


def _write_digests(copy: Path, digests: list[str]) -> None:
    write_atomically(digest_file(copy), "".join(f"{each}\n" for each in digests).encode())


def replace_synced(source: Path, target: Path) -> None:
    """Move a file into the place of another, with its content on the disk before its new name."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)
    sync_directory(target.parent)


def failed_check(connection: sqlite3.Connection) -> str:
    """What SQLite's integrity check finds, or an empty string; raises sqlite3.DatabaseError if it cannot run."""
    (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if result == "ok" else f"is damaged ({' '.join(str(result).split())})"


def digest(path: Path, algorithm: str = "sha256") -> str:
    """A hash of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def has_digest(path: Path, expected: str) -> bool:
    """Whether this is the digest of the file, by the algorithm that it was made with."""
    return bool(DIGEST.fullmatch(expected)) and digest(path, ALGORITHMS[len(expected)]) == expected
