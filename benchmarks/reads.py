"""DynamoDB calls, items and bytes of one request at 1,000 and 20,000 photos, compared with a scan.

Uses the real adapters against the local cloud and counts on the wire. Consumed capacity is not reported, because the
local cloud does not count it as DynamoDB does.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.trend_items import TrendSums
from chalicelib.albums.visibility import AlbumVisibility
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.albums import DynamoAlbumStore
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, photo_to_item, to_wire
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.aws.dynamodb.transaction import Tables, membership_item
from chalicelib.library.collections import memberships_for, position
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery
from chalicelib.library.queries import PhotoQueries
from chalicelib.library.search import Search
from chalicelib.library.search_index import index_photo
from chalicelib.library.totals import TrendOrder
from local import services
from tests.contract.tables import create_tables

SIZES = (1_000, 20_000)
PAGE = 50
TAGS = tuple(f"tag{n:03}" for n in range(200))
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Wire:
    """Counts DynamoDB traffic since the last reset."""

    calls: int = 0
    items: int = 0
    bytes: int = 0

    def count(self, parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        """Count one response; botocore calls this."""
        self.calls += 1
        self.bytes += len(http_response.content)
        pages = [parsed.get("Items", []), *parsed.get("Responses", {}).values(), [1] if "Item" in parsed else []]
        self.items += sum(map(len, pages))


def run() -> Iterator[str]:
    """The table: calls, items and kilobytes of one request at each size."""
    yield f"| request (page of {PAGE}) | " + " | ".join(f"{size:,} photos" for size in SIZES) + " |"
    yield "| --- |" + " ---: |" * len(SIZES)
    columns: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
        for size in SIZES:
            wire = Wire()
            client = cloud.client("dynamodb")
            tables = create_tables(client, f"bench-{size}")
            rng = random.Random(size)
            fill(client, tables, [index_photo(_photo(n, rng)) for n in range(size)])
            client.meta.events.register("after-call.dynamodb.*", wire.count)
            for name, send in _requests(client, tables).items():
                wire.calls = wire.items = wire.bytes = 0
                send()
                columns.setdefault(name, []).append(
                    f"{wire.calls} calls, {wire.items:,} items, {wire.bytes / 1000:,.0f} kB"
                )
    for name, cells in columns.items():
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield "\nTarget: one Query and one BatchGet, and the same number of items at both sizes."


def _requests(client: Any, tables: Tables) -> dict[str, Callable[[], object]]:
    photos = DynamoPhotoStore(client, tables, lambda: START, lambda _: None, random.random)
    albums = DynamoAlbumStore(AlbumTable(client, tables.albums, lambda _: None, random.random))
    gallery = PhotoQueries(photos, DynamoCollectionReader(client, tables), AlbumVisibility(albums))
    page: dict[str, Any] = {"after": None, "limit": PAGE}
    seen = {"viewer": None} | page
    both, either = (PhotoQuery(tags=TagQuery(TAGS[:2], match)) for match in (Match.ALL, Match.ANY))
    return {
        "timeline": lambda: gallery.list_collection("public", "*", **seen),
        "one tag": lambda: gallery.list_collection("public", TAGS[3], **seen),
        "two tags, all": lambda: gallery.search(Search("public", both, None), **page),
        "two tags, any": lambda: gallery.search(Search("public", either, None), **page),
        "trending": lambda: gallery.list_trends("public", TrendOrder.COUNT, viewer=None, after=None, limit=20),
        "one tag by scan": lambda: _scan(client, tables, TAGS[3]),
        "trending by scan": lambda: _scan(client, tables, None),
    }


def _scan(client: Any, tables: Tables, tag: str | None) -> object:
    """The plain reference: read every photo, filter and count in memory."""
    pages = client.get_paginator("scan").paginate(TableName=tables.photos)
    photos = [photo_from_item(from_wire(wire)) for page in pages for wire in page["Items"]]
    if tag:
        tagged = [photo for photo in photos if tag in photo.tags]
        return sorted(tagged, key=lambda p: position(p.sort_time, p.photo_id), reverse=True)[:PAGE]
    return Counter(t for p in photos for t in p.tags).most_common(20)


def fill(client: Any, tables: Tables, photos: Sequence[Photo]) -> None:
    """Write photos, memberships and totals as ingest would, in batches."""
    rows = [row for photo in photos for row in memberships_for(photo)]
    sums = TrendSums()
    sums.add(rows)
    _write(client, tables.photos, [photo_to_item(photo) for photo in photos])
    _write(client, tables.memberships, [membership_item(row)[1] for row in rows])
    _write(client, tables.trends, list(sums.items()))


def _photo(n: int, rng: random.Random) -> Photo:
    return Photo(
        photo_id=f"{n:032x}",
        owner="bench",
        key=f"bench/{n:032x}/{n}.jpg",
        filename=f"{n}.jpg",
        received_at=START + timedelta(minutes=n),
        heat=1000,
        state=State.READY,
        visibility=Visibility.PUBLIC,
        user_tags=tuple(rng.sample(TAGS, 4)),
        bytes=3_000_000,
        width=4032,
        height=3024,
        format="JPEG",
        version=1,
    )


def _write(client: Any, table: str, items: list[dict[str, Any]]) -> None:
    batches = [items[start : start + 25] for start in range(0, len(items), 25)]

    def put(batch: list[dict[str, Any]]) -> None:
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": to_wire(item)}} for item in batch]})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, batches))
