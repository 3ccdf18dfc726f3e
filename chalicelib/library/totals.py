"""The totals of each collection: how many, how heavy, how hot, and the picture on its cover.

Totals move by deltas inside the transaction that moves the photos, so they are exact at any moment.
The schedule counts them again all the same, a slice at a time, and reports any difference as drift.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.library.collections import Membership, MembershipChanges, weight_class_of

HALF_LIFE = timedelta(days=30)
BASE_HEAT = 1000
# Ten million photos of it fill DynamoDB's 38 digits; more would be refused, and no photo taken in any more.
MAX_HEAT = 10**31


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a collection: photos, bytes, heat, and (class, photos, millionths) for each weight class in use."""

    count: int = 0
    bytes: int = 0
    heat: int = 0
    classes: tuple[tuple[int, int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.count or self.bytes or self.heat or self.classes)


@dataclass(frozen=True, slots=True)
class TotalsDelta:
    """What one transaction does to one trend; `cover` is the photo that joined, if one did."""

    scope: str
    tag: str
    totals: Totals
    cover: str | None


@dataclass(frozen=True, slots=True)
class Trend:
    """One collection's row: its totals now.

    On the row of `*` alone: `tags` counts the tags in use; `months` the photos by month of their moment
    (`2026-11`), as they were at `counted_at`.
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


def heat(received_at: datetime, epoch: datetime) -> int:
    """The heat a photo adds: 1000 * 2^((received - epoch) / 30 days), at least 1, at most 10^31.

    Forward decay (Cormode, Shkapenyuk, Srivastava, Xu 2009): newcomers weigh more instead of everybody
    else weighing less, so nothing stored is ever rewritten and an integer ADD stays exact.
    """
    doublings = min((received_at - epoch) / HALF_LIFE, math.log2(MAX_HEAT))
    return min(MAX_HEAT, max(1, round(BASE_HEAT * math.exp2(doublings))))


def sum_totals(members: Iterable[Membership]) -> Totals:
    """The sums over these rows."""
    return _sum((row, 1) for row in members)


def add_totals(first: Totals, second: Totals) -> Totals:
    """Both sums together; classes that come to nothing are left out."""
    classes: dict[int, tuple[int, int]] = {}
    for octave, photos, weight in (*first.classes, *second.classes):
        had_photos, had_weight = classes.get(octave, (0, 0))
        classes[octave] = (had_photos + photos, had_weight + weight)
    return Totals(
        count=first.count + second.count,
        bytes=first.bytes + second.bytes,
        heat=first.heat + second.heat,
        classes=tuple(sorted((octave, n, w) for octave, (n, w) in classes.items() if n or w)),
    )


def deltas(changes: MembershipChanges) -> tuple[TotalsDelta, ...]:
    """One delta for each counted collection that these changes touch, in a stable order."""
    touched: dict[tuple[str, str], list[tuple[Membership, int]]] = {}
    covers: dict[tuple[str, str], str] = {}
    for rows, sign in ((changes.removed, -1), (changes.added, 1)):
        for row in rows:
            if row.has_totals:
                collection = (row.scope, row.tag)
                if sign > 0 and collection not in touched:  # not one that was there, with another weight or heat
                    covers[collection] = row.photo_id
                touched.setdefault(collection, []).append((row, sign))
    return tuple(
        TotalsDelta(scope, tag, _sum(rows), covers.get((scope, tag))) for (scope, tag), rows in sorted(touched.items())
    )


def _sum(signed: Iterable[tuple[Membership, int]]) -> Totals:
    sums = Totals()
    for row, sign in signed:
        one = Totals(sign, sign * row.bytes, sign * row.heat, ((weight_class_of(row.weight), sign, sign * row.weight),))
        sums = add_totals(sums, one)
    return sums


def parse_epoch(day: str) -> datetime:
    """Midnight UTC of an ISO date: the library's epoch."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
