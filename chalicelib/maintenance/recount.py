"""Recount: the totals of every collection counted again from its rows, a slice at a time.

Totals move with their photos in one transaction, so a difference means that something else wrote
here: it is put right and reported as drift. A count holds only if the trend did not change while it
lasted; one that keeps changing is postponed to the next round.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from chalicelib.library.collections import ALL_PHOTOS, Membership
from chalicelib.library.totals import Totals, Trend, add_totals, sum_totals
from chalicelib.maintenance.pacing import Failure, PassProgress

PAGE_SIZE = 500
PAGES_PER_CHECKPOINT = 20
MAX_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """One collection half counted: what its rows up to the position `after` come to."""

    scope: str
    tag: str
    version: int
    after: str | None = None
    totals: Totals = field(default_factory=Totals)
    newest: str | None = None
    months: Mapping[str, int] = field(default_factory=dict)
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class RecountCheckpoint:
    """How far a round has come: the last trend that is done, and the count in hand."""

    done: tuple[str, str] | None = None
    count: Count | None = None
    progress: PassProgress = field(default_factory=PassProgress)


@dataclass(frozen=True, slots=True)
class RecountReport:
    """What one run came to; `drifted` totals were wrong, and are right now."""

    recounted: int = 0
    drifted: int = 0
    postponed: int = 0
    failures: tuple[Failure, ...] = ()


class TotalsStore(Protocol):
    """The totals as they are stored, to count again."""

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        """The trend behind (scope, tag) in an order of the store's own, or None at the end."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One trend as it is now; consistent."""

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        """The rows of a collection behind a position, newest first; consistent."""

    def tags_in_use(self, scope: str) -> int:
        """How many tags of this scope have a photo; consistent."""

    def correct(self, trend: Trend) -> bool:
        """Store these figures if the stored version is still this trend's; else answer False."""

    def load_checkpoint(self) -> RecountCheckpoint:
        """The place that was kept; a new one at first."""

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        """Keep this place for the next run."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The counting, over a ledger handed in."""

    totals: TotalsStore
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], bool]) -> RecountReport:
        """Go on from where the last run stopped, until time is up or the round is complete; between rounds, rest."""
        sums = RecountReport()
        try:
            mark, pages = self.totals.load_checkpoint(), 0
            if mark.progress.is_paused(self.now()):
                return sums
            while time_left():
                count = mark.count or self._next(mark)
                if count is None:
                    self.totals.save_checkpoint(RecountCheckpoint(progress=mark.progress.next_pass(self.now())))
                    return sums
                mark, sums = self._page(count, mark, sums)
                pages += 1
                if pages % PAGES_PER_CHECKPOINT == 0:
                    self.totals.save_checkpoint(mark)
            self.totals.save_checkpoint(mark)
        except Exception as error:  # noqa: BLE001 - the other work goes on, and the round from its bookmark
            return replace(sums, failures=(Failure(None, error),))
        return sums

    def _next(self, mark: RecountCheckpoint) -> Count | None:
        trend = self.totals.next_trend(mark.done)
        return Count(trend.scope, trend.tag, trend.version) if trend else None

    def _page(
        self, count: Count, mark: RecountCheckpoint, sums: RecountReport
    ) -> tuple[RecountCheckpoint, RecountReport]:
        rows = self.totals.members(count.scope, count.tag, count.after, PAGE_SIZE)
        mark = replace(mark, progress=mark.progress.add_rows(1 + len(rows)))
        count = replace(
            count,
            after=rows[-1].position if rows else count.after,
            totals=add_totals(count.totals, sum_totals(rows)),
            newest=count.newest or (rows[0].photo_id if rows else None),
            months=_by_month(count.months, rows) if count.tag == ALL_PHOTOS else {},
        )
        if len(rows) == PAGE_SIZE:
            return replace(mark, count=count), sums
        return self._close(count, mark, sums)

    def _close(
        self, count: Count, mark: RecountCheckpoint, sums: RecountReport
    ) -> tuple[RecountCheckpoint, RecountReport]:
        done = RecountCheckpoint(done=(count.scope, count.tag), progress=mark.progress)
        trend = self.totals.get_trend(count.scope, count.tag)
        right = self._as_counted(trend, count) if trend and trend.version == count.version else None
        if trend and right and (right == trend or self.totals.correct(right)):
            drifted = sums.drifted + (right.totals != trend.totals or right.tag_count != trend.tag_count)
            if bool(right.totals.count) != bool(trend.totals.count):
                self._count_tags(count.scope)
            return done, replace(sums, recounted=sums.recounted + 1, drifted=drifted)
        if trend and count.restarts < MAX_RESTARTS:
            afresh = Count(count.scope, count.tag, trend.version, restarts=count.restarts + 1)
            return replace(mark, count=afresh), sums
        return done, replace(sums, postponed=sums.postponed + 1)

    def _count_tags(self, scope: str) -> None:
        """A tag came into use, or out of it, by being put right: the number of tags was counted without it."""
        everything = self.totals.get_trend(scope, ALL_PHOTOS)
        if everything:
            # Refused where a photo moved meanwhile; then it waits for the next round.
            self.totals.correct(replace(everything, tag_count=self.totals.tags_in_use(scope)))

    def _as_counted(self, trend: Trend, count: Count) -> Trend:
        counted = replace(trend, totals=count.totals, cover=count.newest)
        if count.tag != ALL_PHOTOS:
            return counted
        # Right for the version that was counted, hence as of the time of that version.
        return replace(
            counted,
            tag_count=self.totals.tags_in_use(count.scope),
            months=count.months,
            counted_at=trend.updated_at,
        )


def _by_month(months: Mapping[str, int], rows: list[Membership]) -> dict[str, int]:
    found = Counter(row.position[: len("2026-11")] for row in rows)
    return dict(Counter(months) + found)
