from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.search import MAX_PAGE_ROWS, Match, Row, TagQuery, find_rows
from tests.support.factories import photo

BEACH = photo(user_tags=("beach", "sea"))


def test_query_matches_all_or_any_tags() -> None:
    assert TagQuery(("beach", "sea")).matches(BEACH)
    assert not TagQuery(("beach", "dog")).matches(BEACH)
    assert TagQuery(("beach", "dog"), Match.ANY).matches(BEACH)
    assert not TagQuery(("cat", "dog"), Match.ANY).matches(BEACH)


def test_excluded_tag_does_not_match() -> None:
    assert not TagQuery(("beach",), excluded=("sea",)).matches(BEACH)
    assert TagQuery(("beach",), excluded=("dog",)).matches(BEACH)


def test_single_tag_query() -> None:
    assert TagQuery(("beach",)).is_single_tag
    assert not TagQuery(("beach",), excluded=("dog",)).is_single_tag
    assert not TagQuery(("beach", "sea")).is_single_tag


type Library = Mapping[int, set[str]]

TAGS = st.sampled_from("abcd")
LIBRARIES = st.dictionaries(st.integers(0, 60), st.sets(TAGS, max_size=4), max_size=40)
QUERIES = st.builds(
    TagQuery,
    st.lists(TAGS, min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(Match),
    st.lists(TAGS, max_size=2, unique=True).map(tuple),
)


@dataclass
class Rows:
    """The collections of a library, whose photos have their number as position; counts what is read."""

    library: Library
    reads: list[int] = field(default_factory=list)

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        assert scope == "mine"
        numbers = sorted((f"{number:02}" for number, tags in self.library.items() if tag in tags), reverse=True)
        page = [Row(number, f"p{number}") for number in numbers if after is None or number < after][:limit]
        self.reads.append(len(page))
        return page


def search(rows: Rows, query: TagQuery, limit: int, max_rows: int) -> list[int]:
    """The numbers of all photos that match, found page by page."""
    numbers: list[int] = []
    after, previous = None, "~"
    while True:
        page = find_rows(rows, "mine", query, after=after, limit=limit, max_rows=max_rows)
        assert len(page.rows) <= limit
        numbers += [int(row.position) for row in page.rows]
        if page.next_position is None:
            return numbers
        assert page.next_position < previous
        after = previous = page.next_position


@given(library=LIBRARIES, query=QUERIES, limit=st.integers(1, 5), max_rows=st.integers(1, 30))
def test_pages_have_every_match_once_newest_first(library: Library, query: TagQuery, limit: int, max_rows: int) -> None:
    matches = [
        number
        for number, tags in library.items()
        if (tags >= {*query.tags} if query.match is Match.ALL else tags & {*query.tags})
        and not tags & {*query.excluded}
    ]
    assert search(Rows(library), query, limit, max_rows) == sorted(matches, reverse=True)


def test_rare_tag_makes_common_tag_skip() -> None:
    rows = Rows({number: {"a", "b"} if number % 90 == 0 else {"a"} for number in range(99)})
    found = find_rows(rows, "mine", TagQuery(("a", "b")), after=None, limit=9)
    assert [row.position for row in found.rows] == ["90", "00"]
    assert found.next_position is None
    assert sum(rows.reads) < 40


def test_search_without_matches_ends_after_the_maximum_of_rows() -> None:
    rows = Rows({number: {"ab"[number % 2]} for number in range(99)})
    found = find_rows(rows, "mine", TagQuery(("a", "b")), after=None, limit=9, max_rows=20)
    assert found.rows == []
    assert found.next_position is not None
    assert 20 <= sum(rows.reads) <= 40


def test_pages_grow_up_to_a_maximum() -> None:
    rows = Rows({number: {"ab"[number % 2]} for number in range(99)})
    find_rows(rows, "mine", TagQuery(("a",), excluded=("b",)), after=None, limit=1, max_rows=90)
    assert rows.reads[0] == 2
    assert max(rows.reads) <= MAX_PAGE_ROWS
