"""A photo store in memory with the behavior of the one in DynamoDB; both pass the same contract tests."""

import threading
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from chalicelib.errors import AlbumsGone, Conflict, ContentClaimed
from chalicelib.library import totals as totals_
from chalicelib.library.collections import (
    ALL_PHOTOS,
    TimeRange,
    becomes_duplicate,
    changes,
    joined_albums,
    sampling_key,
    word_of,
    word_tag,
)
from chalicelib.library.facets import COUNTED_FACETS, facet_of
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import DueEntry, Photo
from chalicelib.library.sampling import WeightedRow
from chalicelib.library.sorted_rows import Row, WordRow
from chalicelib.library.steps import commit_in_steps
from chalicelib.library.totals import Totals, TotalsDelta, Trend, TrendCursor, TrendOrder
from chalicelib.maintenance.recount import RecountCheckpoint


@dataclass
class MemoryPhotoStore:
    """`PhotoStore`, `CollectionReader`, `SamplingIndex` and `TotalsStore` over dictionaries.

    Tombstones are kept apart from the records, so that tests of photos need not know of them.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    records: dict[str, Photo] = field(default_factory=dict)
    tombstones: dict[str, Photo] = field(default_factory=dict)
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    memberships: dict[tuple[str, str, str], Membership] = field(default_factory=dict)
    sampling_rows: dict[tuple[str, str], list[tuple[str, str, int]]] = field(default_factory=dict)
    totals: dict[tuple[str, str], Trend] = field(default_factory=dict)
    checkpoint: RecountCheckpoint = field(default_factory=RecountCheckpoint)
    deleted_albums: set[str] = field(default_factory=set)
    fingerprint_changes: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # Called before and after every transaction with the records before and after it.
    before_commit: Callable[[Photo | None, Photo | None], None] = lambda _, __: None
    on_commit: Callable[[Photo | None, Photo | None], None] = lambda _, __: None

    def get(self, photo_id: str) -> Photo | None:
        return self.records.get(photo_id) or self.tombstones.get(photo_id)

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        ids = set(photo_ids)
        assert len(ids) <= 100
        return {photo_id: photo for photo_id in ids if (photo := self.get(photo_id))}

    def commit(self, before: Photo | None, after: Photo) -> Photo:
        return commit_in_steps(self._commit_step, before, after, self.now())

    def _commit_step(self, before: Photo | None, step: Photo) -> Photo:
        stored = replace(step, version=before.version + 1 if before else 1)
        self._commit(before, stored, step.photo_id)
        return stored

    def remove(self, photo: Photo) -> None:
        self._commit(photo, None, photo.photo_id)

    def claim_holder(self, owner: str, sha256: str) -> str | None:
        return self.claims.get((owner, sha256))

    def claim_holders(self, owner: str, digests: Iterable[str]) -> dict[str, str]:
        return {sha256: holder for sha256 in digests if (holder := self.claims.get((owner, sha256)))}

    def list_due(self, now: datetime, after: DueEntry | None, limit: int) -> list[DueEntry]:
        waiting = sorted((at, p.photo_id) for p in self.records.values() if (at := p.next_due_at) and at <= now)
        behind = [DueEntry(*entry) for entry in waiting if after is None or entry > (after.due_at, after.photo_id)]
        return behind[:limit]

    def list_rows(
        self,
        scope: str,
        tag: str,
        *,
        after: str | None,
        limit: int,
        time_range: TimeRange | None = None,
        oldest_first: bool = False,
    ) -> list[Row]:
        first, last = (time_range or TimeRange()).positions
        rows = [Row(m.position, m.photo_id) for m in self.members(scope, tag, None, len(self.memberships))]
        rows = [row for row in (reversed(rows) if oldest_first else rows) if first <= row.position <= last]
        if after:
            rows = [row for row in rows if (row.position > after if oldest_first else row.position < after)]
        return rows[:limit]

    def list_word_rows(self, scope: str, prefix: str, *, after_word: str | None, limit: int) -> list[WordRow]:
        with self.lock:
            found = [m for (s, t, _), m in self.memberships.items() if s == scope and t.startswith(word_tag(prefix))]
        rows = sorted((word_of(m.tag) or "", m.position) for m in found)
        return [WordRow(word, position) for word, position in rows if word > (after_word or "")][:limit]

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        found = (t for (s, tag), t in self.totals.items() if s == scope and tag.startswith(prefix))
        used = [t for t in found if t.totals.count > 0 and t.tag != ALL_PHOTOS]
        return sorted(used, key=lambda t: (-t.totals.count, t.tag))[:limit]

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        with self.lock:
            found = [m for (s, t, _), m in self.memberships.items() if (s, t) == (scope, tag)]
        newest = sorted(found, key=lambda m: m.position, reverse=True)
        return [m for m in newest if after is None or m.position < after][:limit]

    def list_trends(self, scope: str, order: TrendOrder, *, after: TrendCursor | None, limit: int) -> list[Trend]:
        def sort_key(trend: Trend) -> tuple[int, str]:
            return (trend.totals.count if order is TrendOrder.COUNT else trend.totals.heat, trend.tag)

        used = (t for (s, tag), t in self.totals.items() if s == scope and tag != ALL_PHOTOS and sort_key(t)[0] > 0)
        ranked = sorted(used, key=sort_key, reverse=True)
        return [t for t in ranked if after is None or sort_key(t) < (after.value, after.tag)][:limit]

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        return self.totals.get((scope, tag))

    def get_trends(self, collections: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Trend]:
        return {each: self.totals[each] for each in collections if each in self.totals}

    def rows_between(self, scope: str, tag: str, first: str, last: str) -> Iterator[WeightedRow]:
        rows = self.sampling_rows.get((scope, tag), [])
        for _, photo_id, weight in rows[bisect_left(rows, (first,)) : bisect_left(rows, (f"{last}~",))]:
            yield WeightedRow(photo_id, weight)

    def get_photo_and_trend(self, scope: str, tag: str, photo_id: str) -> tuple[Photo | None, Trend | None]:
        with self.lock:
            return self.get(photo_id), self.get_trend(scope, tag)

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        behind = sorted(key for key in self.totals if after is None or key > after)
        return self.totals[behind[0]] if behind else None

    def tags_in_use(self, scope: str) -> int:
        return sum(t.totals.count > 0 for (s, tag), t in self.totals.items() if s == scope and tag != ALL_PHOTOS)

    def correct(self, trend: Trend) -> bool:
        if self.totals[trend.scope, trend.tag].version != trend.version:
            return False
        self.totals[trend.scope, trend.tag] = replace(trend, version=trend.version + 1)
        return True

    def load_checkpoint(self) -> RecountCheckpoint:
        return self.checkpoint

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        self.checkpoint = checkpoint

    def _commit(self, before: Photo | None, after: Photo | None, photo_id: str) -> None:
        with self.lock:
            self._apply(before, after, photo_id)

    def _apply(self, before: Photo | None, after: Photo | None, photo_id: str) -> None:
        self.before_commit(before, after)
        stored = self.get(photo_id)
        if (stored and (stored.generation, stored.version)) != (before and (before.generation, before.version)):
            raise Conflict("The photo has changed since it was read.")
        if (
            after
            and becomes_duplicate(before, after)
            and self.claim_holder(after.owner, after.sha256 or "") != after.duplicate_of
        ):
            raise Conflict("The photo that this is a duplicate of does not hold its bytes any more.")
        membership_changes = changes(before, after)
        if gone := self.deleted_albums.intersection(joined_albums(membership_changes)):
            raise AlbumsGone(frozenset(gone))
        self._claim(before, after)
        self.records.pop(photo_id, None)
        self.tombstones.pop(photo_id, None)
        if after:
            (self.tombstones if after.expires_at else self.records)[photo_id] = after
        for row in membership_changes.removed:
            del self.memberships[row.scope, row.tag, row.position]
            if row.weight:
                self.sampling_rows[row.scope, row.tag].remove(_sampling_row(row))
        rows = (*membership_changes.added, *membership_changes.removed)
        self.fingerprint_changes.update({row.scope.removeprefix("owner/") for row in rows if row.fingerprint})
        for row in membership_changes.added:
            self.memberships[row.scope, row.tag, row.position] = row
            if row.weight:
                insort(self.sampling_rows.setdefault((row.scope, row.tag), []), _sampling_row(row))
        for delta in totals_.deltas(membership_changes):
            self._add(delta)
        for scope in {row.scope for row in (*membership_changes.added, *membership_changes.removed) if row.has_totals}:
            everything = self.totals.get((scope, ALL_PHOTOS))
            if everything is None and facet_of(scope) in COUNTED_FACETS:
                everything = Trend(scope, ALL_PHOTOS, Totals(), 0, None, self.now(), 1)
            if everything:
                self.totals[scope, ALL_PHOTOS] = replace(everything, tag_count=self.tags_in_use(scope))
        self.on_commit(before, after)

    def _claim(self, before: Photo | None, after: Photo | None) -> None:
        if after and after.claim:
            holder = self.claims.get((after.owner, after.claim), after.photo_id)
            if holder != after.photo_id:
                raise ContentClaimed(holder)
        if before and before.claim:
            del self.claims[before.owner, before.claim]
        if after and after.claim:
            self.claims[after.owner, after.claim] = after.photo_id

    def _add(self, delta: TotalsDelta) -> None:
        blank = Trend(delta.scope, delta.tag, Totals(), 0, None, self.now(), 0)
        trend = self.totals.get((delta.scope, delta.tag), blank)
        self.totals[delta.scope, delta.tag] = replace(
            trend,
            totals=totals_.add_totals(trend.totals, delta.totals),
            cover=delta.cover or trend.cover,
            name=delta.name or trend.name,
            updated_at=self.now(),
            version=trend.version + 1,
        )


def _sampling_row(row: Membership) -> tuple[str, str, int]:
    return sampling_key(row.weight, row.photo_id), row.photo_id, row.weight
