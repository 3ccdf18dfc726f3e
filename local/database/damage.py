"""Damaged database files: finds them at the start, moves them aside and uses the generation before."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from local.database.files import copy_file, digest, failed_check, log_file, replace_synced, state_file
from local.files import move_aside

DAMAGED = "damaged: "  # starts each line about a damaged file; `make run` shows these lines
MAGIC = b"SQLite format 3\x00"
LOG_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
LOG_HEADER_BYTES = 32


def repair(path: Path, damaged_dir: Path) -> None:
    """Make the file usable: move damaged files aside, use the generation before, and say so in one line."""
    # Before anything opens the file: SQLite removes a log that it cannot read.
    log_problem = _find_log_damage(path)
    moved = _move_aside([log_file(path)], damaged_dir) if log_problem else ""
    if problem := _find_damage(path):
        _restore(path, problem, damaged_dir)
    elif log_problem:
        written_at = _time_text(path.stat().st_mtime)
        print(f"{DAMAGED}{path.name}-wal {log_problem}: changes after {written_at} are lost.{moved}", flush=True)


def _find_damage(path: Path) -> str:
    """What is wrong with the file, or an empty string."""
    state = _state(path)
    if not path.exists():
        return "is missing" if state or copy_file(path).exists() else ""
    with path.open("rb") as file:
        header = file.read(len(MAGIC))
    if not header and not state:
        return ""  # the very first start was interrupted
    if header != MAGIC:
        return "is not a database" if header else "is empty"
    if state.startswith("closed ") and not _log_size(path):
        return "" if state == f"closed {digest(path)}" else "has changed since it was closed"
    try:
        # Read-only: otherwise closing the connection would write the log into the damaged file.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return failed_check(connection)
    except sqlite3.DatabaseError as error:
        return f"is damaged ({error})"


def _find_log_damage(path: Path) -> str:
    """What is wrong with the log of a run that had no regular end, or an empty string."""
    if not _state(path).startswith("open"):
        return ""
    if not log_file(path).exists():
        return "is missing"
    with log_file(path).open("rb") as file:
        header = file.read(LOG_HEADER_BYTES)
    return "" if header.startswith(LOG_MAGIC) and len(header) == LOG_HEADER_BYTES else "is damaged"


def _restore(path: Path, problem: str, damaged_dir: Path) -> None:
    """Put the generation before in the place of a damaged or missing file, and say so in one line."""
    copy = copy_file(path)
    copy_problem = _find_copy_damage(copy)
    moved = _move_aside([path, log_file(path), path.with_name(f"{path.name}-shm")], damaged_dir)
    state_file(path).unlink(missing_ok=True)
    if copy_problem:
        moved += _move_aside([copy], damaged_dir)
        print(f"{DAMAGED}{path.name} {problem}, and its copy {copy_problem}: starting without data.{moved}", flush=True)
        return
    copied_at = _time_text(copy.stat().st_mtime)
    part = path.with_name(f"{path.name}.part")
    part.touch(mode=0o600)
    shutil.copyfile(copy, part)
    replace_synced(part, path)
    print(f"{DAMAGED}{path.name} {problem}: using the copy of {copied_at}.{moved}", flush=True)


def _find_copy_damage(copy: Path) -> str:
    if not copy.exists():
        return "is missing"
    try:
        with closing(sqlite3.connect(copy)) as connection:
            return failed_check(connection) if copy.stat().st_size else "is empty"
    except sqlite3.DatabaseError as error:
        return f"is damaged ({error})"


def _move_aside(files: list[Path], damaged_dir: Path) -> str:
    """Move the files that exist, with the time in their names; returns the end of the message."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    moved = [move_aside(file, damaged_dir, moment) for file in files if file.exists()]
    return f" The damaged file is {moved[0]}" if moved else ""


def _state(path: Path) -> str:
    try:
        return state_file(path).read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _log_size(path: Path) -> int:
    return log_file(path).stat().st_size if log_file(path).exists() else 0


def _time_text(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp).astimezone().strftime("%Y-%m-%d %H:%M")
