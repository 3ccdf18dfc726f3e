"""Searches at 1,000 and 100,000 photos: DynamoDB calls, items, bytes and read units of each, and its CPU time.

Runs the production code, adapters included, on simulated tables. CPU is the median of several runs in milliseconds,
without the network and the parsing of responses. It is compared with a scan of all photos, filtered in memory, and with
a file of SQLite's full-text index.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from benchmarks import search_file
from benchmarks.item_size import item_bytes
from benchmarks.search_library import COMMON_TAGS, NOW, OWNER, search_library
from benchmarks.simulated_tables import MAX_QUERY_BYTES, TABLES, UNIT_BYTES, Reads, SimulatedTables
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, photo_to_item, to_wire
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.library.collections import TimeRange, owner_scope
from chalicelib.library.photo import Photo
from chalicelib.library.photo_query import PhotoQuery, TagQuery, parse_words
from chalicelib.library.search import Search
from chalicelib.library.search_results import SearchPage, SearchResults

SIZES = (1_000, 100_000)
PAGE = 50
RUNS = 7
SCANNED = 1_000  # photos that are measured; more take as much more
SCOPE = owner_scope(OWNER)
YEAR_2024 = TimeRange(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2025-01-01"))


@dataclass(frozen=True, slots=True)
class Request:
    """A search, and what it asks for besides a page."""

    query: PhotoQuery
    facets: bool = False
    count: bool = False


REQUESTS = {
    "timeline": Request(PhotoQuery()),
    "one tag": Request(PhotoQuery(tags=TagQuery(("lisbon",)))),
    "two common tags": Request(PhotoQuery(tags=TagQuery(COMMON_TAGS))),
    "tag and year": Request(PhotoQuery(tags=TagQuery(("lisbon",)), time_range=YEAR_2024)),
}


def words(text: str) -> PhotoQuery:
    """The query of a search text."""
    terms, dates = parse_words(text)
    return PhotoQuery(words=terms, dates=dates)


REQUESTS |= {
    "q=lisbon beach, whole words": Request(words("lisbon beach ")),
    "q=lisbon bea": Request(words("lisbon bea")),
    "q=kodachrome scanned, whole words": Request(words("kodachrome scanned ")),
    "q=b": Request(words("b")),
    "q=lisbon": Request(words("lisbon")),
    "q=lisbon b": Request(words("lisbon b")),
    "count, one tag": Request(PhotoQuery(tags=TagQuery(("lisbon",))), count=True),
    "count, q=lisbon beach": Request(words("lisbon beach "), count=True),
    "facets, all photos": Request(PhotoQuery(), facets=True),
    "facets, q=lisbon beach": Request(words("lisbon beach "), facets=True),
}


def run() -> Iterator[str]:
    """The table of requests at each size, then that of the file."""
    columns: dict[str, list[str]] = {}
    for size in SIZES:
        photos = list(search_library(size))
        tables = SimulatedTables(photos)
        yield f"{size:,} photos have {tables.rows / size:.1f} rows each.\n"
        results = search_results(tables)
        for name, request in REQUESTS.items():
            reads, page, cpu_ms = measure(tables, partial(find, results, request))
            columns.setdefault(name, []).append(f"{describe(reads)}, {cpu_ms:.1f} ms, {len(page.photos)} found")
        columns.setdefault("any of these by a scan", []).append(_scan(photos))
    yield "| request (page of 50) | " + " | ".join(f"{size:,} photos" for size in SIZES) + " |"
    yield "| --- |" + " --- |" * len(SIZES)
    for name, cells in columns.items():
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""
    yield from search_file.compare(photos)


def search_results(tables: SimulatedTables) -> SearchResults:
    """The production code on these tables."""
    store = DynamoPhotoStore(tables, TABLES, lambda: NOW, lambda _: None, random.random)
    return SearchResults(store, DynamoCollectionReader(tables, TABLES))


def find(results: SearchResults, request: Request) -> SearchPage:
    """The first page of a request."""
    search = Search(SCOPE, request.query, OWNER)
    return results.find(search, after=None, limit=PAGE, wants_count=request.count, wants_facets=request.facets)


def measure(tables: SimulatedTables, send: Callable[[], SearchPage]) -> tuple[Reads, SearchPage, float]:
    """What a request reads, its page, and the median of its CPU time in milliseconds."""
    page = send()
    reads = tables.take_reads()
    cpu_ms = cpu_milliseconds(send)
    tables.take_reads()
    return reads, page, cpu_ms


def cpu_milliseconds(work: Callable[[], object]) -> float:
    """The median of the CPU time of several runs."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


def describe(reads: Reads) -> str:
    """Reads in a few words."""
    return f"{reads.calls} calls, {reads.items:,} items, {reads.bytes / 1000:,.0f} kB, {reads.units:,.0f} units"


def _scan(photos: list[Photo]) -> str:
    """The plain reference: read every photo and filter in memory; bytes and time are those of the first ones."""
    wires = [to_wire(photo_to_item(photo)) for photo in photos[:SCANNED]]
    query = REQUESTS["two common tags"].query

    def scan() -> list[Photo]:
        read = map(photo_from_item, map(from_wire, wires))
        return [photo for photo in read if query.matches(photo, SCOPE)]

    factor = len(photos) / len(wires)
    size = round(factor * sum(map(item_bytes, wires)))
    reads = Reads(-(-size // MAX_QUERY_BYTES), len(photos), size, -(-size // UNIT_BYTES))
    return f"{describe(reads)}, {factor * cpu_milliseconds(scan):,.0f} ms"
