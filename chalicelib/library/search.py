"""Search: what is asked for when one tag is not enough, and how the rows that may fit are found.

A search walks one collection, or several merged, newest first, and looks at the photos themselves for
the rest. It reads at most a set number of rows: a page may be short, and then its cursor goes on.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from chalicelib.library.photo import Photo

MAX_ROWS_READ = 500


class Match(StrEnum):
    """Whether a photo must stand under every tag, or under one of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Row:
    """One place in a collection."""

    position: str
    photo_id: str


@dataclass(frozen=True, slots=True)
class TagQuery:
    """Tags to stand under, and tags not to."""

    tags: tuple[str, ...]
    match: Match = Match.ALL
    excluded: tuple[str, ...] = ()

    @property
    def is_single_tag(self) -> bool:
        """Whether one collection is the whole answer."""
        return len(self.tags) == 1 and not self.excluded

    def matches(self, photo: Photo) -> bool:
        """Whether this photo is meant."""
        has = set(photo.tags)
        wanted = has.issuperset(self.tags) if self.match is Match.ALL else not has.isdisjoint(self.tags)
        return wanted and has.isdisjoint(self.excluded)


def merge_rows(collections: Iterable[list[Row]], limit: int) -> list[Row]:
    """The newest `limit` rows of several collections together, each photo once; each collection newest first."""
    return list(islice(_each_once(heapq.merge(*collections, key=lambda row: row.position, reverse=True)), limit))


def _each_once(rows: Iterable[Row]) -> Iterator[Row]:
    last = None
    for row in rows:
        if row.position != last:
            yield row
        last = row.position
