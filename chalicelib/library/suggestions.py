"""Suggestions for what to search: tags, cameras and places in use, by the beginning of one of their words."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.library.collections import PUBLIC_SCOPE, owner_of
from chalicelib.library.facets import Facet, facet_key, facet_of, facet_scope
from chalicelib.library.totals import Trend, TrendCursor, TrendOrder

# The most used values, all of whose words are compared; of the others only the beginning is.
MAX_COMPARED = 200
TAG = "tag"


class TrendReader(Protocol):
    """Reads the totals of the collections of a scope."""

    def list_trends(self, scope: str, order: TrendOrder, *, after: TrendCursor | None, limit: int) -> list[Trend]:
        """Tags in use, the highest value first, after a cursor."""

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, most used first, then by name."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag, camera or place, and the number of its photos."""

    kind: str
    name: str
    photos: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Finds suggestions. `automatic_tags` are those that come from labelers; a person's own words come before them."""

    collections: TrendReader
    automatic_tags: Collection[str]

    def find(self, scope: str, text: str, limit: int) -> list[Suggestion]:
        """Suggestions of this scope for the beginning of a word; in the public scope tags only."""
        kinds = [(TAG, scope)]
        if scope != PUBLIC_SCOPE:
            kinds += [(facet, facet_scope(facet, owner_of(scope))) for facet in (Facet.PLACE, Facet.CAMERA)]
        found = [
            Suggestion(kind, trend.name or trend.tag, trend.totals.count)
            for kind, its_scope in kinds
            for trend in self._trends(its_scope, text, limit)
        ]
        return sorted(found, key=self._rank)[:limit]

    def _trends(self, scope: str, text: str, limit: int) -> Iterable[Trend]:
        """The values of a scope that match: all of them, but of the less used ones only by their beginning."""
        begins = facet_key(text)
        if not begins:
            return ()
        compared = self.collections.list_trends(scope, TrendOrder.COUNT, after=None, limit=MAX_COMPARED)
        found = [trend for trend in compared if _has_word(facet_key(trend.tag), begins)]
        if len(compared) == MAX_COMPARED:
            prefix = begins if facet_of(scope) else unicodedata.normalize("NFKC", text.strip().casefold())
            found += self.collections.list_tags(scope, prefix, limit) if prefix else []
        return {trend.tag: trend for trend in found}.values()

    def _rank(self, suggestion: Suggestion) -> tuple[bool, int, str]:
        is_automatic = suggestion.kind == TAG and suggestion.name in self.automatic_tags
        return is_automatic, -suggestion.photos, suggestion.name


def _has_word(key: str, begins: str) -> bool:
    """Whether the name with this key begins like this, from one of its words on."""
    words = key.split()
    return any(" ".join(words[start:]).startswith(begins) for start in range(len(words)))
