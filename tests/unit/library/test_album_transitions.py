"""Photos join and leave albums."""

from dataclasses import replace

import pytest

from chalicelib.errors import Invalid
from chalicelib.library.collections import ALL_PHOTOS, REVIEW, album_of, album_scope, changes, joined_albums
from chalicelib.library.guest import Guest
from chalicelib.library.photo import MAX_ALBUMS, State
from chalicelib.library.search import is_member
from chalicelib.library.transitions import (
    add_to_album,
    approve,
    decline,
    join_albums,
    remove_from_album,
)
from tests.support.factories import photo

FULL = photo(albums=tuple(f"a{n}" for n in range(MAX_ALBUMS)))
WAITING = photo(guest=Guest("Ann", "s1", needs_review=True), review_album="a1")


def test_photo_is_added_once_and_removed() -> None:
    added = add_to_album(add_to_album(photo(), "a1"), "a2")
    assert add_to_album(added, "a1") == added
    assert added.albums == ("a1", "a2")
    assert remove_from_album(added, "a1").albums == ("a2",)
    assert remove_from_album(photo(), "a1") == photo()


def test_photo_can_be_in_20_albums() -> None:
    with pytest.raises(Invalid, match="at most 20 albums"):
        add_to_album(FULL, "another")
    assert add_to_album(FULL, "a3") == FULL


def test_photo_that_waits_is_approved_declined_or_added_by_its_owner() -> None:
    for joined in (approve(WAITING), add_to_album(WAITING, "a1")):
        assert (joined.albums, joined.review_album) == (("a1",), None)
    assert add_to_album(WAITING, "a2").review_album == "a1"
    for declined in (decline(WAITING), remove_from_album(WAITING, "a1")):
        assert (declined.albums, declined.review_album) == ((), None)
    assert approve(photo()) == photo()


def test_claim_holder_joins_the_albums_of_its_duplicate_as_far_as_there_is_room() -> None:
    albums = ("a1", "b1", "b2")
    assert join_albums(photo(albums=("a1",)), albums).albums == albums
    assert join_albums(replace(FULL, albums=FULL.albums[:-1]), albums).albums[-1] == "b1"


def test_only_ready_photos_are_in_the_collection_of_an_album() -> None:
    scope = album_scope("a1")
    assert album_of(scope) == "a1"
    assert album_of("owner/a1") is None
    assert is_member(photo(albums=("a1",)), scope, ALL_PHOTOS)
    assert is_member(WAITING, scope, REVIEW)
    assert not is_member(WAITING, scope, ALL_PHOTOS)
    assert not is_member(photo(albums=("a1",), state=State.TRASHED), scope, ALL_PHOTOS)


def test_photo_joins_an_album_but_not_again_when_only_its_weight_changes() -> None:
    before = photo(albums=("a1",))
    after = replace(before, weight=7, albums=("a1", "a2"), review_album="a3")
    assert joined_albums(changes(before, after)) == ("a2", "a3")
    assert joined_albums(changes(after, before)) == ()
