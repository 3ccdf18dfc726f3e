"""Runs of an import into a library in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.cli.imports.fake_library import FakeLibrary
from tintype_cli.imports.engine import ImportEngine, Options
from tintype_cli.imports.library import ImportLibrary
from tintype_cli.imports.report import Summary, summarize
from tintype_cli.imports.state import ImportState
from tintype_cli.photos import Source

REPORT = "report.csv"


@dataclass
class Steps:
    """Counts what a monitor is told: photos that were worked on, and others."""

    photos: int = 0
    size: int = 0
    skipped: int = 0

    def begin(self, phase: str, photos: int | None) -> None:
        pass

    def advance(self, photos: int = 1, size: int = 0) -> None:
        self.photos += photos
        self.size += size

    def skip(self, photos: int = 1) -> None:
        self.skipped += photos


def run_import(
    source: Source,
    library: FakeLibrary,
    folder: Path,
    *,
    same_ids: bool = True,
    jobs: int = 1,
    handler: Callable[[httpx.Request], httpx.Response] | None = None,
    state: type[ImportState] = ImportState,
    state_file: str = "state.sqlite",
    monitor: Steps | None = None,
) -> Summary:
    """One run; its state and its report are in the folder."""
    with state(folder / state_file) as opened:
        client = library.client(handler)
        options = Options(same_ids=same_ids, jobs=jobs)
        engine = ImportEngine(
            source,
            ImportLibrary(client),
            opened,
            monitor or Steps(),
            options,
            now=lambda: library.now,
            sleep=library.sleep,
        )
        engine.run(0)
        return summarize(opened, folder / REPORT)
