import time
from typing import Any

import pytest

from tests.app.conftest import OWNER, Tintype, id_of
from tests.support.identity_provider import IdentityProvider, identity_provider
from tests.support.images.tiny import encode_image

ROUTES = [
    "/gallery/trending",
    "/gallery/articles",
    "/photos",
    "/photos/x",
    "/thumbnails",
    "/labels",
    "/labels/refresh",
    "/me",
    "/health",
    "/random",
]


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1e9", "1000000000", "abc", "", "1.5", "٣", "+5", " 5"])
@pytest.mark.parametrize("path", ["/gallery/trending", "/photos", "/thumbnails", "/gallery/articles"])
def test_invalid_limit_returns_400(tintype: Tintype, path: str, limit: str) -> None:
    response = tintype.call("GET", path, query={"limit": limit} | ({"tag": "x"} if "articles" in path else {}))
    assert response.status_code == 400
    assert response.json_body["field"] == "limit"


@pytest.mark.parametrize("path", ROUTES)
def test_unknown_parameter_returns_400_naming_it(tintype: Tintype, path: str) -> None:
    response = tintype.call("GET", path, as_="alice", query={"color": "red"})
    if path != "/gallery/articles":
        assert response.json_body["field"] == "color"
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/gallery/trending", "/photos", "/health", "/thumbnails"])
def test_cache_busters_are_ignored(tintype: Tintype, path: str) -> None:
    assert tintype.call("GET", path, query={"t": "123", "_": "4"}).status_code == 200


def test_search_without_a_tag_returns_400(tintype: Tintype) -> None:
    for query in ({}, {"tag": ""}, {"tag": "  "}):
        response = tintype.call("GET", "/gallery/articles", query=query)
        assert (response.status_code, response.json_body["error"]) == (400, "tag parameter is required")


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
def test_invalid_parameter_returns_400(tintype: Tintype, path: str, query: dict[str, Any], field: str) -> None:
    response = tintype.call("GET", path, query=query)
    assert (response.status_code, response.json_body["field"]) == (400, field)


# Every parameter with a valid value. Other values of the same parameters contradict each other in pairs.
PARAMETERS = {
    "/gallery/trending": {"order": "heat", "limit": "5", "scope": "public"},
    "/gallery/articles": {"tag": "sea", "not": "dog", "match": "any", "limit": "5", "scope": "public"},
    "/gallery/tags": {"prefix": "s", "limit": "5", "scope": "public"},
    "/photos": {"from": "2026-01-01", "to": "2026-01-02", "limit": "5", "scope": "mine", "state": "trashed"},
    "/thumbnails": {"limit": "5", "scope": "public"},
    "/random": {"label": "sea", "scope": "public"},
    "/stats": {"scope": "public"},
}
TAG_NAMES = {"tag", "not", "label", "prefix"}


@pytest.mark.parametrize("path", PARAMETERS)
def test_every_parameter_follows_the_same_rule(tintype: Tintype, path: str) -> None:
    valid = PARAMETERS[path]
    tintype.publish("a.jpg", encode_image(), "sea")
    assert tintype.call("GET", path, as_=OWNER, query=valid).status_code == 200

    def status(name: str, *values: str, **changed: str) -> tuple[int, str | None]:
        response = tintype.call("GET", path, as_=OWNER, query={**valid, name: values, **changed})
        return response.status_code, response.json_body.get("field") if response.status_code == 400 else None

    for name, value in valid.items():
        refused = (400, name)
        assert status(name, "") == status(name, "  ") == refused
        assert status(name, value, value) == (refused if name not in {"tag", "not"} else (200, None))
        assert status(name, f" {value} ") == (refused if name not in TAG_NAMES else (200, None))
        assert status(name.upper(), value)[0] == 400
        if value.upper() != value:
            assert status(name, value.upper()) == (refused if name not in TAG_NAMES else (200, None))


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/photos", {"from": "2030-01-01", "to": "2020-01-01"}, 400),
        ("/photos", {"from": "2030-01-01T00:00:00.000001Z", "to": "2030-01-01T00:00:00Z"}, 400),
        ("/photos", {"from": "2030-01-01T00:00:00+02:00", "to": "2030-01-01T00:00:00+03:00"}, 200),
        ("/photos", {"from": "2030-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, 200),
        ("/photos", {"from": "2030-01-02", "to": "2030-01-01"}, 400),
        ("/photos", {"from": "9999-12-31", "to": "0001-01-01"}, 400),
        ("/photos", {"to": "0001-01-01"}, 200),
        ("/photos", {"from": "9999-12-31"}, 200),
        ("/photos", {"to": "9999-12-31"}, 400),
        ("/photos", {"state": "trashed", "scope": "public"}, 400),
        ("/photos", {"state": "trashed", "from": "2030-01-01", "to": "2020-01-01"}, 400),
        ("/photos", {"state": "trashed", "from": "2020-01-01", "to": "2020-01-01"}, 200),
        ("/gallery/articles", {"tag": "sea", "not": "sea"}, 200),
        ("/gallery/articles", {"tag": ["sea", "sea"], "not": ["sea", "Sea"], "match": "any"}, 200),
    ],
)
def test_contradicting_parameters_return_400_or_an_empty_page(
    tintype: Tintype, path: str, query: dict[str, Any], status: int
) -> None:
    tintype.publish("a.jpg", encode_image(), "sea")
    response = tintype.call("GET", path, as_=OWNER, query=query)
    assert response.status_code == status, response.body
    if status == 200:
        assert response.json_body == {"items": [], "cursor": None}


def test_cursor_of_another_query_returns_400(tintype: Tintype) -> None:
    for n, color in enumerate(["teal", "navy"]):
        tintype.publish(f"{n}.jpg", encode_image(color), "beach,sea")
    cursor = tintype.get("/gallery/articles", tag="beach", limit=1)["cursor"]
    assert tintype.call("GET", "/gallery/articles", query={"tag": "beach", "cursor": cursor}).status_code == 200
    for path, query, user in [
        ("/gallery/articles", {"tag": "sea"}, None),
        ("/photos", {}, None),
        ("/gallery/trending", {}, None),
        ("/gallery/articles", {"tag": "beach"}, OWNER),
    ]:
        response = tintype.call("GET", path, as_=user, query=query | {"cursor": cursor})
        assert (response.status_code, response.json_body["field"]) == (400, "cursor"), path


@pytest.mark.parametrize("photo_id", ["x", "0" * 32, "a%2Fb", "claim%23owner%23" + "0" * 64, "..", "%00", "é"])
def test_unknown_photo_returns_404(tintype: Tintype, photo_id: str) -> None:
    response = tintype.call("GET", f"/photos/{photo_id}")
    assert response.status_code == 404
    assert response.json_body["code"] == "photo_not_found"
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
        "signed with another key": foreign,
        "tampered": f"{head}.{body[:-2]}AA.{signature}",
        "alg none": identity.token(key="", alg="none"),
        "alg HS256": identity.token(key="x" * 64, alg="HS256"),
        "without a use": identity.token(token_use=None),
        "of another use": identity.token(token_use="refresh"),
        "without a subject": identity.token(sub=None),  # type: ignore[arg-type]
        "without an end": identity.token(exp=None),
        "no token at all": "abc",
        "empty segments": "..",
        "unknown API key": "tt_nonsense",
    }


def test_bad_token_returns_401_on_every_route(tintype: Tintype) -> None:
    for kind, token in bad_tokens(tintype.identity).items():
        for path in ROUTES:
            response = tintype.call("GET", path, token=token)
            assert response.status_code == 401, (kind, path, response.body)
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("header", ["Basic YWxhZGRpbg==", "Bearer", "Bearer ", "token"])
def test_other_authorization_scheme_returns_401(tintype: Tintype, header: str) -> None:
    assert tintype.call("GET", "/health", headers={"Authorization": header}).status_code == 401


def test_access_token_is_accepted(tintype: Tintype) -> None:
    assert tintype.get("/me", token=tintype.identity.access_token("alice"))["id"] == id_of("alice")


def test_own_library_requires_sign_in(tintype: Tintype) -> None:
    for path in ("/photos", "/gallery/trending", "/thumbnails"):
        assert tintype.call("GET", path, query={"scope": "mine"}).status_code == 401
    for path in ("/labels", "/me"):
        assert tintype.call("GET", path).status_code == 401


def test_unsupported_method_returns_405_in_error_format(tintype: Tintype) -> None:
    response = tintype.call("POST", "/health", body={})
    assert response.status_code == 405
    assert response.json_body["code"] == "method_not_allowed"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_unexpected_exception_reveals_nothing(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    class BrokenQueries:
        def list_trends(self, *_: Any, **__: Any) -> None:
            raise RuntimeError("secret detail")

    monkeypatch.setitem(tintype.container.__dict__, "queries", BrokenQueries())
    response = tintype.call("GET", "/gallery/trending")
    assert response.status_code == 500
    assert response.json_body["code"] == "internal_error"
    assert b"secret" not in response.body
