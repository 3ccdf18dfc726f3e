"""Search: queries over several tags, and the merge of the collections they read.

A search reads one collection, or several merged, newest first, and checks each photo against the query. It reads at
most MAX_ROWS_READ rows; a page may therefore be short and still have a cursor.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Protocol

from chalicelib.library.photo import Photo

MAX_ROWS_READ = 500


class Match(StrEnum):
    """Whether a photo must have all of the tags, or any of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Row:
    """The position and photo id of one membership."""

    position: str
    photo_id: str


class RowReader(Protocol):
    """Reads the rows of collections."""

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Rows after this position, newest first; consistent read."""


def iterate_photo_ids(collections: RowReader, scope: str, tag: str, *, page_size: int) -> Iterator[str]:
    """The photo ids of a whole collection, newest first, read page by page."""
    after = None
    while rows := collections.list_rows(scope, tag, after=after, limit=page_size):
        yield from (row.photo_id for row in rows)
        after = rows[-1].position


@dataclass(frozen=True, slots=True)
class TagQuery:
    """Tags a photo must have (all or any of them), and tags it must not have."""

    tags: tuple[str, ...]
    match: Match = Match.ALL
    excluded: tuple[str, ...] = ()

    @property
    def is_single_tag(self) -> bool:
        """Whether one collection is the whole result."""
        return len(self.tags) == 1 and not self.excluded

    def matches(self, photo: Photo) -> bool:
        """Whether the photo matches the query."""
        tags = set(photo.tags)
        included = tags.issuperset(self.tags) if self.match is Match.ALL else not tags.isdisjoint(self.tags)
        return included and tags.isdisjoint(self.excluded)


def merge_rows(collections: Iterable[list[Row]], limit: int) -> list[Row]:
    """The newest `limit` rows of several collections, each photo once; each collection must be sorted newest first."""
    return list(islice(_unique(heapq.merge(*collections, key=lambda row: row.position, reverse=True)), limit))


def _unique(rows: Iterable[Row]) -> Iterator[Row]:
    previous = None
    for row in rows:
        if row.position != previous:
            yield row
        previous = row.position
