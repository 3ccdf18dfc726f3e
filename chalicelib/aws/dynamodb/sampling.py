"""Random sampling in DynamoDB: ranges of the index `sampling`, and a photo together with its totals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, to_wire, trend_from_item
from chalicelib.aws.dynamodb.requests import TRANSIENT_REASONS, backoff_seconds, pages
from chalicelib.aws.dynamodb.transaction import Tables, collection_id
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Unavailable
from chalicelib.library.photo import Photo
from chalicelib.library.sampling import WeightedRow
from chalicelib.library.totals import Trend

MAX_TRIES = 6


@dataclass(frozen=True, slots=True)
class DynamoSamplingIndex:
    """`sampling.SamplingIndex` over DynamoDB. `jitter` returns a number in [0, 1); `sleep` takes seconds."""

    client: Any
    tables: Tables
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """The totals of a collection; consistent read."""
        return DynamoCollectionReader(self.client, self.tables).get_trend(scope, tag)

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        """Rows whose sampling key is between these two, inclusive; the index is eventually consistent."""
        for page in pages(
            self.client.query,
            TableName=self.tables.memberships,
            IndexName="sampling",
            KeyConditionExpression="#collection = :collection AND sampling_key BETWEEN :first AND :last",
            ProjectionExpression="photo_id, weight",
            ExpressionAttributeNames={"#collection": "collection"},
            ExpressionAttributeValues=to_wire(
                {":collection": collection_id(scope, tag), ":first": first, ":last": last}
            ),
        ):
            for wire in page["Items"]:
                yield WeightedRow(photo_id=wire["photo_id"]["S"], weight=int(wire["weight"]["N"]))

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        """Both in one TransactGetItems, which fails while either is being written and is then retried."""
        for attempt in range(MAX_TRIES):
            self._pause(attempt)
            try:
                with translate_transient_errors():
                    response = self.client.transact_get_items(
                        TransactItems=[
                            _get(self.tables.photos, {"photo_id": photo_id}),
                            _get(self.tables.trends, {"scope": scope, "tag": tag}),
                        ]
                    )
            except ClientError as error:
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
                if error_code(error) != "TransactionCanceledException" or not reasons & TRANSIENT_REASONS:
                    raise
            else:
                photo, trend = (from_wire(found.get("Item", {})) for found in response["Responses"])
                return photo_from_item(photo) if photo else None, trend_from_item(trend) if trend else None
        raise Unavailable("This collection is changing too fast to select a random photo.")

    def _pause(self, attempt: int) -> None:
        if attempt:
            self.sleep(backoff_seconds(attempt, self.jitter()))


def _get(table: str, key: dict[str, str]) -> dict[str, Any]:
    return {"Get": {"TableName": table, "Key": to_wire(key)}}
