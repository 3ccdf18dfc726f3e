import json

import pytest

from chalicelib.accounts.identity import Permission
from chalicelib.http.requests import ApiRequest
from chalicelib.observability import logger
from tests.fakes.api import FakeApi

ALICE = {"Authorization": "Bearer alice"}


def key_header(permission: Permission) -> dict[str, str]:
    return {"Authorization": f"Bearer key-{permission}"}


def test_handler_gets_the_caller() -> None:
    api = FakeApi(lambda request: [request.viewer, request.owner, request.signed_in_caller.token_use])
    assert api.send(headers=ALICE).json == ["alice", "alice", "id"]


def test_anonymous_caller_has_no_viewer_and_no_owner() -> None:
    assert FakeApi(lambda request: request.viewer).send().json is None
    for require_sign_in in (lambda request: request.owner, lambda request: request.signed_in_caller):
        assert FakeApi(require_sign_in).send().status == 401


@pytest.mark.parametrize("header", ["Bearer bad", "Basic abc", "Bearer"])
def test_bad_token_returns_401_before_the_handler_runs(header: str) -> None:
    def never(_: ApiRequest) -> None:
        raise AssertionError

    assert FakeApi(never).send(headers={"authorization": header}).status == 401


@pytest.mark.parametrize("permission", Permission)
def test_key_without_the_permission_returns_403_before_the_handler_runs(permission: Permission) -> None:
    viewers = list[str | None]()
    api = FakeApi(lambda request: viewers.append(request.viewer), permission)
    for other in set(Permission) - {permission}:
        response = api.send(headers=key_header(other))
        assert (response.status, response.json["code"]) == (403, "forbidden")
        assert response.json.get("needs") == (None if permission is Permission.ACCOUNT else permission)
    assert viewers == []
    assert api.send(headers=key_header(permission)).status == 200
    assert viewers == ["alice"]


@pytest.mark.parametrize("permission", [*Permission, None])
def test_signed_in_and_anonymous_callers_reach_the_handler(permission: Permission | None) -> None:
    api = FakeApi(lambda request: request.viewer, permission)
    assert (api.send(headers=ALICE).json, api.send().json) == ("alice", None)


def test_route_without_a_right_accepts_any_key() -> None:
    api = FakeApi(lambda request: request.viewer)
    assert {api.send(headers=key_header(permission)).json for permission in Permission} == {"alice"}


def test_handler_gets_path_query_and_body() -> None:
    api = FakeApi(lambda request, photo_id="": [photo_id, dict(request.query), request.body.decode("latin-1")])
    assert api.send(photo_id="p1", query={"tag": ["a", "b"], "limit": ["3"]}).json == [
        "p1",
        {"tag": ["a", "b"], "limit": ["3"]},
        "",
    ]
    assert api.send("POST", body=b"\xff\x00").json == ["", {}, "\xff\x00"]


def test_log_identifies_the_request_without_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    api = FakeApi(lambda request, photo_id: [request.viewer, photo_id])
    api.send(photo_id="p1", query={"tag": ["aunt mary"]}, headers={"Authorization": "Bearer marianne"})
    (line,) = [json.loads(logger().registered_handler.format(record)) for record in caplog.records]
    assert (line["message"], line["status"]) == ("Request handled", 200)
    assert (line["photo_id"], line["request_id"]) == ("p1", "r1")
    assert (line["method"], line["route"]) == ("GET", "/it/{photo_id}")
    assert "mary" not in json.dumps(line)
    assert "marianne" not in json.dumps(line)
