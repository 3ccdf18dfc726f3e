import time
from typing import Any

import pytest

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.identity_provider import IdentityProvider, identity_provider
from tests.support.images.tiny import picture

ROUTES = [
    "/gallery/trending",
    "/gallery/articles",
    "/photos",
    "/photos/x",
    "/thumbnails",
    "/labels",
    "/me",
    "/health",
    "/random",
]


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1e9", "1000000000", "abc", "", "1.5", "٣", "+5", " 5"])
@pytest.mark.parametrize("path", ["/gallery/trending", "/photos", "/thumbnails", "/gallery/articles"])
def test_a_limit_is_a_whole_number_from_1_to_100(tintype: Tintype, path: str, limit: str) -> None:
    answer = tintype.call("GET", path, query={"limit": limit} | ({"tag": "x"} if "articles" in path else {}))
    assert answer.status_code == 400
    assert answer.json_body["field"] == "limit"


@pytest.mark.parametrize("path", ROUTES)
def test_an_unknown_parameter_is_named(tintype: Tintype, path: str) -> None:
    answer = tintype.call("GET", path, as_="alice", query={"colour": "red"})
    if path != "/gallery/articles":
        assert answer.json_body["field"] == "colour"
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/gallery/trending", "/photos", "/health", "/thumbnails"])
def test_cache_busters_are_ignored(tintype: Tintype, path: str) -> None:
    assert tintype.call("GET", path, query={"t": "123", "_": "4"}).status_code == 200


def test_articles_need_a_tag(tintype: Tintype) -> None:
    for query in ({}, {"tag": ""}, {"tag": "  "}):
        answer = tintype.call("GET", "/gallery/articles", query=query)
        assert (answer.status_code, answer.json_body["error"]) == (400, "tag parameter is required")


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/gallery/trending", {"order": "size"}, "order"),
        ("/photos", {"scope": "theirs"}, "scope"),
        ("/gallery/articles", {"tag": "x" * 5000}, "tag"),
        ("/photos", {"cursor": ""}, "cursor"),
        ("/photos", {"cursor": "%%%"}, "cursor"),
        ("/photos", {"cursor": "AAAA"}, "cursor"),
        ("/photos", {"limit": ["1", "2"]}, "limit"),
    ],
)
def test_bad_parameters_are_named(tintype: Tintype, path: str, query: dict[str, Any], field: str) -> None:
    answer = tintype.call("GET", path, query=query)
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


def test_a_cursor_serves_only_the_query_and_the_scope_it_came_from(tintype: Tintype) -> None:
    for n, colour in enumerate(["teal", "navy"]):
        tintype.publish(f"{n}.jpg", picture(colour), "beach,sea")
    cursor = tintype.get("/gallery/articles", tag="beach", limit=1)["cursor"]
    assert tintype.call("GET", "/gallery/articles", query={"tag": "beach", "cursor": cursor}).status_code == 200
    for path, query, who in [
        ("/gallery/articles", {"tag": "sea"}, None),
        ("/photos", {}, None),
        ("/gallery/trending", {}, None),
        ("/gallery/articles", {"tag": "beach"}, OWNER),
    ]:
        answer = tintype.call("GET", path, as_=who, query=query | {"cursor": cursor})
        assert (answer.status_code, answer.json_body["field"]) == (400, "cursor"), path


@pytest.mark.parametrize("photo_id", ["x", "0" * 32, "a%2Fb", "claim%23owner%23" + "0" * 64, "..", "%00", "é"])
def test_what_is_not_there_is_not_found(tintype: Tintype, photo_id: str) -> None:
    answer = tintype.call("GET", f"/photos/{photo_id}")
    assert answer.status_code == 404
    assert answer.json_body["code"] == "photo_not_found"
    assert tintype.call("GET", f"/photos/{photo_id}/thumbnail").status_code == 404
    assert tintype.call("GET", f"/photos/{photo_id}/secret").status_code == 404


def bad_tokens(identity: IdentityProvider) -> dict[str, str]:
    good = identity.token()
    head, body, signature = good.split(".")
    with identity_provider() as stranger:
        foreign = stranger.token()
    return {
        "expired": identity.token(exp=int(time.time()) - 60),
        "of another issuer": identity.token(iss="https://identity.example/other"),
        "of another client": identity.token(aud="another"),
        "access of another client": identity.access_token(client_id="another"),
        "signed by somebody else": foreign,
        "tampered": f"{head}.{body[:-2]}AA.{signature}",
        "alg none": identity.token(key="", alg="none"),
        "alg HS256": identity.token(key="x" * 64, alg="HS256"),
        "without a use": identity.token(token_use=None),
        "of another use": identity.token(token_use="refresh"),
        "without a subject": identity.token(sub=None),  # type: ignore[arg-type]
        "without an end": identity.token(exp=None),
        "no token at all": "abc",
        "empty segments": "..",
        "a key nobody made": "tt_nonsense",
    }


def test_a_bad_token_is_401_on_every_route_and_never_anonymous(tintype: Tintype) -> None:
    for kind, token in bad_tokens(tintype.identity).items():
        for path in ROUTES:
            answer = tintype.call("GET", path, token=token)
            assert answer.status_code == 401, (kind, path, answer.body)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("header", ["Basic YWxhZGRpbg==", "Bearer", "Bearer ", "token"])
def test_an_authorization_of_another_kind_is_401(tintype: Tintype, header: str) -> None:
    assert tintype.call("GET", "/health", headers={"Authorization": header}).status_code == 401


def test_an_access_token_signs_in_as_well(tintype: Tintype) -> None:
    assert tintype.get("/me", token=tintype.identity.access_token("alice"))["id"] == id_of("alice")


def test_ones_own_library_needs_signing_in(tintype: Tintype) -> None:
    for path in ("/photos", "/gallery/trending", "/thumbnails"):
        assert tintype.call("GET", path, query={"scope": "mine"}).status_code == 401
    for path in ("/labels", "/me"):
        assert tintype.call("GET", path).status_code == 401


def test_a_method_that_is_not_there_is_405_in_the_one_shape(tintype: Tintype) -> None:
    answer = tintype.call("POST", "/health", body={})
    assert answer.status_code == 405
    assert answer.json_body["code"] == "method_not_allowed"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_error_of_ours_says_nothing_of_the_inside(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def trending(self, *_: Any, **__: Any) -> None:
            raise RuntimeError("secret detail")

    monkeypatch.setitem(tintype.container.__dict__, "queries", Broken())
    answer = tintype.call("GET", "/gallery/trending")
    assert answer.status_code == 500
    assert answer.json_body["code"] == "internal_error"
    assert b"secret" not in answer.body
