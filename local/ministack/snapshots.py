"""Snapshots: the state of the local cloud, on disk in generations of which the newest whole one counts.

MiniStack itself writes its state only when it ends, file by file over the old one: a kill loses everything since the
start. Here every service is copied at one moment and written beside the old generation, which it follows by one rename:
whenever the process dies, the newest directory without `.part` is complete.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

State = Mapping[str, Any]
Write = Callable[[Path, str, Any], None]  # directory, service, its state

KEPT = 2  # the newest, and the one before it for a person to look at


class Snapshots:
    """The generations below one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def newest(self) -> Path | None:
        """The last complete generation, None before the first."""
        whole = self._whole()
        return whole[-1] if whole else None

    def save(self, state: State, write: Write) -> Path:
        """Write one generation; an error leaves the earlier ones as they were."""
        whole = self._whole()
        number = int(whole[-1].name) + 1 if whole else 1
        part = self._directory / f"{number:08d}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for service, held in state.items():
            write(part, service, held)
        done = part.rename(self._directory / f"{number:08d}")
        for old in [*whole, done][:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return done

    def _whole(self) -> list[Path]:
        if not self._directory.exists():
            return []
        return sorted(path for path in self._directory.iterdir() if path.name.isdigit())


class Changes:
    """Whether anything happened since the last save, and whether it is time for the next one."""

    SETTLE = 2.0  # seconds: what a call set off (an event on its way to a queue) may land this much later
    SHARE = 20  # a save may take at most a twentieth of the time

    def __init__(self, every: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._clock = clock
        self._changed_at = float("-inf")
        self._saved_at = float("-inf")
        self._took = 0.0

    def happened(self) -> None:
        """A call came in that may have changed something."""
        self._changed_at = self._clock()

    def pending(self) -> bool:
        """There is something a save has not surely seen."""
        return self._changed_at + self.SETTLE > self._saved_at

    def due(self) -> bool:
        """Something is pending and the last save is long enough ago for what it cost."""
        return self.pending() and self._clock() >= self._saved_at + max(self._every, self.SHARE * self._took)

    def saved(self, began: float) -> None:
        """A save that began at `began` (of the same clock) has just ended."""
        self._saved_at = began
        self._took = self._clock() - began
