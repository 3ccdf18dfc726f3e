"""Writes one change of a photo as one TransactWriteItems: record, content claim, memberships and totals.

The first item is always the record, with a condition on the generation and version that were read. The change is
therefore written completely or not at all, and an event that is delivered twice counts once. At most 100 items.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import Wire, format_timestamp, photo_to_item, to_wire
from chalicelib.aws.dynamodb.requests import update_expression
from chalicelib.library import totals
from chalicelib.library.collections import (
    ALL_PHOTOS,
    FINGERPRINTS,
    MembershipChanges,
    album_scope,
    becomes_duplicate,
    changes,
    joined_albums,
    sampling_key,
    word_of,
    word_tag,
)
from chalicelib.library.facets import COUNTED_FACETS, Facet, facet_of
from chalicelib.library.memberships import Collection, Membership
from chalicelib.library.photo import Photo
from chalicelib.library.totals import Totals, TotalsDelta

type Write = dict[str, Any]

CHECKPOINT_SCOPE = "!checkpoint"  # not a valid scope
FINGERPRINT_COUNTERS = "fingerprints/"


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the photos, memberships, trends and albums tables."""

    photos: str
    memberships: str
    trends: str
    albums: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """The writes of one change, and the indexes of those whose failed condition has a special meaning."""

    writes: tuple[Write, ...]
    claim: int | None
    duplicate_check: int | None
    tags: Mapping[int, Collection]
    albums: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class PhotoWrite:
    """A change of one photo from `before` to `after`.

    `edge_tags` are the tags that get their first photo or lose their last one, as far as is known: a tag is assumed to
    have other photos until its condition fails. The number of tags in use (`tag_count` on the row of `*`) is therefore
    exact, although no totals are read first.
    """

    tables: Tables
    photo_id: str
    before: Photo | None
    after: Photo | None
    now: datetime
    edge_tags: frozenset[Collection] = field(default_factory=frozenset)

    def transaction(self) -> Transaction:
        """The writes, in a fixed order: record, claims, checks of albums, memberships, totals."""
        changed = changes(self.before, self.after)
        writes: list[Write] = [self._record()]
        claim = len(writes) if self._takes_claim() else None
        writes.extend(self._claims())
        duplicate_check = len(writes) if becomes_duplicate(self.before, self.after) else None
        writes.extend(self._duplicate_check())
        albums = dict(enumerate(joined_albums(changed), start=len(writes)))
        writes.extend(map(self._album_check, albums.values()))
        writes.extend(self._memberships(changed.added, changed.removed))
        tags: dict[int, Collection] = {}
        deltas = totals.deltas(changed)
        for delta in self._with_tags_in_use(deltas):
            if _changes_tag_count(delta):
                tags[len(writes)] = (delta.scope, delta.tag)
            writes.append(self._totals(delta, deltas))
        writes.extend(self._fingerprint_counts(changed))
        return Transaction(tuple(writes), claim, duplicate_check, tags, albums)

    def _record(self) -> Write:
        if self.before is None:
            condition: Write = {"ConditionExpression": "attribute_not_exists(photo_id)"}
        else:
            generation = {":generation": self.before.generation} if self.before.generation else {}
            condition = {
                "ConditionExpression": "#version = :read AND "
                + ("generation = :generation" if generation else "attribute_not_exists(generation)"),
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": to_wire({":read": self.before.version} | generation),
            }
        if self.after is not None:
            return _put(self.tables.photos, photo_to_item(self.after), condition)
        return _delete(self.tables.photos, {"photo_id": self.photo_id}, condition)

    def _takes_claim(self) -> bool:
        return _claim(self.after) not in (None, _claim(self.before))

    def _claims(self) -> Iterator[Write]:
        if self._takes_claim():
            item = {"photo_id": _claim(self.after), "holder": self.photo_id}
            yield _put(self.tables.photos, item, _claim_condition(self.photo_id, or_unclaimed=True))
        if _claim(self.before) not in (None, _claim(self.after)):
            key = {"photo_id": _claim(self.before)}
            yield _delete(self.tables.photos, key, _claim_condition(self.photo_id, or_unclaimed=False))

    def _duplicate_check(self) -> Iterator[Write]:
        """Check that the other photo still has the content: otherwise this duplicate would never be promoted."""
        if self.after is not None and becomes_duplicate(self.before, self.after):
            key = to_wire({"photo_id": claim_id(self.after.owner, self.after.sha256 or "")})
            condition = _claim_condition(self.after.duplicate_of or "", or_unclaimed=False)
            yield {"ConditionCheck": {"TableName": self.tables.photos, "Key": key, **condition}}

    def _album_check(self, album_id: str) -> Write:
        """Check that the album exists: nobody would take the photo out of a deleted one again."""
        condition = {
            "ConditionExpression": "attribute_exists(#entry) AND attribute_not_exists(deleted_at)",
            "ExpressionAttributeNames": {"#entry": "entry"},
        }
        return {"ConditionCheck": {"TableName": self.tables.albums, "Key": to_wire(album_key(album_id)), **condition}}

    def _memberships(self, added: Iterable[Membership], removed: Iterable[Membership]) -> Iterator[Write]:
        replaced = set()
        for row in added:
            key, item = membership_item(row)
            replaced.add((key["collection"], key["position"]))
            yield _put(self.tables.memberships, item)
        for row in removed:
            key, _ = membership_item(row)
            if (key["collection"], key["position"]) not in replaced:
                yield _delete(self.tables.memberships, key)

    def _with_tags_in_use(self, deltas: tuple[TotalsDelta, ...]) -> Iterator[TotalsDelta]:
        """The deltas, plus one for the row of `*` in every scope whose number of tags in use changes."""
        yield from deltas
        existing = {(delta.scope, delta.tag) for delta in deltas}
        for scope in {scope for scope, _ in self.edge_tags}:
            if (scope, ALL_PHOTOS) not in existing and self._tags_in_use(scope, deltas):
                yield TotalsDelta(scope, ALL_PHOTOS, Totals(), None)

    def _tags_in_use(self, scope: str, deltas: tuple[TotalsDelta, ...]) -> int:
        return sum(d.totals.count for d in deltas if d.scope == scope and (scope, d.tag) in self.edge_tags)

    def _totals(self, delta: TotalsDelta, deltas: tuple[TotalsDelta, ...]) -> Write:
        facet = facet_of(delta.scope)
        adds = {"count": delta.totals.count, "version": 1}
        if facet is None:
            adds |= {"bytes": delta.totals.bytes, "heat": delta.totals.heat}
        for weight_class, photos, weight in delta.totals.classes:
            adds |= {f"n{weight_class:02d}": photos, f"w{weight_class:02d}": weight}
        if delta.tag == ALL_PHOTOS:
            adds["tag_count"] = self._tags_in_use(delta.scope, deltas)
        sets: dict[str, Any] = {"updated_at": format_timestamp(self.now)}
        if delta.cover:
            sets["cover"] = delta.cover
        if delta.name:
            sets["name"] = delta.name
        if delta.tag != ALL_PHOTOS and facet is not Facet.CELL:
            sets["ranking"] = delta.scope
        condition, condition_values = self._tag_count_condition(delta)
        update = update_expression(sets, adds=adds, condition_values=condition_values)
        key = to_wire({"scope": delta.scope, "tag": delta.tag})
        return {"Update": {"TableName": self.tables.trends, "Key": key, **update, **condition}}

    def _fingerprint_counts(self, changed: MembershipChanges) -> Iterator[Write]:
        """Count this change of an owner's fingerprints, so that the schedule compares them again."""
        for scope in sorted({row.scope for row in (*changed.added, *changed.removed) if row.tag == FINGERPRINTS}):
            update = {"UpdateExpression": "ADD changes :one", "ExpressionAttributeValues": to_wire({":one": 1})}
            yield {"Update": {"TableName": self.tables.trends, "Key": to_wire(fingerprint_counter(scope)), **update}}

    def _tag_count_condition(self, delta: TotalsDelta) -> tuple[dict[str, str], dict[str, int]]:
        """The condition that this write does, or does not, add the first photo of a tag or remove its last one."""
        if not _changes_tag_count(delta):
            return {}, {}
        adds_photo = delta.totals.count > 0
        is_edge = (delta.scope, delta.tag) in self.edge_tags
        expression = _expected_count(adds_photo=adds_photo, is_edge=is_edge)
        return {"ConditionExpression": expression}, {":edge": 0 if adds_photo else 1}


def album_key(album_id: str) -> dict[str, str]:
    """The key of an album's record in the albums table."""
    return {"partition": album_scope(album_id), "entry": "album"}


def claim_id(owner: str, sha256: str) -> str:
    """The key of a content claim in the photos table; no photo id contains a `#`."""
    return f"claim#{owner}#{sha256}"


def is_claim(key: str) -> bool:
    """Whether this key of the photos table belongs to a content claim."""
    return "#" in key


def membership_item(row: Membership) -> tuple[dict[str, Any], dict[str, Any]]:
    """The key and the item of a membership; it has no more attributes than are read."""
    collection, position = membership_key(row.scope, row.tag, row.position)
    key = {"collection": collection, "position": position}
    if row.fingerprint:
        return key, key | {"photo_id": row.photo_id, "fingerprint": row.fingerprint}
    if not row.weight:
        return key, dict(key)
    figures = {"photo_id": row.photo_id, "weight": row.weight, "heat": row.heat, "bytes": row.bytes}
    return key, key | figures | {"sampling_key": sampling_key(row.weight, row.photo_id)}


def membership_key(scope: str, tag: str, position: str) -> tuple[str, str]:
    """The partition and sort key of a row.

    Words that begin with the same character are in one partition, sorted, so that one query reads all that begin alike.
    """
    word = word_of(tag)
    if word is None:
        return collection_id(scope, tag), position
    return collection_id(scope, word_tag(word[0])), f"{word}#{position}"


def fingerprint_counter(scope: str) -> dict[str, str]:
    """The key of the row of the trends table, among the checkpoints, that counts changes of a scope's fingerprints."""
    return {"scope": CHECKPOINT_SCOPE, "tag": f"{FINGERPRINT_COUNTERS}{scope}"}


def collection_id(scope: str, tag: str) -> str:
    """The partition key of a collection; a scope contains no `#`."""
    return f"{scope}#{tag}"


def _claim(photo: Photo | None) -> str | None:
    """The key of the content claim that the photo holds."""
    return claim_id(photo.owner, photo.claim) if photo and photo.claim else None


def _changes_tag_count(delta: TotalsDelta) -> bool:
    facet = facet_of(delta.scope)
    return delta.tag != ALL_PHOTOS and delta.totals.count != 0 and (facet is None or facet in COUNTED_FACETS)


def _expected_count(*, adds_photo: bool, is_edge: bool) -> str:
    """The condition on a tag's count: at the edge between used and unused, or not."""
    if adds_photo and is_edge:
        return "attribute_not_exists(#count) OR #count = :edge"
    return "#count = :edge" if is_edge else "#count > :edge"


def _claim_condition(photo_id: str, *, or_unclaimed: bool) -> Write:
    unclaimed = "attribute_not_exists(photo_id) OR " if or_unclaimed else ""
    return {
        "ConditionExpression": f"{unclaimed}holder = :holder",
        "ExpressionAttributeValues": to_wire({":holder": photo_id}),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _put(table: str, item: Mapping[str, Any], condition: Write | None = None) -> Write:
    return {"Put": {"TableName": table, "Item": to_wire(item), **(condition or {})}}


def _delete(table: str, key: Mapping[str, Any], condition: Write | None = None) -> Write:
    wire: Wire = to_wire(key)
    return {"Delete": {"TableName": table, "Key": wire, **(condition or {})}}
