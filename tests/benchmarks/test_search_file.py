import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.search import REQUESTS, SCOPE
from benchmarks.search_file import build, requests
from benchmarks.search_library import search_library
from chalicelib.library.collections import position


def test_the_file_finds_the_photos_that_the_store_finds(tmp_path: Path) -> None:
    photos = sorted(search_library(400), key=lambda photo: position(photo.sort_time, photo.photo_id))
    build(tmp_path / "search.sqlite", photos)
    with closing(sqlite3.connect(tmp_path / "search.sqlite")) as database:
        searches = requests(database)
        pages = {name: searches[name]() for name in searches if not name.startswith(("count", "facets"))}
    assert "q=lisbon beach, whole words" in pages
    for name, page in pages.items():
        matching = [number for number, photo in enumerate(photos) if REQUESTS[name].query.matches(photo, SCOPE)]
        assert page == [(number,) for number in matching[:-51:-1]], name
