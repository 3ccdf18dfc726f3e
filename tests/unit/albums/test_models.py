from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.albums.models import Album, Role, StoredAlbum, clean_description, clean_title, role_of
from chalicelib.errors import Invalid
from tests.support.factories import NOON

ALBUM = Album("a1", "alice", "Lisbon", NOON, NOON)


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [("Lisbon", "Lisbon"), ("  Two \t\n weeks ", "Two weeks"), ("e\u0301te\u0301", "été"), ("a\u200bb", "ab")],
)
def test_title_is_cleaned(title: str, cleaned: str) -> None:
    assert clean_title(title) == cleaned


@pytest.mark.parametrize("title", ["", "  ", "\u200b", "x" * 201, "\u200b" * 3000, None, 7, ["Lisbon"]], ids=repr)
def test_invalid_title_is_named(title: object) -> None:
    with pytest.raises(Invalid, match="title is required: text of 1 to 200 characters") as raised:
        clean_title(title)
    assert raised.value.field == "title"


@given(st.text(max_size=50))
def test_cleaning_a_title_again_changes_nothing(text: str) -> None:
    try:
        title = clean_title(text)
    except Invalid:
        return
    assert clean_title(title) == title


def test_description_keeps_its_lines() -> None:
    assert clean_description("  One \r\ntwo\n\n") == "One\ntwo"
    assert clean_description("") == ""


@pytest.mark.parametrize("description", ["x" * 2001, None, 7], ids=["long", "none", "number"])
def test_invalid_description_is_named(description: object) -> None:
    with pytest.raises(Invalid, match="description must be text of at most 2,000 characters") as raised:
        clean_description(description)
    assert raised.value.field == "description"


def test_role_is_that_of_the_owner_else_of_the_membership() -> None:
    assert role_of(StoredAlbum(ALBUM, None), "alice") is Role.OWNER
    assert role_of(StoredAlbum(ALBUM, Role.VIEWER), "alice") is Role.OWNER
    assert role_of(StoredAlbum(ALBUM, Role.VIEWER), "bob") is Role.VIEWER
    assert role_of(StoredAlbum(ALBUM, None), "bob") is None


def test_album_with_a_query_is_smart() -> None:
    assert replace(ALBUM, query={"q": ("dog",)}).is_smart
    assert not ALBUM.is_smart
