"""API keys through the app: made and revoked by a person, used by scripts, held to what they may do."""

import json
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.accounts.api_keys import MAX_KEYS
from chalicelib.observability import logger
from tests.app.conftest import Tintype, id_of
from tests.support.images.tiny import picture
from tests.support.multipart import TYPE, form

RIGHTS = ("read", "upload", "manage")
# What each route asks of a key. None: nothing; "account": what no key may do.
ASKED = {
    "GET /gallery/trending": "read",
    "GET /gallery/articles": "read",
    "GET /gallery/tags": "read",
    "GET /photos": "read",
    "GET /photos/{photo_id}": "read",
    "GET /photos/{photo_id}/{variant}": "read",
    "GET /random": "read",
    "GET /thumbnails": "read",
    "GET /thumbnails/{photo_id}": "read",
    "GET /labels": "read",
    "GET /stats": "read",
    "GET /me": None,
    "GET /health": None,
    "GET /openapi.json": None,
    "GET /me/notifications": None,
    "POST /me/notifications": None,
    "DELETE /me/notifications": None,
    "POST /keys": "account",
    "GET /keys": "account",
    "DELETE /keys/{key_id}": "account",
    "POST /uploads": "upload",
    "POST /upload": "upload",
    "PUT /upload": "upload",
    "PUT /{bucket}/{filename}": "upload",
    "POST /bundles": "read",
    "GET /bundles": "read",
    "GET /bundles/{bundle_id}": "read",
    "DELETE /bundles/{bundle_id}": "read",
    "POST /download": "read",
    "GET /d/{token}": None,
    "PATCH /photos/{photo_id}": "manage",
    "DELETE /photos/{photo_id}": "manage",
    "POST /photos/{photo_id}/restore": "manage",
    "POST /photos/batch": "manage",
}


def made(tintype: Tintype, *can: str, owner: str = "alice", name: str = "garage") -> Any:
    """A new key as it is answered, once."""
    answer = tintype.call("POST", "/keys", as_=owner, body={"name": name, "can": list(can)})
    assert answer.status_code == 201, answer.body
    return answer.json_body


def asked(tintype: Tintype, route: str, token: str) -> HTTPResponse:
    """This route, asked for something that is not there."""
    method, path = route.split()
    return tintype.call(method, path.replace("{", "").replace("}", ""), token=token)


def test_every_route_says_what_it_asks_of_a_key() -> None:
    import app

    routes = {f"{method} {path}" for path, methods in app.app.routes.items() for method in methods}
    assert set(ASKED) == routes


@pytest.mark.parametrize("can", RIGHTS)
def test_a_key_may_do_what_it_was_made_for_and_is_told_what_else_would_take(tintype: Tintype, can: str) -> None:
    token = made(tintype, can)["key"]
    refused = {}
    for route in ASKED:
        answer = asked(tintype, route, token)
        if answer.status_code == 403:
            assert answer.json_body["code"] == "forbidden"
            refused[route] = answer.json_body.get("needs", "account")
        else:
            assert answer.status_code in {200, 400, 404, 415}, (route, answer.body)
    assert refused == {route: permission for route, permission in ASKED.items() if permission not in {None, can}}


def test_a_key_reads_what_its_owner_would(tintype: Tintype) -> None:
    own = tintype.call("PUT", "/originals/own.jpg", as_="alice", body=picture()).json_body["photo_id"]
    token = made(tintype, "read")["key"]
    assert tintype.get(f"/photos/{own}", token=token)["mine"] is True
    other = made(tintype, "read", owner="bob")["key"]
    assert tintype.call("GET", f"/photos/{own}", token=other).status_code == 404


def test_a_key_puts_photos_in_through_every_door(tintype: Tintype) -> None:
    token = made(tintype, "upload")["key"]
    body = form(("label", None, b"cat"), ("img", "cat.jpg", picture(size=(41, 30))))
    tintype.call("POST", "/upload", token=token, body=body, headers={"Content-Type": TYPE})
    tintype.call("PUT", "/originals/dog.jpg", token=token, body=picture(size=(42, 30)))
    tintype.call("POST", "/uploads", token=token, body={"filename": "bird.jpg"})
    tintype.call("PUT", "/upload", token=token, body={"file_name": "fish.jpg"})
    for key in [entry["Key"] for entry in tintype.s3.list_objects_v2(Bucket="originals")["Contents"]]:
        tintype.deliver(key)
    assert {p["filename"] for p in tintype.get("/photos", as_="alice")["items"]} == {"cat.jpg", "dog.jpg"}


def test_a_key_is_told_who_it_acts_for_and_what_it_may_do(tintype: Tintype) -> None:
    told = tintype.get("/me", token=made(tintype, "upload", "read")["key"])
    assert (told["id"], told["email"], told["can"]) == (id_of("alice"), None, ["read", "upload"])
    assert tintype.get("/me", as_="alice")["can"] == list(RIGHTS)


def test_a_key_is_shown_once_and_never_again(tintype: Tintype) -> None:
    key = made(tintype, "manage", "read")
    assert key["can"] == ["read", "manage"]
    listed = tintype.call("GET", "/keys", as_="alice")
    (item,) = listed.json_body["items"]
    assert item == {name: value for name, value in key.items() if name != "key"}
    secret = key["key"].rpartition("_")[2]
    stored = tintype.container.api_keys.list_by_owner(id_of("alice"))[0].secret_hash
    assert secret.encode() not in listed.body
    assert stored.encode() not in listed.body
    assert listed.headers["Cache-Control"] == "private, no-store"


def test_keys_are_listed_newest_first_and_only_ones_own(tintype: Tintype) -> None:
    for name in ("first", "second"):
        made(tintype, "read", name=name)
    made(tintype, "read", owner="bob", name="of bob")
    assert [key["name"] for key in tintype.get("/keys", as_="alice")["items"]] == ["second", "first"]
    assert [key["name"] for key in tintype.get("/keys", as_="bob")["items"]] == ["of bob"]


def test_the_list_tells_when_a_key_was_used_last(tintype: Tintype) -> None:
    token = made(tintype, "read")["key"]
    assert tintype.get("/keys", as_="alice")["items"][0]["last_used"] is None
    tintype.get("/photos", token=token)
    assert tintype.get("/keys", as_="alice")["items"][0]["last_used"].endswith("Z")


def test_a_revoked_key_is_refused_at_once_on_every_route(tintype: Tintype) -> None:
    key = made(tintype, *RIGHTS)
    gone = tintype.call("DELETE", f"/keys/{key['key_id']}", as_="alice")
    assert (gone.status_code, gone.body) == (204, b"")
    for route in ASKED:
        answer = asked(tintype, route, key["key"])
        assert (answer.status_code, answer.json_body["code"]) == (401, "token_invalid"), route
    assert tintype.get("/keys", as_="alice") == {"items": []}
    assert tintype.call("DELETE", f"/keys/{key['key_id']}", as_="alice").status_code == 404


def test_a_key_that_does_not_hold_is_never_taken_for_nobody(tintype: Tintype) -> None:
    token, other = made(tintype, *RIGHTS)["key"], made(tintype, *RIGHTS, owner="bob")
    altered = token[:-1] + ("0" if token[-1] != "0" else "1")
    swapped = f"tt_{other['key_id']}_{token.rpartition('_')[2]}"
    unknown = f"tt_{'0' * 32}_{token.rpartition('_')[2]}"
    for wrong in (altered, swapped, unknown, "tt_", "tt_x", token + "0", f"tt_owner#{id_of('alice')}_" + "0" * 64):
        for route in ASKED:
            answer = asked(tintype, route, wrong)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), (route, wrong)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_the_scheme_is_bearer_however_it_is_written(tintype: Tintype, scheme: str) -> None:
    token = made(tintype, "read")["key"]
    assert tintype.call("GET", "/photos", headers={"authorization": f"{scheme} {token}"}).status_code == 200


def test_nobody_revokes_somebody_elses_key(tintype: Tintype) -> None:
    key = made(tintype, "read")
    answer = tintype.call("DELETE", f"/keys/{key['key_id']}", as_="bob")
    assert (answer.status_code, answer.json_body["code"]) == (404, "not_found")
    assert tintype.get("/photos", token=key["key"])["items"] == []


@pytest.mark.parametrize(
    "key_id", ["x", f"owner%23{id_of('alice')}", f"owner#{id_of('alice')}", "0" * 32, "%00", "x" * 3000]
)
def test_a_key_that_never_was_cannot_be_revoked(tintype: Tintype, key_id: str) -> None:
    made(tintype, "read")
    assert tintype.call("DELETE", f"/keys/{key_id}", as_="alice").status_code == 404
    assert len(tintype.get("/keys", as_="alice")["items"]) == 1


def test_keys_need_somebody_signed_in(tintype: Tintype) -> None:
    for method, path in (("POST", "/keys"), ("GET", "/keys"), ("DELETE", "/keys/x")):
        assert tintype.call(method, path, body=b"").status_code == 401
    assert tintype.call("GET", "/keys", token=tintype.identity.access_token("alice")).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "", "can": ["read"]}, "name"),
        ({"name": "x" * 65, "can": ["read"]}, "name"),
        ({"name": "garage"}, "can"),
        ({"name": "garage", "can": []}, "can"),
        ({"name": "garage", "can": ["read", "read"]}, "can"),
        ({"name": "garage", "can": ["account"]}, "can"),
        ({"name": "garage", "can": ["read"], "owner": "bob"}, "owner"),
    ],
)
def test_a_key_without_a_name_or_without_a_right_is_not_made(tintype: Tintype, body: Any, field: str) -> None:
    answer = tintype.call("POST", "/keys", as_="alice", body=body)
    assert (answer.status_code, answer.json_body["field"]) == (400, field)
    assert tintype.get("/keys", as_="alice")["items"] == []


def test_the_fifty_first_key_is_refused_with_what_to_do(tintype: Tintype) -> None:
    first = made(tintype, "read")
    for number in range(1, MAX_KEYS):
        made(tintype, "read", name=str(number))
    answer = tintype.call("POST", "/keys", as_="alice", body={"name": "one more", "can": ["read"]})
    assert (answer.status_code, answer.json_body["code"]) == (409, "conflict")
    assert "revoke" in answer.json_body["error"]
    assert len(tintype.get("/keys", as_="alice")["items"]) == MAX_KEYS
    tintype.call("DELETE", f"/keys/{first['key_id']}", as_="alice")
    made(tintype, "read", name="one more")


def test_no_log_line_holds_a_key_or_its_name(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    key = made(tintype, "read", name="aunt-mary")
    tintype.get("/photos", token=key["key"])
    tintype.call("POST", "/uploads", token=key["key"], body={})
    tintype.call("GET", "/photos", token=key["key"] + "0")
    out = "\n".join(logger().registered_handler.format(record) for record in caplog.records)
    assert json.loads(out.splitlines()[0])["route"] == "/keys"
    for secret in (key["key"].rpartition("_")[2], "tt_", "aunt-mary"):
        assert secret not in out


def test_a_use_is_not_written_again_within_minutes(tintype: Tintype) -> None:
    key = made(tintype, "read")
    tintype.get("/photos", token=key["key"])
    first = tintype.container.api_keys.store.get(key["key_id"])
    tintype.get("/photos", token=key["key"])
    assert tintype.container.api_keys.store.get(key["key_id"]) == first
