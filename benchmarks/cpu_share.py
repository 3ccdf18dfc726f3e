"""Limits a process to a share of a core with a control group, as Lambda limits a function by its memory."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL_CORE_MB = 1769  # at this memory a function has the equivalent of one core (Lambda's documentation)
PERIOD_US = 20_000
V1, V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


@contextmanager
def cpu_share(memory_mb: int) -> Iterator[Path]:
    """The file that a process writes its id to, to get the share of this much memory; raises RuntimeError."""
    quota = round(PERIOD_US * memory_mb / FULL_CORE_MB)
    is_v1 = (V1 / "cpu.cfs_quota_us").exists()
    group = (V1 if is_v1 else V2) / f"tintype-bench-{uuid.uuid4().hex[:8]}"
    try:
        group.mkdir()
    except OSError as error:
        raise RuntimeError("Limiting a process to a share of a core needs Linux, and root.") from error
    try:
        if is_v1:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def join(procs: str) -> None:
    """Move this process into the control group of this file."""
    Path(procs).write_text(str(os.getpid()))
