"""Rounds: walks over everything there is, a slice a run, and how the time of one run is shared among them.

A round rests when it is complete, in proportion to what it read: a small library is gone through at every
run, a large one once a day.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# 3,000 rows between two runs of the schedule, 864,000 in a day.
PAUSE_PER_ROW = timedelta(seconds=0.1)
MAX_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be dealt with, and why; or, without one, why a walk broke off."""

    photo_id: str | None
    error: Exception


@dataclass(frozen=True, slots=True)
class PassProgress:
    """How many rows a round has read, and until when it rests after the one before."""

    rows: int = 0
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether it is too early to go on."""
        return self.paused_until is not None and now < self.paused_until

    def add_rows(self, rows: int) -> "PassProgress":
        """So many rows further."""
        return replace(self, rows=self.rows + rows)

    def next_pass(self, now: datetime) -> "PassProgress":
        """The beginning of the next round, behind the rest that this one has earned."""
        return PassProgress(paused_until=now + min(MAX_PAUSE, self.rows * PAUSE_PER_ROW))


def time_share(time_left: Callable[[], timedelta], part: float) -> Callable[[], bool]:
    """Whether there still is time, within a part (0 to 1) of all that is left at this moment."""
    end = time_left() * (1 - part)
    return lambda: time_left() > end
