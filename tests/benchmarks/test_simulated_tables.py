"""Searches of the simulated tables find what they find in a plain store, and what they read is counted."""

from collections.abc import Mapping

import pytest

from benchmarks.item_size import item_bytes
from benchmarks.search import REQUESTS, SCOPE, find, search_results
from benchmarks.search_library import OWNER, search_library
from benchmarks.simulated_tables import SimulatedTables
from chalicelib.aws.dynamodb.items import photo_to_item, to_wire
from chalicelib.aws.dynamodb.transaction import membership_item
from chalicelib.library.collections import memberships_for
from chalicelib.library.photo import Photo
from chalicelib.library.photo_query import PhotoQuery, TagQuery
from chalicelib.library.search import PhotoSearch, Search

PHOTOS = list(search_library(400))


@pytest.fixture(scope="module")
def tables() -> SimulatedTables:
    return SimulatedTables(PHOTOS)


@pytest.mark.parametrize("name", list(REQUESTS))
def test_requests_find_the_newest_photos_that_match(tables: SimulatedTables, name: str) -> None:
    request = REQUESTS[name]
    matching = [photo for photo in PHOTOS if request.query.matches(photo, SCOPE)]
    newest = sorted(matching, key=lambda photo: (photo.sort_time.local, photo.photo_id), reverse=True)
    assert [photo.photo_id for photo in find(search_results(tables), request).photos] == [
        photo.photo_id for photo in newest[:50]
    ]


def test_pages_of_a_search_follow_each_other(tables: SimulatedTables) -> None:
    search = Search(SCOPE, PhotoQuery(tags=TagQuery(("sea",))), OWNER)
    results = search_results(tables)
    found: list[str] = []
    after = None
    while True:
        page = PhotoSearch(results.photos, results.collections).find(search, after=after, limit=7)
        found += [photo.photo_id for photo in page.photos]
        after = page.next_position
        if after is None:
            break
    assert len(found) == len(set(found)) == sum("sea" in photo.tags for photo in PHOTOS) > 14


def test_reads_are_the_items_and_bytes_of_the_store(tables: SimulatedTables) -> None:
    tables.take_reads()
    page = find(search_results(tables), REQUESTS["one tag"])
    reads = tables.take_reads()
    tagged = sorted((p for p in PHOTOS if "lisbon" in p.tags), key=lambda p: p.sort_time.local, reverse=True)[:51]
    row_bytes = sum(_row_bytes(photo, "lisbon") for photo in tagged)
    photo_bytes = [item_bytes(to_wire(photo_to_item(photo))) for photo in page.photos]
    assert (reads.calls, reads.items) == (2, len(tagged) + len(page.photos))
    assert reads.bytes == row_bytes + sum(photo_bytes)
    assert reads.units == -(-row_bytes // 4096) + sum(-(-size // 4096) for size in photo_bytes)


def test_every_row_of_the_store_is_there(tables: SimulatedTables) -> None:
    # All but that in the collection by the time of upload, which is in another order.
    assert tables.rows == sum(len(memberships_for(photo)) - 1 for photo in PHOTOS)


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"name": {"S": "é"}}, 6),
        ({"n": {"N": "123"}}, 4),
        ({"n": {"B": b"123"}}, 4),
        ({"n": {"BOOL": True}}, 2),
        ({"n": {"L": [{"S": "a"}, {"S": "b"}]}}, 8),
        ({"n": {"M": {"a": {"S": "b"}}}}, 7),
    ],
)
def test_item_bytes_are_those_of_names_and_values(item: Mapping[str, Mapping[str, object]], size: int) -> None:
    assert item_bytes(item) == size


def _row_bytes(photo: Photo, tag: str) -> int:
    row = next(each for each in memberships_for(photo) if (each.scope, each.tag) == (SCOPE, tag))
    return item_bytes(to_wire(membership_item(row)[1]))
