"""A removed user: keys and tokens are refused on every route, those of others are not."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.accounts.access import end_access
from chalicelib.accounts.revocations import MAX_AGE_SECONDS, Revocations
from chalicelib.handlers import USER_REMOVAL_SOURCE
from chalicelib.library.photo import HIDDEN_STATES
from local.events.scheduler import scheduled_event
from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.test_api_keys import KEY_PERMISSIONS, REQUIRED_PERMISSIONS, call_route, create_key
from tests.support.images.tiny import encode_image


def remove(tintype: Tintype, user: str) -> None:
    """End the user's access as `make remove-user` does."""
    end_access(tintype.container.api_key_store, id_of(user), int(tintype.container.now().timestamp()))


def handle_photos(tintype: Tintype, user: str, photos: str) -> Any:
    """Send the event of `make remove-user`."""
    detail = {"owner": id_of(user), "photos": photos, "new_owner": id_of(OWNER), "email_hash": ""}
    return tintype.invoke("sweep", {**scheduled_event("sweep"), "source": USER_REMOVAL_SOURCE, "detail": detail})


class Seconds:
    """A monotonic clock."""

    value = 0.0

    def __call__(self) -> float:
        return self.value


@pytest.fixture
def seconds(tintype: Tintype) -> Iterator[Seconds]:
    """The clock of a cache of revocations; other tests use the same container, with another one."""
    clock, before = Seconds(), tintype.container.revocations
    tintype.container.revocations = Revocations(before.store, clock)
    yield clock
    tintype.container.revocations = before


def test_key_of_removed_user_is_refused_at_once_on_every_route(tintype: Tintype) -> None:
    token, other = create_key(tintype, *KEY_PERMISSIONS)["key"], create_key(tintype, "read", owner="bob")["key"]
    assert tintype.get("/photos", token=token)["items"] == []
    remove(tintype, "alice")
    for route in REQUIRED_PERMISSIONS:
        response = call_route(tintype, route, token)
        assert (response.status_code, response.json_body["code"]) == (401, "token_invalid"), route
    assert tintype.get("/photos", token=other)["items"] == []


def test_token_of_removed_user_is_refused_within_a_minute_on_every_route(tintype: Tintype, seconds: Seconds) -> None:
    tokens = (tintype.identity.token("alice"), tintype.identity.access_token("alice"))
    for token in tokens:
        assert tintype.get("/me", token=token)["id"] == id_of("alice")
    remove(tintype, "alice")
    seconds.value += MAX_AGE_SECONDS
    for token in tokens:
        for route in REQUIRED_PERMISSIONS:
            response = call_route(tintype, route, token)
            assert (response.status_code, response.json_body["code"]) == (401, "token_invalid"), route
    assert tintype.get("/me", as_="bob")["id"] == id_of("bob")


def test_removed_user_gets_no_new_key_while_the_token_is_not_refused_yet(tintype: Tintype, seconds: Seconds) -> None:
    create_key(tintype, "read")
    remove(tintype, "alice")
    assert tintype.call("GET", "/me", as_="alice").status_code == 200
    response = tintype.call("POST", "/keys", as_="alice", body={"name": "late", "can": ["read"]})
    assert (response.status_code, response.json_body["code"]) == (401, "token_invalid")
    assert tintype.container.api_keys.list_by_owner(id_of("alice")) == []


def test_user_who_is_invited_again_signs_in_again(tintype: Tintype, seconds: Seconds) -> None:
    tintype.get("/me", as_="alice")
    remove(tintype, "alice")
    seconds.value += MAX_AGE_SECONDS
    revoked_at = tintype.container.api_key_store.revoked_at(id_of("alice"))
    assert revoked_at
    later = tintype.identity.token("alice", iat=revoked_at + 1)
    assert tintype.get("/me", token=later)["id"] == id_of("alice")


@pytest.mark.parametrize(("photos", "expected"), [("hand-over", 200), ("delete", 404)])
def test_photos_of_removed_user(tintype: Tintype, photos: str, expected: int) -> None:
    photo_id = tintype.call("PUT", "/originals/own.jpg", as_="alice", body=encode_image()).json_body["photo_id"]
    (entry,) = tintype.s3.list_objects_v2(Bucket="originals")["Contents"]
    tintype.deliver(entry["Key"])
    handle_photos(tintype, "alice", photos)
    assert tintype.call("GET", f"/photos/{photo_id}", as_=OWNER).status_code == expected
    originals = tintype.s3.list_objects_v2(Bucket="originals").get("Contents", [])
    assert len(originals) == (photos != "delete")
    photo = tintype.container.photos.get(photo_id)
    assert (photo is None or photo.state in HIDDEN_STATES) == (photos == "delete")
