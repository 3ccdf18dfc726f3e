"""Passes: scheduled work reads everything there is, some rows per run, and shares the time of each run.

After each pass it pauses, in proportion to the rows it read: a small library is read on every run, a large one once a
day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# 3,000 rows between two scheduled runs, 864,000 per day.
PAUSE_PER_ROW = timedelta(seconds=0.1)
MAX_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error in processing a photo; without a photo, the error that ended a pass or a listing."""

    photo_id: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class PassProgress:
    """The rows read in this pass, and the end of the pause after the previous one."""

    rows: int = 0
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether the next pass must not start yet."""
        return self.paused_until is not None and now < self.paused_until

    def add_rows(self, rows: int) -> "PassProgress":
        """The progress after reading this many more rows."""
        return replace(self, rows=self.rows + rows)

    def next_pass(self, now: datetime, pause_per_row: timedelta = PAUSE_PER_ROW) -> "PassProgress":
        """The start of the next pass, after a pause in proportion to this one."""
        return PassProgress(paused_until=now + min(MAX_PAUSE, self.rows * pause_per_row))


def time_share(time_left: Callable[[], timedelta], share: float) -> Callable[[], bool]:
    """Whether there is time left within this share (0 to 1) of the time that is left now."""
    end = time_left() * (1 - share)
    return lambda: time_left() > end
