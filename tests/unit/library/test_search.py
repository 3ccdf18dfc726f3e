from chalicelib.library.search import Match, Row, TagQuery, merge_rows
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


def test_merge_rows_is_newest_first_and_unique() -> None:
    a, b, c = (Row(f"{n}#p{n}", f"p{n}") for n in (3, 2, 1))
    assert merge_rows([[a, c], [a, b], []], 9) == [a, b, c]
    assert merge_rows([[a, c], [a, b]], 2) == [a, b]
