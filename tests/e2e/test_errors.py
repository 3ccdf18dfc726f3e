"""What is no route, or takes no such method, is told in the API's one shape, as the deployed gateway tells it."""

import http.client
import json
from contextlib import closing
from typing import Any

import pytest

from infrastructure.deploy.gateway import ERROR_RESPONSES
from local.ports import HOST
from tests.e2e.conftest import Client

NOWHERE = ERROR_RESPONSES["MISSING_AUTHENTICATION_TOKEN"]


def answer(client: Client, method: str, path: str, headers: dict[str, str]) -> tuple[int, Any, Any]:
    """Status, headers and JSON of a call that need not succeed."""
    with closing(http.client.HTTPConnection(HOST, client.library.ports.api, timeout=30)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, json.loads(answer.read())


@pytest.mark.parametrize("path", ["/", "/nothing", "/nothing/is/here/at/all", "/photos/x/y/z?t=1"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_is_no_route_is_told_as_the_deployed_gateway_tells_it(client: Client, path: str, signed_in: bool) -> None:
    status, headers, body = answer(client, "GET", path, _headers(client, signed_in))
    assert (status, NOWHERE.status) == (404, 404)
    assert body == {"error": NOWHERE.message, "code": NOWHERE.code}
    assert headers["Content-Type"] == "application/json"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/photos"), ("POST", "/health"), ("PATCH", "/random")])
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_method_that_a_route_does_not_take_is_told(client: Client, method: str, path: str, signed_in: bool) -> None:
    status, headers, body = answer(client, method, path, _headers(client, signed_in))
    assert (status, body) == (405, {"error": f"Unsupported method: {method}.", "code": "method_not_allowed"})
    assert method not in headers["Allow"].split(", ")
    assert headers["Access-Control-Allow-Origin"] == "*"


def _headers(client: Client, signed_in: bool) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"} if signed_in else {}
