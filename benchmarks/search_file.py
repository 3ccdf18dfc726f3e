"""The alternative to rows of words: one file of SQLite's full-text index and columns (FTS5), fetched from S3."""

import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.search_library import COMMON_TAGS
from chalicelib.library.collections import position
from chalicelib.library.photo import Photo

# AWS: one request at a time for each 85 to 90 MB/s (S3 performance design patterns).
S3_BYTES_PER_SECOND = 85_000_000
PAGE = 50
RUNS = 7
SCHEMA = """
CREATE TABLE photos (
    number INTEGER PRIMARY KEY, photo_id TEXT, taken_at TEXT, camera TEXT, place TEXT, favorite INTEGER, rating INTEGER,
    latitude INTEGER, longitude INTEGER, tags TEXT
);
CREATE VIRTUAL TABLE word_index USING fts5 (
    words, tags, content='', detail=column, tokenize="unicode61 tokenchars '_'"
);
"""
NEWEST = "SELECT rowid FROM word_index WHERE word_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT 50"
FACETS = """
SELECT taken_at, camera, place, photos.tags
FROM word_index JOIN photos ON number = word_index.rowid WHERE word_index MATCH ?
"""


def build(path: Path, photos: list[Photo]) -> None:
    """Write the file of these photos; the oldest has the lowest number."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    for number, photo in enumerate(sorted(photos, key=lambda each: position(each.sort_time, each.photo_id))):
        place, at = ", ".join(photo.place), photo.coordinates
        database.execute(
            "INSERT INTO photos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, photo.photo_id, photo.sort_time.local.isoformat(), photo.camera, place),
                *(photo.favorite, photo.rating, at and at.latitude, at and at.longitude, "\n".join(photo.tags)),
            ),
        )
        tags = " ".join(map(token, photo.tags))
        database.execute(
            "INSERT INTO word_index (rowid, words, tags) VALUES (?, ?, ?)", (number, " ".join(photo.words), tags)
        )
    database.execute("INSERT INTO word_index (word_index) VALUES ('optimize')")
    database.execute("CREATE INDEX by_time ON photos (taken_at)")
    database.commit()
    database.execute("VACUUM")
    database.close()


def token(tag: str) -> str:
    """A tag as one token."""
    return tag.replace(" ", "_")


def requests(database: sqlite3.Connection) -> dict[str, Callable[[], object]]:
    """The searches of `benchmarks.search`, as far as a file can answer them: the numbers of photos."""
    first, second = COMMON_TAGS

    def newest(match: str) -> Callable[[], object]:
        return lambda: database.execute(NEWEST, (match, 0, 2**40)).fetchall()

    def in_year() -> object:
        bounds = "SELECT min(number), max(number) FROM photos WHERE taken_at BETWEEN '2024' AND '2025'"
        low, high = database.execute(bounds).fetchone()
        return database.execute(NEWEST, ("tags:lisbon", low, high)).fetchall()

    def facets() -> object:
        counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter(), Counter())
        for taken_at, camera, place, tags in database.execute(FACETS, ("words:lisbon AND words:beach",)):
            for count, values in zip(counts, ([taken_at[:4]], [camera], [place], tags.split("\n")), strict=True):
                count.update(values)
        return counts

    count = "SELECT count(*) FROM word_index WHERE word_index MATCH 'words:lisbon AND words:beach'"
    return {
        "timeline": lambda: database.execute("SELECT number FROM photos ORDER BY number DESC LIMIT 50").fetchall(),
        "one tag": newest("tags:lisbon"),
        "two common tags": newest(f"tags:{first} AND tags:{second}"),
        "tag and year": in_year,
        "q=lisbon beach, whole words": newest("words:lisbon AND words:beach"),
        "q=lisbon bea": newest("words:lisbon AND words:bea*"),
        "q=kodachrome scanned, whole words": newest(f"words:{first} AND words:{second}"),
        "q=b": newest("words:b*"),
        "q=lisbon": newest("words:lisbon*"),
        "q=lisbon b": newest("words:lisbon AND words:b*"),
        "count, q=lisbon beach": lambda: database.execute(count).fetchone(),
        "facets, q=lisbon beach": facets,
    }


def compare(photos: list[Photo]) -> Iterator[str]:
    """The file's size, the time to build and to fetch it, and the CPU time of searches in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        started = time.process_time()
        build(path, photos)
        built, size = time.process_time() - started, path.stat().st_size
        yield (
            f"A file for {len(photos):,} photos: {size / 1e6:,.1f} MB, built in {built:,.1f} s of CPU, "
            f"fetched in {size / S3_BYTES_PER_SECOND:.1f} s at {S3_BYTES_PER_SECOND / 1e6:.0f} MB/s.\n"
        )
        yield "| search in the file | CPU |"
        yield "| --- | ---: |"
        with closing(sqlite3.connect(path)) as database:
            for name, search in requests(database).items():
                times = []
                for _ in range(RUNS):
                    started = time.process_time()
                    search()
                    times.append(time.process_time() - started)
                yield f"| {name} | {median(times) * 1000:.1f} ms |"
