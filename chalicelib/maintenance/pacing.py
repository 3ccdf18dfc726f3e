"""Passes: scheduled work reads everything there is, some rows per run, and shares the time of each run.

After each pass it pauses, in proportion to the rows it read. A walk over photos and bucket, which sends a request for
each, pauses twice as long as before if it changed nothing: a library in order is soon walked through once a day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PAUSE_PER_ROW = timedelta(seconds=0.1)
MIN_PAUSE, MAX_PAUSE = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in processing a photo; without a photo, the error that ended a pass or a listing."""

    photo_id: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class PassProgress:
    """The rows read in this pass and what it changed, the pause after the previous one in seconds, and its end."""

    rows: int = 0
    changes: int = 0
    pause_seconds: float = 0.0
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether the next pass must not start yet."""
        return self.paused_until is not None and now < self.paused_until

    def add_rows(self, rows: int, changes: int = 0) -> "PassProgress":
        """The progress after reading this many more rows and changing something about some of them."""
        return replace(self, rows=self.rows + rows, changes=self.changes + changes)

    def next_pass(self, now: datetime, pause_per_row: timedelta = PAUSE_PER_ROW) -> "PassProgress":
        """The start of the next pass, after a pause in proportion to this one."""
        pause = max(MIN_PAUSE, min(MAX_PAUSE, self.rows * pause_per_row))
        if not self.changes:
            pause = min(MAX_PAUSE, max(pause, timedelta(seconds=2 * self.pause_seconds)))
        return PassProgress(pause_seconds=pause.total_seconds(), paused_until=now + pause)

    def next_count(self, now: datetime) -> "PassProgress":
        """The start of the next recount, which is cheap, and brings what is only counted up to date.

        It rests in proportion to its rows, and at least an hour if nothing has changed since the last one.
        """
        pause = timedelta(0) if self.changes or not self.rows else MIN_PAUSE
        return PassProgress(paused_until=now + max(pause, min(MAX_PAUSE, self.rows * PAUSE_PER_ROW)))


def time_share(time_left: Callable[[], timedelta], share: float) -> Callable[[], bool]:
    """Whether there is time left within this share (0 to 1) of the time that is left now."""
    end = time_left() * (1 - share)
    return lambda: time_left() > end
