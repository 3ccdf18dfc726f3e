"""The totals of each collection: number of photos, bytes, weight, heat, and its cover.

Totals change by deltas in the transaction that changes the photo, so they are always exact.
The schedule recounts them anyway and reports any difference as drift.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.library.collections import MembershipChanges, weight_class_of
from chalicelib.library.memberships import Membership

HALF_LIFE = timedelta(days=30)
BASE_HEAT = 1000
# The heat of ten million such photos fits DynamoDB's 38 digits; a larger sum would make every commit fail.
MAX_HEAT = 10**31


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a collection: photos, bytes, heat, and (weight class, photos, millionths) for each class in use."""

    count: int = 0
    bytes: int = 0
    heat: int = 0
    classes: tuple[tuple[int, int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.count or self.bytes or self.heat or self.classes)


@dataclass(frozen=True, slots=True)
class TotalsDelta:
    """What one transaction adds to one trend; `cover` is the photo added to the collection, or None.

    `name` is that of a facet's value as this photo has it.
    """

    scope: str
    tag: str
    totals: Totals
    cover: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """The stored totals of one collection. `name` is that of a facet's value, as one of its photos has it.

    Only on the trend of `*`: `tag_count` is the number of tags in use, `months` the number of photos by month
    (`2026-11`) as of `counted_at`.
    """

    scope: str
    tag: str
    totals: Totals
    tag_count: int
    cover: str | None
    updated_at: datetime
    version: int
    months: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None
    name: str = ""


class TrendOrder(StrEnum):
    """The value that tags are ranked by."""

    COUNT = "count"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class TrendCursor:
    """A position in a ranking: the value it is sorted by, and the tag that breaks ties."""

    value: int
    tag: str


def heat(received_at: datetime, epoch: datetime) -> int:
    """The heat a photo adds: 1000 * 2^((received - epoch) / 30 days), at least 1, at most 10^31.

    Forward decay (Cormode, Shkapenyuk, Srivastava, Xu 2009): new photos count more instead of old ones
    counting less, so stored values are never rewritten and an integer ADD stays exact.
    """
    doublings = min((received_at - epoch) / HALF_LIFE, math.log2(MAX_HEAT))
    return min(MAX_HEAT, max(1, round(BASE_HEAT * math.exp2(doublings))))


def sum_totals(memberships: Iterable[Membership]) -> Totals:
    """The totals of these memberships."""
    return _sum((membership, 1) for membership in memberships)


def add_totals(first: Totals, second: Totals) -> Totals:
    """The sum of both; empty weight classes are left out."""
    classes: dict[int, tuple[int, int]] = {}
    for weight_class, photos, weight in (*first.classes, *second.classes):
        class_photos, class_weight = classes.get(weight_class, (0, 0))
        classes[weight_class] = (class_photos + photos, class_weight + weight)
    return Totals(
        count=first.count + second.count,
        bytes=first.bytes + second.bytes,
        heat=first.heat + second.heat,
        classes=tuple(sorted((weight_class, n, w) for weight_class, (n, w) in classes.items() if n or w)),
    )


def deltas(changes: MembershipChanges) -> tuple[TotalsDelta, ...]:
    """One delta for each collection with totals that these changes affect, sorted by scope and tag."""
    signed: dict[tuple[str, str], list[tuple[Membership, int]]] = {}
    covers: dict[tuple[str, str], str] = {}
    names: dict[tuple[str, str], str] = {}
    for memberships, sign in ((changes.removed, -1), (changes.added, 1)):
        for membership in memberships:
            if membership.has_totals:
                collection = (membership.scope, membership.tag)
                if sign > 0 and collection not in signed:  # else only its weight or heat changed
                    covers[collection] = membership.photo_id
                    names[collection] = membership.name
                signed.setdefault(collection, []).append((membership, sign))
    return tuple(
        TotalsDelta(scope, tag, _sum(rows), covers.get((scope, tag)), names.get((scope, tag), ""))
        for (scope, tag), rows in sorted(signed.items())
    )


def _sum(signed: Iterable[tuple[Membership, int]]) -> Totals:
    sums = Totals()
    for row, sign in signed:
        classes = ((weight_class_of(row.weight), sign, sign * row.weight),) if row.weight else ()
        sums = add_totals(sums, Totals(sign, sign * row.bytes, sign * row.heat, classes))
    return sums


def parse_epoch(day: str) -> datetime:
    """The epoch: midnight UTC of an ISO date."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
