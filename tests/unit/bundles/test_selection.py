from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.bundles.selection import PHOTO_BATCH_SIZE, PhotoSelector
from chalicelib.errors import Invalid, PhotoNotFound
from chalicelib.library.collections import owner_scope
from chalicelib.library.map_cells import Bounds
from chalicelib.library.photo import Photo, State
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery
from chalicelib.library.search import Search
from chalicelib.library.transitions import trash
from chalicelib.util.coordinates import Coordinates
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, photo


@dataclass
class SelectionFixture:
    """Photos of two owners, those of even numbers in an album; counts the records that are read."""

    store: MemoryPhotoStore = field(default_factory=MemoryPhotoStore)
    read: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for n in range(8):
            owner, albums = (OWNER, "another")[n // 2 % 2], ("a1",) * (n % 2 == 0)
            self.store.commit(None, photo(f"p{n}", owner=owner, user_tags=("sea",), albums=albums))

    def selector(self, max_photos: int = 10) -> PhotoSelector:
        return PhotoSelector(self, self.store, max_photos)  # type: ignore[arg-type]

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        found = self.store.get_many(photo_ids)
        self.read += found
        return found


def ids(photos: Iterable[Photo]) -> list[str]:
    return sorted(each.photo_id for each in photos)


def test_photos_of_an_album_are_those_of_all_owners() -> None:
    fixture = SelectionFixture()
    assert ids(fixture.selector().in_album("a1")) == ["p0", "p2", "p4", "p6"]
    assert ids(fixture.selector().in_album("a2")) == []


def test_photo_that_left_the_album_after_its_row_was_read_is_not_selected() -> None:
    fixture = SelectionFixture()
    selected = fixture.selector().in_album("a1")
    rows = fixture.store.list_rows

    def leave(*args: object, **kwargs: object) -> object:
        found = rows(*args, **kwargs)  # type: ignore[arg-type]
        for photo_id, change in (
            ("p0", lambda each: replace(each, albums=())),
            ("p2", lambda each: trash(each, NOON)),
        ):
            stored = fixture.store.records[photo_id]
            if stored.albums and stored.state is State.READY:
                fixture.store.commit(stored, change(stored))
        return found

    fixture.store.list_rows = leave  # type: ignore[method-assign,assignment]
    assert ids(selected) == ["p4", "p6"]


def test_no_photo_is_read_of_too_many() -> None:
    fixture = SelectionFixture()
    for selected in (
        fixture.selector(max_photos=3).in_album("a1"),
        fixture.selector(max_photos=3).by_tags(OWNER, ("sea",), Match.ANY),
    ):
        with pytest.raises(Invalid) as error:
            list(selected)
        assert (error.value.code, fixture.read) == ("too_many_photos", [])


def test_photos_are_read_in_batches_as_they_are_used() -> None:
    fixture = SelectionFixture()
    for n in range(8, 8 + 2 * PHOTO_BATCH_SIZE):
        fixture.store.commit(None, photo(f"p{n}", albums=("a1",)))
    selected = fixture.selector(max_photos=1000).in_album("a1")
    next(selected)
    assert len(fixture.read) == PHOTO_BATCH_SIZE
    assert len(list(selected)) == 2 * PHOTO_BATCH_SIZE + 3


def test_photos_by_id_are_checked_or_skipped() -> None:
    fixture = SelectionFixture()
    fixture.store.commit(None, photo("trashed", state=State.TRASHED))
    own = ("p0", "p1", "p4")
    for other in ("p2", "trashed", "unknown"):
        selected = fixture.selector().by_ids((*own, other), lambda each: each.owner == OWNER)
        with pytest.raises(PhotoNotFound) as error:
            list(selected)
        assert error.value.photo_id == other
        selected = fixture.selector().by_ids((*own, other), lambda each: each.owner == OWNER, skip_others=True)
        assert ids(selected) == sorted(own)


def test_photos_that_a_search_finds_are_read_to_the_last_page() -> None:
    fixture = SelectionFixture()
    for n in range(8, 8 + 3 * PHOTO_BATCH_SIZE):
        fixture.store.commit(None, photo(f"p{n}", user_tags=("hill",)))
    search = Search(owner_scope(OWNER), PhotoQuery(tags=TagQuery(("hill",))), OWNER)
    assert len(list(fixture.selector(max_photos=1000).found_by(search))) == 3 * PHOTO_BATCH_SIZE
    everything = Search(owner_scope(OWNER), PhotoQuery(), OWNER)
    assert len(list(fixture.selector(max_photos=1000).found_by(everything))) == 4 + 3 * PHOTO_BATCH_SIZE


def test_photos_of_a_search_that_checks_more_than_it_finds_are_selected_once() -> None:
    fixture, expected = SelectionFixture(), []
    bounds = Bounds(38_000_000, -10_000_000, 39_000_000, -9_000_000)
    for n in range(3 * PHOTO_BATCH_SIZE):
        is_outside = n % 3 == 0
        fixture.store.commit(
            None, photo(f"q{n}", file_coordinates=Coordinates(38_999_900 + 200 * is_outside, -9_500_000))
        )
        expected += [] if is_outside else [f"q{n}"]
    within = Search(owner_scope(OWNER), PhotoQuery(bounds=bounds), OWNER)
    assert ids(fixture.selector(max_photos=1000).found_by(within)) == sorted(expected)


def test_without_tags_no_photo_is_selected() -> None:
    assert list(SelectionFixture().selector().by_tags(OWNER, (), Match.ANY)) == []
