"""Unknown paths and methods get the same JSON errors as from the deployed API."""

import http.client
import json
from contextlib import closing
from typing import Any

import pytest

from infrastructure.deploy.gateway import ERROR_RESPONSES
from local.ports import HOST
from tests.e2e.conftest import Client

NOT_FOUND = ERROR_RESPONSES["MISSING_AUTHENTICATION_TOKEN"]


def send(client: Client, method: str, path: str, headers: dict[str, str]) -> tuple[int, Any, Any]:
    """Status, headers and JSON body of a request that may fail."""
    with closing(http.client.HTTPConnection(HOST, client.library.ports.api, timeout=30)) as connection:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, json.loads(response.read())


@pytest.mark.parametrize("path", ["/", "/unknown", "/unknown/path/with/five/parts", "/photos/x/y/z?t=1"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_unknown_path_gets_same_error_as_from_api_gateway(client: Client, path: str, signed_in: bool) -> None:
    status, headers, body = send(client, "GET", path, _headers(client, signed_in))
    assert (status, NOT_FOUND.status) == (404, 404)
    assert body == {"error": NOT_FOUND.message, "code": NOT_FOUND.code}
    assert headers["Content-Type"] == "application/json"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/photos"), ("POST", "/health"), ("PATCH", "/random")])
@pytest.mark.parametrize("signed_in", [False, True])
def test_unsupported_method_is_405(client: Client, method: str, path: str, signed_in: bool) -> None:
    status, headers, body = send(client, method, path, _headers(client, signed_in))
    assert (status, body) == (405, {"error": f"Unsupported method: {method}.", "code": "method_not_allowed"})
    assert method not in headers["Allow"].split(", ")
    assert headers["Access-Control-Allow-Origin"] == "*"


def _headers(client: Client, signed_in: bool) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"} if signed_in else {}
