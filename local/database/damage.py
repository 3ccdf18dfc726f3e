"""Damaged database files: finds them at the start, moves them aside and uses the generation before."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from local.database.files import (
    copy_file,
    failed_check,
    has_digest,
    index_file,
    log_file,
    read_digests,
    replace_synced,
    state_file,
)
from local.database.log import Log, read_log
from local.errors import damaged_library_message
from local.files import copy_aside, move_aside
from local.log_lines import log_line

DAMAGED = "damaged: "  # starts each line about a damaged file; `make run` shows these lines
MAGIC = b"SQLite format 3\x00"
CHANGED = "has changed since it was closed"


class UnusableDatabase(Exception):
    """Neither the file nor its copy can be read; the message is one line for the user."""


def repair(path: Path, damaged_dir: Path) -> None:
    """Make the file usable: move damaged files aside, use the generation before, and say so in one line for each.

    Raises UnusableDatabase, and changes nothing, if the copy is damaged, too. If the file is intact, its copy is not
    read: that is left to `repair_copy`, so that a start reads a large file only once.
    """
    # Before anything opens the file: SQLite removes a log that it cannot read, and overwrites one that is damaged.
    log = _find_log_damage(path)
    problem = _find_damage(path, use_log=log is None or log.usable)
    copy_problem = _find_problem_of_copy(path) if problem else ""
    if problem and not copy_problem:
        _restore(path, problem, damaged_dir)
        return
    if _is_fatal(path, problem, copy_problem):
        message = f"{path} {problem}, and its copy {copy_file(path).name} {copy_problem}"
        raise UnusableDatabase(damaged_library_message(message, path.parent))
    if log:
        _report_log(path, log, damaged_dir)
    if problem:
        doubt = "some of its content may be wrong"
        _set_copy_aside(path, f"{path.name} {problem}, and its copy {copy_problem}: {doubt}", damaged_dir)
    elif not copy_file(path).exists() and (copy_problem := _find_copy_damage(path)):
        _set_copy_aside(path, f"{copy_file(path).name} {copy_problem}", damaged_dir)


def is_missing(path: Path) -> bool:
    """Whether there is neither the file nor its copy, nor a sign that there was one."""
    return not any(each.exists() for each in (path, copy_file(path), state_file(path)))


def is_lost(path: Path) -> bool:
    """Whether the file and its copy are missing, or neither of them can be used; changes nothing."""
    if is_missing(path):
        return True
    log = _find_log_damage(path)
    problem = _find_damage(path, use_log=log is None or log.usable)
    return bool(problem) and _is_fatal(path, problem, _find_problem_of_copy(path))


def repair_copy(path: Path, damaged_dir: Path) -> bool:
    """Move a damaged copy of an intact file aside, and say so in one line; returns whether a new one is needed."""
    if problem := _find_copy_damage(path):
        _set_copy_aside(path, f"{copy_file(path).name} {problem}", damaged_dir)
    return bool(problem)


def _set_copy_aside(path: Path, problem: str, damaged_dir: Path) -> None:
    moved = _move_aside([copy_file(path)], damaged_dir)
    log_line(f"{DAMAGED}{problem}: a new copy is made.{moved}")


def _find_damage(path: Path, *, use_log: bool) -> str:
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
        return "" if has_digest(path, state.removeprefix("closed ")) else CHANGED
    return _failed_check(path, use_log=use_log)


def _failed_check(path: Path, *, use_log: bool) -> str:
    """What SQLite finds wrong with a file, with its log or without it, or an empty string."""
    # Read-only: otherwise closing the connection would write the log into the damaged file.
    mode = "mode=ro" if use_log else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as connection:
            return failed_check(connection)
    except sqlite3.DatabaseError as error:
        return f"is damaged ({error})"


def _find_log_damage(path: Path) -> Log | None:
    """What SQLite would make of a damaged or missing log; None if the log is intact or there is none."""
    was_open = _state(path).startswith("open")
    if not _log_size(path):
        return Log(usable=False) if was_open else None
    log = read_log(log_file(path), index_file(path))
    return None if log.usable and not log.lost else log


def _report_log(path: Path, log: Log, damaged_dir: Path) -> None:
    """Keep a copy of a damaged log for the user, and say in one line what is lost."""
    name, moment = log_file(path).name, _moment()
    problem = "is damaged" if _log_size(path) else "is empty" if log_file(path).exists() else "is missing"
    if log.lost is None:
        lost = f"changes after {_time_text(path.stat().st_mtime)} are lost"
    elif log.lost:
        lost = f"at least {log.lost} of the latest changes are lost, all before them are there"
    else:
        lost = "nothing is lost"
    location = ""
    if log_file(path).exists():
        keep = copy_aside if log.usable else move_aside
        location = f" The damaged file is {keep(log_file(path), damaged_dir, moment)}"
    log_line(f"{DAMAGED}{name} {problem}: {lost}.{location}")


def _restore(path: Path, problem: str, damaged_dir: Path) -> None:
    """Put the generation before in the place of a damaged or missing file, and say so in one line."""
    copy = copy_file(path)
    moved = _move_aside([path, log_file(path), index_file(path)], damaged_dir)
    state_file(path).unlink(missing_ok=True)
    copied_at = _time_text(copy.stat().st_mtime)
    part = path.with_name(f"{path.name}.part")
    part.touch(mode=0o600)
    shutil.copyfile(copy, part)
    replace_synced(part, path)
    log_line(f"{DAMAGED}{path.name} {problem}: using the copy of {copied_at}.{moved}")


def _is_fatal(path: Path, problem: str, copy_problem: str) -> bool:
    """Whether neither the file nor its copy can be used, given what is wrong with each."""
    return bool(problem and copy_problem) and (problem != CHANGED or bool(_failed_check(path, use_log=False)))


def _find_problem_of_copy(path: Path) -> str:
    """Why the copy can't take the place of the file, or an empty string."""
    return _find_copy_damage(path) or ("" if copy_file(path).exists() else "is missing")


def _find_copy_damage(path: Path) -> str:
    """What is wrong with the generation before, or an empty string; it is no damage if there has never been one."""
    copy = copy_file(path)
    if not copy.exists():
        return "is missing" if _state(path).startswith("closed ") else ""
    if not copy.stat().st_size:
        return "is empty"
    if digests := read_digests(copy):
        return "" if any(has_digest(copy, each) for each in digests) else "is damaged"
    return _failed_check(copy, use_log=False)


def _move_aside(files: list[Path], damaged_dir: Path) -> str:
    """Move the files that exist, with the time in their names; returns the end of the message."""
    moment = _moment()
    moved = [move_aside(file, damaged_dir, moment) for file in files if file.exists()]
    return f" The damaged file is {moved[0]}" if moved else ""


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _state(path: Path) -> str:
    try:
        return state_file(path).read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _log_size(path: Path) -> int:
    return log_file(path).stat().st_size if log_file(path).exists() else 0


def _time_text(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp).astimezone().strftime("%Y-%m-%d %H:%M")
