"""A library read whole and counted again from its photos alone: whatever does not follow from them is a problem."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.dynamodb.checkpoints import CHECKPOINT_SCOPE
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, trend_from_item
from chalicelib.aws.dynamodb.transaction import Tables, claim_id, membership_item
from chalicelib.library.collections import ALL_PHOTOS, Membership, memberships_for
from chalicelib.library.photo import Photo, State
from chalicelib.library.totals import Totals, Trend, sum_totals
from chalicelib.library.transitions import TRASH_RETENTION
from tests.fakes.library import MemoryLibrary

# What a duplicate may not point to once everything is done: one in the trash still has its 30 days.
NO_TARGETS = frozenset({State.UPLOADING, State.REJECTED, State.DUPLICATE, State.REMOVED, State.ERASED})


@dataclass(frozen=True)
class Whole:
    """Everything a library keeps. Claims by their id; rows of memberships as they are stored; images by key."""

    photos: Mapping[str, Photo]
    claims: Mapping[str, str]
    rows: list[Mapping[str, Any]]
    trends: Mapping[tuple[str, str], Trend]
    images: frozenset[str]


def in_memory(library: MemoryLibrary) -> Whole:
    """A library over fakes, read whole."""
    catalogue = library.photos
    return Whole(
        photos=catalogue.records,
        claims={claim_id(owner, sha256): holder for (owner, sha256), holder in catalogue.claims.items()},
        rows=[membership_item(row)[1] for row in catalogue.memberships.values()],
        trends=catalogue.totals,
        images=frozenset(library.derivatives.images),
    )


def in_aws(dynamodb: Any, tables: Tables, s3: Any, derivatives: str) -> Whole:
    """A library over DynamoDB and S3, every table and the bucket of derivatives read whole."""
    records = list(_scanned(dynamodb, tables.photos))
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=derivatives)
    trends = (item for item in _scanned(dynamodb, tables.trends) if item["scope"] != CHECKPOINT_SCOPE)
    return Whole(
        photos={p.photo_id: p for p in (photo_from_item(item) for item in records if "holder" not in item)},
        claims={item["photo_id"]: item["holder"] for item in records if "holder" in item},
        rows=list(_scanned(dynamodb, tables.memberships)),
        trends={(item["scope"], item["tag"]): trend_from_item(item) for item in trends},
        images=frozenset(found["Key"] for page in listed for found in page.get("Contents", [])),
    )


def problems(whole: Whole) -> list[str]:
    """What does not follow from the photos, in sentences; a library in order has none."""
    return [*miscounted(whole), *_of_duplicates(whole), *_of_images(whole), *_of_the_due_list(whole)]


def miscounted(whole: Whole) -> list[str]:
    """What is wrong at any moment, also while work is under way: rows, totals and claims move with the record."""
    return [*_of_rows(whole), *_of_totals(whole), *_of_claims(whole)]


def memberships(photos: Iterable[Photo]) -> list[Membership]:
    """All rows that these photos call for."""
    return [row for photo in photos for row in memberships_for(photo)]


def _of_rows(whole: Whole) -> Iterator[str]:
    right = {_where(item): item for _, item in map(membership_item, memberships(whole.photos.values()))}
    stored = {_where(row): row for row in whole.rows}
    for place in sorted(right.keys() | stored.keys()):
        if right.get(place) != stored.get(place):
            yield f"the row at {place} is {stored.get(place)}, and should be {right.get(place)}"


def _of_totals(whole: Whole) -> Iterator[str]:
    counted: dict[tuple[str, str], list[Membership]] = {}
    for row in memberships(whole.photos.values()):
        if row.has_totals:
            counted.setdefault((row.scope, row.tag), []).append(row)
    for place in sorted(counted.keys() | whole.trends.keys()):
        trend, rows = whole.trends.get(place), counted.get(place, [])
        if (trend.totals if trend else Totals()) != sum_totals(rows):
            yield f"the totals of {place} are {trend and trend.totals}, and should be {sum_totals(rows)}"
        in_use = sum(scope == place[0] and tag != ALL_PHOTOS for scope, tag in counted)
        if trend and place[1] == ALL_PHOTOS and trend.tag_count != in_use:
            yield f"{place[0]} has {in_use} tags in use, not {trend.tag_count}"


def _of_claims(whole: Whole) -> Iterator[str]:
    right = {claim_id(p.owner, p.claim): p.photo_id for p in whole.photos.values() if p.claim}
    for claim in sorted(right.keys() | whole.claims.keys()):
        if right.get(claim) != whole.claims.get(claim):
            yield f"{claim} is held by {whole.claims.get(claim)}, and should be by {right.get(claim)}"
    if len(right) != sum(1 for p in whole.photos.values() if p.claim):
        yield "two photos of one owner show the same bytes"


def _of_duplicates(whole: Whole) -> Iterator[str]:
    for p in whole.photos.values():
        if p.state is State.DUPLICATE:
            first = whole.photos.get(p.duplicate_of or "")
            if first is None or (first.owner, first.sha256) != (p.owner, p.sha256) or first.state in NO_TARGETS:
                yield f"{p.photo_id} is a duplicate of {p.duplicate_of}, which is {first and first.state}"


def _of_images(whole: Whole) -> Iterator[str]:
    recorded = {made.key for photo in whole.photos.values() for made in photo.derivatives.values()}
    for key in sorted(recorded ^ whole.images):
        yield f"{key} is {'recorded and not there' if key in recorded else 'there and nobody knows of it'}"


def _of_the_due_list(whole: Whole) -> Iterator[str]:
    for photo in whole.photos.values():
        if photo.state is State.TRASHED:
            if photo.trashed_at is None or photo.due_at != photo.trashed_at + TRASH_RETENTION:
                yield f"{photo.photo_id}, trashed at {photo.trashed_at}, goes for ever at {photo.due_at}"
        elif photo.due_at:
            yield f"{photo.photo_id}, {photo.state}, is still due at {photo.due_at}"


def _where(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["collection"], row["position"]


def _scanned(dynamodb: Any, table: str) -> Iterator[Mapping[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from map(from_wire, page["Items"])
