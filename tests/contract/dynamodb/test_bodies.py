"""Bodies that DynamoDB can't read get 400, and nothing is stored."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.contract.dynamodb.conftest import Table

type Send = Callable[[str, bytes], tuple[int, dict[str, Any]]]


@pytest.fixture
def send(cloud_table: Table) -> Send:
    """Send a signed body to an operation; status and JSON of the response."""
    signer = cloud_table.client._request_signer
    endpoint = cloud_table.client.meta.endpoint_url

    def sent(operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest("POST", f"{endpoint}/", data=body, headers=headers)
        SigV4Auth(signer._credentials, "dynamodb", signer.region_name).add_auth(request)
        prepared = Request(f"{endpoint}/", data=body, headers=dict(request.headers), method="POST")
        try:
            with urlopen(prepared, timeout=20) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, json.load(error)

    return sent


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"1",
        b'"a"',
        b"null",
        b"{",
        b"",
        b"\xff",
        b"[" * 50_000,
        b'{"TableName":5,"Key":{}}',
        b'{"TableName":"tables","Key":[]}',
        b'{"TableName":"tables","Key":"a"}',
    ],
    ids=lambda body: body[:12].decode(errors="replace"),
)
def test_body_that_is_no_request_is_refused(send: Send, body: bytes) -> None:
    for operation in ("GetItem", "PutItem", "Query"):
        status, error = send(operation, body)
        assert (status, error["__type"].rpartition("#")[2]) == (400, "SerializationException")


@pytest.mark.parametrize(
    "value",
    [
        '{"B": "!!"}',
        '{"BS": ["YQ==", "a"]}',
        '{"S": "\\ud800"}',
        '{"M": {"\\udfff": {"S": "a"}}}',
        '{"S": 1}',
        '{"N": 1}',
        '{"S": ["a"]}',
        '{"SS": [1]}',
        '{"SS": "a"}',
        '{"M": [1]}',
        '{"L": "a"}',
        '{"L":' * 300 + "[" + "]" + "}" * 300,
        '{"L":[' * 3000 + "]}" * 3000,
    ],
    ids=lambda value: value[:12],
)
def test_value_that_is_no_attribute_value_is_refused(send: Send, cloud_table: Table, value: str) -> None:
    item = f'{{"id": {{"S": "a"}}, "at": {{"N": "1"}}, "x": {value}}}'
    status, error = send("PutItem", f'{{"TableName": "{cloud_table.name}", "Item": {item}}}'.encode())
    assert (status, error["__type"].rpartition("#")[2]) == (400, "SerializationException")
    assert cloud_table.get("a", "1") is None


@pytest.mark.parametrize("value", ["null", '"a"', "[]", "{}", '{"Q": "a"}', '{"S": "a", "N": "1"}', '{"BOOL": "true"}'])
def test_value_without_one_type_is_refused(send: Send, cloud_table: Table, value: str) -> None:
    item = f'{{"id": {{"S": "a"}}, "at": {{"N": "1"}}, "x": {value}}}'
    assert send("PutItem", f'{{"TableName": "{cloud_table.name}", "Item": {item}}}'.encode())[0] == 400
    assert cloud_table.get("a", "1") is None


@pytest.mark.parametrize("operation", ["GetItem", "PutItem", "Query", "Scan", "UpdateItem", "TransactWriteItems"])
def test_null_members_count_as_absent(send: Send, operation: str) -> None:
    body = b'{"TableName": null, "Key": null, "Item": null, "TransactItems": null}'
    assert send(operation, body)[0] == 400


def test_attributes_named_like_types_are_stored(cloud_table: Table) -> None:
    value = {"M": {"S": {"M": {"B": {"S": "!!"}}}}}
    more: dict[str, Any] = {"B": {"S": "!!"}, "L": {"N": "1"}, "x": value, "y": {"B": b"\x00\xff"}, "z": {"S": "😀"}}
    cloud_table.put("a", "1", **more)
    assert cloud_table.get("a", "1") == {"id": {"S": "a"}, "at": {"N": "1"}, **more}
