"""Sends the same random requests to MiniStack's tables in memory and to the stored ones; fails at the first difference.

`python -m tests.local.ministack.dynamodb.random_requests SEED NUMBER DIRECTORY` in MiniStack's environment.
"""

import asyncio
import decimal
import importlib.util
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

from ministack.services import dynamodb

from local.ministack.dynamodb.patches import patch_tables
from local.ministack.dynamodb.store import open_store

type Json = dict[str, Any]

SHORT, LONG = 10, 150_000  # characters: seven long values fill a page
SCHEMAS: dict[str, Json] = {
    "numbered": {
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
            {"AttributeName": "color", "AttributeType": "S"},
            {"AttributeName": "rank", "AttributeType": "N"},
            {"AttributeName": "due", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_rank",
                "KeySchema": [
                    {"AttributeName": "color", "KeyType": "HASH"},
                    {"AttributeName": "rank", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "due",
                "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by_color",
                "KeySchema": [
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "color", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["count"]},
            }
        ],
    },
    "plain": {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
    "binary": {
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "B"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    },
}
IDS = ["a", "b", "é", "\U0001f600", "\uffff", "a\x00", "a\x00b"]
COLORS = ["red", "re", "green", "", "\u00fc", "gr\x00een"]
NUMBERS = ["0", "1", "-1", "2", "10", "-10", "0.5", "-0.5", "1.25", "1000000", "9" * 38, "-" + "9" * 38]
BYTES = ["AA==", "AAE=", "/w==", "/wA=", "AP8=", "gA=="]
INDEXES = {"by_rank": ("color", "rank"), "due": ("due", None), "by_color": ("id", "color"), None: ("id", "at")}


class Comparison:
    """Both kinds of tables, and the random requests to them."""

    def __init__(self, seed: int, directory: Path) -> None:
        self.random = Random(seed)
        self.directory = directory
        self.in_memory = _second_copy_of_dynamodb()
        self.database = open_store(directory / "tables", directory / "damaged")
        patch_tables(self.database)
        for name, schema in SCHEMAS.items():
            self.send("CreateTable", {"TableName": name, "BillingMode": "PAY_PER_REQUEST", **schema}, compared=False)

    def send(self, action: str, request: Json, *, compared: bool = True) -> Json:
        """Send a request to both; returns the response if they agree on it."""
        responses = [
            asyncio.run(
                module.handle_request(
                    "POST", "/", {"x-amz-target": f"DynamoDB_20120810.{action}"}, json.dumps(request).encode(), {}
                )
            )
            for module in (self.in_memory, dynamodb)
        ]
        (expected_status, _, expected), (status, _, found) = responses
        if compared and (expected_status, json.loads(expected)) != (status, json.loads(found)):
            raise SystemExit(
                f"{action} {json.dumps(request)[:2000]}\nin memory: {expected_status} {_short(expected)}\n"
                f"stored:    {status} {_short(found)}"
            )
        response: Json = json.loads(found)
        return response

    def run(self, number: int) -> None:
        """Send random requests."""
        actions = [self.put, self.update, self.delete, self.get, self.batch, self.transact, self.query, self.scan]
        weights = [8, 6, 2, 3, 2, 5, 10, 2]
        for _ in range(number):
            self.random.choices(actions, weights)[0]()

    def key(self, table: str) -> Json:
        key: Json = {"id": {"S": self.random.choice(IDS)}}
        if table == "numbered":
            key["at"] = {"N": self.random.choice(NUMBERS)}
        elif table == "binary":
            key["at"] = {"B": self.random.choice(BYTES)}
        return key

    def table(self) -> str:
        return self.random.choice(["numbered", "numbered", "numbered", "plain", "binary"])

    def item(self, table: str) -> Json:
        item = self.key(table)
        optional: Json = {
            "color": {"S": self.random.choice(COLORS)},
            "rank": {"N": self.random.choice(NUMBERS)},
            "due": {"S": self.random.choice(["yes", "no"])},
            "count": {"N": self.random.choice(NUMBERS)},
            "tags": {"SS": self.random.sample(IDS, 2)},
            "map": {"M": {"list": {"L": [{"BOOL": True}, {"NULL": True}, {"B": "AAE="}]}}},
            "text": {"S": "é" * self.random.choice([SHORT, SHORT, LONG // 2, LONG])},
        }
        return item | {name: value for name, value in optional.items() if self.random.random() < 0.5}

    def condition(self) -> Json:
        return self.random.choice(
            [
                {},
                {},
                {"ConditionExpression": "attribute_not_exists(id)"},
                {"ConditionExpression": "attribute_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
                {
                    "ConditionExpression": "#r > :r OR contains(tags, :t)",
                    "ExpressionAttributeNames": {"#r": "rank"},
                    "ExpressionAttributeValues": {":r": {"N": "0.75"}, ":t": {"S": "b"}},
                },
            ]
        )

    def change(self) -> Json:
        names, values = {"#c": "count"}, {":n": {"N": self.random.choice(NUMBERS)}}
        return self.random.choice(
            [
                {
                    "UpdateExpression": "ADD #c :n",
                    "ExpressionAttributeNames": names,
                    "ExpressionAttributeValues": values,
                },
                {
                    "UpdateExpression": "SET #r = :n, color = if_not_exists(color, :s) REMOVE due",
                    "ExpressionAttributeNames": {"#r": "rank"},
                    "ExpressionAttributeValues": values | {":s": {"S": "red"}},
                },
                {"UpdateExpression": "REMOVE color, #r", "ExpressionAttributeNames": {"#r": "rank"}},
                {
                    "UpdateExpression": "ADD tags :t SET due = :d",
                    "ExpressionAttributeValues": {":t": {"SS": ["new"]}, ":d": {"S": "yes"}},
                },
                {
                    "UpdateExpression": "SET #c = #c + :n",
                    "ExpressionAttributeNames": names,
                    "ExpressionAttributeValues": values,
                },
            ]
        )

    def put(self) -> None:
        table = self.table()
        request = {
            "TableName": table,
            "Item": self.item(table),
            "ReturnValues": self.random.choice(["NONE", "ALL_OLD"]),
        }
        self.send("PutItem", request | self.condition())

    def update(self) -> None:
        table = self.table()
        returned = self.random.choice(["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
        self.send("UpdateItem", {"TableName": table, "Key": self.key(table), "ReturnValues": returned, **self.change()})

    def delete(self) -> None:
        table = self.table()
        request = {"TableName": table, "Key": self.key(table), "ReturnValues": "ALL_OLD"}
        self.send("DeleteItem", request | self.condition())

    def get(self) -> None:
        table = self.table()
        self.send("GetItem", {"TableName": table, "Key": self.key(table), "ConsistentRead": True})
        keys = [self.key(table) for _ in range(4)]
        self.send("BatchGetItem", {"RequestItems": {table: {"Keys": keys, "ProjectionExpression": "id, tags"}}})
        self.send("TransactGetItems", {"TransactItems": [{"Get": {"TableName": table, "Key": key}} for key in keys]})

    def batch(self) -> None:
        table = self.table()
        requests = [
            {"DeleteRequest": {"Key": self.key(table)}}
            if self.random.random() < 0.3
            else {"PutRequest": {"Item": self.item(table)}}
            for _ in range(3)
        ]
        self.send("BatchWriteItem", {"RequestItems": {table: requests}})

    def transact(self) -> None:
        writes = []
        for _ in range(self.random.randint(1, 5)):
            table = self.table()
            target = {"TableName": table, "Key": self.key(table)}
            writes.append(
                self.random.choice(
                    [
                        {"Put": {"TableName": table, "Item": self.item(table), **self.condition()}},
                        {"Update": target | self.change()},
                        {"Delete": target | self.condition()},
                        {"ConditionCheck": target | {"ConditionExpression": "attribute_not_exists(due)"}},
                    ]
                )
            )
        request: Json = {"TransactItems": writes}
        if self.random.random() < 0.5:
            request["ClientRequestToken"] = f"token-{self.random.randint(0, 5000)}"
        self.send("TransactWriteItems", request)
        if self.random.random() < 0.2:
            self.send("TransactWriteItems", request)

    def query(self) -> None:
        table = self.table()
        index = self.random.choice(list(INDEXES)) if table == "numbered" else None
        hash_name, sort_name = INDEXES[index]
        values: Json = {
            ":h": {"S": self.random.choice({"id": IDS, "color": COLORS[:3], "due": ["yes", "no"]}[hash_name])}
        }
        expression, names = "#h = :h", {"#h": hash_name}
        if sort_name and table != "plain" and self.random.random() < 0.7:
            names["#s"] = sort_name
            expression += f" AND {self.sort_condition(table, sort_name, values)}"
        request: Json = {
            "TableName": table,
            "KeyConditionExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": self.random.random() < 0.5,
        }
        if index:
            request["IndexName"] = index
        if self.random.random() < 0.5:
            request["Limit"] = self.random.randint(1, 4)
        if self.random.random() < 0.2:
            # In memory, a filter sees what an index of keys does not have; contract tests cover that.
            request["FilterExpression"] = f"attribute_exists({'id' if index == 'due' else 'tags'})"
        if self.random.random() < 0.1:
            request["Select"] = "COUNT"
        self.pages("Query", request)

    def sort_condition(self, table: str, sort_name: str, values: Json) -> str:
        if sort_name == "color":
            options: list[Json] = [{"S": color} for color in COLORS if color]
        elif table == "binary":
            options = [{"B": text} for text in BYTES]
        else:
            options = [{"N": number} for number in NUMBERS]
        values[":s"], values[":t"] = self.random.choices(options, k=2)
        forms = ["#s = :s", "#s < :s", "#s <= :s", "#s > :s", ":s <= #s", "#s BETWEEN :s AND :t"]
        if "N" not in options[0]:
            forms.append("begins_with(#s, :s)")
        form = self.random.choice(forms)
        if ":t" not in form:
            del values[":t"]
        return form

    def scan(self) -> None:
        table = self.random.choice(["plain", "numbered"])
        request: Json = {"TableName": table}
        if self.random.random() < 0.5:
            request["Limit"] = self.random.randint(1, 5)
        if table == "plain":
            self.pages("Scan", request)
            return
        # In memory, number keys are scanned in the order of their text: only the whole is the same.
        items = [self.scan_all(module, request) for module in (self.in_memory, dynamodb)]
        if items[0] != items[1]:
            raise SystemExit(f"Scan {request}: {len(items[0])} items in memory, {len(items[1])} stored")

    def scan_all(self, module: Any, request: Json) -> set[str]:
        found: set[str] = set()
        more: Json = {} if module is dynamodb else {"Limit": 1_000_000}
        while True:
            body = json.dumps(request | more).encode()
            headers = {"x-amz-target": "DynamoDB_20120810.Scan"}
            page = json.loads(asyncio.run(module.handle_request("POST", "/", headers, body, {}))[2])
            items = [json.dumps(item, sort_keys=True) for item in page["Items"]]
            if found.intersection(items):
                raise SystemExit(f"Scan {request}: items came twice")
            found.update(items)
            if "LastEvaluatedKey" not in page:
                return found
            more["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def pages(self, action: str, request: Json) -> None:
        while True:
            page = self.send(action, request)
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _second_copy_of_dynamodb() -> Any:
    """MiniStack's module once more, not patched."""
    specification = importlib.util.spec_from_file_location("dynamodb_in_memory", dynamodb.__file__)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def _short(body: bytes) -> str:
    return body.decode()[:2000]


def main() -> None:
    """Compare what the arguments name."""
    decimal.DefaultContext.prec = decimal.getcontext().prec = 38
    seed, number, directory = sys.argv[1:]
    comparison = Comparison(int(seed), Path(directory))
    comparison.run(int(number))
    comparison.database.close()


if __name__ == "__main__":
    main()
