"""An album of 10,000 photos: DynamoDB calls, items and bytes of its pages, and its deletion in slices.

Uses the real adapters against the local cloud and counts on the wire, as the benchmark of reads.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.reads import PAGE, START, Wire, fill
from chalicelib.albums.deletion import FIRST_PHOTOS, AlbumDeletion
from chalicelib.albums.models import MAX_ORDERED_PHOTOS, Album, AlbumOrder, Role
from chalicelib.albums.pages import AlbumFilter, AlbumPages
from chalicelib.albums.summaries import AlbumSummaries, ViewedAlbum
from chalicelib.aws.dynamodb.album_table import AlbumTable
from chalicelib.aws.dynamodb.albums import DynamoAlbumStore
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.photos import DynamoPhotoStore
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.library.photo import Photo, State
from chalicelib.library.photo_query import PhotoQuery, TagQuery
from chalicelib.library.search_index import index_photo
from local import services
from tests.contract.tables import create_tables

SIZES = (1_000, 10_000)
LISTED_ALBUMS = 50
SLICE_PHOTOS = 500
OWNER = "bench"
ALBUM = Album("a1", OWNER, "Lisbon", START, START)


class NoLinks:
    """The links of an album that has none."""

    def remove_album_links(self, album_id: str) -> None:
        """Do nothing."""


class AlbumLibrary:
    """A library whose photos are all in one album; one of a hundred has a tag."""

    def __init__(self, client: Any, size: int) -> None:
        self.tables = create_tables(client, f"bench-{size}")
        fill(client, self.tables, [index_photo(_photo(number)) for number in range(size)])
        self.store = DynamoAlbumStore(AlbumTable(client, self.tables.albums, lambda _: None, random.random))
        self.photos = DynamoPhotoStore(client, self.tables, lambda: START, time.sleep, random.random)
        self.collections = DynamoCollectionReader(client, self.tables)
        self.pages = AlbumPages(self.photos, self.collections, self.store)
        self.summaries = AlbumSummaries(self.photos, self.collections)
        self.album = self.store.add(ALBUM, max_albums=LISTED_ALBUMS)
        for number in range(1, LISTED_ALBUMS):
            other = replace(ALBUM, album_id=f"b{number}", created_at=START - timedelta(days=number))
            self.store.add(other, max_albums=LISTED_ALBUMS)

    def requests(self) -> dict[str, Callable[[], object]]:
        """Requests by name; each returns what it has read."""
        everything, tagged = AlbumFilter(OWNER), AlbumFilter(OWNER, PhotoQuery(tags=TagQuery(("rare",))))
        by_hand = replace(self.album, order=AlbumOrder.MANUAL)
        self.store.save(self.album, self.album, photo_ids=tuple(map(_photo_id, range(0, 2 * MAX_ORDERED_PHOTOS, 2))))
        after_order = f"hand {MAX_ORDERED_PHOTOS}"
        read = self.pages.list_photos
        return {
            "a page, newest first": lambda: read(self.album, everything, after=None, limit=PAGE),
            "a page by hand": lambda: read(by_hand, everything, after=None, limit=PAGE),
            "the page after those by hand": lambda: read(by_hand, everything, after=after_order, limit=PAGE),
            "search for 1 % of the photos": lambda: read(self.album, tagged, after=None, limit=PAGE),
            f"a list of {LISTED_ALBUMS} albums": self._list,
            "photo of an album, for a member": lambda: self.store.get_many(["a1", "b1"], "member"),
        }

    def deletion(self) -> AlbumDeletion:
        """The deletion of the album, which takes its photos out."""
        editor = PhotoEditor(self.photos, deletion=_unused(), now=lambda: START, labels_follow_time=False)
        return AlbumDeletion(self.store, self.photos, self.collections, editor, NoLinks())

    def _list(self) -> object:
        listed = self.store.list_own(OWNER, after=None, limit=LISTED_ALBUMS)
        found = self.store.get_many((each.album_id for each in listed), OWNER)
        return self.summaries.summarize([ViewedAlbum(stored.album, Role.OWNER) for stored in found.values()])


def run() -> Iterator[str]:
    """Two tables: reads of one request at each size, and the deletion of the larger album."""
    yield f"| request (page of {PAGE}) | " + " | ".join(f"album of {size:,}" for size in SIZES) + " |"
    yield "| --- |" + " ---: |" * len(SIZES)
    columns: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as data, services.run_services(Path(data)) as cloud:
        wire, client = Wire(), cloud.client("dynamodb")
        client.meta.events.register("after-call.dynamodb.*", wire.count)
        for size in SIZES:
            library = AlbumLibrary(client, size)
            for name, send in library.requests().items():
                columns.setdefault(name, []).append(_reads(wire, send))
        for name, cells in columns.items():
            yield f"| {name} | " + " | ".join(cells) + " |"
        yield from _delete(library, wire)


def _delete(library: AlbumLibrary, wire: Wire) -> Iterator[str]:
    """The time and calls of the request's slice, of one of the schedule's, and of all the rest."""
    yield "\n| deletion | photos | seconds | calls a photo |\n| --- | ---: | ---: | ---: |"
    deletion = library.deletion()
    (stored,) = library.store.get_many([ALBUM.album_id], OWNER).values()
    library.store.delete(stored.album, START)
    for name, photos in (("the request's", FIRST_PHOTOS), ("a slice", SLICE_PHOTOS), ("the rest", SIZES[-1])):
        wire.calls, started_at = 0, time.perf_counter()
        taken_out, _ = deletion.resume(ALBUM.album_id, _time_for(photos))
        seconds = time.perf_counter() - started_at
        yield f"| {name} | {taken_out:,} | {seconds:.1f} | {wire.calls / taken_out:.2f} |"
    assert library.store.list_deleting(1) == []


def _time_for(photos: int) -> Callable[[], bool]:
    """Time for so many photos."""
    left = iter(range(photos))
    return lambda: next(left, None) is not None


def _reads(wire: Wire, send: Callable[[], object]) -> str:
    wire.calls = wire.items = wire.bytes = 0
    send()
    return f"{wire.calls} calls, {wire.items:,} items, {wire.bytes / 1000:,.0f} kB"


def _photo_id(number: int) -> str:
    return f"{number:032x}"


def _photo(number: int) -> Photo:
    return Photo(
        photo_id=_photo_id(number),
        owner=OWNER,
        key=f"bench/{_photo_id(number)}/{number}.jpg",
        filename=f"{number}.jpg",
        received_at=START + timedelta(minutes=number),
        heat=1000,
        state=State.READY,
        user_tags=("rare", "lisbon") if number % 100 == 0 else ("lisbon",),
        albums=(ALBUM.album_id,),
        bytes=3_000_000,
        width=4032,
        height=3024,
        format="JPEG",
        version=1,
    )


def _unused() -> Any:
    """What an editor needs only to delete photos."""
    return None
