from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.albums.models import Album, AlbumOrder, Role
from chalicelib.albums.service import AlbumEdit
from chalicelib.errors import Conflict, Invalid, NotFound, Outdated
from chalicelib.ingest.uploads import UploadMetadata
from tests.fakes.library import MemoryLibrary
from tests.support.factories import OWNER


class ServiceFixture:
    """A library with an album and two photos, of which the first is in it."""

    def __init__(self) -> None:
        self.library = MemoryLibrary()
        self.service = self.library.albums
        self.album = self.service.create(OWNER, "Lisbon", AlbumEdit())
        self.inside, self.outside = (self.upload(name) for name in ("inside", "outside"))
        self.service.add_photo(OWNER, self.album.album_id, self.inside)

    def upload(self, content: str) -> str:
        photo = self.library.uploads.store_original(OWNER, UploadMetadata(f"{content}.jpg"), content.encode())
        self.library.deliver_event(photo.key)
        return photo.photo_id

    def stored(self) -> Album:
        return self.library.album_store.albums[self.album.album_id]


@pytest.fixture
def fixture() -> ServiceFixture:
    return ServiceFixture()


def test_photo_is_not_added_to_an_album_that_was_deleted_meanwhile(fixture: ServiceFixture) -> None:
    fixture.library.album_store.delete(fixture.album, fixture.library.clock())
    with pytest.raises(NotFound, match="Album not found"):
        fixture.service.add_photo(OWNER, fixture.album.album_id, fixture.outside)
    assert fixture.library.photos.records[fixture.outside].albums == ()


def test_photo_is_in_at_most_20_albums(fixture: ServiceFixture) -> None:
    ids = [fixture.service.create(OWNER, str(number), AlbumEdit()).album_id for number in range(20)]
    for album_id in ids[:19]:
        fixture.service.add_photo(OWNER, album_id, fixture.inside)
    with pytest.raises(Invalid, match="at most 20 albums"):
        fixture.service.add_photo(OWNER, ids[19], fixture.inside)


def test_album_with_too_many_photos_is_not_put_in_order(
    fixture: ServiceFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixture.service.add_photo(OWNER, fixture.album.album_id, fixture.outside)
    monkeypatch.setattr("chalicelib.albums.service.MAX_ORDERED_PHOTOS", 1)
    with pytest.raises(Conflict, match="up to 1 photos; this one has 2"):
        fixture.service.put_in_order(OWNER, fixture.album.album_id, (fixture.inside,))


def test_order_with_strangers_changes_nothing(fixture: ServiceFixture) -> None:
    with pytest.raises(Invalid, match="1 of them are not"):
        fixture.service.put_in_order(OWNER, fixture.album.album_id, (fixture.inside, fixture.outside))
    assert fixture.stored() == fixture.album
    assert fixture.library.album_store.get_order(fixture.album.album_id) == ()


def test_edit_that_changes_nothing_writes_nothing(fixture: ServiceFixture) -> None:
    fixture.library.clock.advance(timedelta(minutes=1))
    assert fixture.service.edit(OWNER, fixture.album.album_id, AlbumEdit(title="Lisbon")) == fixture.album
    changed = fixture.service.edit(OWNER, fixture.album.album_id, AlbumEdit(title="Porto"), version=1)
    assert (changed.version, changed.updated_at) == (2, fixture.library.clock())
    with pytest.raises(Outdated):
        fixture.service.edit(OWNER, fixture.album.album_id, AlbumEdit(title="Faro"), version=1)


def test_edit_is_repeated_after_a_concurrent_one(fixture: ServiceFixture) -> None:
    store = fixture.library.album_store
    others = iter((AlbumOrder.OLDEST,))

    def change(name: str) -> None:
        if name == "save" and (order := next(others, None)):
            store.save(fixture.stored(), replace(fixture.stored(), order=order))

    fixture.library.before = change
    edited = fixture.service.edit(OWNER, fixture.album.album_id, AlbumEdit(title="Porto"))
    assert (edited.title, edited.order, edited.version) == ("Porto", AlbumOrder.OLDEST, 3)


def test_member_who_was_just_removed_does_not_see_the_album(fixture: ServiceFixture) -> None:
    store, album_id = fixture.library.album_store, fixture.album.album_id
    store.add_member(album_id, "bob", Role.VIEWER, fixture.library.clock())
    assert [each.role for each in fixture.service.list_shared("bob", after=None, limit=9).albums] == [Role.VIEWER]
    listed = store.list_shared("bob", after=None, limit=9)
    del store.members[album_id, "bob"]
    assert fixture.service._page("bob", listed, 9).albums == ()
    with pytest.raises(NotFound):
        fixture.service.get(album_id, "bob")
