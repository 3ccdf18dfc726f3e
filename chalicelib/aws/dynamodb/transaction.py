"""One change of one photo as one TransactWriteItems: record, content claim, memberships, totals.

The first item is always the record, conditioned on the generation and version that were read; so a transaction either
makes the whole step or none of it, and what is delivered twice counts once. At most 100 items.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import Wire, format_timestamp, photo_to_item, to_wire
from chalicelib.library import totals
from chalicelib.library.collections import ALL_PHOTOS, Membership, becomes_duplicate, changes, sampling_key
from chalicelib.library.photo import Photo
from chalicelib.library.totals import Totals, TotalsDelta

type Write = dict[str, Any]
type Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the catalogue's tables."""

    photos: str
    memberships: str
    trends: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """The writes of one step, and what a failed condition on each of them means."""

    writes: tuple[Write, ...]
    claim: int | None
    copied: int | None
    tags: Mapping[int, Tag]


@dataclass(frozen=True, slots=True)
class PhotoWrite:
    """One photo's way from `before` to `after`, ready to be written out as a transaction.

    `crossing` holds the tags that this step brings into use, or out of it, as far as the caller knows:
    a tag is taken for established until its condition says otherwise. So the number of tags in use
    (`tags` on the row of `*`) stays exact without reading a single total first.
    """

    tables: Tables
    photo_id: str
    before: Photo | None
    after: Photo | None
    now: datetime
    crossing: frozenset[Tag] = field(default_factory=frozenset)

    def transaction(self) -> Transaction:
        """The writes, in a fixed order: record, claims, memberships, totals."""
        moved = changes(self.before, self.after)
        writes: list[Write] = [self._record()]
        claim = len(writes) if self._takes_claim() else None
        writes.extend(self._claims())
        copied = len(writes) if becomes_duplicate(self.before, self.after) else None
        writes.extend(self._copied())
        writes.extend(self._memberships(moved.added, moved.removed))
        tags: dict[int, Tag] = {}
        for delta in self._with_tags_in_use(totals.deltas(moved)):
            if _moves_a_tag(delta):
                tags[len(writes)] = (delta.scope, delta.tag)
            writes.append(self._totals(delta))
        return Transaction(tuple(writes), claim, copied, tags)

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
        return self.after is not None and self.after.claim is not None and self.after.claim != _claim(self.before)

    def _claims(self) -> Iterator[Write]:
        if self.after is not None and self.after.claim is not None and self._takes_claim():
            item = {"photo_id": claim_id(self.after.owner, self.after.claim), "holder": self.after.photo_id}
            yield _put(self.tables.photos, item, _held_by(self.after.photo_id, or_nobody=True))
        if self.before is not None and self.before.claim is not None and self.before.claim != _claim(self.after):
            key = {"photo_id": claim_id(self.before.owner, self.before.claim)}
            yield _delete(self.tables.photos, key, _held_by(self.before.photo_id, or_nobody=False))

    def _copied(self) -> Iterator[Write]:
        """Of a photo that no longer holds the bytes nobody may become a duplicate: it would never be promoted."""
        if self.after is not None and becomes_duplicate(self.before, self.after):
            key = to_wire({"photo_id": claim_id(self.after.owner, self.after.sha256 or "")})
            held = _held_by(self.after.duplicate_of or "", or_nobody=False)
            yield {"ConditionCheck": {"TableName": self.tables.photos, "Key": key, **held}}

    def _memberships(self, joined: Iterable[Membership], left: Iterable[Membership]) -> Iterator[Write]:
        replaced = set()
        for row in joined:
            key, item = membership_item(row)
            replaced.add((key["collection"], key["position"]))
            yield _put(self.tables.memberships, item)
        for row in left:
            key, _ = membership_item(row)
            if (key["collection"], key["position"]) not in replaced:
                yield _delete(self.tables.memberships, key)

    def _with_tags_in_use(self, moved: tuple[TotalsDelta, ...]) -> Iterator[TotalsDelta]:
        """The deltas, and one for the row of `*` in every scope where the number of tags in use changes."""
        yield from moved
        have = {(delta.scope, delta.tag) for delta in moved}
        for scope in {scope for scope, _ in self.crossing}:
            if (scope, ALL_PHOTOS) not in have and self._tags_in_use(scope, moved):
                yield TotalsDelta(scope, ALL_PHOTOS, Totals(), None)

    def _tags_in_use(self, scope: str, moved: tuple[TotalsDelta, ...]) -> int:
        return sum(d.totals.count for d in moved if d.scope == scope and (scope, d.tag) in self.crossing)

    def _totals(self, delta: TotalsDelta) -> Write:
        adds = {"count": delta.totals.count, "bytes": delta.totals.bytes, "heat": delta.totals.heat, "version": 1}
        for octave, photos, weight in delta.totals.classes:
            adds |= {f"n{octave:02d}": photos, f"w{octave:02d}": weight}
        if delta.tag == ALL_PHOTOS:
            adds["tag_count"] = self._tags_in_use(delta.scope, totals.deltas(changes(self.before, self.after)))
        sets: dict[str, Any] = {"updated_at": format_timestamp(self.now)}
        if delta.cover:
            sets["cover"] = delta.cover
        if delta.tag != ALL_PHOTOS:
            sets["ranking"] = delta.scope
        write: Write = {
            "TableName": self.tables.trends,
            "Key": to_wire({"scope": delta.scope, "tag": delta.tag}),
            "UpdateExpression": "ADD "
            + ", ".join(f"#{name} :{name}" for name in adds)
            + " SET "
            + ", ".join(f"#{name} = :{name}" for name in sets),
            "ExpressionAttributeNames": {f"#{name}": name for name in (*adds, *sets)},
            "ExpressionAttributeValues": to_wire({f":{name}": value for name, value in (adds | sets).items()}),
        }
        if _moves_a_tag(delta):
            crossing = (delta.scope, delta.tag) in self.crossing
            write["ConditionExpression"] = _expected(joins=delta.totals.count > 0, crossing=crossing)
            write["ExpressionAttributeValues"] |= to_wire({":edge": 0 if delta.totals.count > 0 else 1})
        return {"Update": write}


def claim_id(owner: str, sha256: str) -> str:
    """The key of a content claim, beside the photos; no photo's id holds a `#`."""
    return f"claim#{owner}#{sha256}"


def is_claim(key: str) -> bool:
    """Whether this key of the photos table is a content claim's and no photo's."""
    return "#" in key


def membership_item(row: Membership) -> tuple[dict[str, Any], dict[str, Any]]:
    """The key and the whole item of one membership; those by state carry no slot, for nobody draws from them."""
    key = {"collection": collection_id(row.scope, row.tag), "position": row.position}
    item = key | {"photo_id": row.photo_id, "weight": row.weight, "heat": row.heat, "bytes": row.bytes}
    return key, item | ({"sampling_key": sampling_key(row.weight, row.photo_id)} if row.has_totals else {})


def collection_id(scope: str, tag: str) -> str:
    """The partition of one collection; a scope holds no `#`."""
    return f"{scope}#{tag}"


def _claim(photo: Photo | None) -> str | None:
    return photo.claim if photo else None


def _moves_a_tag(delta: TotalsDelta) -> bool:
    return delta.tag != ALL_PHOTOS and delta.totals.count != 0


def _expected(*, joins: bool, crossing: bool) -> str:
    """The condition under which this step does, or does not, bring a tag into use or out of it."""
    if joins:
        return "attribute_not_exists(#count) OR #count = :edge" if crossing else "#count > :edge"
    return "#count = :edge" if crossing else "#count > :edge"


def _held_by(photo_id: str, *, or_nobody: bool) -> Write:
    nobody = "attribute_not_exists(photo_id) OR " if or_nobody else ""
    return {
        "ConditionExpression": f"{nobody}holder = :holder",
        "ExpressionAttributeValues": to_wire({":holder": photo_id}),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _put(table: str, item: Mapping[str, Any], condition: Write | None = None) -> Write:
    return {"Put": {"TableName": table, "Item": to_wire(item), **(condition or {})}}


def _delete(table: str, key: Mapping[str, Any], condition: Write | None = None) -> Write:
    wire: Wire = to_wire(key)
    return {"Delete": {"TableName": table, "Key": wire, **(condition or {})}}
