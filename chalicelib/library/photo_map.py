"""The map of an owner's photos: clusters, which are the cells of the map that have photos."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Protocol

from chalicelib.library.facets import Facet, facet_scope
from chalicelib.library.map_cells import (
    MAX_LEVEL,
    Bounds,
    cell_bounds,
    cells_covering,
    children_prefix,
    covering_level,
)
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.totals import Trend

# Cells of a level that may be in the bounds; fewer have photos.
MAX_CELLS = 400
MAX_CLUSTERS = 200
PHOTOS_PER_READ = 100
CELLS_PER_PARENT = 64


class CellReader(Protocol):
    """Reads the totals of cells."""

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, most used first, then by name."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The photos in a cell of the map: how many, and one of them."""

    bounds: Bounds
    photos: int
    cover: Photo | None


@dataclass(frozen=True, slots=True)
class PhotoMap:
    """Clusters of a level of the grid of cells, the largest first."""

    level: int
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class PhotoMaps:
    """Makes maps."""

    photos: PhotoStore
    collections: CellReader

    def read(self, owner: str, bounds: Bounds, level: int | None = None) -> PhotoMap:
        """The map of an owner's photos in these bounds, at most 200 clusters.

        The level is the highest with not too many cells in the bounds, or a lower one if given, 1 to 4.
        """
        level = max(1, min(level or MAX_LEVEL, covering_level(bounds, MAX_CELLS)))
        scope = facet_scope(Facet.CELL, owner)
        found = (
            trend
            for parent in cells_covering(bounds, level - 1)
            for trend in self.collections.list_tags(scope, children_prefix(parent), CELLS_PER_PARENT)
        )
        inside = (trend for trend in found if bounds.overlaps(cell_bounds(trend.tag)))
        largest = sorted(inside, key=lambda trend: (-trend.totals.count, trend.tag))[:MAX_CLUSTERS]
        covers = self._read_covers(owner, largest)
        return PhotoMap(
            level,
            tuple(Cluster(cell_bounds(t.tag), t.totals.count, covers.get(t.cover or "")) for t in largest),
        )

    def _read_covers(self, owner: str, trends: Iterable[Trend]) -> dict[str, Photo]:
        """The covers that are still photos of this owner, by id."""
        ids = dict.fromkeys(trend.cover for trend in trends if trend.cover)
        found: dict[str, Photo] = {}
        for batch in batched(ids, PHOTOS_PER_READ):
            found |= self.photos.get_many(batch)
        return {key: photo for key, photo in found.items() if photo.owner == owner and photo.state is State.READY}
