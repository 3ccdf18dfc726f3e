from chalicelib.library.search_index import MAX_WORDS, index_photo
from tests.support.factories import photo

WORDS = tuple(f"word{number}" for number in range(50))
PLACE = ("Lisbon", "Portugal")


def test_words_of_caption_and_tags_are_public() -> None:
    indexed = index_photo(
        photo(own_caption="At sea", user_tags=("summer holiday",), own_place=PLACE, camera="Jolla", filename="a b.jpg")
    )
    assert indexed.public_words == ("at", "sea", "summer", "holiday")
    assert indexed.words == ("at", "sea", "summer", "holiday", "lisbon", "portugal", "jolla", "a", "b")


def test_long_caption_leaves_words_to_the_rest() -> None:
    indexed = index_photo(photo(own_caption=" ".join(WORDS), own_place=PLACE, user_tags=("beach",)))
    assert len(indexed.words) == len(indexed.public_words) == MAX_WORDS
    assert {*WORDS[:20], "beach", "lisbon", "portugal"} <= {*indexed.words}


def test_public_words_do_not_depend_on_private_ones() -> None:
    caption = " ".join((*WORDS, "lisbon", "holiday", "jolla"))
    public = {
        index_photo(photo(own_caption=caption, own_place=place, filename=name, camera=camera)).public_words
        for place in (None, PLACE)
        for name in ("a.jpg", "holiday.jpg")
        for camera in (None, "Jolla")
    }
    assert len(public) == 1
