"""Shares in DynamoDB: a row per share, and entries in the lists of its owner and its album.

Rows, entries and the counts that limit them change in one transaction, so that lists are exact, and concurrent requests
cannot create more shares than allowed, nor one of an album that is being deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.album_table import LAST_CHARACTER, AlbumTable, Write, owner_partition
from chalicelib.aws.dynamodb.items import Item, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import CONDITION_FAILED, update_expression
from chalicelib.aws.dynamodb.transaction import album_key
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Conflict, NotFound
from chalicelib.library.collections import album_scope
from chalicelib.sharing.models import (
    MAX_SHARES_PER_ALBUM,
    MAX_SHARES_PER_OWNER,
    Contents,
    Download,
    Share,
    SharePage,
    ShareTerms,
)

COUNT = "share_count"
_PREFIX = "share/"
_TERM_TEXTS = ("name", "password_hash")
_NUMBERS = ("revision", "version", "passes", "wrong_passwords", "uploaded_photos", "uploaded_bytes")


@dataclass(frozen=True, slots=True)
class DynamoShareStore:
    """`models.ShareStore` over the albums table."""

    table: AlbumTable

    def add(self, share: Share) -> None:
        """Add a share; raises Conflict at a limit, NotFound if its album does not exist or is being deleted."""
        writes = [
            self.table.put(_share_to_item(share), "attribute_not_exists(#entry)"),
            *map(self.table.put, _entries(share)),
        ]
        counts = {len(writes) + index: write for index, write in enumerate(self._counts(share, 1))}
        failed = self.table.transact(*writes, *counts.values())
        if 0 in failed:
            raise Conflict("A shared link with this id exists.")
        if failed:
            self._refuse(share, is_owner=min(counts) in failed)

    def _refuse(self, share: Share, *, is_owner: bool) -> None:
        """Raise the reason why a list takes no more shares."""
        if is_owner:
            raise Conflict(f"You already have {MAX_SHARES_PER_OWNER} shared links. Revoke one first.")
        album = self._get(album_key(share.album_id or ""))
        if album is None or "deleted_at" in album:
            raise NotFound("Album not found.")
        raise Conflict(f"This album already has {MAX_SHARES_PER_ALBUM} shared links. Revoke one first.")

    def get(self, share_id: str) -> Share | None:
        """The share, or None; consistent read."""
        item = self._get(_share_key(share_id))
        return _share_from_item(item) if item else None

    def list_by_owner(self, owner: str, after: str | None, limit: int) -> SharePage:
        """The owner's shares, newest first, after a position: a query, and a read of the shares."""
        positions = self._positions(owner_partition(owner), after, limit + 1)
        shares = self._read(position.rpartition("#")[2] for position in positions[:limit])
        return SharePage(tuple(shares), positions[limit - 1] if len(positions) > limit else None)

    def list_by_album(self, album_id: str) -> list[Share]:
        """The shares of an album, newest first: a query, and a read of the shares."""
        positions = self._positions(album_scope(album_id), None, MAX_SHARES_PER_ALBUM)
        return sorted(self._read(positions), key=lambda share: (share.created_at, share.share_id), reverse=True)

    def save(self, before: Share, after: Share) -> Share:
        """Replace the terms of a share; raises Conflict if it was changed or removed."""
        stored = replace(after, version=before.version + 1)
        terms = _terms_to_item(stored.terms)
        update = update_expression(
            terms | {"revision": stored.revision, "version": stored.version},
            removes=_terms_to_item(before.terms).keys() - terms.keys(),
            condition_values={":read_version": before.version},
        )
        if not self._update(before.share_id, ConditionExpression="#version = :read_version", **update):
            raise Conflict("This shared link was changed or revoked meanwhile.")
        return stored

    def remove(self, share: Share) -> bool:
        """Remove a share with its entries; returns whether it existed."""
        writes = [
            self.table.delete(_share_key(share.share_id), "attribute_exists(#entry)"),
            *map(self.table.delete, _entries(share)),
        ]
        owner_count, *album_count = self._counts(share, -1)
        failed = self.table.transact(*writes, owner_count, *album_count)
        if failed and 0 not in failed:  # the album is gone, and its count with it
            failed = self.table.transact(*writes, owner_count)
        return not failed

    def count_pass(self, share_id: str) -> None:
        """Count a pass; does nothing if the share was removed."""
        self._add(share_id, {"passes": 1})

    def count_wrong_password(self, share_id: str, at: datetime) -> None:
        """Count a wrong password; does nothing if the share was removed."""
        self._add(share_id, {"wrong_passwords": 1}, {"last_wrong_password_at": format_timestamp(at)})

    def reserve_upload(self, share: Share, size: int) -> bool:
        """Count an upload within the limits, or return False; raises Conflict if the share was changed or removed."""
        condition = "#version = :version AND uploaded_photos < :max_photos AND uploaded_bytes <= :room"
        values = {
            ":version": share.version,
            ":max_photos": share.terms.max_photos,
            ":room": share.terms.max_bytes - size,
            ":one": 1,
            ":size": size,
        }
        try:
            with translate_transient_errors():
                self.table.client.update_item(
                    TableName=self.table.name,
                    Key=to_wire(_share_key(share.share_id)),
                    UpdateExpression="ADD uploaded_photos :one, uploaded_bytes :size",
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues=to_wire(values),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            if from_wire(error.response.get("Item", {})).get("version") != share.version:
                raise Conflict("This shared link was changed or revoked meanwhile.") from error
            return False
        return True

    def release_upload(self, share_id: str, size: int) -> None:
        """Uncount an upload; does nothing if the share was removed."""
        self._add(share_id, {"uploaded_photos": -1, "uploaded_bytes": -size})

    def _add(self, share_id: str, numbers: Mapping[str, int], texts: Mapping[str, str] | None = None) -> None:
        texts = texts or {}
        clauses = ["ADD " + ", ".join(f"{name} :{name}" for name in numbers)]
        if texts:
            clauses.append("SET " + ", ".join(f"{name} = :{name}" for name in texts))
        values = {f":{name}": value for name, value in (*numbers.items(), *texts.items())}
        self._update(
            share_id,
            UpdateExpression=" ".join(clauses),
            ExpressionAttributeValues=to_wire(values),
            ConditionExpression="attribute_exists(#entry)",
            ExpressionAttributeNames={"#entry": "entry"},
        )

    def _update(self, share_id: str, **update: Any) -> bool:
        """Update a share's row; returns False if the condition failed."""
        try:
            with translate_transient_errors():
                self.table.client.update_item(TableName=self.table.name, Key=to_wire(_share_key(share_id)), **update)
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return False
        return True

    def _positions(self, partition: str, after: str | None, limit: int) -> list[str]:
        """The entries of a list without their prefix, the last ones first, at most `limit`."""
        start = _PREFIX + after if after else None
        last = _PREFIX + LAST_CHARACTER
        rows = self.table.query(partition, _PREFIX, last, limit=limit, after=start, newest_first=True)
        return [row["entry"].removeprefix(_PREFIX) for row in islice(rows, limit)]

    def _read(self, share_ids: Iterable[str]) -> list[Share]:
        ids = list(share_ids)
        found = self.table.get(*map(_share_key, ids))
        shares = {item["partition"].removeprefix(_PREFIX): _share_from_item(item) for item in found}
        return [shares[share_id] for share_id in ids if share_id in shares]

    def _get(self, key: Item) -> Item | None:
        return next(iter(self.table.get(key)), None)

    def _counts(self, share: Share, change: int) -> list[Write]:
        """The writes that count a share for its owner and, in the album's own record, for its album.

        Their conditions fail at a limit, or if the album does not exist or, for a new share, is being deleted.
        """
        below_limit = f"(attribute_not_exists({COUNT}) OR {COUNT} < :limit)"
        owner_key = {"partition": owner_partition(share.owner), "entry": "counts"}
        writes = [self._count(owner_key, change, [below_limit] if change > 0 else [], MAX_SHARES_PER_OWNER)]
        if share.album_id is not None:
            new = [below_limit, "attribute_not_exists(deleted_at)"] if change > 0 else []
            conditions = ["attribute_exists(#entry)", *new]
            writes.append(self._count(album_key(share.album_id), change, conditions, MAX_SHARES_PER_ALBUM))
        return writes

    def _count(self, key: Item, change: int, conditions: list[str], limit: int) -> Write:
        values = {"change": change} | ({"limit": limit} if change > 0 else {})
        return self.table.update(key, f"ADD {COUNT} :change", " AND ".join(conditions), **values)


def _share_key(share_id: str) -> Item:
    return {"partition": f"{_PREFIX}{share_id}", "entry": "share"}


def _entries(share: Share) -> list[Item]:
    """The entries of a share in lists: that of its owner, by creation, and that of its album."""
    position = f"{format_timestamp(share.created_at)}#{share.share_id}"
    entries = [{"partition": owner_partition(share.owner), "entry": f"{_PREFIX}{position}"}]
    if share.album_id is not None:
        entries.append({"partition": album_scope(share.album_id), "entry": f"{_PREFIX}{share.share_id}"})
    return entries


def _share_to_item(share: Share) -> Item:
    contents = share.contents
    optional = {"album_id": contents.album_id, "title": contents.title, "photo_ids": list(contents.photo_ids)}
    return {
        **_share_key(share.share_id),
        "owner": share.owner,
        "secret_hash": share.secret_hash,
        "created_at": format_timestamp(share.created_at),
        **{name: getattr(share, name) for name in _NUMBERS},
        **{name: value for name, value in optional.items() if value},
        **_terms_to_item(share.terms),
    }


def _terms_to_item(terms: ShareTerms) -> Item:
    optional = {name: getattr(terms, name) for name in _TERM_TEXTS}
    optional["expires_at"] = terms.expires_at and format_timestamp(terms.expires_at)
    return {
        "download": str(terms.download),
        "add": terms.add,
        "review": terms.review,
        "max_photos": terms.max_photos,
        "max_bytes": terms.max_bytes,
        **{name: value for name, value in optional.items() if value},
    }


def _share_from_item(item: Item) -> Share:
    wrong_at = item.get("last_wrong_password_at")
    return Share(
        share_id=item["partition"].removeprefix(_PREFIX),
        owner=item["owner"],
        contents=Contents(item.get("album_id"), item.get("title", ""), tuple(item.get("photo_ids", ()))),
        terms=_terms_from_item(item),
        secret_hash=item["secret_hash"],
        created_at=datetime.fromisoformat(item["created_at"]),
        last_wrong_password_at=datetime.fromisoformat(wrong_at) if wrong_at else None,
        **{name: int(item[name]) for name in _NUMBERS},
    )


def _terms_from_item(item: Item) -> ShareTerms:
    expires_at = item.get("expires_at")
    return ShareTerms(
        name=item.get("name", ""),
        download=Download(item["download"]),
        add=item["add"],
        review=item["review"],
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        password_hash=item.get("password_hash"),
        max_photos=int(item["max_photos"]),
        max_bytes=int(item["max_bytes"]),
    )
