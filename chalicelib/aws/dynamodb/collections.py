"""Reads collections and their totals from DynamoDB, with one query per page."""

import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chalicelib.aws.dynamodb.items import from_wire, to_wire, trend_from_item
from chalicelib.aws.dynamodb.requests import backoff_seconds, get_items, pages, trend_rows
from chalicelib.aws.dynamodb.transaction import Tables, membership_key
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.library.collections import ALL_PHOTOS, TimeRange, photo_id_at, word_tag
from chalicelib.library.memberships import Collection
from chalicelib.library.sorted_rows import Row, WordRow
from chalicelib.library.totals import Trend, TrendCursor, TrendOrder

MAX_RANKED_TAGS = 500  # of one prefix
LAST_CHARACTER = "\U0010ffff"
AFTER_SEPARATOR = chr(ord("#") + 1)  # before all characters of words


@dataclass(frozen=True, slots=True)
class DynamoCollectionReader:
    """`queries.CollectionReader` over DynamoDB."""

    client: Any
    tables: Tables

    def list_rows(
        self,
        scope: str,
        tag: str,
        *,
        after: str | None,
        limit: int,
        time_range: TimeRange | None = None,
        oldest_first: bool = False,
    ) -> list[Row]:
        """Rows after this position, newest or oldest first, within the time range if given; consistent read."""
        first, last = (time_range or TimeRange()).positions
        if first > last:  # DynamoDB would refuse the condition
            return []
        collection, first_key = membership_key(scope, tag, first)
        _, last_key = membership_key(scope, tag, last)
        start_key = membership_key(scope, tag, after)[1] if after else None
        keys = self._list_keys(collection, first_key, last_key, start_key, limit, oldest_first=oldest_first)
        return [_row(key) for key in keys]

    def list_word_rows(self, scope: str, prefix: str, *, after_word: str | None, limit: int) -> list[WordRow]:
        """Rows of all words that begin with the prefix, word by word, after a word; consistent read."""
        collection, _ = membership_key(scope, word_tag(prefix), "")
        first = prefix if after_word is None else after_word + AFTER_SEPARATOR
        keys = self._list_keys(collection, first, prefix + LAST_CHARACTER, None, limit, oldest_first=True)
        return [WordRow(key.removesuffix(f"#{position}"), position) for key in keys if (position := _position(key))]

    def _list_keys(
        self, collection: str, first: str, last: str, start_key: str | None, limit: int, *, oldest_first: bool
    ) -> list[str]:
        """The sort keys of a partition between two, after one; fewer than `limit` only if there are no more."""
        start = {"ExclusiveStartKey": to_wire({"collection": collection, "position": start_key})} if start_key else {}
        found = pages(
            self.client.query,
            TableName=self.tables.memberships,
            KeyConditionExpression="#collection = :collection AND #position BETWEEN :first AND :last",
            ProjectionExpression="#position",
            ExpressionAttributeNames={"#collection": "collection", "#position": "position"},
            ExpressionAttributeValues=to_wire({":collection": collection, ":first": first, ":last": last}),
            ScanIndexForward=oldest_first,
            ConsistentRead=True,
            Limit=limit,
            **start,
        )
        return list(islice((item["position"]["S"] for page in found for item in page["Items"]), limit))

    def list_trends(self, scope: str, order: TrendOrder, *, after: TrendCursor | None, limit: int) -> list[Trend]:
        """Tags in use, highest first; the key condition excludes tags without photos."""
        start = {"scope": scope, "tag": after.tag, "ranking": scope, str(order): after.value} if after else None
        with translate_transient_errors():
            response = self.client.query(
                TableName=self.tables.trends,
                IndexName=f"by_{order}",
                KeyConditionExpression="ranking = :scope AND #value > :none",
                ExpressionAttributeNames={"#value": str(order)},
                ExpressionAttributeValues=to_wire({":scope": scope, ":none": 0}),
                ScanIndexForward=False,
                Limit=limit,
                **({"ExclusiveStartKey": to_wire(start)} if start else {}),
            )
        return [trend_from_item(from_wire(wire)) for wire in response["Items"]]

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """The totals of a collection; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(
                TableName=self.tables.trends, Key=to_wire({"scope": scope, "tag": tag}), ConsistentRead=True
            )
        return trend_from_item(from_wire(response["Item"])) if "Item" in response else None

    def get_trends(self, collections: Iterable[Collection]) -> dict[Collection, Trend]:
        """The totals of those of these collections that have any; consistent reads of 100 each."""
        keys = ({"scope": scope, "tag": tag} for scope, tag in collections)
        trends = map(trend_from_item, get_items(self.client, self.tables.trends, keys, _pause))
        return {(trend.scope, trend.tag): trend for trend in trends}

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that start with the prefix, most used first, then by name.

        If more than MAX_RANKED_TAGS start with it, only the first ones by name are ranked.
        """
        trends = (
            self._list_prefix(scope, prefix)
            if prefix
            else self.list_trends(scope, TrendOrder.COUNT, after=None, limit=limit)
        )
        return sorted(trends, key=lambda trend: (-trend.totals.count, trend.tag))[:limit]

    def _list_prefix(self, scope: str, prefix: str) -> Iterator[Trend]:
        """The first MAX_RANKED_TAGS tags that start with the prefix, without those that have no photos."""
        wires = trend_rows(self.client, self.tables.trends, scope, prefix, Limit=MAX_RANKED_TAGS)
        trends = (trend_from_item(from_wire(wire)) for wire in islice(wires, MAX_RANKED_TAGS))
        return (trend for trend in trends if trend.totals.count > 0 and trend.tag != ALL_PHOTOS)


def _pause(attempt: int) -> None:
    time.sleep(backoff_seconds(attempt, random.random()))  # noqa: S311 - jitter


def _row(key: str) -> Row:
    """The row of a sort key, which may begin with a word."""
    position = _position(key)
    return Row(position, photo_id_at(position))


def _position(key: str) -> str:
    return "#".join(key.split("#")[-2:])
