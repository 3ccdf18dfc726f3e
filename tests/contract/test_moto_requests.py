"""Responses of moto to requests that go to its DynamoDB at once are those to requests through HTTP."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib.aws.clients import Clients
from tests.contract.tables import create_tables
from tests.support import moto_requests

KEY = {"photo_id": {"S": "p1"}}
TABLE = "contract-photos"


def request(operation: str, body: dict[str, Any]) -> AWSPreparedRequest:
    headers = HTTPHeaders()
    headers["X-Amz-Target"] = f"DynamoDB_20120810.{operation}"
    headers["Content-Type"] = "application/x-amz-json-1.0"
    url = "https://dynamodb.us-east-1.amazonaws.com/"
    return AWSPreparedRequest("POST", url, headers, json.dumps({"TableName": TABLE, **body}).encode(), False)


@pytest.mark.parametrize(
    ("operation", "body", "status"),
    [
        ("GetItem", {"Key": KEY}, 200),
        ("GetItem", {"Key": {"another": {"S": "p1"}}}, 400),
        ("GetItem", {"Key": KEY, "TableName": "another"}, 400),
        ("PutItem", {"Item": KEY | {"image": {"B": "AQI="}}, "ReturnValues": "ALL_OLD"}, 200),
        ("PutItem", {"Item": KEY, "ConditionExpression": "attribute_not_exists(photo_id)"}, 400),
        ("DescribeTable", {}, 200),
    ],
)
def test_response_is_that_through_http(
    moto_clients: Clients, operation: str, body: dict[str, Any], status: int
) -> None:
    with mock_aws():
        client = moto_clients.get("dynamodb")
        create_tables(client, "contract")
        client.put_item(TableName=TABLE, Item={**KEY, "image": {"B": b"\x00\xff"}, "tags": {"L": [{"N": "1.5"}]}})
        at_once = BotocoreStubber().process_request(request(operation, body))
        client.put_item(TableName=TABLE, Item={**KEY, "image": {"B": b"\x00\xff"}, "tags": {"L": [{"N": "1.5"}]}})
        through_http = moto_requests.through_http(BotocoreStubber(), request(operation, body))
    assert (at_once[0], at_once[2]) == (through_http[0], through_http[2])
    assert at_once[0] == status
    assert set(at_once[1]) == set(through_http[1])
