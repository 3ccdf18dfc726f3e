"""Searches over a store in memory, compared with a plain filter over all of its photos."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library import query_lists
from chalicelib.library import search as search_module
from chalicelib.library.collections import ALL_PHOTOS, RECENTLY_ADDED, STATE_TAGS, TimeRange, owner_scope
from chalicelib.library.map_cells import Bounds
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery, parse_words
from chalicelib.library.query_lists import FIRST_PAGE_ROWS, MAX_WORD_PAGES
from chalicelib.library.search import PhotoSearch, Search, find_rows, iterate_rows
from chalicelib.library.sorted_rows import CalendarDays, Row
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER, photo

SCOPE = owner_scope(OWNER)
TAGS = ("beach", "summer holiday", "dog")
CAPTIONS = (None, "A dog at the beach", "Été à Lisbonne", "holidays 2019")
TIMES = ("2019-08-12T10:00", "2019-08-12T23:59", "2020-08-12T00:00", "2020-11-27T12:00", "2021-11-27T08:30")
LISBON, PARIS = Coordinates(38_722_300, -9_139_300), Coordinates(48_856_600, 2_352_200)
PLACES = {LISBON: ("Lisbon", "Portugal"), PARIS: ("Paris", "France")}


def _record(number: int, values: dict[str, Any]) -> Photo:
    place = values.pop("coordinates")
    return photo(
        f"p{number}",
        received_at=NOON - timedelta(minutes=7 * number % 5),
        filename=f"IMG_{number:02}.jpg",
        file_coordinates=place,
        file_place=PLACES.get(place, ()),
        **values,
    )


RECORDS = st.builds(
    _record,
    st.integers(0, 7),
    st.fixed_dictionaries(
        {
            "owner": st.sampled_from((OWNER, "another")),
            "state": st.sampled_from((State.READY, State.READY, State.READY, State.TRASHED)),
            "visibility": st.sampled_from(Visibility),
            "user_tags": st.lists(st.sampled_from(TAGS), unique=True, max_size=3).map(tuple),
            "own_caption": st.sampled_from(CAPTIONS),
            "camera": st.sampled_from((None, "Apple iPhone 13", "Canon EOS R5")),
            "camera_time": st.sampled_from(TIMES).map(lambda text: CaptureTime(datetime.fromisoformat(text))),
            "coordinates": st.sampled_from((None, LISBON, PARIS)),
            "favorite": st.booleans(),
            "own_rating": st.sampled_from((None, 0, 3, 5)),
        }
    ),
)
TEXTS = (
    "dog",
    "do",
    "beach holiday",
    "ete",
    "ÉTÉ",
    "lisb",
    "iphone",
    "2019",
    "aug",
    "november dog",
    "img 03",
)
QUERIES = st.builds(
    lambda text, **values: PhotoQuery(words=parse_words(text)[0] if text else (), **values),
    st.sampled_from((None, *TEXTS)),
    dates=st.sampled_from(((), (), (CalendarDays(month=11, day=27),), (CalendarDays(2020),))),
    tags=st.builds(
        TagQuery,
        st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
        st.sampled_from(Match),
        st.lists(st.sampled_from(TAGS), max_size=1).map(tuple),
    ),
    time_range=st.sampled_from(
        (
            TimeRange(),
            TimeRange(),
            TimeRange(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2021-01-01")),
        )
    ),
    camera=st.sampled_from((None, None, "apple iphone 13")),
    place=st.sampled_from((None, None, "portugal")),
    favorite=st.booleans(),
    min_rating=st.sampled_from((0, 0, 3, 4)),
    bounds=st.sampled_from((None, None, Bounds(38_000_000, -10_000_000, 39_000_000, -9_000_000))),
)


def found_by_filter(records: dict[str, Photo], search: Search) -> set[str]:
    """The ids of the photos that a look at every record finds."""
    return {key for key, record in records.items() if search.accepts(record)}


def find_all(store: MemoryPhotoStore, search: Search, limit: int) -> list[str]:
    """The ids of all photos that the pages of a search have."""
    found: list[str] = []
    after = None
    for _ in range(100):
        page = PhotoSearch(store, store).find(search, after=after, limit=limit)
        found += [each.photo_id for each in page.photos[:limit]]
        if page.next_position is None:
            return found
        assert after is None or page.next_position < after
        after = page.next_position
    raise AssertionError("the pages do not end")


@given(
    st.lists(RECORDS, max_size=24),
    QUERIES,
    st.sampled_from((ALL_PHOTOS, RECENTLY_ADDED, "!trashed")),
    st.integers(1, 4),
)
def test_pages_are_those_of_a_filter_over_all_photos_after_any_changes(
    records: list[Photo], query: PhotoQuery, collection: str, limit: int
) -> None:
    store = MemoryPhotoStore()
    for record in records:
        store.commit(store.records.get(record.photo_id), record)
    search = Search(SCOPE, query, OWNER, collection)
    assert sorted(find_all(store, search, limit)) == sorted(found_by_filter(store.records, search))
    public = Search("public", replace(query, camera=None, place=None, favorite=False, min_rating=0, bounds=None), None)
    if collection == ALL_PHOTOS:
        assert sorted(find_all(store, public, limit)) == sorted(found_by_filter(store.records, public))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dog", "ab"),
        ("DOG beach", "a"),
        ("holiday ", "b"),
        ("holid", "bc"),
        ("lisbonne", "d"),
        ("été", "d"),
        ("ETE a", "d"),
        ("portugal", "a"),
        ("iphone 13", "a"),
        ("img", "abcd"),
        ("2019", "ac"),
        ("2019 dog", "a"),
        ("august", "a"),
        ("nov", "b"),
        ("2020-11-27", "b"),
        ("2020-11", "b"),
        ("2020-11-2", "b"),
        ("27 november 2020", "b"),
        ("26 november 2020", ""),
        ("12 august", "a"),
        ("2020-11 do", "b"),
        ("2019-13", "a"),
        ("sept ", ""),
        ("augu dog", "a"),
        ("cat", ""),
        ("dog cat", ""),
    ],
)
def test_words_of_captions_tags_names_places_and_dates_are_found(text: str, found: str) -> None:
    store = MemoryPhotoStore()
    for record in (
        photo(
            "a",
            own_caption="A dog",
            user_tags=("beach",),
            camera="Apple iPhone 13",
            file_place=("Lisbon", "Portugal"),
            camera_time=taken("2019-08-12"),
        ),
        photo("b", user_tags=("dog", "summer holiday"), camera_time=taken("2020-11-27")),
        photo("c", user_tags=("x",), own_caption="holidays of 2019", camera_time=taken("2021-01-02")),
        photo("d", user_tags=("x",), own_caption="Été à Lisbonne", camera_time=taken("2022-03-04")),
    ):
        store.commit(None, replace(record, filename=f"IMG_{record.photo_id}.jpg"))
    words, dates = parse_words(text)
    search = Search(SCOPE, PhotoQuery(words=words, dates=dates), OWNER)
    assert "".join(sorted(find_all(store, search, 2))) == found


def taken(day: str) -> CaptureTime:
    """The capture time at midnight of a day."""
    return CaptureTime(datetime.fromisoformat(day))


@pytest.mark.parametrize("text", ["portugal", "iphone", "img", "lens"])
def test_words_of_place_camera_lens_and_filename_are_not_public(text: str) -> None:
    store = MemoryPhotoStore()
    store.commit(None, photo(filename="IMG_1.jpg", file_place=("Portugal",), camera="Apple iPhone", lens="Lens 28mm"))
    query = PhotoQuery(words=parse_words(text)[0])
    assert find_all(store, Search(SCOPE, query, OWNER), 9) == ["p1"]
    assert find_all(store, Search("public", query, OWNER), 9) == []
    assert not any(scope == "public" and tag == f"!w:{text}" for scope, tag, _ in store.memberships)


def test_outdated_row_is_not_served() -> None:
    store = MemoryPhotoStore()
    stored = store.commit(None, photo(own_caption="dog"))
    store.records["p1"] = replace(stored, words=(), public_words=())
    assert find_all(store, Search(SCOPE, PhotoQuery(words=parse_words("dog")[0]), OWNER), 9) == []


@dataclass
class Rows:
    """Collections of numbers, which are the positions; counts what is read."""

    numbers: dict[str, set[int]]
    reads: list[int] = field(default_factory=list)

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        assert scope == SCOPE
        positions = sorted((f"{number:06}#p{number}" for number in self.numbers[tag]), reverse=True)
        page = [Row(each, each.partition("#")[2]) for each in positions if after is None or each < after][:limit]
        self.reads.append(len(page))
        return page


def test_common_tags_that_seldom_meet_fill_a_page_in_one_search() -> None:
    count = 10_000
    rows = Rows({"a": set(range(count)), "b": set(range(0, 2 * count, 199))})
    found = find_rows(rows, SCOPE, TagQuery(("a", "b")), after=None, limit=50)
    assert [row.photo_id for row in found.rows] == [f"p{n}" for n in sorted(rows.numbers["a"] & rows.numbers["b"])][
        ::-1
    ][:50]
    assert len(rows.reads) < 20


def test_search_without_matches_ends_after_the_maximum_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "MAX_ROWS_READ", 2000)
    rows = Rows({"a": set(range(0, 20_000, 2)), "b": set(range(1, 20_000, 2))})
    found = find_rows(rows, SCOPE, TagQuery(("a", "b")), after=None, limit=9)
    assert found.rows == []
    assert found.next_position is not None
    assert 2000 <= sum(rows.reads) <= 6000
    assert len(find_rows(rows, SCOPE, TagQuery(("a", "b")), after=found.next_position, limit=9).rows) == 0


def test_rows_of_any_tags_are_each_listed_once() -> None:
    rows = Rows({"a": {1, 2, 3}, "b": {2, 3, 4}, "c": {3}})
    query = TagQuery(("a", "b"), Match.ANY, ("c",))
    assert [row.photo_id for row in iterate_rows(rows, SCOPE, query)] == ["p4", "p2", "p1"]


def test_condition_with_few_rows_is_checked_on_the_photos_instead_of_reading_the_others() -> None:
    store = MemoryPhotoStore()
    for number in range(FIRST_PAGE_ROWS * 3):
        tags = ("common", "rare") if number % 100 == 0 else ("common",)
        store.commit(None, photo(f"p{number:04}", user_tags=tags))
    reads: list[int] = []

    class Counted:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def list_rows(self, *args: Any, limit: int, **values: Any) -> list[Row]:
            reads.append(limit)
            return store.list_rows(*args, limit=limit, **values)

    counted: Any = Counted()
    search = Search(SCOPE, PhotoQuery(tags=TagQuery(("common", "rare"))), OWNER)
    found = PhotoSearch(store, counted).find(search, after=None, limit=50)
    assert [each.photo_id for each in found.photos] == [f"p{n:04}" for n in range(700, -1, -100)]
    assert reads == [FIRST_PAGE_ROWS, FIRST_PAGE_ROWS]


def test_frequent_words_of_a_beginning_are_read_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_lists, "WORD_PAGE_ROWS", 4)
    store = MemoryPhotoStore()
    for number in range(24):
        word = ("lisa", "lisbon", "lisbon", "list")[number % 4] if number < 12 else ("lisbon", "sea")[number % 2]
        store.commit(None, photo(f"p{number:02}", own_caption=word))
    for text, count in (("lis", 18), ("lisb", 12), ("list", 3)):
        search = Search(SCOPE, PhotoQuery(words=parse_words(text)[0]), OWNER)
        found = PhotoSearch(store, store).find(search, after=None, limit=5, count_to=50)
        expected = [key for key, each in store.records.items() if each.caption.startswith(text)]
        assert (found.count, found.is_complete) == (len(expected), True) == (count, True)
        assert [each.photo_id for each in found.photos] == sorted(expected, reverse=True)[:5]


def test_beginning_of_too_many_words_is_checked_on_the_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_lists, "WORD_PAGE_ROWS", 1)
    store = MemoryPhotoStore()
    for number in range(MAX_WORD_PAGES + 1):
        store.commit(None, photo(f"p{number}", own_caption=f"a{number}"))
    store.commit(None, photo("other", own_caption="b"))
    search = Search(SCOPE, PhotoQuery(words=parse_words("a")[0]), OWNER)
    found = PhotoSearch(store, store).find(search, after=None, limit=50)
    assert {each.photo_id for each in found.photos} == {f"p{n}" for n in range(MAX_WORD_PAGES + 1)}


@pytest.mark.parametrize(
    ("photos", "count_to", "expected"), [(3, 500, (3, True)), (9, 5, (5, False)), (9, 500, (9, True))]
)
def test_photos_behind_the_page_are_counted(photos: int, count_to: int, expected: tuple[int, bool]) -> None:
    store = MemoryPhotoStore()
    for number in range(photos):
        store.commit(None, photo(f"p{number}", user_tags=("dog", "beach")))
    for query in (PhotoQuery(tags=TagQuery(("dog", "beach"))), PhotoQuery(words=parse_words("dog beach")[0])):
        found = PhotoSearch(store, store).find(Search(SCOPE, query, OWNER), after=None, limit=2, count_to=count_to)
        assert (found.count, found.is_complete) == expected
        assert found.next_position is not None


def test_state_and_other_collections_are_filtered_too() -> None:
    store = MemoryPhotoStore()
    store.commit(None, photo("p1", state=State.TRASHED, own_caption="dog"))
    store.commit(None, photo("p2", state=State.TRASHED))
    store.commit(None, photo("p3", own_caption="dog"))
    query = PhotoQuery(words=parse_words("dog")[0])
    assert find_all(store, Search(SCOPE, query, OWNER, STATE_TAGS[State.TRASHED]), 9) == ["p1"]
    assert find_all(store, Search(SCOPE, query, OWNER, RECENTLY_ADDED), 9) == ["p3"]


def test_recently_added_photos_are_listed_by_upload() -> None:
    store = MemoryPhotoStore()
    for number, (received, year) in enumerate(((0, 2020), (2, 2019), (1, 2021))):
        taken_at = taken(f"{year}-01-01")
        store.commit(None, photo(f"p{number}", received_at=NOON + timedelta(hours=received), camera_time=taken_at))
    assert find_all(store, Search(SCOPE, PhotoQuery(), OWNER, RECENTLY_ADDED), 2) == ["p1", "p2", "p0"]
