"""The running services: what they answered survives a kill, and expired items go."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from local import services
from local.data_dir import open_data_dir
from local.ports import free_ports
from local.processes import Supervisor
from local.provision import ProvisionedStack, provision

pytestmark = pytest.mark.cloud
ROUNDS, MAX_WRITES = 4, 60
TIMEOUT_SECONDS = 20


@contextmanager
def killed_services(data: Path) -> Iterator[tuple[Any, Supervisor]]:
    """A DynamoDB client of services that are killed at the end of the block."""
    data_dir, (port,) = open_data_dir(data), free_ports()
    supervisor = Supervisor(data_dir.logs)
    try:
        yield services.start_services(data_dir, port, supervisor).client("dynamodb"), supervisor
    finally:
        kill(supervisor)
        supervisor.stop()


def kill(supervisor: Supervisor) -> None:
    (child,) = supervisor.children
    assert child.process is not None
    child.process.kill()
    child.process.wait()


def write_pairs(dynamodb: Any, tables: list[str], first: int, enough: int, supervisor: Supervisor) -> list[int]:
    """Write one item to each table in one transaction, again and again, also while the services are killed."""
    acknowledged: list[int] = []
    for number in itertools.count(first):
        if number == first + enough:
            threading.Thread(target=kill, args=[supervisor]).start()
        puts = [{"Put": {"TableName": table, "Item": {"photo_id": {"S": f"{number}-{table}"}}}} for table in tables]
        puts.append(
            {
                "Update": {
                    "TableName": tables[0],
                    "Key": {"photo_id": {"S": "counter"}},
                    "UpdateExpression": "ADD hits :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        )
        try:
            dynamodb.transact_write_items(TransactItems=puts)
        except BotoCoreError:
            break
        acknowledged.append(number)
    return acknowledged


def read_all(dynamodb: Any, table: str) -> dict[str, Any]:
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return {item["photo_id"]["S"]: item for page in pages for item in page["Items"]}


def test_answered_transactions_survive_kills_whole(tmp_path: Path) -> None:
    with services.run_services(tmp_path) as running:
        dynamodb = running.client("dynamodb")
        for table in ("one", "two"):
            dynamodb.create_table(
                TableName=table,
                AttributeDefinitions=[{"AttributeName": "photo_id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "photo_id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
    random, acknowledged = Random(1), list[int]()
    for round_number in range(ROUNDS):
        with killed_services(tmp_path) as (dynamodb, supervisor):
            writes = random.randint(1, MAX_WRITES)
            acknowledged += write_pairs(dynamodb, ["one", "two"], 100_000 * round_number, writes, supervisor)
    with services.run_services(tmp_path) as running:
        one, two = (read_all(running.client("dynamodb"), table) for table in ("one", "two"))
    counter = one.pop("counter")
    stored = {int(key.partition("-")[0]) for key in one}
    assert stored == {int(key.partition("-")[0]) for key in two}
    assert stored >= set(acknowledged)
    assert int(counter["hits"]["N"]) == len(stored)


def test_repeated_transaction_is_recognized_after_a_kill(tmp_path: Path) -> None:
    with services.run_services(tmp_path) as running:
        table = provision(running, page_port=8001).outputs["PhotosTable"]
    update = {
        "TableName": table,
        "Key": {"photo_id": {"S": "p"}},
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        with killed_services(tmp_path) as (dynamodb, _supervisor):
            dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")
            with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
                dynamodb.transact_write_items(
                    TransactItems=[{"Update": update | {"Key": {"photo_id": {"S": "q"}}}}], ClientRequestToken="once"
                )
    with services.run_services(tmp_path) as running:
        item = running.client("dynamodb").get_item(TableName=table, Key={"photo_id": {"S": "p"}})["Item"]
    assert item["hits"] == {"N": "1"}


def test_expired_items_are_deleted(cloud: ProvisionedStack) -> None:
    dynamodb, table = cloud.client("dynamodb"), cloud.outputs["BundlesTable"]
    description = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    keys = [{"bundle_id": {"S": "expiry"}, "part": {"S": part}} for part in ("expired", "valid")]
    for key, seconds in zip(keys, (-1, 3600), strict=True):
        dynamodb.put_item(TableName=table, Item={**key, "expires_at": {"N": str(int(time.time()) + seconds)}})
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while "Item" in dynamodb.get_item(TableName=table, Key=keys[0]):
        assert time.monotonic() < deadline
    assert "Item" in dynamodb.get_item(TableName=table, Key=keys[1])
