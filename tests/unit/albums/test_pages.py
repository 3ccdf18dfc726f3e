from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.models import Album, AlbumOrder, Role
from chalicelib.albums.pages import MAX_PHOTOS_READ, AlbumFilter, AlbumPages
from chalicelib.library.collections import album_scope
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.photo_query import PhotoQuery, TagQuery, parse_words
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, clock, photo

ALBUM = Album("a1", OWNER, "Lisbon", NOON, NOON)


class PageFixture:
    """An album in memory, whose photos are named by the hours of their time."""

    def __init__(self, count: int = 0, order: AlbumOrder = AlbumOrder.NEWEST) -> None:
        self.store, self.albums = MemoryPhotoStore(now=lambda: NOON), MemoryAlbumStore()
        self.pages = AlbumPages(self.store, self.store, self.albums)
        self.album = self.albums.add(replace(ALBUM, order=order), max_albums=1)
        for hours in range(count):
            self.add(hours)

    def add(self, hours: int, **fields: object) -> Photo:
        defaults = {"camera_time": clock(NOON + timedelta(hours=hours)), "albums": ("a1",)}
        return self.store.commit(None, photo(f"p{hours}", **(defaults | fields)))

    def put_in_order(self, *photo_ids: str) -> None:
        self.album = self.albums.save(self.album, replace(self.album, order=AlbumOrder.MANUAL), photo_ids=photo_ids)

    def read(self, query: PhotoQuery | None = None, *, viewer: str = OWNER, limit: int = 3) -> list[list[str]]:
        """The ids of all photos, page by page."""
        found: list[list[str]] = []
        after = None
        while True:
            page = self.pages.list_photos(
                self.album, AlbumFilter(viewer, query or PhotoQuery()), after=after, limit=limit
            )
            found.append([each.photo_id for each in page.photos])
            after = page.next_position
            if after is None:
                return found


def flat(pages: Iterable[list[str]]) -> list[str]:
    return [photo_id for page in pages for photo_id in page]


@pytest.mark.parametrize(
    ("order", "pages"),
    [
        (AlbumOrder.NEWEST, [["p6", "p5", "p4"], ["p3", "p2", "p1"], ["p0"]]),
        (AlbumOrder.OLDEST, [["p0", "p1", "p2"], ["p3", "p4", "p5"], ["p6"]]),
        (AlbumOrder.MANUAL, [["p6", "p5", "p4"], ["p3", "p2", "p1"], ["p0"]]),
    ],
)
def test_photos_are_listed_in_the_order_of_the_album(order: AlbumOrder, pages: list[list[str]]) -> None:
    assert PageFixture(7, order).read() == pages


def test_full_last_page_has_no_next_one() -> None:
    assert PageFixture(6).read() == [["p5", "p4", "p3"], ["p2", "p1", "p0"]]
    assert PageFixture(0).read() == [[]]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_photos_put_in_order_come_first_then_the_others(limit: int) -> None:
    fixture = PageFixture(6)
    fixture.put_in_order("p2", "p5", "p0")
    pages = fixture.read(limit=limit)
    assert flat(pages) == ["p2", "p5", "p0", "p4", "p3", "p1"]
    assert all(len(page) == limit for page in pages[:-1])


def test_photo_that_has_left_the_album_keeps_its_place_for_when_it_returns() -> None:
    fixture = PageFixture(4)
    fixture.put_in_order("p1", "p3", "p0")
    before = fixture.store.records["p3"]
    trashed = fixture.store.commit(before, replace(before, state=State.TRASHED))
    assert flat(fixture.read()) == ["p1", "p0", "p2"]
    fixture.store.commit(trashed, replace(trashed, state=State.READY))
    assert flat(fixture.read()) == ["p1", "p3", "p0", "p2"]


def test_private_photos_of_members_are_listed_for_every_viewer() -> None:
    fixture = PageFixture(1)
    fixture.albums.add_member("a1", "bob", Role.VIEWER, NOON)
    fixture.add(1, owner="carol", visibility=Visibility.PRIVATE)
    assert fixture.read(viewer="bob") == [["p1", "p0"]]


def test_filter_finds_the_words_that_are_the_owners_alone_for_the_owner_only() -> None:
    fixture = PageFixture()
    fixture.add(0, filename="secret.jpg", file_place=("Lisbon",), camera="Canon", own_caption="Dune", favorite=True)
    for text, viewers in (("dune", {OWNER, "bob"}), ("secret", {OWNER}), ("lisbon", {OWNER}), ("canon", {OWNER})):
        query = PhotoQuery(words=parse_words(text)[0])
        assert {viewer for viewer in (OWNER, "bob") if fixture.read(query, viewer=viewer) == [["p0"]]} == viewers
    for query in (PhotoQuery(favorite=True), PhotoQuery(camera="canon"), PhotoQuery(place="lisbon")):
        assert (fixture.read(query), fixture.read(query, viewer="bob")) == ([["p0"]], [[]])


@pytest.mark.parametrize("order", list(AlbumOrder))
def test_filter_by_tag_keeps_the_order(order: AlbumOrder) -> None:
    fixture = PageFixture(order=order)
    for hours in range(9):
        fixture.add(hours, user_tags=("dune",) if hours % 2 else ("sea",))
    if order is AlbumOrder.MANUAL:
        fixture.put_in_order("p3", "p2", "p1")
    query = PhotoQuery(tags=TagQuery(("dune",)))
    expected = {"newest": ["p7", "p5", "p3", "p1"], "oldest": ["p1", "p3", "p5", "p7"]}
    assert flat(fixture.read(query, limit=2)) == expected.get(order, ["p3", "p1", "p7", "p5"])


def test_search_reads_a_bounded_number_of_photos_for_a_page() -> None:
    fixture = PageFixture(MAX_PHOTOS_READ + 1)
    pages = fixture.read(PhotoQuery(tags=TagQuery(("nothing",))))
    assert pages == [[], []]


def test_photos_to_review_are_those_of_guests_that_wait() -> None:
    fixture = PageFixture(1)
    fixture.add(1, albums=(), guest=Guest("Ada", "s1", needs_review=True), review_album="a1")
    page = fixture.pages.list_to_review(fixture.album, after=None, limit=3)
    assert ([each.photo_id for each in page.photos], page.next_position) == (["p1"], None)
    assert fixture.read() == [["p0"]]


def test_row_whose_photo_is_no_longer_in_the_album_is_skipped() -> None:
    fixture = PageFixture(3)
    fixture.store.records["p1"] = replace(fixture.store.records["p1"], albums=())
    assert (album_scope("a1"), "*") in {(scope, tag) for scope, tag, _ in fixture.store.memberships}
    assert fixture.read(limit=2) == [["p2", "p0"]]
