"""The catalogue's records in DynamoDB: read consistently, written as one transaction a step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import DUE, format_timestamp, from_wire, photo_from_item, to_wire
from chalicelib.aws.dynamodb.transaction import PhotoWrite, Tables, Transaction, claim_id, is_claim
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Conflict, ContentClaimed, Unavailable
from chalicelib.library.photo import DueEntry, Photo

MAX_TRIES = 12
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
FAILED_CONDITION = "ConditionalCheckFailed"
# Somebody else's transaction held one of our items, or its partition was busy: the same step may go through next.
PASSING_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


@dataclass(frozen=True, slots=True)
class DynamoPhotoStore:
    """`photos.Catalogue` over DynamoDB. `jitter` gives a number in [0, 1), `sleep` takes seconds."""

    client: Any
    tables: Tables
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def get(self, photo_id: str) -> Photo | None:
        """The photo as it is now, or None."""
        return self.get_many([photo_id]).get(photo_id)

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        """Those of at most 100 photos that exist, by id; one consistent BatchGetItem."""
        keys = [to_wire({"photo_id": photo_id}) for photo_id in dict.fromkeys(photo_ids) if _is_record(photo_id)]
        found: dict[str, Photo] = {}
        for attempt in range(MAX_TRIES):
            if not keys:
                return found
            self._pause(attempt)
            with translate_transient_errors():
                answer = self.client.batch_get_item(
                    RequestItems={self.tables.photos: {"Keys": keys, "ConsistentRead": True}}
                )
            for wire in answer["Responses"].get(self.tables.photos, []):
                photo = photo_from_item(from_wire(wire))
                found[photo.photo_id] = photo
            keys = answer.get("UnprocessedKeys", {}).get(self.tables.photos, {}).get("Keys", [])
        raise Unavailable("The catalogue did not answer for every photo.")

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        """Write one step; raises Conflict, ContentClaimed."""
        stored = replace(after, version=before.version + 1 if before else 1)
        self._write(PhotoWrite(self.tables, after.photo_id, before, stored, self.now()))
        return stored

    def remove(self, photo: Photo) -> None:
        """Take one record away with all that follows from it; raises Conflict."""
        self._write(PhotoWrite(self.tables, photo.photo_id, photo, None, self.now()))

    def claim_holder(self, owner: str, sha256: str) -> str | None:
        """The photo that holds these bytes for this owner, or None."""
        with translate_transient_errors():
            answer = self.client.get_item(
                TableName=self.tables.photos, Key=to_wire({"photo_id": claim_id(owner, sha256)}), ConsistentRead=True
            )
        return str(from_wire(answer["Item"])["holder"]) if "Item" in answer else None

    def list_due(self, now: datetime, after: DueEntry | None, limit: int) -> list[DueEntry]:
        """Photos whose `due_at` has come, the longest overdue first; one query of the sparse index."""
        place = {"due": DUE, "due_at": format_timestamp(after.due_at), "photo_id": after.photo_id} if after else None
        with translate_transient_errors():
            answer = self.client.query(
                TableName=self.tables.photos,
                IndexName="due",
                KeyConditionExpression="due = :due AND due_at <= :now",
                ExpressionAttributeValues=to_wire({":due": DUE, ":now": format_timestamp(now)}),
                Limit=limit,
                **({"ExclusiveStartKey": to_wire(place)} if place else {}),
            )
        found = map(from_wire, answer["Items"])
        return [DueEntry(datetime.fromisoformat(item["due_at"]), item["photo_id"]) for item in found]

    def _write(self, step: PhotoWrite) -> None:
        for attempt in range(MAX_TRIES):
            transaction = step.transaction()
            try:
                with translate_transient_errors():
                    self.client.transact_write_items(TransactItems=transaction.writes)
            except ClientError as error:
                if error_code(error) != "TransactionCanceledException":
                    raise
                mended = _mended(step, transaction, error)
                if mended is step:  # somebody was in the way; what was only misjudged is written at once
                    self._pause(attempt + 1)
                step = mended
            else:
                return
        raise Unavailable("The catalogue was too busy for this change.")

    def _pause(self, attempt: int) -> None:
        """Full jitter (Brooker 2015): the best way known to untangle writers who keep meeting."""
        if attempt:
            self.sleep(self.jitter() * min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))


def _mended(step: PhotoWrite, transaction: Transaction, error: ClientError) -> PhotoWrite:
    """The step to try next, told by why this one was cancelled; raises what trying again cannot mend."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])
    failed = {index for index, reason in enumerate(reasons) if reason.get("Code") == FAILED_CONDITION}
    if 0 in failed:
        raise Conflict("The photo has changed since it was read.") from error
    if transaction.claim in failed:
        holder = from_wire(reasons[transaction.claim].get("Item", {})).get("holder", "")
        raise ContentClaimed(str(holder)) from error
    if transaction.copied in failed:
        raise Conflict("The photo that this is a duplicate of does not hold its bytes any more.") from error
    misjudged = {transaction.tags[index] for index in failed & transaction.tags.keys()}
    if misjudged:
        return replace(step, crossing=step.crossing ^ misjudged)
    if any(reason.get("Code") in PASSING_REASONS for reason in reasons):
        return step
    raise error


def _is_record(photo_id: str) -> bool:
    """Content claims lie in the same table under keys with a `#`; what is empty or no Unicode is no key at all."""
    try:
        return bool(photo_id) and not is_claim(photo_id) and len(photo_id.encode()) <= 2048
    except UnicodeEncodeError:  # half a character, which JSON can name
        return False
