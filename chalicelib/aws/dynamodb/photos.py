"""Photo records in DynamoDB: read consistently, and written with their totals in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import DUE, format_timestamp, from_wire, photo_from_item, to_wire
from chalicelib.aws.dynamodb.requests import (
    CONDITION_REASON,
    MAX_TRIES,
    TRANSIENT_REASONS,
    backoff_seconds,
    get_items,
)
from chalicelib.aws.dynamodb.transaction import PhotoWrite, Tables, Transaction, claim_id, is_claim
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import AlbumsGone, Conflict, ContentClaimed, Unavailable
from chalicelib.library.photo import DueEntry, Photo
from chalicelib.library.steps import commit_in_steps


@dataclass(frozen=True, slots=True)
class DynamoPhotoStore:
    """`photo.PhotoStore` over DynamoDB. `jitter` returns a number in [0, 1); `sleep` takes seconds."""

    client: Any
    tables: Tables
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def get(self, photo_id: str) -> Photo | None:
        """The current photo, or None."""
        return self.get_many([photo_id]).get(photo_id)

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        """The existing photos among these ids, by id; one consistent BatchGetItem for each 100 ids."""
        keys = [{"photo_id": photo_id} for photo_id in dict.fromkeys(photo_ids) if _is_record(photo_id)]
        photos = map(photo_from_item, get_items(self.client, self.tables.photos, keys, self._pause))
        return {photo.photo_id: photo for photo in photos}

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        """Write one change, in several transactions if it is too large for one; raises Conflict, ContentClaimed."""
        return commit_in_steps(self._commit_step, before, after, self.now())

    def _commit_step(self, before: Photo | None, step: Photo) -> Photo:
        stored = replace(step, version=before.version + 1 if before else 1)
        self._write(PhotoWrite(self.tables, step.photo_id, before, stored, self.now()))
        return stored

    def remove(self, photo: Photo) -> None:
        """Delete a record with its memberships and totals; raises Conflict."""
        self._write(PhotoWrite(self.tables, photo.photo_id, photo, None, self.now()))

    def claim_holder(self, owner: str, sha256: str) -> str | None:
        """The owner's photo with this content, or None."""
        with translate_transient_errors():
            response = self.client.get_item(
                TableName=self.tables.photos, Key=to_wire({"photo_id": claim_id(owner, sha256)}), ConsistentRead=True
            )
        return str(from_wire(response["Item"])["holder"]) if "Item" in response else None

    def claim_holders(self, owner: str, digests: Iterable[str]) -> dict[str, str]:
        """The owner's photos with these contents, by sha256; one consistent BatchGetItem for each 100."""
        claims = {claim_id(owner, sha256): sha256 for sha256 in digests}
        items = get_items(self.client, self.tables.photos, [{"photo_id": claim} for claim in claims], self._pause)
        return {claims[item["photo_id"]]: str(item["holder"]) for item in items}

    def list_due(self, now: datetime, after: DueEntry | None, limit: int) -> list[DueEntry]:
        """Photos whose `due_at` has passed, longest overdue first; one query of the sparse index."""
        start = {"due": DUE, "due_at": format_timestamp(after.due_at), "photo_id": after.photo_id} if after else None
        with translate_transient_errors():
            response = self.client.query(
                TableName=self.tables.photos,
                IndexName="due",
                KeyConditionExpression="due = :due AND due_at <= :now",
                ExpressionAttributeValues=to_wire({":due": DUE, ":now": format_timestamp(now)}),
                Limit=limit,
                **({"ExclusiveStartKey": to_wire(start)} if start else {}),
            )
        found = map(from_wire, response["Items"])
        return [DueEntry(datetime.fromisoformat(item["due_at"]), item["photo_id"]) for item in found]

    def _write(self, write: PhotoWrite) -> None:
        for attempt in range(1, MAX_TRIES + 1):
            transaction = write.transaction()
            try:
                with translate_transient_errors():
                    self.client.transact_write_items(TransactItems=transaction.writes)
            except ClientError as error:
                if error_code(error) != "TransactionCanceledException":
                    raise
                corrected = _next_attempt(write, transaction, error)
                if corrected is write:  # only a collision needs a pause; a corrected write is sent at once
                    self._pause(attempt)
                write = corrected
            else:
                return
        raise Unavailable("The photo store is too busy to save this change.")

    def _pause(self, attempt: int) -> None:
        self.sleep(backoff_seconds(attempt, self.jitter()))


def _next_attempt(write: PhotoWrite, transaction: Transaction, error: ClientError) -> PhotoWrite:
    """The write to try next, depending on why the transaction was canceled; raises if a retry cannot succeed."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])
    failed = {index for index, reason in enumerate(reasons) if reason.get("Code") == CONDITION_REASON}
    if 0 in failed:
        raise Conflict("The photo has changed since it was read.") from error
    if transaction.claim in failed:
        holder = from_wire(reasons[transaction.claim].get("Item", {})).get("holder", "")
        raise ContentClaimed(str(holder)) from error
    if transaction.duplicate_check in failed:
        raise Conflict("The photo that this is a duplicate of no longer has the same content.") from error
    if deleted := {transaction.albums[index] for index in failed & transaction.albums.keys()}:
        raise AlbumsGone(frozenset(deleted)) from error
    misjudged = {transaction.tags[index] for index in failed & transaction.tags.keys()}
    if misjudged:
        return replace(write, edge_tags=write.edge_tags ^ misjudged)
    if any(reason.get("Code") in TRANSIENT_REASONS for reason in reasons):
        return write
    raise error


def _is_record(photo_id: str) -> bool:
    """Whether this can be a photo id: not empty, not too long, valid Unicode, and not the key of a content claim."""
    try:
        return bool(photo_id) and not is_claim(photo_id) and len(photo_id.encode()) <= 2048
    except UnicodeEncodeError:  # a lone surrogate, which JSON can contain
        return False
