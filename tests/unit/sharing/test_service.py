from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, Invalid, NotFound, Outdated, PhotoNotFound
from chalicelib.library.photo import State, Visibility
from chalicelib.sharing.models import Contents, Download, Share, ShareTerms
from tests.support.factories import NOON, photo
from tests.unit.sharing.support import Links


def test_new_link_stores_the_hash_of_its_secret_only() -> None:
    links = Links()
    share, token = links.share(ShareTerms(name="a"))
    assert links.store.get(share.share_id) == share
    assert (share.owner, share.contents, share.created_at) == ("alice", Contents("a1"), NOON)
    assert token.partition(".")[2] not in repr(share)


def test_link_to_own_ready_photos() -> None:
    links = Links()
    for photo_id in ("p1", "p2"):
        links.photos.commit(None, photo(photo_id, owner="alice", state=State.READY, visibility=Visibility.PRIVATE))
    share, _ = links.service.share_photos("alice", ("p2", "p1"), "The bay", ShareTerms())
    assert share.contents == Contents(title="The bay", photo_ids=("p2", "p1"))


@pytest.mark.parametrize("state", [State.TRASHED, State.PROCESSING])
def test_link_to_photos_that_are_missing_foreign_or_not_ready_is_refused(state: State) -> None:
    links = Links()
    links.photos.commit(None, photo("p1", owner="alice", state=State.READY))
    links.photos.commit(None, photo("p2", owner="bob", state=State.READY, visibility=Visibility.PUBLIC))
    links.photos.commit(None, photo("p3", owner="alice", state=state))
    for photo_id in ("p2", "p3", "p4"):
        with pytest.raises(PhotoNotFound) as error:
            links.service.share_photos("alice", ("p1", photo_id), "", ShareTerms())
        assert error.value.photo_id == photo_id
    assert links.store.shares == {}


def test_link_must_end_in_the_future() -> None:
    links = Links()
    with pytest.raises(Invalid, match="expires_at must be in the future"):
        links.share(ShareTerms(expires_at=NOON))
    share, _ = links.share(ShareTerms(expires_at=NOON + timedelta(minutes=1)))
    links.advance(minutes=2)
    # An ended link can still be renamed, and be opened again.
    links.service.change("alice", share.share_id, lambda terms: replace(terms, name="b"))
    with pytest.raises(Invalid):
        links.service.change("alice", share.share_id, lambda terms: replace(terms, expires_at=NOON))
    later = NOON + timedelta(days=1)
    changed = links.service.change("alice", share.share_id, lambda terms: replace(terms, expires_at=later))
    assert changed.terms.expires_at == later


def test_guests_can_add_to_albums_only() -> None:
    links = Links()
    links.photos.commit(None, photo("p1", owner="alice", state=State.READY))
    share, _ = links.service.share_photos("alice", ("p1",), "", ShareTerms())
    with pytest.raises(Invalid, match="album only"):
        links.service.change("alice", share.share_id, lambda terms: replace(terms, add=True))


def test_change_of_what_a_link_allows_makes_a_new_revision() -> None:
    links = Links()
    share, _ = links.share()
    renamed = links.service.change("alice", share.share_id, lambda terms: replace(terms, name="b"))
    assert (renamed.version, renamed.revision) == (2, 1)
    changed = links.service.change("alice", share.share_id, lambda terms: replace(terms, download=Download.NONE))
    assert (changed.version, changed.revision) == (3, 2)
    assert changed.bundle_owner != share.bundle_owner == renamed.bundle_owner


def test_change_without_effect_changes_nothing() -> None:
    links = Links()
    share, _ = links.share()
    assert links.service.change("alice", share.share_id, lambda terms: terms) == share


def test_change_of_another_version_is_refused() -> None:
    links = Links()
    share, _ = links.share()
    with pytest.raises(Outdated) as error:
        links.service.change("alice", share.share_id, lambda terms: replace(terms, name="b"), version=7)
    assert error.value.version == 1


def test_change_is_repeated_after_a_conflict() -> None:
    links = Links()
    share, _ = links.share()
    saves: list[Share] = []

    def change(terms: ShareTerms) -> ShareTerms:
        if not saves:
            saves.append(links.store.save(share, replace(share, terms=replace(terms, review=True))))
        return replace(terms, name="b")

    changed = links.service.change("alice", share.share_id, change)
    assert (changed.terms.name, changed.terms.review, changed.version) == ("b", True, 3)


def test_link_that_keeps_changing_raises_conflict() -> None:
    links = Links()
    share, _ = links.share()

    def change(terms: ShareTerms) -> ShareTerms:
        current = links.store.shares[share.share_id]
        links.store.save(current, current)
        return replace(terms, name="b")

    with pytest.raises(Conflict, match="keeps changing"):
        links.service.change("alice", share.share_id, change)


def test_links_of_others_are_not_found() -> None:
    links = Links()
    share, _ = links.share()
    for request in (
        lambda: links.service.get("bob", share.share_id),
        lambda: links.service.revoke("bob", share.share_id),
        lambda: links.service.change("bob", share.share_id, lambda terms: terms),
        lambda: links.service.get("alice", "missing"),
    ):
        with pytest.raises(NotFound):
            request()
    assert links.store.get(share.share_id) == share


def test_links_of_an_album_or_an_owner_are_removed() -> None:
    links = Links()
    places = (("alice", "a1"), ("alice", "a1"), ("alice", "a2"), ("bob", "a2"))
    ids = [links.share(owner=owner, album_id=album_id)[0].share_id for owner, album_id in places]
    links.service.remove_album_links("a1")
    assert set(links.store.shares) == {ids[2], ids[3]}
    links.service.remove_owner_links("alice")
    assert set(links.store.shares) == {ids[3]}
