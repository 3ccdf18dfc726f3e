"""Shared links through the app, for their owners."""

from typing import Any

import pytest

from chalicelib.sharing.passwords import MAX_CHARACTERS
from tests.app.conftest import OWNER, Tintype
from tests.app.links import PASSWORD, create_album, drop, share_album, share_photos
from tests.support.images.tiny import encode_image

DEFAULTS = {
    "name": "",
    "download": "resized",
    "add": False,
    "review": False,
    "has_password": False,
    "expires_at": None,
    "state": "active",
    "passes": 0,
    "wrong_passwords": 0,
    "last_wrong_password_at": None,
    "uploads": {"photos": 0, "bytes": 0, "max_photos": 200, "max_bytes": 5_000_000_000},
    "version": 1,
}


def test_link_to_an_album_is_created_with_its_token_and_address_once(tintype: Tintype) -> None:
    album_id = create_album(tintype, drop(tintype, "a.jpg", encode_image()))
    link = share_album(tintype, album_id)
    assert link.share.items() >= DEFAULTS.items()
    assert (link.share["album_id"], link.share["title"], link.share["photos"]) == (album_id, "Summer in Cascais", 1)
    assert link.share["url"] == f"https://api.example/s/{link.token}"
    listed = {name: value for name, value in link.share.items() if name not in {"token", "url"}}
    assert tintype.get(f"/albums/{album_id}/shares", as_=OWNER) == {"items": [listed]}
    assert tintype.get("/shares", as_=OWNER) == {"items": [listed], "cursor": None}


def test_link_to_photos_has_a_title_of_its_own(tintype: Tintype) -> None:
    ids = [drop(tintype, f"{n}.jpg", encode_image(size=(40 + n, 30))) for n in range(2)]
    link = share_photos(tintype, *ids, title=" The  bay ", download="original", name="for Ö")
    assert (link.share["album_id"], link.share["title"], link.share["photos"]) == (None, "The bay", 2)
    assert (link.share["download"], link.share["name"]) == ("original", "for Ö")


def test_own_links_are_listed_page_by_page(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    created = [share_photos(tintype, photo_id).share_id for _ in range(3)]
    first = tintype.get("/shares", as_=OWNER, limit=2)
    last = tintype.get("/shares", as_=OWNER, limit=2, cursor=first["cursor"])
    assert [share["share_id"] for share in first["items"] + last["items"]] == created[::-1]
    assert last["cursor"] is None
    assert tintype.get("/shares", as_="alice")["items"] == []
    other = tintype.call("GET", "/shares", as_="alice", query={"cursor": first["cursor"]})
    assert (other.status_code, other.json_body["field"]) == (400, "cursor")


def test_terms_are_changed_and_removed(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype))
    terms: dict[str, Any] = {"name": "b", "download": "none", "add": True, "review": True}
    changed = link.update(**terms, expires_at="2099-12-31T23:00:00+01:00", max_photos=7, max_bytes=100)
    assert changed.status_code == 200, changed.body
    assert changed.json_body.items() >= {**terms, "expires_at": "2099-12-31T22:00:00.000Z", "version": 2}.items()
    assert changed.json_body["uploads"] == {"photos": 0, "bytes": 0, "max_photos": 7, "max_bytes": 100}
    assert link.update(expires_at=None).json_body["expires_at"] is None
    with_password = link.update(password=PASSWORD)
    assert with_password.json_body["has_password"] is True
    assert link.call("GET").status_code == 401
    assert link.update(password=None).json_body["has_password"] is False
    assert link.call("GET").status_code == 200


def test_change_of_an_older_version_is_refused(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype))
    assert link.update(name="b").json_body["version"] == 2
    path = f"/shares/{link.share_id}"
    old = tintype.call("PATCH", path, as_=OWNER, body={"name": "c"}, headers={"If-Match": '"1"'})
    assert (old.status_code, old.json_body["version"]) == (412, 2)
    assert tintype.call("PATCH", path, as_=OWNER, body={"name": "c"}, headers={"If-Match": "2"}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("name", "x" * 101),
        ("download", "all"),
        ("download", None),
        ("download", ["none"]),
        ("add", "yes"),
        ("review", None),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", "2099-01-01T00:00:00"),
        ("expires_at", "tomorrow"),
        ("expires_at", 5),
        ("expires_at", "9999-12-31T23:59:59-23:00"),
        ("password", "short"),
        ("password", "x" * (MAX_CHARACTERS + 1)),
        ("password", 123456),
        ("max_photos", 0),
        ("max_photos", True),
        ("max_photos", 10_001),
        ("max_bytes", 1.5),
        ("max_bytes", 10**13),
        ("color", "red"),
    ],
)
def test_invalid_terms_are_refused_by_name(tintype: Tintype, field: str, value: Any) -> None:
    album_id = create_album(tintype)
    created = tintype.call("POST", f"/albums/{album_id}/shares", as_=OWNER, body={field: value})
    assert (created.status_code, created.json_body["field"]) == (400, field)
    changed = share_album(tintype, album_id).update(**{field: value})
    assert (changed.status_code, changed.json_body["field"]) == (400, field)


def test_selection_takes_no_photos_of_guests(tintype: Tintype) -> None:
    photo_id = drop(tintype, "a.jpg", encode_image())
    created = tintype.call("POST", "/shares", as_=OWNER, body={"photo_ids": [photo_id], "add": True})
    assert (created.status_code, created.json_body["field"]) == (400, "add")
    changed = share_photos(tintype, photo_id).update(add=True)
    assert (changed.status_code, changed.json_body["field"]) == (400, "add")


@pytest.mark.parametrize("photo_ids", [[], None, "abc", [5], [f"p{n}" for n in range(501)]])
def test_invalid_selection_is_refused(tintype: Tintype, photo_ids: Any) -> None:
    response = tintype.call("POST", "/shares", as_=OWNER, body={"photo_ids": photo_ids})
    assert (response.status_code, response.json_body["field"]) == (400, "photo_ids")


def test_photos_of_others_are_not_shared(tintype: Tintype) -> None:
    public = drop(tintype, "a.jpg", encode_image(), status="public")
    response = tintype.call("POST", "/shares", as_="alice", body={"photo_ids": [public]})
    assert (response.status_code, response.json_body["code"]) == (404, "photo_not_found")


def test_smart_album_is_not_shared(tintype: Tintype) -> None:
    album_id = create_album(tintype, query={"tag": ["beach"]})
    response = tintype.call("POST", f"/albums/{album_id}/shares", as_=OWNER, body={})
    assert (response.status_code, response.json_body["code"]) == (400, "smart_album")


def test_links_of_others_are_not_found(tintype: Tintype) -> None:
    album_id = create_album(tintype)
    link = share_album(tintype, album_id)
    path = f"/shares/{link.share_id}"
    for method, url, body in (
        ("GET", f"/albums/{album_id}/shares", None),
        ("POST", f"/albums/{album_id}/shares", {}),
        ("PATCH", path, {"name": "b"}),
        ("DELETE", path, None),
    ):
        assert tintype.call(method, url, as_="alice", body=body).status_code == 404
        assert tintype.call(method, url, body=body).status_code == 401
    assert link.call("GET").status_code == 200


def test_token_is_no_id_and_id_is_no_token(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype))
    assert tintype.call("DELETE", f"/shares/{link.token}", as_=OWNER).status_code == 404
    assert tintype.call("PATCH", f"/shares/{link.token}", as_=OWNER, body={"name": "b"}).status_code == 404
    assert tintype.call("GET", f"/shares/{link.share_id}", as_=OWNER).status_code == 404


def test_revoked_link_is_gone_at_once(tintype: Tintype) -> None:
    album_id = create_album(tintype)
    link, other = share_album(tintype, album_id), share_album(tintype, album_id)
    assert tintype.call("DELETE", f"/shares/{link.share_id}", as_=OWNER).status_code == 204
    assert tintype.call("DELETE", f"/shares/{link.share_id}", as_=OWNER).status_code == 404
    assert link.call("GET").status_code == 404
    assert other.call("GET").status_code == 200
    listed = tintype.get(f"/albums/{album_id}/shares", as_=OWNER)["items"]
    assert [share["share_id"] for share in listed] == [other.share_id]


def test_expired_link_is_listed_as_such(tintype: Tintype) -> None:
    link = share_album(tintype, create_album(tintype))
    link.expire()
    assert tintype.get("/shares", as_=OWNER)["items"][0]["state"] == "expired"
