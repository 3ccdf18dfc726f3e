"""Tags as they are displayed."""

from pathlib import Path

import pytest

from chalicelib.library.photo import clean_tag
from chalicelib.util.title_case import SPELLINGS, title_case

PAGE = Path(__file__).parents[3] / "web" / "src" / "i18n" / "spellings.ts"


@pytest.mark.parametrize(
    ("tag", "title"),
    [
        ("beach", "Beach"),
        ("golden hour", "Golden Hour"),
        ("o'neill's bar", "O'neill's Bar"),
        ("école", "École"),
        ("35mm film", "35mm Film"),
        ("東京", "東京"),
    ],
)
def test_each_word_is_capitalized(tag: str, title: str) -> None:
    assert title_case(tag) == title


@pytest.mark.parametrize(
    ("tag", "title"),
    [
        ("suv", "SUV"),
        ("bmw", "BMW"),
        ("dslr", "DSLR"),
        ("tv", "TV"),
        ("old bmw at night", "Old BMW At Night"),
        ("tvs", "TVs"),
        ("iphone", "iPhone"),
        ("usage", "Usage"),
        ("us", "Us"),
        ("suvss", "Suvss"),
    ],
)
def test_known_words_are_written_as_usual(tag: str, title: str) -> None:
    assert title_case(tag) == title


@pytest.mark.parametrize("spelling", SPELLINGS.split())
def test_known_spelling_is_the_same_tag(spelling: str) -> None:
    assert title_case(clean_tag(spelling)) == spelling


@pytest.mark.skipif(not PAGE.exists(), reason="the page's source is not here")
def test_page_has_the_same_spellings() -> None:
    assert set(SPELLINGS.split()) < set(PAGE.read_text(encoding="utf-8").replace('"', " ").replace(",", " ").split())
