"""The tables of the import benchmark."""

from collections.abc import Iterator

from benchmarks.imports.commands import Usage
from benchmarks.imports.measurement import BroughtIn, Tintype

MB = 10**6


def progress(command: str, result: BroughtIn) -> str:
    """A line that says that one side is measured."""
    return f"{command}: sent after {result.sent_seconds:.0f} s, processed after {result.processed_seconds:.0f} s"


def tables(count: int, size: int, tintype: Tintype, synced: BroughtIn | None) -> Iterator[str]:
    """Both tables, as Markdown; without `synced` its column says why it is empty."""
    yield f"{count:,} files of {size / count / 1000:.1f} kB"
    yield ""
    yield f"| | `tintype import` | {'`aws s3 sync`' if synced else '`aws s3 sync`: `aws` is not installed'} |"
    yield "| --- | ---: | ---: |"
    columns = [_brought_in(count, tintype.imported), _brought_in(count, synced) if synced else {}]
    for label, value in columns[0].items():
        yield f"| {label} | {value} | {columns[1].get(label, '')} |"
    yield ""
    yield "| | seconds | photos a second | CPU seconds | peak memory |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for label, usage in (
        ("`tintype export`", tintype.exported),
        ("again, nothing to copy", tintype.exported_again),
        ("`tintype verify`", tintype.verified),
    ):
        rate = f"{count / usage.seconds:.0f}"
        yield f"| {label} | {usage.seconds:.1f} | {rate} | {usage.cpu_seconds:.1f} | {_mb(usage)} |"


def _brought_in(count: int, result: BroughtIn) -> dict[str, str]:
    return {
        "files sent a second": f"{count / result.sent_seconds:.1f}",
        "photos a second until all are processed": f"{count / result.processed_seconds:.1f}",
        "CPU of the command": f"{result.first.cpu_seconds:.1f} s",
        "peak memory": _mb(result.first),
        "again, nothing to send": f"{result.again.seconds:.1f} s",
        "… CPU": f"{result.again.cpu_seconds:.1f} s",
        "… peak memory": _mb(result.again),
    }


def _mb(usage: Usage) -> str:
    return f"{usage.peak_bytes / MB:.0f} MB"
