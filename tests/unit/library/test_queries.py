from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.models import Album, Role
from chalicelib.albums.visibility import AlbumVisibility
from chalicelib.errors import NotFound, PhotoNotFound
from chalicelib.library.collections import ALL_PHOTOS, RECENTLY_ADDED, STATE_TAGS, owner_scope
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.photo_query import PhotoQuery
from chalicelib.library.queries import (
    TAGS_PER_PAGE,
    PhotoPage,
    PhotoQueries,
    trend_cursor,
)
from chalicelib.library.search import Search
from chalicelib.library.search_results import MAX_COUNT, PhotoCount
from chalicelib.library.totals import TrendCursor, TrendOrder
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, clock, photo

OWNER_SCOPE = owner_scope(OWNER)
PREVIEW = Derivative("k", "image/webp", "WEBP", 10, 20, 30)


class QueryFixture:
    """Queries over an in-memory photo store."""

    def __init__(self, *photos: Photo) -> None:
        self.store = MemoryPhotoStore(now=lambda: NOON)
        self.albums = MemoryAlbumStore()
        self.queries = PhotoQueries(self.store, self.store, AlbumVisibility(self.albums))
        for each_photo in photos:
            self.store.commit(None, each_photo)

    def page(
        self,
        scope: str = "public",
        tag: str = "*",
        *,
        viewer: str | None = None,
        after: str | None = None,
        limit: int = 9,
    ) -> PhotoPage:
        return self.queries.list_collection(scope, tag, viewer=viewer, after=after, limit=limit)

    def ids(self, scope: str = "public", tag: str = "*", *, viewer: str | None = None) -> list[str]:
        return [p.photo_id for p in self.page(scope, tag, viewer=viewer).photos]

    def covers(self, scope: str = "public", viewer: str | None = None) -> dict[str, str | None]:
        items, _ = self.queries.list_trends(scope, TrendOrder.COUNT, viewer=viewer, after=None, limit=9)
        return {item.trend.tag: item.cover.photo_id if item.cover else None for item in items}


def older_photo(photo_id: str, days: int, user_tags: tuple[str, ...] = ("beach",)) -> Photo:
    return photo(photo_id, camera_time=clock(NOON - timedelta(days=days)), user_tags=user_tags)


def test_member_of_an_album_gets_its_photos_while_they_are_in_it() -> None:
    closed = photo("closed", visibility=Visibility.PRIVATE, albums=("a1", "a2"))
    fixture = QueryFixture(closed, photo("other", visibility=Visibility.PRIVATE))
    for album_id in closed.albums:
        fixture.albums.add(Album(album_id, OWNER, "Lisbon", NOON, NOON), max_albums=9)
    fixture.albums.add_member("a2", "member", Role.VIEWER, NOON)
    assert fixture.queries.get_photo("closed", "member").photo_id == "closed"
    for photo_id, viewer in (("closed", "another"), ("closed", None), ("other", "member")):
        with pytest.raises(PhotoNotFound):
            fixture.queries.get_photo(photo_id, viewer)
    with pytest.raises(PhotoNotFound):
        fixture.queries.get_uploaded_photo("closed", "member")
    trashed = fixture.store.commit(fixture.store.get("closed"), replace(closed, state=State.TRASHED))
    with pytest.raises(PhotoNotFound):
        fixture.queries.get_photo(trashed.photo_id, "member")


def test_get_photo_returns_own_and_public_photos() -> None:
    fixture = QueryFixture(photo("open"), photo("closed", visibility=Visibility.PRIVATE))
    for viewer in (None, "another", OWNER):
        assert fixture.queries.get_photo("open", viewer).photo_id == "open"
    assert fixture.queries.get_photo("closed", OWNER).photo_id == "closed"


@pytest.mark.parametrize("state", [s for s in State if s is not State.READY])
def test_get_photo_that_is_not_ready_raises_for_others(state: State) -> None:
    fixture = QueryFixture(photo(state=state))
    for viewer in (None, "another"):
        with pytest.raises(PhotoNotFound):
            fixture.queries.get_photo("p1", viewer)


def test_missing_and_private_photos_raise_the_same_error() -> None:
    fixture = QueryFixture(photo("closed", visibility=Visibility.PRIVATE), photo("gone", state=State.REMOVED))
    messages = set()
    for photo_id, viewer in [("closed", "another"), ("closed", None), ("never", None), ("gone", OWNER)]:
        with pytest.raises(PhotoNotFound) as raised:
            fixture.queries.get_photo(photo_id, viewer)
        messages.add(str(raised.value))
        assert raised.value.photo_id == photo_id
    assert len(messages) == 1


def test_whole_library_is_counted_by_its_totals_and_the_trash_up_to_a_limit() -> None:
    many = MAX_COUNT + 2
    ready = (photo(f"r{n}", index_revision=1) for n in range(many))
    trashed = (photo(f"t{n}", state=State.TRASHED) for n in range(many))
    queries = QueryFixture(*ready, *trashed).queries

    def count(collection: str) -> PhotoCount | None:
        search = Search(OWNER_SCOPE, PhotoQuery(), OWNER, collection)
        return queries.search(search, after=None, limit=1, wants_count=True).count

    assert count(ALL_PHOTOS) == count(RECENTLY_ADDED) == PhotoCount(many, is_exact=True)
    assert count(STATE_TAGS[State.TRASHED]) == PhotoCount(MAX_COUNT, is_exact=False)


def test_collection_pages_are_newest_first_and_disjoint() -> None:
    fixture = QueryFixture(*(older_photo(f"p{n}", n) for n in range(5)))
    first = fixture.page(limit=2)
    second = fixture.page(limit=2, after=first.next_position)
    third = fixture.page(limit=2, after=second.next_position)
    assert [p.photo_id for p in (*first.photos, *second.photos, *third.photos)] == ["p0", "p1", "p2", "p3", "p4"]
    assert third.next_position is None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_last_page_has_no_next_position(count: int) -> None:
    fixture = QueryFixture(*(older_photo(f"p{n}", n) for n in range(count)))
    page = fixture.page(limit=3)
    assert (len(page.photos), page.next_position) == (count, None)


def test_private_photos_are_in_the_owners_scope_only() -> None:
    fixture = QueryFixture(older_photo("open", 1), photo("closed", visibility=Visibility.PRIVATE, user_tags=("beach",)))
    assert fixture.ids("public", "beach") == fixture.ids("public", "beach", viewer=OWNER) == ["open"]
    assert fixture.ids(OWNER_SCOPE, "beach", viewer=OWNER) == ["closed", "open"]


def test_outdated_membership_is_skipped() -> None:
    fixture = QueryFixture(photo("here"), photo("hidden"), photo("retagged"), photo("gone"))
    outdated = {key: row for key, row in fixture.store.memberships.items() if row.photo_id != "here"}
    hidden, retagged_photo, deleted_photo = (fixture.store.records[name] for name in ("hidden", "retagged", "gone"))
    fixture.store.commit(hidden, replace(hidden, visibility=Visibility.PRIVATE))
    fixture.store.commit(retagged_photo, replace(retagged_photo, user_tags=("dune",)))
    fixture.store.remove(deleted_photo)
    fixture.store.memberships |= outdated
    assert fixture.ids("public", "beach") == ["here"]
    assert fixture.ids("public", "beach", viewer=OWNER) == ["here"]  # the public scope is the same for all


def test_page_of_outdated_memberships_has_a_next_position() -> None:
    fixture = QueryFixture(*(older_photo(f"p{n}", n) for n in range(4)))
    for photo_id in ("p0", "p1"):
        del fixture.store.records[photo_id]
    first = fixture.page(limit=2)
    assert first.photos == ()
    assert [p.photo_id for p in fixture.page(limit=2, after=first.next_position).photos] == ["p2", "p3"]


def test_state_collections_are_visible_to_the_owner_only() -> None:
    fixture = QueryFixture(photo("bad", state=State.REJECTED), photo("good"))
    assert fixture.ids(OWNER_SCOPE, "!rejected", viewer=OWNER) == ["bad"]
    assert fixture.ids(OWNER_SCOPE, "!rejected", viewer="another") == []


def test_list_trends_ranks_tags_and_continues_from_the_cursor() -> None:
    fixture = QueryFixture(
        older_photo("p1", 1, ("a", "b", "c")), older_photo("p2", 2, ("b", "c")), older_photo("p3", 3, ("c",))
    )
    first, end = fixture.queries.list_trends("public", TrendOrder.COUNT, viewer=None, after=None, limit=2)
    assert end == TrendCursor(2, "b")
    rest, nothing = fixture.queries.list_trends("public", TrendOrder.COUNT, viewer=None, after=end, limit=2)
    assert [(i.trend.tag, i.trend.totals.count) for i in (*first, *rest)] == [("c", 3), ("b", 2), ("a", 1)]
    assert nothing is None


def test_list_trends_of_an_empty_scope_is_empty() -> None:
    fixture = QueryFixture()
    assert fixture.queries.list_trends("public", TrendOrder.HEAT, viewer=None, after=None, limit=5) == ([], None)
    assert fixture.queries.count_tags("public") == 0


def test_trend_cursor_holds_the_value_of_its_order() -> None:
    fixture = QueryFixture(photo(heat=77))
    trend = fixture.store.get_trend("public", "sea")
    assert trend is not None
    assert (trend_cursor(trend, TrendOrder.COUNT), trend_cursor(trend, TrendOrder.HEAT)) == (
        TrendCursor(1, "sea"),
        TrendCursor(77, "sea"),
    )


def test_count_tags_counts_one_scope() -> None:
    fixture = QueryFixture(photo("p1"), photo("p2", user_tags=("dune",), visibility=Visibility.PRIVATE))
    assert (fixture.queries.count_tags("public"), fixture.queries.count_tags(OWNER_SCOPE)) == (2, 3)


def test_cover_is_the_photo_added_last() -> None:
    assert QueryFixture(older_photo("p1", 1), older_photo("p2", 2)).covers() == {"beach": "p2"}


def test_invisible_cover_is_replaced_by_the_newest_visible_photo() -> None:
    fixture = QueryFixture(older_photo("old", 9), older_photo("new", 1), older_photo("cover", 5))
    cover = fixture.store.records["cover"]
    fixture.store.commit(cover, replace(cover, visibility=Visibility.PRIVATE))
    assert fixture.covers() == {"beach": "new"}
    assert fixture.covers(OWNER_SCOPE, OWNER) == {"beach": "cover"}


def test_cover_without_the_tag_is_replaced() -> None:
    fixture = QueryFixture(older_photo("stays", 9), older_photo("cover", 5))
    cover = fixture.store.records["cover"]
    fixture.store.commit(cover, replace(cover, user_tags=("dune",)))
    assert fixture.covers() == {"dune": "cover", "beach": "stays"}


def test_collection_without_visible_photos_has_no_cover() -> None:
    fixture = QueryFixture(photo("p1", user_tags=("beach",)))
    del fixture.store.records["p1"]
    assert fixture.covers() == {"beach": None}


def test_list_owner_tags_returns_all_tags() -> None:
    many = TAGS_PER_PAGE + 20
    photos = [
        photo(f"p{n}", user_tags=tuple(f"t{m:03d}" for m in range(20 * n, 20 * n + 20))) for n in range(many // 20)
    ]
    tags = [trend.tag for trend in QueryFixture(*photos).queries.list_owner_tags(OWNER)]
    assert sorted(tags) == [f"t{m:03d}" for m in range(many)]
    assert QueryFixture().queries.list_owner_tags(OWNER) == []


@pytest.mark.parametrize("pages", [1, 2])
def test_list_owner_tags_ends_after_full_pages(pages: int) -> None:
    photos = [photo(f"p{n}", user_tags=tuple(f"t{n}-{m}" for m in range(20))) for n in range(5 * pages)]
    assert len(QueryFixture(*photos).queries.list_owner_tags(OWNER)) == TAGS_PER_PAGE * pages


def test_get_derivative_raises_not_found_until_it_exists() -> None:
    fixture = QueryFixture(photo("p1", derivatives={"preview": PREVIEW}))
    assert fixture.queries.get_derivative("p1", "preview", None) == PREVIEW
    with pytest.raises(NotFound):
        fixture.queries.get_derivative("p1", "thumbnail", None)


def test_get_derivative_of_an_invisible_photo_raises_not_found() -> None:
    fixture = QueryFixture(photo("p1", derivatives={"preview": PREVIEW}, visibility=Visibility.PRIVATE))
    with pytest.raises(PhotoNotFound):
        fixture.queries.get_derivative("p1", "preview", "another")


def test_get_uploaded_photo_is_for_the_owner_after_the_upload() -> None:
    fixture = QueryFixture(photo("p1"), photo("p2", state=State.UPLOADING))
    assert fixture.queries.get_uploaded_photo("p1", OWNER).key == f"uploads/{OWNER}/p1/beach.jpg"
    for photo_id, viewer in [("p1", None), ("p1", "another"), ("p2", OWNER)]:
        with pytest.raises(PhotoNotFound):
            fixture.queries.get_uploaded_photo(photo_id, viewer)
