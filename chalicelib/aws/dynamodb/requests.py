"""Parts of DynamoDB requests that several stores need: update expressions, paging, error codes and backoff."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import Item, Wire, from_wire, to_wire
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.errors import Unavailable

# The error code of a single write whose condition failed.
CONDITION_FAILED = "ConditionalCheckFailedException"
# Reasons why a transaction was canceled: a condition failed; or another transaction used one of the items, or its
# partition was busy, so the same transaction may succeed next.
CONDITION_REASON = "ConditionalCheckFailed"
TRANSIENT_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
MAX_TRIES = 12
MAX_BATCH_KEYS = 100
FIRST_PAUSE_SECONDS = 0.02
MAX_PAUSE_SECONDS = 1.0


def update_expression(
    sets: Mapping[str, Any],
    *,
    adds: Mapping[str, Any] | None = None,
    removes: Iterable[str] = (),
    condition_values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The parameters of an update that adds, sets and removes these attributes; at least one must be set.

    Every name is available to a condition as `#name`; `condition_values` are the values of its placeholders.
    """
    adds, removes = adds or {}, tuple(removes)
    clauses = [
        "ADD " + ", ".join(f"#{name} :{name}" for name in adds) if adds else "",
        "SET " + ", ".join(f"#{name} = :{name}" for name in sets),
        "REMOVE " + ", ".join(f"#{name}" for name in removes) if removes else "",
    ]
    values = {f":{name}": value for name, value in (*adds.items(), *sets.items())}
    return {
        "UpdateExpression": " ".join(filter(None, clauses)),
        "ExpressionAttributeNames": {f"#{name}": name for name in (*adds, *sets, *removes)},
        "ExpressionAttributeValues": to_wire(values | dict(condition_values or {})),
    }


def pages(operation: Callable[..., Any], **parameters: Any) -> Iterator[Any]:
    """The responses of a query or scan, page by page; raises Unavailable."""
    while True:
        with translate_transient_errors():
            response = operation(**parameters)
        yield response
        if "LastEvaluatedKey" not in response:
            return
        parameters |= {"ExclusiveStartKey": response["LastEvaluatedKey"]}


def trend_rows(client: Any, table: str, scope: str, prefix: str, **parameters: Any) -> Iterator[Wire]:
    """The rows of the trends table in this scope whose tag begins with the prefix; raises Unavailable."""
    found = pages(
        client.query,
        TableName=table,
        KeyConditionExpression="#scope = :scope AND begins_with(#tag, :prefix)",
        ExpressionAttributeNames={"#scope": "scope", "#tag": "tag"},
        ExpressionAttributeValues=to_wire({":scope": scope, ":prefix": prefix}),
        **parameters,
    )
    return (wire for page in found for wire in page["Items"])


def get_items(client: Any, table: str, keys: Iterable[Item], pause: Callable[[int], None]) -> Iterator[Item]:
    """The existing items with these keys, in any order: consistent reads of 100 keys each.

    `pause` waits before another attempt at keys that DynamoDB left unprocessed. Raises Unavailable.
    """
    for batch in batched(keys, MAX_BATCH_KEYS):
        request = {"Keys": [to_wire(key) for key in batch], "ConsistentRead": True}
        for attempt in range(1, MAX_TRIES + 1):
            with translate_transient_errors():
                response = client.batch_get_item(RequestItems={table: request})
            yield from map(from_wire, response["Responses"].get(table, []))
            request = response.get("UnprocessedKeys", {}).get(table, {})
            if not request:
                break
            pause(attempt)
        else:
            raise Unavailable("Not everything could be read. Try again.")


def transact(client: Any, writes: Iterable[Mapping[str, Any]], pause: Callable[[int], None]) -> frozenset[int]:
    """Make all these writes in one transaction; returns the indexes of those whose condition failed, if any did.

    Nothing is written then. `pause` waits before another attempt after a conflict with another transaction. Raises
    Unavailable.
    """
    items = list(writes)
    for attempt in range(1, MAX_TRIES + 1):
        try:
            with translate_transient_errors():
                client.transact_write_items(TransactItems=items)
        except ClientError as error:
            reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            if failed := frozenset(index for index, code in enumerate(reasons) if code == CONDITION_REASON):
                return failed
            if TRANSIENT_REASONS.isdisjoint(reasons):
                raise
            pause(attempt)
        else:
            return frozenset()
    raise Unavailable("Several requests changed the same thing at the same time. Try again.")


def backoff_seconds(attempt: int, jitter: float) -> float:
    """How long to wait before this attempt: exponential backoff with full jitter, a number in [0, 1) (Brooker 2015)."""
    return jitter * min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt)
