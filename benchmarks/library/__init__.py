"""A library on this machine at several sizes: ingest, time to visible, reads, memory, start, disk, and the page.

Libraries are loaded in bulk; then 3 MP photos are uploaded on top. Environment variables change what is measured:

SIZES      photos of each library (100,10000,50000)
INGEST     photos that are uploaded (500)
VISIBLE    photos that are uploaded one by one (30)
LIBRARIES  a folder for the loaded libraries, to be used again by the next run (a temporary one)
PAGE       0: without the browser (1: with the largest library)
JSON       a file for all figures (none)
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from benchmarks.library import report
from benchmarks.library.http import Limits
from benchmarks.library.measurement import Options, Result, measure_library


def run(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The tables, after all libraries have been measured; what happens meanwhile is printed to standard error."""
    sizes = sorted(int(size) for size in environ.get("SIZES", "100,10000,50000").split(","))
    folder = environ.get("LIBRARIES")
    results: list[Result] = []
    with nullcontext(folder) if folder else tempfile.TemporaryDirectory() as libraries:
        for size in sizes:
            options = Options(
                ingest=int(environ.get("INGEST", "500")),
                visible=int(environ.get("VISIBLE", "30")),
                limits=Limits(),
                scroll=size == sizes[-1] and environ.get("PAGE") != "0",
            )
            results.append(measure_library(Path(libraries).absolute() / str(size), size, options, _print_progress))
            if environ.get("JSON"):
                Path(environ["JSON"]).write_text(report.to_json(results) + "\n")
    yield from report.tables(results)


def _print_progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
