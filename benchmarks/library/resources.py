"""Memory of processes and size of folders, as Linux reports them."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
BLOCK_BYTES = 512  # of `st_blocks`


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident bytes now, and at most since the start."""

    resident: int
    peak: int


def memory_of(pids: Iterable[int]) -> Memory:
    """The memory of processes and all of their descendants, together."""
    tree = set().union(*(_descendants(pid) for pid in pids))
    statuses = [_status(pid) for pid in tree]
    return Memory(sum(s.get("VmRSS", 0) for s in statuses), sum(s.get("VmHWM", 0) for s in statuses))


def largest_renderer() -> int:
    """The resident bytes of the largest page process of a browser that this process started; 0 if there is none."""
    renderers = (pid for pid in _descendants(os.getpid()) if b"--type=renderer" in _command(pid))
    return max((_status(pid).get("VmRSS", 0) for pid in renderers), default=0)


def disk_bytes(folder: Path) -> int:
    """The bytes of disk that the files below a folder use."""
    return sum(path.lstat().st_blocks * BLOCK_BYTES for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in names)


def _descendants(pid: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                # The name in parentheses may contain spaces.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has exited
                continue
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found


def _status(pid: int) -> dict[str, int]:
    """The sizes in /proc/{pid}/status, in bytes."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return {}
    return {line.partition(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith("kB")}


def _command(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""
