"""Invariants of a whole library: everything stored must follow from its photos."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, trend_from_item
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables, claim_id, membership_item
from chalicelib.library.collections import ALL_PHOTOS, memberships_for
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import Photo, State
from chalicelib.library.similarity_index import embeddings_key, groups_key
from chalicelib.library.totals import Totals, Trend, sum_totals
from chalicelib.library.transitions import TRASH_RETENTION
from tests.fakes.library import MemoryLibrary

# States of a claim holder that a duplicate must not point to once everything is settled.
INVALID_HOLDER_STATES = frozenset({State.UPLOADING, State.REJECTED, State.DUPLICATE, State.REMOVED, State.ERASED})


@dataclass(frozen=True)
class LibrarySnapshot:
    """Everything a library stores: claims by id, memberships as stored items, derivatives by key."""

    photos: Mapping[str, Photo]
    claims: Mapping[str, str]
    rows: list[Mapping[str, Any]]
    trends: Mapping[tuple[str, str], Trend]
    images: frozenset[str]


def read_memory(library: MemoryLibrary) -> LibrarySnapshot:
    """A snapshot of a library over fakes."""
    store = library.photos
    return LibrarySnapshot(
        photos=store.records,
        claims={claim_id(owner, sha256): holder for (owner, sha256), holder in store.claims.items()},
        rows=[membership_item(row)[1] for row in store.memberships.values()],
        trends=store.totals,
        images=frozenset(library.derivatives.images),
    )


def read_aws(dynamodb: Any, tables: Tables, s3: Any, derivatives: str) -> LibrarySnapshot:
    """A snapshot of a library over DynamoDB and S3, from complete scans."""
    records = list(_scan(dynamodb, tables.photos))
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=derivatives)
    trends = (item for item in _scan(dynamodb, tables.trends) if item["scope"] != CHECKPOINT_SCOPE)
    return LibrarySnapshot(
        photos={p.photo_id: p for p in map(photo_from_item, (item for item in records if _is_photo(item)))},
        claims={item["photo_id"]: item["holder"] for item in records if "holder" in item},
        rows=list(_scan(dynamodb, tables.memberships)),
        trends={(item["scope"], item["tag"]): trend_from_item(item) for item in trends},
        images=frozenset(found["Key"] for page in listed for found in page.get("Contents", [])),
    )


def find_violations(snapshot: LibrarySnapshot) -> list[str]:
    """All violations, as sentences; once everything is settled there must be none."""
    return [
        *find_count_violations(snapshot),
        *_duplicate_violations(snapshot),
        *_derivative_violations(snapshot),
        *_due_violations(snapshot),
    ]


def find_count_violations(snapshot: LibrarySnapshot) -> list[str]:
    """Violations that must not exist at any time: memberships, totals and claims change with the record."""
    rows = memberships(snapshot.photos.values())
    return [*_membership_violations(snapshot, rows), *_total_violations(snapshot, rows), *_claim_violations(snapshot)]


def memberships(photos: Iterable[Photo]) -> list[Membership]:
    """All memberships of these photos."""
    return [row for photo in photos for row in memberships_for(photo)]


def _membership_violations(snapshot: LibrarySnapshot, rows: Iterable[Membership]) -> Iterator[str]:
    expected = {_row_key(item): item for _, item in map(membership_item, rows)}
    stored = {_row_key(row): row for row in snapshot.rows}
    for key in sorted(expected.keys() | stored.keys()):
        if expected.get(key) != stored.get(key):
            yield f"the membership {key} is {stored.get(key)}, not {expected.get(key)}"


def _total_violations(snapshot: LibrarySnapshot, rows: Iterable[Membership]) -> Iterator[str]:
    counted: dict[tuple[str, str], list[Membership]] = {}
    for row in rows:
        if row.has_totals:
            counted.setdefault((row.scope, row.tag), []).append(row)
    tags_in_use = Counter(scope for scope, tag in counted if tag != ALL_PHOTOS)
    for key in sorted(counted.keys() | snapshot.trends.keys()):
        trend, totals = snapshot.trends.get(key), sum_totals(counted.get(key, []))
        if (trend.totals if trend else Totals()) != totals:
            yield f"the totals of {key} are {trend and trend.totals}, not {totals}"
        if trend and key[1] == ALL_PHOTOS and trend.tag_count != tags_in_use[key[0]]:
            yield f"{key[0]} has {tags_in_use[key[0]]} tags in use, not {trend.tag_count}"


def _claim_violations(snapshot: LibrarySnapshot) -> Iterator[str]:
    expected = {claim_id(p.owner, p.claim): p.photo_id for p in snapshot.photos.values() if p.claim}
    for claim in sorted(expected.keys() | snapshot.claims.keys()):
        if expected.get(claim) != snapshot.claims.get(claim):
            yield f"{claim} is held by {snapshot.claims.get(claim)}, not {expected.get(claim)}"
    if len(expected) != sum(1 for p in snapshot.photos.values() if p.claim):
        yield "two published photos of one owner have the same bytes"


def _duplicate_violations(snapshot: LibrarySnapshot) -> Iterator[str]:
    for p in snapshot.photos.values():
        if p.state is State.DUPLICATE:
            holder = snapshot.photos.get(p.duplicate_of or "")
            if (
                holder is None
                or (holder.owner, holder.sha256) != (p.owner, p.sha256)
                or holder.state in INVALID_HOLDER_STATES
            ):
                yield f"{p.photo_id} is a duplicate of {p.duplicate_of}, which is {holder and holder.state}"


def index_keys(owner: str) -> set[str]:
    """The keys of an owner's similarity index, which lies beside the derivatives."""
    return {groups_key(owner), embeddings_key(owner)}


def _derivative_violations(snapshot: LibrarySnapshot) -> Iterator[str]:
    recorded = {derivative.key for photo in snapshot.photos.values() for derivative in photo.derivatives.values()}
    indexes = {key for owner in {p.owner for p in snapshot.photos.values()} for key in index_keys(owner)}
    for key in sorted(recorded ^ (snapshot.images - indexes)):
        yield f"{key} is {'recorded but not stored' if key in recorded else 'stored but not recorded'}"


def _due_violations(snapshot: LibrarySnapshot) -> Iterator[str]:
    for photo in snapshot.photos.values():
        if photo.state is State.TRASHED:
            if photo.trashed_at is None or photo.due_at != photo.trashed_at + TRASH_RETENTION:
                yield f"{photo.photo_id}, trashed at {photo.trashed_at}, is due at {photo.due_at}"
        elif photo.due_at:
            yield f"{photo.photo_id}, {photo.state}, is still due at {photo.due_at}"


def _is_photo(item: Mapping[str, Any]) -> bool:
    """Whether this is neither a content claim nor a tombstone."""
    return "holder" not in item and "expires_at" not in item


def _row_key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["collection"], row["position"]


def _scan(dynamodb: Any, table: str) -> Iterator[Mapping[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from map(from_wire, page["Items"])
