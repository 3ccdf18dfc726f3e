"""Upload tickets of imports: metadata that is sent before the file, and the former id and date."""

import hashlib
from typing import Any

import pytest
from chalice.test import HTTPResponse

from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.links import create_album
from tests.support.images.tiny import encode_image

PHOTO_ID = "5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f"
DETAILS: dict[str, Any] = {
    "caption": "Our bay\n& 50 %",
    "rating": 5,
    "favorite": True,
    "place": "Cascais, Portugal",
    "coordinates": {"latitude": 38.697, "longitude": -9.421},
    "taken_local": "2019-05-06T07:08:09.120",
    "offset": "+01:00",
    "created_at": "2020-01-02T03:04:05.670Z",
    "photo_id": PHOTO_ID,
}
NULLS: dict[str, Any] = dict.fromkeys(
    [*DETAILS, "albums", "album", "dismissed_tags", "tags", "label", "weight", "status", "bytes", "sha256"]
)


def request_ticket(tintype: Tintype, token: str | None = None, *, as_: str = OWNER, **fields: Any) -> HTTPResponse:
    body = {"filename": "a.jpg", **fields}
    return tintype.call("POST", "/uploads", as_=None if token else as_, token=token, body=body)


def send(tintype: Tintype, ticket: Any, data: bytes) -> Any:
    """Upload the file of a ticket; returns its photo."""
    tintype.drop(ticket["upload"]["fields"]["key"], data)
    return tintype.get(f"/photos/{ticket['photo_id']}", as_=OWNER)


def test_photo_has_all_that_the_ticket_says(tintype: Tintype) -> None:
    albums = [create_album(tintype, title=title) for title in ("One", "Two", "Three")]
    response = request_ticket(tintype, **DETAILS, album="One", albums=albums[1:])
    assert response.status_code == 201, response.body
    photo = send(tintype, response.json_body, encode_image())
    assert (photo["state"], {name: photo[name] for name in DETAILS}) == ("ready", DETAILS)
    assert photo["albums"] == albums
    assert photo["file"] == {
        "caption": "",
        "rating": 0,
        "coordinates": None,
        "place": "Cascais, Lisbon, Portugal",
    }
    for album_id in albums:
        assert tintype.get(f"/albums/{album_id}", as_=OWNER)["photos"] == 1
    newer = tintype.publish("newer.jpg", encode_image(size=(41, 30)))
    added = tintype.get("/photos", as_=OWNER, scope="mine", order="added")["items"]
    assert [each["photo_id"] for each in added] == [newer, PHOTO_ID]
    reset = dict.fromkeys(("caption", "rating", "place", "coordinates", "taken_local"))
    found = tintype.call("PATCH", f"/photos/{PHOTO_ID}", as_=OWNER, body=reset).json_body
    assert {name: found[name] for name in reset} == reset | {"caption": "", "rating": 0}


def test_dismissed_tags_do_not_come_back(tintype: Tintype) -> None:
    first, *others = tintype.get(f"/photos/{tintype.publish('bay.jpg', encode_image())}", as_=OWNER)["autoTags"]
    ticket = request_ticket(tintype, dismissed_tags=[first.upper(), "car", "sea"], tags=["sea"]).json_body
    photo = send(tintype, ticket, encode_image(size=(41, 30)))
    assert (first in photo["autoTags"], photo["dismissed_tags"]) == (False, [first, "car"])
    assert set(others) <= set(photo["autoTags"])
    restored = tintype.call("PATCH", f"/photos/{photo['photo_id']}", as_=OWNER, body={"tags": [first]}).json_body
    assert restored["dismissed_tags"] == ["car", *others]


def test_null_means_not_set(tintype: Tintype) -> None:
    response = request_ticket(tintype, **NULLS)
    assert response.status_code == 201, response.body
    photo = send(tintype, response.json_body, encode_image())
    names = ("caption", "rating", "favorite", "place", "taken_local", "albums")
    assert [photo[name] for name in names] == ["", 0, False, None, None, []]


def test_photo_with_the_same_bytes_joins_all_albums(tintype: Tintype) -> None:
    albums = [create_album(tintype, title=title) for title in ("One", "Two")]
    photo_id = tintype.publish("bay.jpg", encode_image())
    digest = hashlib.sha256(encode_image()).hexdigest()
    response = request_ticket(tintype, sha256=digest, albums=albums, caption="Other")
    assert (response.status_code, response.json_body) == (200, {"duplicate_of": photo_id})
    photo = tintype.get(f"/photos/{photo_id}", as_=OWNER)
    assert (photo["albums"], photo["caption"]) == (albums, "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"caption": 7}, "caption"),
        ({"caption": "x" * 2001}, "caption"),
        ({"rating": 6}, "rating"),
        ({"rating": True}, "rating"),
        ({"favorite": "yes"}, "favorite"),
        ({"place": "a, b, c, d, e"}, "place"),
        ({"dismissed_tags": "car"}, "dismissed_tags"),
        ({"dismissed_tags": ["*"]}, "dismissed_tags"),
        ({"dismissed_tags": [str(number) for number in range(101)]}, "dismissed_tags"),
        ({"taken_local": "2019-05-06T07:08:09Z"}, "taken_local"),
        ({"taken_local": "2999-05-06T07:08:09"}, "taken_local"),
        ({"taken_local": "1825-05-06T07:08:09"}, "taken_local"),
        ({"taken_local": "2020-01-04T00:00:00", "created_at": "2020-01-02T00:00:00Z"}, "taken_local"),
        ({"offset": "+01:00"}, "offset"),
        ({"taken_local": "2019-05-06T07:08:09", "offset": "1"}, "offset"),
        ({"albums": "a"}, "albums"),
        ({"albums": ["nothing"]}, "albums"),
        ({"albums": ["\ud800"]}, "albums"),
        ({"albums": [7]}, "albums"),
        ({"albums": [str(number) for number in range(21)]}, "albums"),
        ({"created_at": "2020-01-02T03:04:05"}, "created_at"),
        ({"created_at": "2999-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "1825-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00+23:00"}, "created_at"),
        ({"created_at": 1577934245}, "created_at"),
        ({"created_at": "2020-W01-1T00:00:00Z"}, "created_at"),
        ({"created_at": "2020-01-01T00:00Z"}, "created_at"),
        ({"created_at": "20200101T000000Z"}, "created_at"),
        ({"created_at": "2020-01-01 00:00:00Z"}, "created_at"),
        ({"created_at": "2020-01-01T00:00:00+0100"}, "created_at"),
        ({"created_at": "2020-02-30T00:00:00Z"}, "created_at"),
        ({"photo_id": "x"}, "photo_id"),
        ({"photo_id": PHOTO_ID.upper()}, "photo_id"),
        ({"photo_id": f"{PHOTO_ID}\n"}, "photo_id"),
        ({"photo_id": f"claim#{'0' * 26}"}, "photo_id"),
        ({"photo_id": 7}, "photo_id"),
        ({"latitude": 38.7}, "latitude"),
        ({"coordinates": {"latitude": 91, "longitude": 0}}, "coordinates"),
    ],
)
def test_invalid_field_returns_400_naming_it(tintype: Tintype, fields: dict[str, Any], field: str) -> None:
    response = request_ticket(tintype, **fields)
    assert (response.status_code, response.json_body["field"]) == (400, field)


def test_photo_cannot_be_in_more_than_20_albums(tintype: Tintype) -> None:
    albums = [create_album(tintype, title=str(number)) for number in range(21)]
    assert request_ticket(tintype, albums=albums[:20]).status_code == 201
    response = request_ticket(tintype, album=albums[20], albums=albums[:20])
    assert (response.status_code, response.json_body["field"]) == (400, "albums")


def test_id_that_is_not_free_returns_409_without_telling_whose_it_is(tintype: Tintype) -> None:
    own = tintype.publish("bay.jpg", encode_image())
    others = tintype.call("PUT", "/originals/a.jpg", as_="another", body=encode_image()).json_body["photo_id"]
    tintype.call("DELETE", f"/photos/{own}", as_=OWNER, query={"permanent": "true"})
    erased = request_ticket(tintype, photo_id=PHOTO_ID).json_body
    send(tintype, erased, encode_image())
    tintype.call("DELETE", f"/photos/{PHOTO_ID}", as_=OWNER, query={"permanent": "true"})
    bodies = set()
    for photo_id in (others, PHOTO_ID):
        response = request_ticket(tintype, photo_id=photo_id)
        assert (response.status_code, response.json_body["code"]) == (409, "id_taken")
        bodies.add(response.body)
    assert len(bodies) == 1
    assert tintype.get(f"/photos/{others}", as_="another")["state"] == "uploading"


def test_ticket_can_be_asked_for_again_with_its_id(tintype: Tintype) -> None:
    first, second = (request_ticket(tintype, photo_id=PHOTO_ID, caption=each).json_body for each in ("One", "Two"))
    assert first["upload"]["fields"]["key"] == second["upload"]["fields"]["key"]
    assert first["upload"]["fields"]["key"] == f"uploads/{id_of(OWNER)}/{PHOTO_ID}/a.jpg"
    assert send(tintype, first, encode_image())["caption"] == "Two"
    assert request_ticket(tintype, photo_id=PHOTO_ID).json_body["code"] == "id_taken"


def test_key_needs_permission_to_manage_for_id_and_date(tintype: Tintype) -> None:
    tokens = {
        can: tintype.call("POST", "/keys", as_=OWNER, body={"name": "import", "can": ["upload", can]}).json_body["key"]
        for can in ("read", "manage")
    }
    for name in ("created_at", "photo_id"):
        refused = request_ticket(tintype, tokens["read"], **{name: DETAILS[name]})
        assert (refused.status_code, refused.json_body["needs"]) == (403, "manage")
        assert request_ticket(tintype, tokens["manage"], **{name: DETAILS[name]}).status_code == 201
    others = {name: value for name, value in DETAILS.items() if name not in {"created_at", "photo_id"}}
    assert request_ticket(tintype, tokens["read"], **others, created_at=None, photo_id=None).status_code == 201
