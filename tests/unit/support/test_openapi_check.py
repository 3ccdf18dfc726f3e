"""The OpenAPI check of the app tests: anything undocumented fails it."""

import json
from typing import Any

import pytest

from tests.support.openapi_check import Exchange, OpenApiSpec

HEADERS = {"content-type": "application/json", "x-of": "1"}


def json_content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def spec() -> OpenApiSpec:
    thing = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    query = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}
    either = {"anyOf": [{"required": ["name"], "properties": {"name": {"minLength": 1}}}]}
    headers = {"X-Of": {"required": True, "schema": {"type": "integer"}}}
    get = {
        "parameters": [query],
        "responses": {"200": json_content({"$ref": "#/components/schemas/Thing"}) | {"headers": headers}},
    }
    post = {"requestBody": json_content(thing | either), "responses": {"204": {"description": "Done."}}}
    return OpenApiSpec({"paths": {"/it": {"get": get, "post": post}}, "components": {"schemas": {"Thing": thing}}})


def exchange(method: str = "GET", **changes: Any) -> Exchange:
    fields: dict[str, Any] = {
        "url": "/it",
        "request_body": b"",
        "status": 200,
        "headers": HEADERS,
        "body": b'{"name":"x"}',
    }
    return Exchange(method, **(fields | changes))


def test_documented_exchanges_pass() -> None:
    spec().check(exchange())
    spec().check(exchange(url="/it?limit=9"))
    spec().check(exchange("POST", request_body=b'{"name":"x"}', status=204, body=b""))
    spec().check(exchange("PUT", status=405))
    spec().check(exchange(url="/elsewhere", status=403))


@pytest.mark.parametrize(
    "undocumented",
    [
        exchange(status=404),
        exchange("PUT"),
        exchange(body=b"{}"),
        exchange(body=b'{"name":1}'),
        exchange(body=json.dumps({"name": "x", "more": 1}).encode()),
        exchange(headers={"content-type": "text/html", "x-of": "1"}),
        exchange(headers={"content-type": "application/json"}),
        exchange(headers=HEADERS | {"x-of": "1.5"}),
        exchange(url="/it?more=1"),
        exchange(url="/it?limit=10"),
        exchange(request_body=b"{}"),
        exchange("POST", request_body=b"{}", status=204, body=b""),
        exchange("POST", request_body=b'{"name":""}', status=204, body=b""),
        exchange("POST", request_body=b'{"name":"x"}', status=204, body=b"x"),
    ],
    ids=lambda e: f"{e.method} {e.url} {e.status} {e.body!r} {e.request_body!r}",
)
def test_undocumented_exchanges_raise_assertion_error(undocumented: Exchange) -> None:
    with pytest.raises(AssertionError):
        spec().check(undocumented)
