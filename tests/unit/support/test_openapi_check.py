"""The judge of every app test, judged: what the document does not tell must not pass it."""

import json
from typing import Any

import pytest

from tests.support.openapi_check import Exchange, Told

HEADERS = {"content-type": "application/json", "x-of": "1"}


def json_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def told() -> Told:
    thing = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    query = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}
    either = {"anyOf": [{"required": ["name"], "properties": {"name": {"minLength": 1}}}]}
    of = {"X-Of": {"required": True, "schema": {"type": "integer"}}}
    get = {
        "parameters": [query],
        "responses": {"200": json_of({"$ref": "#/components/schemas/Thing"}) | {"headers": of}},
    }
    post = {"requestBody": json_of(thing | either), "responses": {"204": {"description": "Done."}}}
    return Told({"paths": {"/it": {"get": get, "post": post}}, "components": {"schemas": {"Thing": thing}}})


def answered(method: str = "GET", **different: Any) -> Exchange:
    usual: dict[str, Any] = {"url": "/it", "sent": b"", "status": 200, "headers": HEADERS, "body": b'{"name":"x"}'}
    return Exchange(method, **(usual | different))


def test_what_is_told_passes() -> None:
    told().check(answered())
    told().check(answered(url="/it?limit=9"))
    told().check(answered("POST", sent=b'{"name":"x"}', status=204, body=b""))
    told().check(answered("PUT", status=405))
    told().check(answered(url="/elsewhere", status=403))


@pytest.mark.parametrize(
    "exchange",
    [
        answered(status=404),
        answered("PUT"),
        answered(body=b"{}"),
        answered(body=b'{"name":1}'),
        answered(body=json.dumps({"name": "x", "more": 1}).encode()),
        answered(headers={"content-type": "text/html", "x-of": "1"}),
        answered(headers={"content-type": "application/json"}),
        answered(headers=HEADERS | {"x-of": "1.5"}),
        answered(url="/it?more=1"),
        answered(url="/it?limit=10"),
        answered(sent=b"{}"),
        answered("POST", sent=b"{}", status=204, body=b""),
        answered("POST", sent=b'{"name":""}', status=204, body=b""),
        answered("POST", sent=b'{"name":"x"}', status=204, body=b"x"),
    ],
    ids=lambda exchange: f"{exchange.method} {exchange.url} {exchange.status} {exchange.body!r} {exchange.sent!r}",
)
def test_what_is_not_told_does_not(exchange: Exchange) -> None:
    with pytest.raises(AssertionError):
        told().check(exchange)
