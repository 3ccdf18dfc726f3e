from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.library.descriptions import (
    clean_caption,
    clean_file_caption,
    clean_keywords,
    clean_place,
    set_caption,
    set_place,
    set_rating,
)
from chalicelib.library.transitions import Transition
from tests.support.factories import photo

DESCRIBED = photo(file_caption="Harbor\n\nAt dawn", file_rating=3, file_place=("Washington, D.C.", "United States"))
# Letters and signs whose neighbors decide whether they stay, line breaks, spaces and a lone surrogate.
TROUBLESOME = (
    "a\u0301\u0628\u200c\u200d\ufe0f\U0001f468\u2800\u202e \t\n\r\u2028\x00\x85\ud800\u0e33\U00013000\U00013430,"
)


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("  Our bay \r\n\r\nfrom the  terrace\t\r", "Our bay\n\nfrom the  terrace"),
        ("\n\n \n", ""),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x1b[31mc\u202ed\ufeff\ud800", "ab[31mcd"),
        ("one\u2028two\x85three", "one\ntwo\nthree"),
        ("<b>not markup</b> & 100 % \"quotes'", "<b>not markup</b> & 100 % \"quotes'"),
        ("שלום 👨‍👩‍👧 قلب", "שלום 👨‍👩‍👧 قلب"),
    ],
)
def test_caption_is_text_with_line_breaks(text: str, caption: str) -> None:
    assert clean_caption(text) == caption
    assert clean_file_caption(text) == (caption or None)


def test_caption_may_have_2000_characters_once_it_is_cleaned() -> None:
    longest = "é" * 2000
    assert clean_caption(f" {'e\u0301' * 2000}\n") == longest
    with pytest.raises(Invalid, match=r"^caption can have at most 2,000 characters; this one has 2,001\.$") as raised:
        clean_caption(longest + "x")
    assert raised.value.field == "caption"
    with pytest.raises(Invalid, match="100,000"):
        clean_caption("\u200b" * 100_000)


def test_caption_of_a_file_is_cut() -> None:
    assert clean_file_caption("x" * 1999 + " \nmore") == "x" * 1999
    assert clean_file_caption(None) is None


@given(st.text(st.sampled_from(TROUBLESOME)) | st.text())
def test_cleaning_again_changes_nothing(text: str) -> None:
    caption = clean_caption(text)
    assert clean_caption(caption) == caption
    assert clean_file_caption(caption) == (caption or None)
    caption.encode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lisbon, Portugal", ("Lisbon", "Portugal")),
        (" Old\u00a0 Town,,Lisbon\n,Lisbon ", ("Old Town", "Lisbon")),
        (" , ", ()),
        ("", ()),
        ("\u202eS\u0061\u0303o Paulo\x00", ("São Paulo",)),
    ],
)
def test_place_is_names(text: str, names: tuple[str, ...]) -> None:
    assert clean_place(text) == names


@pytest.mark.parametrize("text", ["a,b,c,d,e", "x" * 65, "x" * 5000, ",".join(letter * 64 for letter in "abcd")])
def test_place_with_too_many_or_too_long_names_is_invalid(text: str) -> None:
    with pytest.raises(Invalid, match="at most") as raised:
        clean_place(text)
    assert raised.value.field == "place"


def test_keywords_are_the_first_10_valid_tags_that_are_not_dismissed() -> None:
    words = ["Beach", " BEACH ", "", "*", "!no", "x" * 65, "Sea", *(f"k{n}" for n in range(20))]
    assert clean_keywords(words, ("sea",)) == ("beach", *(f"k{n}" for n in range(9)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p: set_caption(p, "Boats"), ("Boats", 3, DESCRIBED.file_place)),
        (lambda p: set_caption(p, ""), ("", 3, DESCRIBED.file_place)),
        (lambda p: set_rating(p, 0), (DESCRIBED.file_caption, 0, DESCRIBED.file_place)),
        (lambda p: set_place(p, ("Georgetown",)), (DESCRIBED.file_caption, 3, ("Georgetown",))),
        (lambda p: set_place(p, ()), (DESCRIBED.file_caption, 3, ())),
    ],
)
def test_what_the_owner_says_replaces_what_the_file_says_until_it_is_reset(
    change: Transition, expected: tuple[Any, ...]
) -> None:
    changed = change(DESCRIBED)
    assert (changed.caption, changed.rating, changed.place) == expected
    assert set_place(set_rating(set_caption(changed, None), None), None) == DESCRIBED


@pytest.mark.parametrize(
    "change",
    [
        lambda p: set_caption(p, "Harbor\n\nAt dawn"),
        lambda p: set_rating(p, 3),
        lambda p: set_place(p, clean_place("Washington, D.C., United States")),
    ],
)
def test_saying_what_the_file_says_changes_nothing(change: Transition) -> None:
    assert change(DESCRIBED) == DESCRIBED


def test_removing_what_the_file_does_not_say_changes_nothing() -> None:
    plain = photo()
    assert set_place(set_rating(set_caption(plain, ""), 0), ()) == plain
