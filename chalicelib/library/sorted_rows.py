"""Sorted lists of positions, newest first, and their intersection.

A photo has the same position in all collections of tags, words and facets. So the collections of a query are read side
by side: where one has no row for a while, the others skip to its next one (leapfrog join, Veldhuizen 2014).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.library.collections import TimeRange

NEWEST = "~"  # after all positions
MAX_PAGE_ROWS = 2048


@dataclass(frozen=True, slots=True)
class Row:
    """The position and photo id of one membership."""

    position: str
    photo_id: str


@dataclass(frozen=True, slots=True)
class WordRow:
    """The position of one membership in the collection of a word."""

    word: str
    position: str


class RowReader(Protocol):
    """Reads the rows of collections."""

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Rows after this position, newest first; consistent read. Fewer than `limit` only if there are no more."""


class SortedRows(Protocol):
    """A list of positions that is only read downward: no bound is higher than one before."""

    @property
    def rows_read(self) -> int:
        """The rows read from the store so far."""

    @property
    def size(self) -> int | None:
        """How many rows there were below the first bound, if all of them have been read; else None."""

    def latest_before(self, bound: str) -> str | None:
        """The highest position below the bound, or None."""


class CollectionRows:
    """The rows of one collection, read in pages that grow from `page_rows`."""

    def __init__(self, reader: RowReader, scope: str, tag: str, page_rows: int) -> None:
        self._reader = reader
        self._scope = scope
        self._tag = tag
        self._page_rows = page_rows
        self._positions: deque[str] = deque()
        self._ended = False
        self.rows_read = 0

    @property
    def size(self) -> int | None:
        """The number of rows, if all have been read."""
        return self.rows_read if self._ended else None

    def latest_before(self, bound: str) -> str | None:
        """The highest position below the bound, or None."""
        while self._positions and self._positions[0] >= bound:
            self._positions.popleft()
        if not self._positions and not self._ended:
            after = None if bound == NEWEST else bound
            page = self._reader.list_rows(self._scope, self._tag, after=after, limit=self._page_rows)
            self._positions.extend(row.position for row in page)
            self.rows_read += len(page)
            self._ended = len(page) < self._page_rows
            self._page_rows = min(2 * self._page_rows, MAX_PAGE_ROWS)
        return self._positions[0] if self._positions else None


class ListedRows:
    """Positions that have been read, in any order, from `rows_read` rows."""

    def __init__(self, positions: Sequence[str]) -> None:
        self._positions = deque(sorted(set(positions), reverse=True))
        self.rows_read = len(positions)
        self.size = len(self._positions)

    def latest_before(self, bound: str) -> str | None:
        """The highest position below the bound, or None."""
        while self._positions and self._positions[0] >= bound:
            self._positions.popleft()
        return self._positions[0] if self._positions else None


class UnionRows:
    """The positions of any of several lists."""

    def __init__(self, lists: Sequence[SortedRows]) -> None:
        self._lists = lists

    @property
    def has_days(self) -> bool:
        """Whether days of the calendar are among the lists, so that not every position is that of a photo."""
        return any(isinstance(each, CalendarDays) for each in self._lists)

    @property
    def rows_read(self) -> int:
        """The rows read from all lists."""
        return sum(each.rows_read for each in self._lists)

    @property
    def size(self) -> int | None:
        """At most how many positions there are, if all have been read."""
        sizes = [each.size for each in self._lists]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def latest_before(self, bound: str) -> str | None:
        """The highest position below the bound, or None."""
        return max((p for each in self._lists if (p := each.latest_before(bound)) is not None), default=None)


class TimeRangeRows:
    """All positions that photos of a time range can have; to be intersected with those that they do have."""

    rows_read = 0
    size = None

    def __init__(self, time_range: TimeRange) -> None:
        self._first, self._last = time_range.positions

    def latest_before(self, bound: str) -> str | None:
        """The highest position below the bound, or None."""
        return min(bound, self._last) if bound > self._first and self._last > self._first else None


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Days of the calendar, of every year, month or day that is None; also as a list of all positions on them."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def rows_read(self) -> int:
        """Nothing is read."""
        return 0

    @property
    def size(self) -> int | None:
        """There is no end to them."""
        return None

    def contains(self, local: datetime) -> bool:
        """Whether this time is on one of the days."""
        wanted, found = (self.year, self.month, self.day), (local.year, local.month, local.day)
        return all(part is None or part == at for part, at in zip(wanted, found, strict=True))

    def latest_before(self, bound: str) -> str | None:
        """The bound itself on one of the days, else the end of the last one before; None if there is none."""
        try:
            year, month, day = (int(part) for part in bound[: len("2026-11-20")].split("-"))
        except ValueError:  # the first bound
            year, month, day = 9999, 12, 31
        latest = self._latest_day(year, month, day)
        if latest is None:
            return None
        text = "{:04d}-{:02d}-{:02d}".format(*latest)
        return min(bound, f"{text}T{NEWEST}")

    def _latest_day(self, year: int, month: int, day: int) -> tuple[int, int, int] | None:
        """The last of the days that is not after this one; one that a month does not have stands for its last."""
        for latest_year in (year, year - 1) if self.year is None else (self.year,):
            limit = (month, day) if latest_year == year else (12, 31)
            if not 1 <= latest_year <= year:
                continue
            for latest_month in (limit[0], limit[0] - 1) if self.month is None else (self.month,):
                last_day = limit[1] if latest_month == limit[0] else 31
                latest_day = last_day if self.day is None else self.day
                if 1 <= latest_month <= limit[0] and latest_day <= last_day:
                    return latest_year, latest_month, latest_day
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """How far an intersection is: what is below `bound` is still to be read. `match` is the position just found."""

    bound: str
    match: str | None = None


def intersect(included: Sequence[SortedRows], excluded: Sequence[SortedRows], after: str | None) -> Iterator[Step]:
    """The positions in all included lists and in none of the excluded ones, below `after`, with the steps between.

    At least one of the included lists has only positions of photos.
    """
    bound = after or NEWEST
    while True:
        lowered = bound
        for rows in included:
            position = rows.latest_before(lowered)
            if position is None:
                return
            lowered = min(lowered, _just_above(position))
        if lowered != bound:
            bound = lowered
            yield Step(bound)
            continue
        position = bound.removesuffix("\0")
        is_excluded = any(rows.latest_before(bound) == position for rows in excluded)
        bound = position
        yield Step(bound, None if is_excluded else position)


def _just_above(position: str) -> str:
    return position if position.endswith("\0") else f"{position}\0"
