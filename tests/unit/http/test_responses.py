import re

import pytest

from chalicelib.http.responses import cacheable_response, etag_matches, etag_of, image_response, no_content, redirect
from tests.fakes.api import FakeApi

ALICE = {"Authorization": "Bearer alice"}


def test_json_response_forbids_storing() -> None:
    response = FakeApi(lambda _: {"größe": [1, None]}).send()
    assert response.status == 200
    assert response.body == '{"größe":[1,null]}'.encode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Vary"] == "Authorization, Accept"


def test_lone_surrogate_is_escaped() -> None:
    response = FakeApi(lambda request: request.json("a")).send("POST", body=rb'{"\ud800": 1}')
    assert (response.status, response.json["field"]) == (400, "\ud800")


def test_no_content_has_no_body() -> None:
    response = FakeApi(lambda _: no_content()).send()
    assert (response.status, response.body, response.headers["Cache-Control"]) == (204, b"", "private, no-store")


def test_cacheable_response_is_cacheable_for_anonymous_callers_only() -> None:
    api = FakeApi(lambda request: cacheable_response(request, {"a": 1}, seconds=60, etag='"e"'))
    anonymous, signed_in = api.send(), api.send(headers=ALICE)
    cache_control = "public, max-age=0, s-maxage=60"
    assert (anonymous.headers["Cache-Control"], anonymous.headers["ETag"]) == (cache_control, '"e"')
    assert signed_in.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in signed_in.headers
    assert anonymous.json == signed_in.json == {"a": 1}


@pytest.mark.parametrize(
    ("header", "matches"),
    [('"e"', True), ('W/"e"', True), ('"x", "e"', True), ("*", True), ('"x"', False), ("e", False), ("", False)],
)
def test_matching_etag_returns_304(header: str, matches: bool) -> None:
    assert etag_matches(header, '"e"') is matches
    api = FakeApi(lambda request: cacheable_response(request, {"a": 1}, seconds=60, etag='"e"'))
    response = api.send(headers={"If-None-Match": header})
    assert response.status == (304 if matches else 200)
    assert bool(response.body) is not matches
    assert response.headers["ETag"] == '"e"'
    assert response.headers["Vary"] == "Authorization, Accept"


def test_etag_does_not_depend_on_key_order() -> None:
    assert etag_of({"a": 1, "b": [2]}) == etag_of({"b": [2], "a": 1})
    assert etag_of({"a": 1}) != etag_of({"a": 2})
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag_of(None))


def test_image_response_has_bytes_type_and_etag() -> None:
    api = FakeApi(lambda request: image_response(request, b"\x89PNG\xff", "image/png", seconds=60))
    anonymous = api.send()
    assert (anonymous.body, anonymous.headers["Content-Type"]) == (b"\x89PNG\xff", "image/png")
    assert anonymous.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert api.send(headers=ALICE).headers["Cache-Control"] == "private, no-cache"
    repeated = api.send(headers={"If-None-Match": anonymous.headers["ETag"]})
    assert (repeated.status, repeated.body) == (304, b"")


def test_redirect_forbids_storing() -> None:
    response = FakeApi(lambda _: redirect("https://bucket/key?signed")).send()
    assert (response.status, response.headers["Location"], response.body) == (302, "https://bucket/key?signed", b"")
    assert response.headers["Cache-Control"] == "private, no-store"
