from chalicelib.library.search import Match, Row, Wanted, merged
from tests.support.factories import photo

BEACH = photo(words=("beach", "sea"))


def test_all_tags_must_be_there_or_any_of_them() -> None:
    assert Wanted(("beach", "sea")).fits(BEACH)
    assert not Wanted(("beach", "dog")).fits(BEACH)
    assert Wanted(("beach", "dog"), Match.ANY).fits(BEACH)
    assert not Wanted(("cat", "dog"), Match.ANY).fits(BEACH)


def test_a_tag_not_wanted_shuts_a_photo_out() -> None:
    assert not Wanted(("beach",), without=("sea",)).fits(BEACH)
    assert Wanted(("beach",), without=("dog",)).fits(BEACH)


def test_one_tag_alone_is_simple() -> None:
    assert Wanted(("beach",)).simple
    assert not Wanted(("beach",), without=("dog",)).simple
    assert not Wanted(("beach", "sea")).simple


def test_collections_merge_newest_first_each_photo_once() -> None:
    a, b, c = (Row(f"{n}#p{n}", f"p{n}") for n in (3, 2, 1))
    assert merged([[a, c], [a, b], []], 9) == [a, b, c]
    assert merged([[a, c], [a, b]], 2) == [a, b]
