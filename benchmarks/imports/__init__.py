"""`tintype import` of small files beside `aws s3 sync` of the same files, each into an empty library on this machine.

Then `tintype export` and `tintype verify` of the former. Environment variables change what is measured:

FILES      how many files (10000)
AWS        the `aws` command (the one on the path; without any, only `tintype` is measured)
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.imports import report
from benchmarks.imports.files import write_files
from benchmarks.imports.measurement import measure_sync, measure_tintype


def run(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The tables; what happens meanwhile is printed to standard error."""
    count = int(environ.get("FILES", "10000"))
    aws = shutil.which(environ.get("AWS", "aws"))
    if aws is None and "AWS" in environ:
        sys.exit(f"AWS={environ['AWS']} is not a command.")
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        size = write_files(files, count)
        tintype = measure_tintype(Path(folder), files, count)
        _print_progress(report.progress("tintype import", tintype.imported))
        synced = measure_sync(Path(folder), files, count, aws) if aws else None
    yield from report.tables(count, size, tintype, synced)


def _print_progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
