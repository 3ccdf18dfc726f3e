"""The OpenAPI document against the app: the same routes and permissions, and every documented error really occurs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib import errors
from chalicelib.accounts.api_keys import MAX_KEYS
from chalicelib.accounts.identity import Permission
from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from chalicelib.albums.models import Album
from chalicelib.bundles.models import link_token
from chalicelib.bundles.service import BundleRequest
from chalicelib.ingest.originals import upload_key
from chalicelib.library.photo import Photo, State
from chalicelib.library.photo_query import Match
from chalicelib.openapi import errors as errors_
from chalicelib.openapi.document import compact_json, document
from chalicelib.routes.uploads import MAX_BODY_BYTES
from tests.app.conftest import OWNER, Tintype, id_of
from tests.app.share_errors import share_errors
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.members import MemoryUsers
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, photo
from tests.support.images.tiny import encode_image
from tests.support.multipart import TYPE, form
from tests.support.openapi_check import JSON, openapi_spec

RIGHTS = ("read", "upload", "manage", "share")
ROUTES = sorted(f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods)
MISSING_ID = "0" * 32
# Server errors are the same on every route: tests/unit/http/test_errors.py.
COMMON_STATUSES = {429, 500, 503}
# The routes that change a photo, and the state that they require.
EDIT_ROUTES = {
    "PATCH /photos/{photo_id}": State.READY,
    "DELETE /photos/{photo_id}": State.READY,
    "POST /photos/{photo_id}/restore": State.TRASHED,
}


def operation_of(route: str) -> Mapping[str, Any]:
    method, path = route.split()
    operation: Mapping[str, Any] = document()["paths"][path][method.lower()]
    return operation


def call(tintype: Tintype, route: str, **options: Any) -> HTTPResponse:
    """Call a route with ids that do not exist and the example body of the document."""
    method, path = route.split()
    content = operation_of(route).get("requestBody", {}).get("content", {})
    options.setdefault("body", content.get(JSON, {}).get("example"))
    return tintype.call(method, path.replace("{photo_id}", MISSING_ID).replace("{", "").replace("}", ""), **options)


def documented_codes(route: str, status: int) -> set[str]:
    """The error codes that the document has for this status."""
    response = openapi_spec().resolve(operation_of(route)["responses"].get(str(status), {}))
    return set(response["content"].get(JSON, {}).get("examples", ())) if response else set()


def test_document_has_the_routes_of_the_app() -> None:
    import app

    routes = {f"{method} {path}": at.view_name for path, on in app.app.routes.items() for method, at in on.items()}
    heads = {route.replace("HEAD", "GET", 1): view for route, view in routes.items() if route.startswith("HEAD")}
    documented = {route: operation_of(route)["operationId"] for route in ROUTES}
    assert {route: view for route, view in routes.items() if not route.startswith("HEAD")} == documented
    assert heads == {route: view for route, view in documented.items() if route.startswith("GET")}


def test_head_returns_status_and_headers_of_get(tintype: Tintype) -> None:
    for route in ROUTES:
        if route.startswith("GET"):
            got = call(tintype, route, as_="alice")
            head = tintype.call("HEAD", route.removeprefix("GET ").replace("{photo_id}", MISSING_ID), as_="alice")
            assert head.status_code == got.status_code, route
            assert head.headers == got.headers, route


def test_head_redirects_to_urls_signed_for_head(tintype: Tintype) -> None:
    photo_id = tintype.publish("a.jpg", encode_image())
    bundle_id = tintype.call("POST", "/bundles", as_=OWNER, body={"tags": ["beach"]}).json_body["bundle_id"]
    tintype.build_volumes()
    link = tintype.get(f"/bundles/{bundle_id}", as_=OWNER)["volumes"][0]["url"].removeprefix("https://api.example")
    for path in (f"/photos/{photo_id}/original", f"/photos/{photo_id}/preview", link):
        got, head = (tintype.call(method, path, as_=OWNER) for method in ("GET", "HEAD"))
        assert (got.status_code, head.status_code) == (302, 302)
        (got_url, got_signature), (head_url, head_signature) = (
            response.headers["Location"].split("Signature=") for response in (got, head)
        )
        assert got_url.partition("?")[0] == head_url.partition("?")[0]
        assert got_signature != head_signature


def test_document_is_public_and_cacheable(tintype: Tintype) -> None:
    response = tintype.call("GET", "/openapi.json")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.body == compact_json()
    assert response.headers["Cache-Control"].startswith("public")
    headers = {"If-None-Match": response.headers["ETag"]}
    assert tintype.call("GET", "/openapi.json", headers=headers).status_code == 304
    assert tintype.call("GET", "/openapi.json", as_="alice").body == compact_json()


def test_document_needs_no_settings(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_not_configured() -> None:
        raise errors.NotConfigured("Internal error: Gallery Photos table not configured", missing=("photos-table",))

    monkeypatch.setattr(tintype.provider, "current", raise_not_configured)
    assert tintype.call("GET", "/openapi.json").status_code == 200
    for route in ROUTES:
        if route != "GET /openapi.json":
            response = call(tintype, route)
            assert (response.status_code, response.json_body["code"]) == (500, "not_configured"), route


def test_document_is_imported_at_the_first_request() -> None:
    code = "import json, sys, app; print(json.dumps([n for n in sys.modules if n.startswith('chalicelib.openapi')]))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(loaded) == ["chalicelib.openapi", "chalicelib.openapi.route"]


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_has_the_documented_security(tintype: Tintype, route: str) -> None:
    security = operation_of(route)["security"]
    anonymous = call(tintype, route)
    assert (anonymous.status_code == 401) == ({} not in security)
    key_rights = [scheme["apiKey"] for scheme in security if "apiKey" in scheme]
    for permission in RIGHTS:
        key = tintype.container.api_keys.create(
            id_of("alice"), "garage", frozenset({Permission(permission)}), issued_at=1
        )[1]
        response = call(tintype, route, token=key)
        if key_rights:
            assert (response.status_code == 403) == (permission not in (key_rights[0] or RIGHTS))
        else:
            assert response.json_body["code"] in {"forbidden", "id_token_required"}
    assert call(tintype, route, as_="alice").status_code not in {401, 403}


def test_every_documented_error_occurs(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tintype.container.api_keys.create(id_of("alice"), "garage", frozenset(), issued_at=1)[1]
    seen = {(route, code) for route in ROUTES for code in common_errors(tintype, route, key)}
    seen |= {(route, response.json_body["code"]) for route, response in specific_errors(tintype)}
    seen |= {(route, response.json_body["code"]) for route, response in share_errors(tintype)}
    for route, state in EDIT_ROUTES.items():
        busy_editor = replace(tintype.container.editor, photos=BusyPhotoStore(state))
        monkeypatch.setitem(tintype.container.__dict__, "editor", busy_editor)
        seen.add((route, call(tintype, route, as_="alice").json_body["code"]))
    seen |= {(route, response.json_body["code"]) for route, response in upload_errors(tintype, monkeypatch)}
    seen |= {(route, response.json_body["code"]) for route, response in busy_album_errors(tintype, monkeypatch)}
    seen |= {(route, response.json_body["code"]) for route, response in bundle_errors(tintype, monkeypatch)}
    statuses = range(400, 500)
    documented = {(route, code) for route in ROUTES for status in statuses for code in documented_codes(route, status)}
    assert seen == {(route, code) for route, code in documented if errors_.STATUS_OF[code] not in COMMON_STATUSES}


def common_errors(tintype: Tintype, route: str, key: str) -> Iterator[str]:
    """The codes of the errors that many routes share, for this route; the key has no permission."""
    parameters = map(openapi_spec().resolve, operation_of(route).get("parameters", []))
    params = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    required = {name: "x" for name, parameter in params.items() if parameter.get("required")}
    unknown = call(tintype, route, as_="alice", query={**required, "color": "red"})
    assert unknown.json_body["field"] == "color", route
    responses = [unknown, call(tintype, route, token="x")]
    responses.append(call(tintype, route, token=tintype.identity.token(exp=int(time.time()) - 60)))
    responses.append(call(tintype, route, query={**required, **({"scope": "mine"} if "scope" in params else {})}))
    responses.append(call(tintype, route, token=key))
    responses.append(call(tintype, route, as_="alice"))
    if JSON in operation_of(route).get("requestBody", {}).get("content", {}):
        responses.append(call(tintype, route, as_="alice", body=b"{"))
    for response in responses:
        if response.status_code >= 400 and response.headers["Content-Type"] == JSON:
            yield response.json_body["code"]


def specific_errors(tintype: Tintype) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of single routes."""

    def send(route: str, path: str | None = None, **options: Any) -> tuple[str, HTTPResponse]:
        method, route_path = route.split()
        return route, tintype.call(method, path or route_path, **({"as_": "alice"} | options))

    def form_options(data: bytes) -> dict[str, Any]:
        return {"body": data, "headers": {"Content-Type": TYPE}}

    uploading = tintype.call("POST", "/uploads", as_="alice", body={"filename": "a.jpg"}).json_body["photo_id"]
    access = {"as_": None, "token": tintype.identity.access_token("alice")}
    yield send("GET /random", "/random?label=nothing")
    yield send("GET /random", "/random?album=nothing", as_=None)
    yield from album_errors(tintype)
    yield send("GET /photos/{photo_id}/{variant}", f"/photos/{MISSING_ID}/thumbnail")
    yield send("GET /thumbnails/{photo_id}", f"/thumbnails/{uploading}")
    yield send("PATCH /photos/{photo_id}", f"/photos/{uploading}", body={}, headers={"If-Match": "99"})
    yield send("PUT /{bucket}/{filename}", "/originals/a.jpg")
    yield send("PUT /{bucket}/{filename}", "/originals/a.jpg", body=bytes(MAX_BODY_BYTES + 1))
    yield send("POST /upload", **form_options(bytes(MAX_BODY_BYTES + 1)))
    yield send("POST /upload", **form_options(b"nothing"))
    yield send("POST /upload", **form_options(form(("color", None, b"red"))))
    yield send("POST /upload", body={})
    tintype.call("POST", "/labels/refresh", as_="alice", body={"tags": ["beach"]})
    yield send("POST /labels/refresh", body={})
    yield send("GET /me/notifications", **access)
    yield send("DELETE /me/notifications", **access)
    yield send("POST /me/notifications", **access, body={"channel": "email"})
    yield send("POST /me/notifications", body={"channel": "email"})
    verified = {"as_": None, "token": tintype.identity.token("dora", email="d@tintype.example", email_verified=True)}
    for _ in range(MAX_MESSAGES_PER_HOUR + 1):
        result = send("POST /me/notifications", **verified, body={"channel": "email"})
    yield result
    for _ in range(MAX_KEYS):
        result = send("POST /keys", body={"name": "garage", "can": ["read"]})
    yield result


def album_errors(tintype: Tintype) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of albums."""
    album = tintype.call("POST", "/albums", as_="alice", body={"title": "Lisbon"}).json_body["album_id"]
    paths: dict[str, str] = {"PATCH /albums/{album_id}": "", "PUT /albums/{album_id}/order": "/order"}
    for route, suffix in paths.items():
        body: Any = {"photo_ids": []} if suffix else {"title": "x"}
        options: Any = {"as_": "alice", "body": body, "headers": {"If-Match": "99"}}
        yield route, tintype.call(route.split()[0], f"/albums/{album}{suffix}", **options)
    route = "DELETE /albums/{album_id}/photos/{photo_id}"
    yield route, tintype.call("DELETE", f"/albums/{album}/photos/{MISSING_ID}", as_="alice")
    yield from member_errors(tintype, album)


def member_errors(tintype: Tintype, album: str) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of members of albums."""
    container, route = tintype.container, "POST /albums/{album_id}/members"
    smart = tintype.call("POST", "/albums", as_="alice", body={"title": "Dogs", "query": {"q": "dog"}})
    service = replace(container.members, users=MemoryUsers())
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(container.__dict__, "members", service)
        tintype.call("POST", f"/albums/{album}/members", as_="alice", body={"email": "b@example.org", "role": "viewer"})
        for album_id in (smart.json_body["album_id"], album):
            path = f"/albums/{album_id}/members"
            body = {"email": "b@example.org", "role": "viewer"}
            yield route, tintype.call("POST", path, as_="alice", body=body)


def upload_errors(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of ids that are not free, and of an unused ticket that keeps changing."""
    uploads = replace(tintype.container.uploads, photos=BusyPhotoStore(State.UPLOADING))
    monkeypatch.setitem(tintype.container.__dict__, "uploads", uploads)
    for filename in ("a.jpg", "beach.jpg"):
        body = {"filename": filename, "photo_id": MISSING_ID}
        yield "POST /uploads", tintype.call("POST", "/uploads", as_="alice", body=body)


def busy_album_errors(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of albums that keep changing, and of one too many."""
    service = tintype.container.albums
    monkeypatch.setattr("chalicelib.albums.service.MAX_ALBUMS", 1)
    tintype.call("POST", "/albums", as_="alice", body={"title": "Lisbon"})
    album = tintype.get("/albums", as_="alice")["items"][0]["album_id"]
    store = BusyAlbumStore()
    store.add(Album(album, id_of("alice"), "Lisbon", NOON, NOON), max_albums=1)
    photos = BusyPhotoStore(State.READY, album)
    editor = replace(service.editor, photos=photos)
    busy = replace(service, store=store, photos=photos, collections=photos, editor=editor)
    body: Any = {"photo_ids": [MISSING_ID], "action": "add_to_album", "album_id": MISSING_ID}
    yield "POST /photos/batch", tintype.call("POST", "/photos/batch", as_="alice", body=body)
    yield "POST /albums", tintype.call("POST", "/albums", as_="alice", body={"title": "Porto"})
    monkeypatch.setitem(tintype.container.__dict__, "albums", busy)
    requests: tuple[tuple[str, str, Any], ...] = (
        ("PATCH /albums/{album_id}", "", {"title": "x"}),
        ("PUT /albums/{album_id}/order", "/order", {"photo_ids": []}),
        ("DELETE /albums/{album_id}", "", None),
        ("DELETE /albums/{album_id}/photos/{photo_id}", "/photos/p1", None),
    )
    for route, suffix, body in requests:
        yield route, tintype.call(route.split()[0], f"/albums/{album}{suffix}", as_="alice", body=body)


def bundle_errors(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, HTTPResponse]]:
    """The errors of bundles and of their links."""
    tintype.publish("a.jpg", encode_image())
    service = tintype.container.bundles
    photos = tintype.container.bundle_photos.by_tags(id_of(OWNER), ("beach",), Match.ANY)
    bundle = service.create(BundleRequest(id_of(OWNER), photos, id_of(OWNER)))
    expired = link_token(replace(bundle, expires_at=service.now() - timedelta(seconds=1)), 1, service.link_secret)
    yield "GET /d/{token}", tintype.call("GET", f"/d/{expired}")

    def create_bundles() -> Iterator[tuple[str, HTTPResponse]]:
        yield "POST /bundles", tintype.call("POST", "/bundles", as_=OWNER, body={"tags": ["beach"]})
        yield "POST /download", tintype.call("POST", "/download", as_=OWNER, body={"labels": ["beach"]})

    yield "POST /bundles", tintype.call("POST", "/bundles", as_=OWNER, body={"tags": ["nothing"]})
    yield "POST /bundles", tintype.call("POST", "/bundles", as_=OWNER, body={"photo_ids": [MISSING_ID]})
    monkeypatch.setitem(tintype.container.__dict__, "bundles", replace(service, max_photos=0))
    yield from create_bundles()
    monkeypatch.setitem(tintype.container.__dict__, "bundles", service)
    monkeypatch.setattr(type(service.store), "has_room", lambda *_: False)
    yield from create_bundles()


class BusyAlbumStore(MemoryAlbumStore):
    """A store of albums in which every change conflicts."""

    def save(self, before: Album, after: Album, *, photo_ids: tuple[str, ...] | None = None) -> Album:
        raise errors.Conflict("The album has changed.")

    def delete(self, album: Album, at: datetime) -> None:
        raise errors.Conflict("The album has changed.")


class BusyPhotoStore(MemoryPhotoStore):
    """A photo store whose photos are all in one state, and in which every commit conflicts."""

    def __init__(self, state: State, *albums: str) -> None:
        super().__init__()
        self.state, self.albums = state, albums

    def get(self, photo_id: str) -> Photo:
        owner = id_of("alice")
        key = upload_key(owner, photo_id, "beach.jpg")
        return photo(photo_id, owner=owner, key=key, state=self.state, albums=self.albums)

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        raise errors.Conflict("The record has changed.")
