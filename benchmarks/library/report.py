"""The tables of the library benchmark, as Markdown, and its results as JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict

from benchmarks.library.http import Times
from benchmarks.library.measurement import Result
from benchmarks.library.page import Scrolled

MB = 10**6


def tables(results: Sequence[Result]) -> Iterator[str]:
    """One table of the library, one of its reads, one of its memory, and a line about the page."""
    heading = " | ".join(f"{result.size:,} photos" for result in results)
    ruler = " ---: |" * len(results)
    yield f"| | {heading} |"
    yield f"| --- |{ruler}"
    rows: dict[str, Callable[[Result], str]] = {
        "photos ingested a second": lambda r: f"{r.ingested.rate:.1f}",
        "seconds until visible, p50 / p95": lambda r: f"{r.visible.p50:.2f} / {r.visible.p95:.2f}",
        "start, seconds": lambda r: f"{r.start_seconds:.1f}",
        "disk per 3 MP photo": lambda r: f"{r.disk_per_photo / MB:.2f} MB",
        "of it, the original": lambda r: f"{r.ingested.bytes / r.ingested.photos / MB:.2f} MB",
    }
    for name, cell in rows.items():
        yield _row(name, map(cell, results))
    yield f"\n| reads: p50 / p95 in ms | {' | '.join(f'{r.size:,}: 1 client | 4 clients' for r in results)} |"
    yield f"| --- |{ruler * 2}"
    for name in results[0].reads:
        yield _row(name, (_milliseconds(times) for r in results for times in r.reads[name].values()))
    yield f"\n| memory: now (peak) in MB | {heading} |"
    yield f"| --- |{ruler}"
    for name in results[0].memory:
        yield _row(name, (f"{r.memory[name].resident / MB:.0f} ({r.memory[name].peak / MB:.0f})" for r in results))
    yield from (_page(result.scrolled) for result in results if result.scrolled)


def to_json(results: Sequence[Result]) -> str:
    """All figures, in seconds and bytes."""
    return json.dumps([asdict(result) | {"photos_per_second": result.ingested.rate} for result in results], indent=1)


def _page(page: Scrolled) -> str:
    return (
        f"\nThe page, scrolled to the end of {page.photos:,} photos: {page.seconds:.0f} s; at most {page.tiles} tiles "
        f"in the document; {page.heap / MB:.0f} MB of JavaScript objects; {page.resident / MB:.0f} MB resident."
    )


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _milliseconds(times: Times) -> str:
    return f"{times.p50 * 1000:.0f} / {times.p95 * 1000:.0f}"
