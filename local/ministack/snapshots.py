"""Crash-safe snapshots of MiniStack's state.

MiniStack itself saves only at exit, file by file over the previous state: a kill loses everything since the start. Here
all services are copied at one moment, written to a `.part` directory and published by one rename: whenever the process
dies, the newest directory without `.part` is complete.
"""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

State = Mapping[str, Any]
Write = Callable[[Path, str, Any], None]  # directory, service, its state

GENERATIONS = 2  # the latest, and the previous one for debugging


class Snapshots:
    """Numbered snapshots below one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()

    def latest(self) -> Path | None:
        """The latest complete snapshot, or None."""
        complete = self._complete()
        return complete[-1] if complete else None

    def save(self, state: State, write: Write) -> Path:
        """Write a snapshot and delete old ones; after an error the previous snapshots are unchanged."""
        with self._lock:  # the save at exit may find another one unfinished
            return self._save(state, write)

    def _save(self, state: State, write: Write) -> Path:
        complete = self._complete()
        number = int(complete[-1].name) + 1 if complete else 1
        part = self._directory / f"{number:08d}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for service, service_state in state.items():
            write(part, service, service_state)
        snapshot = part.rename(self._directory / f"{number:08d}")
        for old in [*complete, snapshot][:-GENERATIONS]:
            shutil.rmtree(old, ignore_errors=True)
        return snapshot

    def _complete(self) -> list[Path]:
        if not self._directory.exists():
            return []
        return sorted(path for path in self._directory.iterdir() if path.name.isdigit())


class ChangeTracker:
    """Tracks whether there are unsaved changes and when the next save is due."""

    SETTLE = 2.0  # seconds: asynchronous effects of a request (an event to a queue) may arrive this much later
    COST_FACTOR = 20  # saving may take at most a twentieth of the time

    def __init__(self, min_interval: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._min_interval = min_interval
        self._clock = clock
        self._changed_at = float("-inf")
        self._saved_at = float("-inf")
        self._save_seconds = 0.0

    def record_change(self) -> None:
        """Record a request that may have changed state."""
        self._changed_at = self._clock()

    def has_unsaved(self) -> bool:
        """Whether there are changes that the last save may have missed."""
        return self._changed_at + self.SETTLE > self._saved_at

    def is_save_due(self) -> bool:
        """Whether there are unsaved changes and the last save is long enough ago for its cost."""
        return self.has_unsaved() and self._clock() >= self._saved_at + max(
            self._min_interval, self.COST_FACTOR * self._save_seconds
        )

    def record_save(self, started_at: float) -> None:
        """Record a save that started at `started_at` (same clock) and has just ended."""
        self._saved_at = started_at
        self._save_seconds = self._clock() - started_at
