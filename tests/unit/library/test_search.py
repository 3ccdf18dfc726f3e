from chalicelib.library.search import Match, Row, TagQuery, merge_rows
from tests.support.factories import photo

BEACH = photo(user_tags=("beach", "sea"))


def test_all_tags_must_be_there_or_any_of_them() -> None:
    assert TagQuery(("beach", "sea")).matches(BEACH)
    assert not TagQuery(("beach", "dog")).matches(BEACH)
    assert TagQuery(("beach", "dog"), Match.ANY).matches(BEACH)
    assert not TagQuery(("cat", "dog"), Match.ANY).matches(BEACH)


def test_a_tag_not_wanted_shuts_a_photo_out() -> None:
    assert not TagQuery(("beach",), excluded=("sea",)).matches(BEACH)
    assert TagQuery(("beach",), excluded=("dog",)).matches(BEACH)


def test_one_tag_alone_is_simple() -> None:
    assert TagQuery(("beach",)).is_single_tag
    assert not TagQuery(("beach",), excluded=("dog",)).is_single_tag
    assert not TagQuery(("beach", "sea")).is_single_tag


def test_collections_merge_newest_first_each_photo_once() -> None:
    a, b, c = (Row(f"{n}#p{n}", f"p{n}") for n in (3, 2, 1))
    assert merge_rows([[a, c], [a, b], []], 9) == [a, b, c]
    assert merge_rows([[a, c], [a, b]], 2) == [a, b]
