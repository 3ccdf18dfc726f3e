from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import NotFound, PhotoNotFound
from chalicelib.library.collections import owner_scope
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.queries import (
    TAGS_PER_PAGE,
    PhotoPage,
    PhotoQueries,
    TrendCursor,
    TrendOrder,
    trend_cursor,
)
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, photo

MINE = owner_scope(OWNER)
PREVIEW = Derivative("k", "image/webp", "WEBP", 10, 20, 30)


class Shown:
    """A gallery over a catalogue in memory, and what it shows."""

    def __init__(self, *photos: Photo) -> None:
        self.catalogue = MemoryPhotoStore(now=lambda: NOON)
        self.gallery = PhotoQueries(self.catalogue, self.catalogue)
        for one in photos:
            self.catalogue.commit(None, one)

    def page(
        self,
        scope: str = "public",
        tag: str = "*",
        *,
        viewer: str | None = None,
        after: str | None = None,
        limit: int = 9,
    ) -> PhotoPage:
        return self.gallery.list_collection(scope, tag, viewer=viewer, after=after, limit=limit)

    def ids(self, scope: str = "public", tag: str = "*", *, viewer: str | None = None) -> list[str]:
        return [p.photo_id for p in self.page(scope, tag, viewer=viewer).photos]

    def covers(self, scope: str = "public", viewer: str | None = None) -> dict[str, str | None]:
        items, _ = self.gallery.list_trends(scope, TrendOrder.COUNT, viewer=viewer, after=None, limit=9)
        return {item.trend.tag: item.cover.photo_id if item.cover else None for item in items}


def older(photo_id: str, days: int, words: tuple[str, ...] = ("beach",)) -> Photo:
    return photo(photo_id, taken_at=NOON - timedelta(days=days), user_tags=words)


def test_a_photo_is_seen_by_its_owner_and_when_it_is_public_by_everybody() -> None:
    shown = Shown(photo("open"), photo("closed", visibility=Visibility.PRIVATE))
    for viewer in (None, "another", OWNER):
        assert shown.gallery.get_photo("open", viewer).photo_id == "open"
    assert shown.gallery.get_photo("closed", OWNER).photo_id == "closed"


@pytest.mark.parametrize("state", [s for s in State if s is not State.READY])
def test_what_is_not_ready_is_nobodys_business_but_its_owners(state: State) -> None:
    shown = Shown(photo(state=state))
    for viewer in (None, "another"):
        with pytest.raises(PhotoNotFound):
            shown.gallery.get_photo("p1", viewer)


def test_what_is_absent_and_what_is_anothers_are_the_same_answer() -> None:
    shown = Shown(photo("closed", visibility=Visibility.PRIVATE), photo("gone", state=State.REMOVED))
    told = set()
    for photo_id, viewer in [("closed", "another"), ("closed", None), ("never", None), ("gone", OWNER)]:
        with pytest.raises(PhotoNotFound) as refused:
            shown.gallery.get_photo(photo_id, viewer)
        told.add(str(refused.value))
        assert refused.value.photo_id == photo_id
    assert len(told) == 1


def test_a_collection_is_newest_first_and_pages_meet_each_photo_once() -> None:
    shown = Shown(*(older(f"p{n}", n) for n in range(5)))
    first = shown.page(limit=2)
    second = shown.page(limit=2, after=first.next_position)
    third = shown.page(limit=2, after=second.next_position)
    assert [p.photo_id for p in (*first.photos, *second.photos, *third.photos)] == ["p0", "p1", "p2", "p3", "p4"]
    assert third.next_position is None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_page_that_ends_with_the_collection_has_no_end_of_its_own(count: int) -> None:
    shown = Shown(*(older(f"p{n}", n) for n in range(count)))
    page = shown.page(limit=3)
    assert (len(page.photos), page.next_position) == (count, None)


def test_ones_own_library_holds_private_photos_and_the_public_scope_does_not() -> None:
    shown = Shown(older("open", 1), photo("closed", visibility=Visibility.PRIVATE, user_tags=("beach",)))
    assert shown.ids("public", "beach") == shown.ids("public", "beach", viewer=OWNER) == ["open"]
    assert shown.ids(MINE, "beach", viewer=OWNER) == ["closed", "open"]


def test_a_row_that_stands_where_its_photo_no_longer_belongs_shows_nothing() -> None:
    shown = Shown(photo("here"), photo("hidden"), photo("retagged"), photo("gone"))
    left = {key: row for key, row in shown.catalogue.memberships.items() if row.photo_id != "here"}
    hidden, retagged, gone = (shown.catalogue.records[name] for name in ("hidden", "retagged", "gone"))
    shown.catalogue.commit(hidden, replace(hidden, visibility=Visibility.PRIVATE))
    shown.catalogue.commit(retagged, replace(retagged, user_tags=("dune",)))
    shown.catalogue.remove(gone)
    shown.catalogue.memberships |= left
    assert shown.ids("public", "beach") == ["here"]
    assert shown.ids("public", "beach", viewer=OWNER) == ["here"]  # the public scope is the same for all


def test_a_page_of_rows_that_show_nothing_still_says_where_to_go_on() -> None:
    shown = Shown(*(older(f"p{n}", n) for n in range(4)))
    for photo_id in ("p0", "p1"):
        del shown.catalogue.records[photo_id]
    first = shown.page(limit=2)
    assert first.photos == ()
    assert [p.photo_id for p in shown.page(limit=2, after=first.next_position).photos] == ["p2", "p3"]


def test_lists_by_state_are_their_owners() -> None:
    shown = Shown(photo("bad", state=State.REJECTED), photo("good"))
    assert shown.ids(MINE, "!rejected", viewer=OWNER) == ["bad"]
    assert shown.ids(MINE, "!rejected", viewer="another") == []


def test_trending_ranks_tags_and_goes_on_where_it_ended() -> None:
    shown = Shown(older("p1", 1, ("a", "b", "c")), older("p2", 2, ("b", "c")), older("p3", 3, ("c",)))
    first, end = shown.gallery.list_trends("public", TrendOrder.COUNT, viewer=None, after=None, limit=2)
    assert end == TrendCursor(2, "b")
    rest, nothing = shown.gallery.list_trends("public", TrendOrder.COUNT, viewer=None, after=end, limit=2)
    assert [(i.trend.tag, i.trend.totals.count) for i in (*first, *rest)] == [("c", 3), ("b", 2), ("a", 1)]
    assert nothing is None


def test_an_empty_gallery_trends_nothing() -> None:
    shown = Shown()
    assert shown.gallery.list_trends("public", TrendOrder.HEAT, viewer=None, after=None, limit=5) == ([], None)
    assert shown.gallery.count_tags("public") == 0


def test_a_place_in_a_ranking_goes_by_its_own_figure() -> None:
    shown = Shown(photo(heat=77))
    trend = shown.catalogue.get_trend("public", "sea")
    assert trend is not None
    assert (trend_cursor(trend, TrendOrder.COUNT), trend_cursor(trend, TrendOrder.HEAT)) == (
        TrendCursor(1, "sea"),
        TrendCursor(77, "sea"),
    )


def test_the_tags_of_a_scope_are_counted_for_that_scope() -> None:
    shown = Shown(photo("p1"), photo("p2", user_tags=("dune",), visibility=Visibility.PRIVATE))
    assert (shown.gallery.count_tags("public"), shown.gallery.count_tags(MINE)) == (2, 3)


def test_the_cover_is_the_photo_that_joined_last() -> None:
    assert Shown(older("p1", 1), older("p2", 2)).covers() == {"beach": "p2"}


def test_a_cover_that_may_not_be_shown_gives_way_to_the_newest_that_may() -> None:
    shown = Shown(older("old", 9), older("new", 1), older("cover", 5))
    cover = shown.catalogue.records["cover"]
    shown.catalogue.commit(cover, replace(cover, visibility=Visibility.PRIVATE))
    assert shown.covers() == {"beach": "new"}
    assert shown.covers(MINE, OWNER) == {"beach": "cover"}


def test_a_cover_whose_photo_lost_the_tag_is_not_shown_under_it() -> None:
    shown = Shown(older("stays", 9), older("cover", 5))
    cover = shown.catalogue.records["cover"]
    shown.catalogue.commit(cover, replace(cover, user_tags=("dune",)))
    assert shown.covers() == {"dune": "cover", "beach": "stays"}


def test_a_collection_with_nothing_to_show_has_no_cover() -> None:
    shown = Shown(photo("p1", user_tags=("beach",)))
    del shown.catalogue.records["p1"]
    assert shown.covers() == {"beach": None}


def test_labels_are_all_tags_of_a_library_however_many() -> None:
    many = TAGS_PER_PAGE + 20
    photos = [
        photo(f"p{n}", user_tags=tuple(f"t{m:03d}" for m in range(20 * n, 20 * n + 20))) for n in range(many // 20)
    ]
    tags = [trend.tag for trend in Shown(*photos).gallery.list_owner_tags(OWNER)]
    assert sorted(tags) == [f"t{m:03d}" for m in range(many)]
    assert Shown().gallery.list_owner_tags(OWNER) == []


@pytest.mark.parametrize("pages", [1, 2])
def test_labels_end_after_whole_pages_too(pages: int) -> None:
    photos = [photo(f"p{n}", user_tags=tuple(f"t{n}-{m}" for m in range(20))) for n in range(5 * pages)]
    assert len(Shown(*photos).gallery.list_owner_tags(OWNER)) == TAGS_PER_PAGE * pages


def test_an_image_is_served_once_there_is_one() -> None:
    shown = Shown(photo("p1", derivatives={"preview": PREVIEW}))
    assert shown.gallery.get_derivative("p1", "preview", None) == PREVIEW
    with pytest.raises(NotFound):
        shown.gallery.get_derivative("p1", "thumbnail", None)


def test_an_image_of_a_photo_one_may_not_see_is_not_found() -> None:
    shown = Shown(photo("p1", derivatives={"preview": PREVIEW}, visibility=Visibility.PRIVATE))
    with pytest.raises(PhotoNotFound):
        shown.gallery.get_derivative("p1", "preview", "another")


def test_an_original_is_for_its_owner_and_only_once_it_is_there() -> None:
    shown = Shown(photo("p1"), photo("p2", state=State.UPLOADING))
    assert shown.gallery.get_original_key("p1", OWNER) == f"uploads/{OWNER}/p1/beach.jpg"
    for photo_id, viewer in [("p1", None), ("p1", "another"), ("p2", OWNER)]:
        with pytest.raises(PhotoNotFound):
            shown.gallery.get_original_key(photo_id, viewer)
