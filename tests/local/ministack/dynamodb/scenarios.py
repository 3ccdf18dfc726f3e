"""Scenarios inside the services' process: `python -m tests.local.ministack.dynamodb.scenarios NAME DIRECTORY`.

They run in MiniStack's environment, without a server. An assertion that fails ends the process with its traceback.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb

from local.database import Database
from local.ministack.dynamodb.patches import patch_tables
from local.ministack.dynamodb.store import open_store

ACCOUNT, REGION, NAME = "000000000000", "us-east-1", "photos"
TABLE: dict[str, Any] = {
    "TableName": NAME,
    "TableArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{NAME}",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [],
    "LocalSecondaryIndexes": [],
    "pk_name": "id",
    "sk_name": None,
    "items": {},
    "ItemCount": 0,
    "TableStatus": "ACTIVE",
}


def send(action: str, **request: Any) -> tuple[int, Any]:
    """The status and body of the answer to one request."""
    headers = {"x-amz-target": f"DynamoDB_20120810.{action}"}
    body = json.dumps({"TableName": NAME, **request}).encode()
    status, _, answer = asyncio.run(dynamodb.handle_request("POST", "/", headers, body, {}))
    return status, json.loads(answer)


def load(table: dict[str, Any]) -> None:
    """Load the table's definition, as at a start."""
    tables = AccountRegionScopedDict()
    tables.set_scoped(ACCOUNT, REGION, NAME, table)
    dynamodb.load_persisted_state({"tables": tables})


def item(item_id: str, text: str = "") -> dict[str, Any]:
    """An item in DynamoDB JSON."""
    return {"id": {"S": item_id}, "text": {"S": text}}


def full_disk(database: Database) -> None:
    """A write that does not fit is answered with 507 and changes nothing; there is room later."""
    load({**TABLE})
    send("PutItem", Item=item("a", "old"))
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages}")
    puts = [{"Put": {"TableName": NAME, "Item": each}} for each in (item("a", "new"), item("b", "x" * 100_000))]
    status, body = send("TransactWriteItems", TransactItems=puts)
    assert (status, body["__type"]) == (507, "InsufficientStorage"), (status, body)
    assert send("GetItem", Key={"id": {"S": "a"}})[1]["Item"] == item("a", "old")
    database.connection.execute("PRAGMA max_page_count = 1000000")
    assert send("TransactWriteItems", TransactItems=puts)[0] == 200
    assert send("GetItem", Key={"id": {"S": "a"}})[1]["Item"] == item("a", "new")


def snapshot(_: Database) -> None:
    """Items of an old snapshot are taken over once; later definitions come without items."""
    load({**TABLE, "items": {"a": {"__no_sort__": item("a")}}})
    send("PutItem", Item=item("b"))
    dynamodb._tables._data.clear()  # as by a restart
    load({**TABLE, "items": {"c": {"__no_sort__": item("c")}}})
    assert send("Scan")[1]["Count"] == 2
    assert dynamodb._tables.get_scoped(ACCOUNT, REGION, NAME)["ItemCount"] == 2
    assert dynamodb.get_state()["tables"].get_scoped(ACCOUNT, REGION, NAME)["items"] == {}


def expiry_thread(_: Database) -> None:
    """MiniStack's thread that deletes expired items ends: it would use the database from another thread."""
    dynamodb.time.sleep = lambda _: None
    try:
        dynamodb._ttl_reaper()
    except SystemExit:
        return
    raise AssertionError("the thread goes on")


def expired_tokens(database: Database) -> None:
    """Tokens of transactions are forgotten after ten minutes, and take no space until then for their items."""
    load({**TABLE})
    put = [{"Put": {"TableName": NAME, "Item": item("a", "x" * 10_000)}}]
    send("TransactWriteItems", TransactItems=put, ClientRequestToken="one")
    (size,) = database.connection.execute("SELECT length(response) + length(digest) FROM transaction_tokens").fetchone()
    assert size < 1000, size
    database.connection.execute("UPDATE transaction_tokens SET completed_at = ?", (time.time() - 601,))
    other = [{"Put": {"TableName": NAME, "Item": item("a", "other")}}]
    assert send("TransactWriteItems", TransactItems=other, ClientRequestToken="one")[0] == 200
    send("TransactWriteItems", TransactItems=other, ClientRequestToken="two")
    assert database.connection.execute("SELECT count(*) FROM transaction_tokens").fetchone() == (2,)


SCENARIOS = {each.__name__: each for each in (full_disk, snapshot, expiry_thread, expired_tokens)}


def main() -> None:
    """Run the scenario that the arguments name."""
    name, directory = sys.argv[1:]
    database = open_store(Path(directory) / "tables", Path(directory) / "damaged")
    patch_tables(database)
    SCENARIOS[name](database)
    database.close()


if __name__ == "__main__":
    main()
