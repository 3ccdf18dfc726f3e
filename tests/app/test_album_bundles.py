"""Bundles of albums: who may create them, and which images they contain."""

from typing import Any

import pytest

from chalicelib.albums.members import Member
from chalicelib.albums.models import Role
from tests.app.conftest import OWNER, SavedData, Tintype, id_of
from tests.app.test_bundles import create_bundle, drop_photo, open_zip
from tests.support.factories import NOON
from tests.support.images.tiny import encode_image


class SharedAlbum:
    """An album with a photo of its owner and one of its contributor bob; carol only looks at it."""

    def __init__(self, tintype: Tintype, saved_data: SavedData) -> None:
        self.tintype = tintype
        self.album_id, self.own, self.theirs = saved_data.restore(tintype, self._create)

    def _create(self) -> tuple[str, dict[str, Any], dict[str, Any]]:
        album = self.tintype.call("POST", "/albums", as_=OWNER, body={"title": "Lisbon"})
        album_id = album.json_body["album_id"]
        for name, role in (("bob", Role.CONTRIBUTOR), ("carol", Role.VIEWER)):
            joined = Member(id_of(name), role, NOON)
            self.tintype.container.member_store.add(album_id, joined, email_hash=name, max_members=9)
        drop_photo(self.tintype, "own.jpg", tags="lisbon")
        own = self.tintype.get("/photos", as_=OWNER, tag="lisbon")["items"][0]
        theirs = self._upload("bob", "theirs.jpg")
        for photo, member in ((own, OWNER), (theirs, "bob")):
            body = {"photo_ids": [photo["photo_id"]]}
            added = self.tintype.call("POST", f"/albums/{album_id}/photos", as_=member, body=body)
            assert added.json_body["results"][0]["ok"]
        return album_id, own, theirs

    def _upload(self, owner: str, filename: str) -> dict[str, Any]:
        ticket = self.tintype.call("POST", "/uploads", as_=owner, body={"filename": filename}).json_body
        key = ticket["upload"]["fields"]["key"]
        self.tintype.s3.put_object(Bucket="originals", Key=key, Body=encode_image(size=(320, 100)))
        self.tintype.deliver(key)
        photo: dict[str, Any] = self.tintype.get(f"/photos/{ticket['photo_id']}", as_=owner)
        return photo

    def files(self, viewer: str, body: dict[str, Any]) -> dict[str, int]:
        """The sizes of the images that the viewer gets, by name."""
        response = create_bundle(self.tintype, body, as_=viewer)
        assert response.status_code == 202, response.body
        self.tintype.build_volumes()
        bundle_id = response.json_body["bundle_id"]
        assert self.tintype.get(f"/bundles/{bundle_id}", as_=viewer)["skipped"] == []
        with open_zip(self.tintype, bundle_id) as built:
            return {info.filename: info.file_size for info in built.infolist()}


@pytest.fixture
def shared(tintype: Tintype, saved_data: SavedData) -> SharedAlbum:
    return SharedAlbum(tintype, saved_data)


def original(photo: dict[str, Any]) -> int:
    size: int = photo["processing"]["original"]["bytes"]
    return size


def resized(photo: dict[str, Any]) -> int:
    size: int = photo["processing"]["resized"]["bytes"]
    return size


@pytest.mark.parametrize("variant", ["original", "resized"])
def test_photos_of_others_in_an_album_are_resized(shared: SharedAlbum, variant: str) -> None:
    body = {"album_id": shared.album_id, "variant": variant}
    size = original if variant == "original" else resized
    assert shared.files(OWNER, body) == {"own.jpg": size(shared.own), "theirs.jpg": resized(shared.theirs)}
    assert shared.files("bob", body) == {"own.jpg": resized(shared.own), "theirs.jpg": size(shared.theirs)}
    assert shared.files("carol", body) == {"own.jpg": resized(shared.own), "theirs.jpg": resized(shared.theirs)}


def test_sidecars_are_beside_own_photos_only(shared: SharedAlbum) -> None:
    body = {"album_id": shared.album_id, "sidecars": True}
    assert shared.files(OWNER, body).keys() == {"own.jpg", "own.jpg.xmp", "theirs.jpg"}
    assert shared.files("bob", body).keys() == {"own.jpg", "theirs.jpg", "theirs.jpg.xmp"}
    assert shared.files("carol", body).keys() == {"own.jpg", "theirs.jpg"}


def test_photos_of_others_are_selected_by_id_if_an_album_shows_them(shared: SharedAlbum) -> None:
    ids = [shared.own["photo_id"], shared.theirs["photo_id"]]
    assert shared.files(OWNER, {"photo_ids": ids}) == {
        "own.jpg": original(shared.own),
        "theirs.jpg": resized(shared.theirs),
    }
    assert create_bundle(shared.tintype, {"photo_ids": ids}, as_="mallory").status_code == 404
    shared.tintype.container.members.remove(shared.album_id, id_of("carol"))
    assert create_bundle(shared.tintype, {"photo_ids": ids}, as_="carol").status_code == 404


def test_album_of_others_is_not_found(shared: SharedAlbum) -> None:
    for viewer in ("mallory", "dave"):
        response = create_bundle(shared.tintype, {"album_id": shared.album_id}, as_=viewer)
        assert (response.status_code, response.json_body["error"]) == (404, "Album not found.")
    assert create_bundle(shared.tintype, {"album_id": shared.album_id}, as_=OWNER).status_code == 202
    shared.tintype.call("DELETE", f"/albums/{shared.album_id}", as_=OWNER)
    assert create_bundle(shared.tintype, {"album_id": shared.album_id}, as_=OWNER).status_code == 404


def test_zip_of_an_album_is_named_after_it(shared: SharedAlbum) -> None:
    for body, filename in (
        ({"album_id": shared.album_id}, "Lisbon.zip"),
        ({"album_id": shared.album_id, "tags": ["lisbon"]}, None),
    ):
        bundle_id = create_bundle(shared.tintype, body).json_body["bundle_id"]
        shared.tintype.build_volumes()
        head = shared.tintype.s3.head_object(Bucket="bundles", Key=f"{bundle_id}/volume-0001.zip")
        expected = filename or f"tintype-{shared.tintype.container.now():%Y-%m-%d}.zip"
        assert f'filename="{expected}"' in head["ContentDisposition"]


def test_album_is_combined_with_tags(shared: SharedAlbum) -> None:
    drop_photo(shared.tintype, "hill.jpg", seed=7, tags="hill")
    names = shared.files(OWNER, {"album_id": shared.album_id, "tags": ["hill", "lisbon"]})
    assert sorted(names) == ["hill.jpg", "own.jpg", "theirs.jpg"]


def test_smart_album_contains_what_its_search_finds(tintype: Tintype) -> None:
    for seed, (name, tags) in enumerate((("a.jpg", "sea"), ("b.jpg", "sea,dog"), ("c.jpg", "dog"))):
        drop_photo(tintype, name, seed=seed, tags=tags)
    body = {"title": "Sea", "query": {"tag": ["sea"], "not": ["dog"]}}
    album_id = tintype.call("POST", "/albums", as_=OWNER, body=body).json_body["album_id"]
    created = create_bundle(tintype, {"album_id": album_id}).json_body
    tintype.build_volumes()
    with open_zip(tintype, created["bundle_id"]) as built:
        assert built.namelist() == ["a.jpg"]


def test_album_without_photos_has_no_bundle(tintype: Tintype) -> None:
    album_id = tintype.call("POST", "/albums", as_=OWNER, body={"title": "Empty"}).json_body["album_id"]
    response = create_bundle(tintype, {"album_id": album_id})
    assert (response.status_code, response.json_body["error"]) == (404, "There are no photos to download.")
