"""The document against the app: the same routes, the same rights, and every refusal that it tells really made."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib import errors
from chalicelib.accounts.api_keys import MAX_KEYS
from chalicelib.accounts.identity import Permission
from chalicelib.bundles.models import link_token
from chalicelib.bundles.service import MAX_BUNDLES, BundleRequest
from chalicelib.library.photo import Photo, State
from chalicelib.openapi import errors as errors_
from chalicelib.openapi.document import document, served
from chalicelib.routes.uploads import MAX_THROUGH_LAMBDA
from tests.app.conftest import OWNER, Tintype, id_of
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import photo
from tests.support.images.tiny import picture
from tests.support.multipart import TYPE, form
from tests.support.openapi_check import JSON, told

RIGHTS = ("read", "upload", "manage")
ROUTES = sorted(f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods)
NOWHERE = "0" * 32
# What the app does with no library, or a broken one, it does on every route alike: tests/unit/http/test_requests.py.
ON_ANY_ROUTE = {429, 500, 503}
# What changes a photo, and the state in which it would.
IN_THE_WAY = {
    "PATCH /photos/{photo_id}": State.READY,
    "DELETE /photos/{photo_id}": State.READY,
    "POST /photos/{photo_id}/restore": State.TRASHED,
}


def entry(route: str) -> Mapping[str, Any]:
    method, path = route.split()
    told_of: Mapping[str, Any] = document()["paths"][path][method.lower()]
    return told_of


def asked(tintype: Tintype, route: str, **how: Any) -> HTTPResponse:
    """This route, for something that is not there, with the body that the document shows."""
    method, path = route.split()
    content = entry(route).get("requestBody", {}).get("content", {})
    how.setdefault("body", content.get(JSON, {}).get("example"))
    return tintype.call(method, path.replace("{photo_id}", NOWHERE).replace("{", "").replace("}", ""), **how)


def refused(route: str, status: int) -> set[str]:
    """The codes that the document tells for this status."""
    answer = told().resolved(entry(route)["responses"].get(str(status), {}))
    return set(answer["content"][JSON]["examples"]) if answer else set()


def test_routes_and_document_are_the_same() -> None:
    import app

    routes = {f"{method} {path}": at.view_name for path, on in app.app.routes.items() for method, at in on.items()}
    assert routes == {route: entry(route)["operationId"] for route in ROUTES}


def test_it_is_answered_to_everybody_and_kept_by_caches(tintype: Tintype) -> None:
    answer = tintype.call("GET", "/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body == served()
    assert answer.headers["Cache-Control"].startswith("public")
    kept = {"If-None-Match": answer.headers["ETag"]}
    assert tintype.call("GET", "/openapi.json", headers=kept).status_code == 304
    assert tintype.call("GET", "/openapi.json", as_="alice").body == served()


def test_it_is_answered_by_an_app_that_has_no_library(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise errors.NotConfigured("Internal error: Gallery Photos table not configured", missing=("photos-table",))

    monkeypatch.setattr(tintype.libraries, "current", none)
    assert tintype.call("GET", "/openapi.json").status_code == 200
    for route in ROUTES:
        if route != "GET /openapi.json":
            answer = asked(tintype, route)
            assert (answer.status_code, answer.json_body["code"]) == (500, "not_configured"), route


def test_it_loads_only_when_it_is_asked_for() -> None:
    asking = "import json, sys, app; print(json.dumps([n for n in sys.modules if n.startswith('chalicelib.openapi')]))"
    loaded = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True).stdout
    assert json.loads(loaded) == ["chalicelib.openapi", "chalicelib.openapi.route"]


@pytest.mark.parametrize("route", ROUTES)
def test_whoever_may_not_ask_is_told_so_and_whoever_may_is_not(tintype: Tintype, route: str) -> None:
    ways = entry(route)["security"]
    anonymous = asked(tintype, route)
    assert (anonymous.status_code == 401) == ({} not in ways)
    of_keys = [way["apiKey"] for way in ways if "apiKey" in way]
    for right in RIGHTS:
        key = tintype.library.keys.create(id_of("alice"), "garage", frozenset({Permission(right)}))[1]
        answer = asked(tintype, route, token=key)
        if of_keys:
            assert (answer.status_code == 403) == (right not in (of_keys[0] or RIGHTS))
        else:
            assert answer.json_body["code"] in {"forbidden", "id_token_required"}
    assert asked(tintype, route, as_="alice").status_code not in {401, 403}


def test_every_refusal_that_is_told_is_made(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {(route, code) for route in ROUTES for code in generally(tintype, route)}
    made |= {(route, answer.json_body["code"]) for route, answer in particularly(tintype)}
    for route, state in IN_THE_WAY.items():
        busy = replace(tintype.library.editor, photos=Busy(state))
        monkeypatch.setitem(tintype.library.__dict__, "editor", busy)
        made.add((route, asked(tintype, route, as_="alice").json_body["code"]))
    made |= {(route, answer.json_body["code"]) for route, answer in taken_away(tintype, monkeypatch)}
    told_of = {(route, code) for route in ROUTES for status in range(400, 500) for code in refused(route, status)}
    assert made == {(route, code) for route, code in told_of if errors_.STATUS_OF[code] not in ON_ANY_ROUTE}


def generally(tintype: Tintype, route: str) -> Iterator[str]:
    """The codes of what can be wrong with a request for any route, or for many, as they are answered."""
    asked_for = {p["name"]: p for p in map(told().resolved, entry(route).get("parameters", [])) if p["in"] == "query"}
    needed = {name: "x" for name, parameter in asked_for.items() if parameter.get("required")}
    unknown = asked(tintype, route, as_="alice", query={**needed, "colour": "red"})
    assert unknown.json_body["field"] == "colour", route
    wrong = [unknown, asked(tintype, route, token="x")]
    wrong.append(asked(tintype, route, token=tintype.identity.token(exp=int(time.time()) - 60)))
    wrong.append(asked(tintype, route, query={**needed, **({"scope": "mine"} if "scope" in asked_for else {})}))
    wrong.append(asked(tintype, route, token=tintype.library.keys.create(id_of("alice"), "garage", frozenset())[1]))
    wrong.append(asked(tintype, route, as_="alice"))
    if JSON in entry(route).get("requestBody", {}).get("content", {}):
        wrong.append(asked(tintype, route, as_="alice", body=b"{"))
    for answer in wrong:
        if answer.status_code >= 400:
            yield answer.json_body["code"]


def particularly(tintype: Tintype) -> Iterator[tuple[str, HTTPResponse]]:
    """The refusals of single routes, each as it comes about."""

    def ask(route: str, path: str | None = None, **how: Any) -> tuple[str, HTTPResponse]:
        method, told_path = route.split()
        return route, tintype.call(method, path or told_path, **({"as_": "alice"} | how))

    def form_of(data: bytes) -> dict[str, Any]:
        return {"body": data, "headers": {"Content-Type": TYPE}}

    waiting = tintype.call("POST", "/uploads", as_="alice", body={"filename": "a.jpg"}).json_body["photo_id"]
    access = {"as_": None, "token": tintype.identity.access_token("alice")}
    yield ask("GET /random", "/random?label=nothing")
    yield ask("GET /photos/{photo_id}/{variant}", f"/photos/{NOWHERE}/thumbnail")
    yield ask("GET /thumbnails/{photo_id}", f"/thumbnails/{waiting}")
    yield ask("PATCH /photos/{photo_id}", f"/photos/{waiting}", body={}, headers={"If-Match": "99"})
    yield ask("PUT /{bucket}/{filename}", "/originals/a.jpg")
    yield ask("PUT /{bucket}/{filename}", "/originals/a.jpg", body=bytes(MAX_THROUGH_LAMBDA + 1))
    yield ask("POST /upload", **form_of(bytes(MAX_THROUGH_LAMBDA + 1)))
    yield ask("POST /upload", **form_of(b"nothing"))
    yield ask("POST /upload", **form_of(form(("colour", None, b"red"))))
    yield ask("POST /upload", body={})
    yield ask("GET /me/notifications", **access)
    yield ask("DELETE /me/notifications", **access)
    yield ask("POST /me/notifications", **access, body={"channel": "email"})
    yield ask("POST /me/notifications", body={"channel": "email"})
    for _ in range(MAX_KEYS):
        answer = ask("POST /keys", body={"name": "garage", "can": ["read"]})
    yield answer


def taken_away(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, HTTPResponse]]:
    """The refusals of bundles and of their links."""
    beach, nothing = ["beach"], ["nothing"]
    tintype.publish("a.jpg", picture())
    packing = tintype.library.packing
    bundle = packing.create(id_of(OWNER), BundleRequest(("beach",)))
    late = link_token(replace(bundle, expires_at=packing.now() - timedelta(seconds=1)), 1, packing.link_secret)
    yield "GET /d/{token}", tintype.call("GET", f"/d/{late}")

    def orders(tags: list[str]) -> Iterator[tuple[str, HTTPResponse]]:
        yield "POST /bundles", tintype.call("POST", "/bundles", as_=OWNER, body={"tags": tags})
        yield "POST /download", tintype.call("POST", "/download", as_=OWNER, body={"labels": tags})

    yield from orders(nothing)
    yield "POST /bundles", tintype.call("POST", "/bundles", as_=OWNER, body={"photo_ids": [NOWHERE]})
    monkeypatch.setitem(tintype.library.__dict__, "packing", replace(packing, max_photos=0))
    yield from orders(beach)
    monkeypatch.setitem(tintype.library.__dict__, "packing", packing)
    for _ in range(MAX_BUNDLES - 1):
        packing.create(id_of(OWNER), BundleRequest(("beach",)))
    yield from orders(beach)


class Busy(MemoryPhotoStore):
    """A catalogue whose photos are all in this state, and in which somebody else is always quicker."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def get(self, photo_id: str) -> Photo:
        return photo(photo_id, owner=id_of("alice"), state=self.state)

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        raise errors.Conflict("The record has changed.")
