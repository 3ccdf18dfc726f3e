"""Recounts the totals of every collection from its memberships, some pages per run.

Totals change in the same transaction as their photos, so a difference means that something else wrote to the tables:
it is corrected and reported as drift. A count is valid only if the trend did not change meanwhile; a trend that keeps
changing is postponed to the next pass. Cells of the map are not recounted: there may be as many as photos, each of them
costs three reads, and their counts only say how large a cluster looks.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from chalicelib.library.collections import ALL_PHOTOS
from chalicelib.library.facets import Facet, facet_of
from chalicelib.library.memberships import Membership
from chalicelib.library.totals import Totals, Trend, add_totals, sum_totals
from chalicelib.maintenance.pacing import Failure, PassProgress

PAGE_SIZE = 500
PAGES_PER_CHECKPOINT = 20
MAX_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """An unfinished count of a collection: the totals of its rows up to the position `after`."""

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
    """Where the pass resumes: the last trend that was counted, and the unfinished count."""

    done: tuple[str, str] | None = None
    count: Count | None = None
    progress: PassProgress = field(default_factory=PassProgress)


@dataclass(frozen=True, slots=True)
class RecountReport:
    """The result of one run; `drifted` counts totals that were wrong and have been corrected."""

    recounted: int = 0
    drifted: int = 0
    postponed: int = 0
    failures: tuple[Failure, ...] = ()


class TotalsStore(Protocol):
    """Reads and corrects the stored totals."""

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        """The trend after (scope, tag), in an order of the store's choice; None at the end."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """The current trend; consistent read."""

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        """Rows of a collection after this position, newest first; consistent read."""

    def tags_in_use(self, scope: str) -> int:
        """The number of tags with a photo in this scope; consistent read."""

    def correct(self, trend: Trend) -> bool:
        """Store these totals if the stored version is unchanged; returns whether it was."""

    def load_checkpoint(self) -> RecountCheckpoint:
        """The saved checkpoint; an empty one at first."""

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        """Save the checkpoint for the next run."""


@dataclass(frozen=True, slots=True)
class Recount:
    """Recounts the totals in a store."""

    totals: TotalsStore
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], bool]) -> RecountReport:
        """Resume the pass, until time is up or the pass ends; does nothing during the pause between two passes."""
        report = RecountReport()
        try:
            checkpoint, pages = self.totals.load_checkpoint(), 0
            if checkpoint.progress.is_paused(self.now()):
                return report
            while time_left():
                count = checkpoint.count or self._next_count(checkpoint)
                if count is None:
                    self.totals.save_checkpoint(RecountCheckpoint(progress=checkpoint.progress.next_count(self.now())))
                    return report
                if facet_of(count.scope) is Facet.CELL:
                    checkpoint = RecountCheckpoint((count.scope, count.tag), progress=checkpoint.progress.add_rows(1))
                else:
                    checkpoint, report = self._count_page(count, checkpoint, report)
                pages += 1
                if pages % PAGES_PER_CHECKPOINT == 0:
                    self.totals.save_checkpoint(checkpoint)
            self.totals.save_checkpoint(checkpoint)
        except Exception as error:  # noqa: BLE001 - other work continues, and the pass resumes from its checkpoint
            return replace(report, failures=(Failure(None, error),))
        return report

    def _next_count(self, checkpoint: RecountCheckpoint) -> Count | None:
        trend = self.totals.next_trend(checkpoint.done)
        return Count(trend.scope, trend.tag, trend.version) if trend else None

    def _count_page(
        self, count: Count, checkpoint: RecountCheckpoint, report: RecountReport
    ) -> tuple[RecountCheckpoint, RecountReport]:
        rows = self.totals.members(count.scope, count.tag, count.after, PAGE_SIZE)
        checkpoint = replace(checkpoint, progress=checkpoint.progress.add_rows(1 + len(rows)))
        count = replace(
            count,
            after=rows[-1].position if rows else count.after,
            totals=add_totals(count.totals, sum_totals(rows)),
            newest=count.newest or (rows[0].photo_id if rows else None),
            months=_by_month(count.months, rows) if count.tag == ALL_PHOTOS else {},
        )
        if len(rows) == PAGE_SIZE:
            return replace(checkpoint, count=count), report
        return self._finish_count(count, checkpoint, report)

    def _finish_count(
        self, count: Count, checkpoint: RecountCheckpoint, report: RecountReport
    ) -> tuple[RecountCheckpoint, RecountReport]:
        next_checkpoint = RecountCheckpoint(done=(count.scope, count.tag), progress=checkpoint.progress)
        trend = self.totals.get_trend(count.scope, count.tag)
        counted = self._counted_trend(trend, count) if trend and trend.version == count.version else None
        if trend and counted and (counted == trend or self.totals.correct(counted)):
            drifted = report.drifted + (counted.totals != trend.totals or counted.tag_count != trend.tag_count)
            if bool(counted.totals.count) != bool(trend.totals.count):
                self._correct_tag_count(count.scope)
            progress = checkpoint.progress.add_rows(0, changes=counted != trend)
            return replace(next_checkpoint, progress=progress), replace(
                report, recounted=report.recounted + 1, drifted=drifted
            )
        if trend and count.restarts < MAX_RESTARTS:
            restarted = Count(count.scope, count.tag, trend.version, restarts=count.restarts + 1)
            return replace(checkpoint, count=restarted), report
        progress = checkpoint.progress.add_rows(0, changes=1)
        return replace(next_checkpoint, progress=progress), replace(report, postponed=report.postponed + 1)

    def _correct_tag_count(self, scope: str) -> None:
        """Correct the number of tags in use after a correction added or removed a tag."""
        everything = self.totals.get_trend(scope, ALL_PHOTOS)
        if everything:
            # Not written if a photo changed meanwhile; the next pass corrects it.
            self.totals.correct(replace(everything, tag_count=self.totals.tags_in_use(scope)))

    def _counted_trend(self, trend: Trend, count: Count) -> Trend:
        counted = replace(trend, totals=count.totals, cover=count.newest)
        if count.tag != ALL_PHOTOS:
            return counted
        # Valid for the version that was counted, hence as of the time of that version.
        return replace(
            counted,
            tag_count=self.totals.tags_in_use(count.scope),
            months=count.months,
            counted_at=trend.updated_at,
        )


def _by_month(months: Mapping[str, int], rows: list[Membership]) -> dict[str, int]:
    added = Counter(row.position[: len("2026-11")] for row in rows)
    return dict(Counter(months) + added)
