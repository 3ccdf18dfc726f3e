"""API keys through the app: created and revoked by users, used by scripts, limited to their permissions."""

import json
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.accounts.api_keys import MAX_KEYS
from chalicelib.observability import logger
from tests.app.conftest import Tintype, id_of
from tests.support.images.tiny import encode_image
from tests.support.multipart import TYPE, form

KEY_PERMISSIONS = ("read", "upload", "manage", "share")
# The permission that a key needs for each route; None: any key; "account": no key has it.
REQUIRED_PERMISSIONS = {
    "GET /gallery/trending": "read",
    "GET /gallery/articles": "read",
    "GET /gallery/tags": "read",
    "GET /photos": "read",
    "GET /photos/{photo_id}": "read",
    "GET /photos/{photo_id}/similar": "read",
    "GET /photos/near-duplicates": "read",
    "GET /photos/map": "read",
    "GET /search/suggestions": "read",
    "GET /photos/{photo_id}/{variant}": "read",
    "GET /random": "read",
    "GET /thumbnails": "read",
    "GET /thumbnails/{photo_id}": "read",
    "GET /labels": "read",
    "POST /labels/refresh": "manage",
    "GET /labels/refresh": "read",
    "GET /stats": "read",
    "GET /albums/{album_id}/shares": "share",
    "POST /albums/{album_id}/shares": "share",
    "GET /shares": "share",
    "POST /shares": "share",
    "PATCH /shares/{share}": "share",
    "DELETE /shares/{share}": "share",
    "GET /shares/{share}": None,
    "POST /shares/{share}/pass": None,
    "GET /shares/{share}/photos": None,
    "GET /shares/{share}/photos/{photo_id}": None,
    "GET /shares/{share}/photos/{photo_id}/{variant}": None,
    "POST /shares/{share}/uploads": None,
    "GET /shares/{share}/uploads/{photo_id}": None,
    "POST /shares/{share}/bundles": None,
    "GET /shares/{share}/bundles/{bundle_id}": None,
    "GET /shares/{share}/cover": None,
    "GET /s/{share}": None,
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
    "POST /uploads/check": "read",
    "POST /upload": "upload",
    "PUT /upload": "upload",
    "PUT /{bucket}/{filename}": "upload",
    "GET /albums": "read",
    "POST /albums": "manage",
    "GET /albums/{album_id}": "read",
    "PATCH /albums/{album_id}": "manage",
    "DELETE /albums/{album_id}": "manage",
    "GET /albums/{album_id}/photos": "read",
    "POST /albums/{album_id}/photos": "manage",
    "DELETE /albums/{album_id}/photos/{photo_id}": "manage",
    "PUT /albums/{album_id}/order": "manage",
    "GET /albums/{album_id}/members": "share",
    "POST /albums/{album_id}/members": "share",
    "PATCH /albums/{album_id}/members/{member_id}": "share",
    "DELETE /albums/{album_id}/members/{member_id}": "share",
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


def create_key(tintype: Tintype, *can: str, owner: str = "alice", name: str = "garage") -> Any:
    """The response that creates a key."""
    response = tintype.call("POST", "/keys", as_=owner, body={"name": name, "can": list(can)})
    assert response.status_code == 201, response.body
    return response.json_body


def call_route(tintype: Tintype, route: str, token: str) -> HTTPResponse:
    """Call a route with ids that do not exist."""
    method, path = route.split()
    return tintype.call(method, path.replace("{", "").replace("}", ""), token=token)


def test_table_lists_every_route() -> None:
    import app

    routes = {f"{method} {path}" for path, methods in app.app.routes.items() for method in methods if method != "HEAD"}
    assert set(REQUIRED_PERMISSIONS) == routes


@pytest.mark.parametrize("can", KEY_PERMISSIONS)
def test_key_without_permission_returns_403_naming_it(tintype: Tintype, can: str) -> None:
    token = create_key(tintype, can)["key"]
    refused = {}
    for route in REQUIRED_PERMISSIONS:
        response = call_route(tintype, route, token)
        if response.status_code == 403:
            assert response.json_body["code"] == "forbidden"
            refused[route] = response.json_body.get("needs", "account")
        else:
            assert response.status_code in {200, 400, 404, 415}, (route, response.body)
    others = {route: needs for route, needs in REQUIRED_PERMISSIONS.items() if needs not in {None, can}}
    assert refused == others


def test_key_reads_its_owners_private_photos(tintype: Tintype) -> None:
    own = tintype.call("PUT", "/originals/own.jpg", as_="alice", body=encode_image()).json_body["photo_id"]
    token = create_key(tintype, "read")["key"]
    assert tintype.get(f"/photos/{own}", token=token)["mine"] is True
    other = create_key(tintype, "read", owner="bob")["key"]
    assert tintype.call("GET", f"/photos/{own}", token=other).status_code == 404


def test_key_with_upload_permission_can_use_every_upload_route(tintype: Tintype) -> None:
    token = create_key(tintype, "upload")["key"]
    body = form(("label", None, b"cat"), ("img", "cat.jpg", encode_image(size=(41, 30))))
    tintype.call("POST", "/upload", token=token, body=body, headers={"Content-Type": TYPE})
    tintype.call("PUT", "/originals/dog.jpg", token=token, body=encode_image(size=(42, 30)))
    tintype.call("POST", "/uploads", token=token, body={"filename": "bird.jpg"})
    tintype.call("PUT", "/upload", token=token, body={"file_name": "fish.jpg"})
    for key in [entry["Key"] for entry in tintype.s3.list_objects_v2(Bucket="originals")["Contents"]]:
        tintype.deliver(key)
    assert {p["filename"] for p in tintype.get("/photos", as_="alice")["items"]} == {"cat.jpg", "dog.jpg"}


def test_me_returns_owner_and_permissions_of_a_key(tintype: Tintype) -> None:
    me = tintype.get("/me", token=create_key(tintype, "upload", "read")["key"])
    assert (me["id"], me["email"], me["can"]) == (id_of("alice"), None, ["read", "upload"])
    assert tintype.get("/me", as_="alice")["can"] == list(KEY_PERMISSIONS)


def test_key_is_returned_only_when_it_is_created(tintype: Tintype) -> None:
    key = create_key(tintype, "manage", "read")
    assert key["can"] == ["read", "manage"]
    listed = tintype.call("GET", "/keys", as_="alice")
    (item,) = listed.json_body["items"]
    assert item == {name: value for name, value in key.items() if name != "key"}
    secret = key["key"].rpartition("_")[2]
    stored = tintype.container.api_keys.list_by_owner(id_of("alice"))[0].secret_hash
    assert secret.encode() not in listed.body
    assert stored.encode() not in listed.body
    assert listed.headers["Cache-Control"] == "private, no-store"


def test_own_keys_are_listed_newest_first(tintype: Tintype) -> None:
    for name in ("first", "second"):
        create_key(tintype, "read", name=name)
    create_key(tintype, "read", owner="bob", name="of bob")
    assert [key["name"] for key in tintype.get("/keys", as_="alice")["items"]] == ["second", "first"]
    assert [key["name"] for key in tintype.get("/keys", as_="bob")["items"]] == ["of bob"]


def test_list_contains_last_use(tintype: Tintype) -> None:
    token = create_key(tintype, "read")["key"]
    assert tintype.get("/keys", as_="alice")["items"][0]["last_used"] is None
    tintype.get("/photos", token=token)
    assert tintype.get("/keys", as_="alice")["items"][0]["last_used"].endswith("Z")


def test_revoked_key_returns_401_on_every_route(tintype: Tintype) -> None:
    key = create_key(tintype, *KEY_PERMISSIONS)
    deleted = tintype.call("DELETE", f"/keys/{key['key_id']}", as_="alice")
    assert (deleted.status_code, deleted.body) == (204, b"")
    for route in REQUIRED_PERMISSIONS:
        response = call_route(tintype, route, key["key"])
        assert (response.status_code, response.json_body["code"]) == (401, "token_invalid"), route
    assert tintype.get("/keys", as_="alice") == {"items": []}
    assert tintype.call("DELETE", f"/keys/{key['key_id']}", as_="alice").status_code == 404


def test_invalid_key_returns_401_and_is_never_anonymous(tintype: Tintype) -> None:
    token, other = create_key(tintype, *KEY_PERMISSIONS)["key"], create_key(tintype, *KEY_PERMISSIONS, owner="bob")
    altered = token[:-1] + ("0" if token[-1] != "0" else "1")
    swapped = f"tt_{other['key_id']}_{token.rpartition('_')[2]}"
    unknown = f"tt_{'0' * 32}_{token.rpartition('_')[2]}"
    for invalid in (
        altered,
        swapped,
        unknown,
        "tt_",
        "tt_x",
        token + "0",
        f"tt_owner#{id_of('alice')}_" + "0" * 64,
    ):
        for route in REQUIRED_PERMISSIONS:
            response = call_route(tintype, route, invalid)
            assert response.status_code == 401, (route, invalid)
            assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_bearer_scheme_is_case_insensitive(tintype: Tintype, scheme: str) -> None:
    token = create_key(tintype, "read")["key"]
    assert tintype.call("GET", "/photos", headers={"authorization": f"{scheme} {token}"}).status_code == 200


def test_revoking_another_owners_key_returns_404(tintype: Tintype) -> None:
    key = create_key(tintype, "read")
    response = tintype.call("DELETE", f"/keys/{key['key_id']}", as_="bob")
    assert (response.status_code, response.json_body["code"]) == (404, "not_found")
    assert tintype.get("/photos", token=key["key"])["items"] == []


@pytest.mark.parametrize(
    "key_id", ["x", f"owner%23{id_of('alice')}", f"owner#{id_of('alice')}", "0" * 32, "%00", "x" * 3000]
)
def test_revoking_an_unknown_key_returns_404(tintype: Tintype, key_id: str) -> None:
    create_key(tintype, "read")
    assert tintype.call("DELETE", f"/keys/{key_id}", as_="alice").status_code == 404
    assert len(tintype.get("/keys", as_="alice")["items"]) == 1


def test_key_routes_require_sign_in(tintype: Tintype) -> None:
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
def test_invalid_name_or_permissions_return_400(tintype: Tintype, body: Any, field: str) -> None:
    response = tintype.call("POST", "/keys", as_="alice", body=body)
    assert (response.status_code, response.json_body["field"]) == (400, field)
    assert tintype.get("/keys", as_="alice")["items"] == []


def test_51st_key_returns_409_with_advice(tintype: Tintype) -> None:
    first = create_key(tintype, "read")
    for number in range(1, MAX_KEYS):
        create_key(tintype, "read", name=str(number))
    response = tintype.call("POST", "/keys", as_="alice", body={"name": "one more", "can": ["read"]})
    assert (response.status_code, response.json_body["code"]) == (409, "conflict")
    assert "Revoke" in response.json_body["error"]
    assert len(tintype.get("/keys", as_="alice")["items"]) == MAX_KEYS
    tintype.call("DELETE", f"/keys/{first['key_id']}", as_="alice")
    create_key(tintype, "read", name="one more")


def test_logs_contain_no_key_and_no_key_name(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    key = create_key(tintype, "read", name="aunt-mary")
    tintype.get("/photos", token=key["key"])
    tintype.call("POST", "/uploads", token=key["key"], body={})
    tintype.call("GET", "/photos", token=key["key"] + "0")
    out = "\n".join(logger().registered_handler.format(record) for record in caplog.records)
    assert json.loads(out.splitlines()[0])["route"] == "/keys"
    for secret in (key["key"].rpartition("_")[2], "tt_", "aunt-mary"):
        assert secret not in out


def test_last_use_is_not_written_again_within_minutes(tintype: Tintype) -> None:
    key = create_key(tintype, "read")
    tintype.get("/photos", token=key["key"])
    first = tintype.container.api_keys.store.get(key["key_id"])
    tintype.get("/photos", token=key["key"])
    assert tintype.container.api_keys.store.get(key["key_id"]) == first
