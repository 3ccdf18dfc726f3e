"""The progress of an import in the terminal: a bar for each phase, with the rate and the time left."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tintype_cli.export.report import format_bytes
from tintype_cli.progress import RateColumn


class ImportProgress:
    """Bars on standard error; nothing if that is not a terminal. Usable by several threads."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[sent]}"),
            RateColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._size = 0

    def __enter__(self) -> Self:
        """The bars, on the terminal."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bars as they are."""
        self._progress.stop()

    def begin(self, phase: str, photos: int) -> None:
        """A phase of so many photos begins."""
        self._size = 0
        self._task = self._progress.add_task(phase, total=photos, sent="")

    def advance(self, photos: int, size: int = 0) -> None:
        """So many photos are done, of so many bytes."""
        self._size += size
        if self._task is not None:
            sent = format_bytes(self._size) if self._size else ""
            self._progress.update(self._task, advance=photos, sent=sent)
