"""The progress of a command in the terminal: a bar for each phase, with the rate and the time left."""

from threading import Lock
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from tintype_cli.export.report import format_bytes


class Monitor(Protocol):
    """Shows how far a command is. Usable by several threads."""

    def begin(self, phase: str, photos: int | None) -> None:
        """A phase of about so many photos begins; None if the number is unknown."""

    def advance(self, photos: int = 1, size: int = 0) -> None:
        """So many photos are done, of so many bytes."""

    def skip(self, photos: int = 1) -> None:
        """So many photos need no work: they are already there."""


class RateColumn(ProgressColumn):
    """How many per second, lately."""

    def render(self, task: Task) -> Text:
        """The rate, empty while it is unknown."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.1f}/s" if speed else "")


class ProgressBars:
    """Bars on standard error; nothing if that is not a terminal.

    Rate and time left are of the work of this run: what needs none is left out of bar and total, and counted apart.
    """

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            RateColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._lock = Lock()
        self._task: TaskID | None = None
        self._size = 0
        self._skipped = 0

    def __enter__(self) -> Self:
        """The bars, on the terminal."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bars as they are."""
        self._progress.stop()

    def begin(self, phase: str, photos: int | None) -> None:
        """A phase begins."""
        with self._lock:
            self._size = self._skipped = 0
            self._task = self._progress.add_task(phase, total=photos, note="")

    def advance(self, photos: int = 1, size: int = 0) -> None:
        """So many photos are done; more than the total are its new total."""
        with self._lock:
            self._size += size
            self._update(done=photos, skipped=0)

    def skip(self, photos: int = 1) -> None:
        """So many photos need no work."""
        with self._lock:
            self._skipped += photos
            self._update(done=0, skipped=photos)

    def _update(self, done: int, skipped: int) -> None:
        if self._task is None:
            return
        task = self._progress.tasks[self._task]
        total = None if task.total is None else max(task.total - skipped, task.completed + done)
        notes = (
            format_bytes(self._size) if self._size else "",
            f"{self._skipped:,} already there" if self._skipped else "",
        )
        self._progress.update(self._task, advance=done, total=total, note=", ".join(filter(None, notes)))
