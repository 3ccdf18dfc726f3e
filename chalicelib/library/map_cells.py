"""The cells of the map: a grid in which each cell of a level has 8 by 8 cells of the next.

Level 0 is the whole Earth, 360° by 180°; a cell of level 4 is 0.09° by 0.04°, at most 10 by 5 kilometers. A cell is
named by its level and its path from the whole Earth, a character per level: `3:b7Q`. The cells in a cell therefore
begin alike, and those of one level can be read together.
"""

import string
from dataclasses import dataclass

from chalicelib.util.coordinates import MAX_LATITUDE, MAX_LONGITUDE, Coordinates

MAX_LEVEL = 4
_SIDE = 8
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase + "-_"
_WIDTH, _HEIGHT = 2 * MAX_LONGITUDE, 2 * MAX_LATITUDE


@dataclass(frozen=True, slots=True)
class Bounds:
    """A part of the Earth in millionths of a degree, edges included; west of more than east crosses 180°."""

    south: int
    west: int
    north: int
    east: int

    def contains(self, coordinates: Coordinates) -> bool:
        """Whether these coordinates are in it."""
        if not self.south <= coordinates.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= coordinates.longitude <= self.east
        return coordinates.longitude >= self.west or coordinates.longitude <= self.east

    def overlaps(self, cell: "Bounds") -> bool:
        """Whether a cell, which does not cross 180°, has a part in it."""
        if cell.south > self.north or cell.north < self.south:
            return False
        if self.west <= self.east:
            return cell.west <= self.east and cell.east >= self.west
        return cell.east >= self.west or cell.west <= self.east


def cell_at(coordinates: Coordinates, level: int) -> str:
    """The cell of this level that the coordinates are in."""
    return _cell(*_column_and_row(coordinates.longitude, coordinates.latitude, level), level)


def cells_at(coordinates: Coordinates) -> tuple[str, ...]:
    """The cells of all levels that the coordinates are in, the largest first."""
    return tuple(cell_at(coordinates, level) for level in range(MAX_LEVEL + 1))


def children_prefix(cell: str) -> str:
    """The beginning of the names of all cells of the next level in a cell."""
    level, _, path = cell.partition(":")
    return f"{int(level) + 1}:{path}"


def cell_bounds(cell: str) -> Bounds:
    """The bounds of a cell."""
    level, _, path = cell.partition(":")
    column = row = 0
    for digit in path:
        y, x = divmod(_DIGITS.index(digit), _SIDE)
        column, row = column * _SIDE + x, row * _SIDE + y
    cells = _SIDE ** int(level)
    return Bounds(
        south=row * _HEIGHT // cells - MAX_LATITUDE,
        west=column * _WIDTH // cells - MAX_LONGITUDE,
        north=(row + 1) * _HEIGHT // cells - MAX_LATITUDE,
        east=(column + 1) * _WIDTH // cells - MAX_LONGITUDE,
    )


def covering_level(bounds: Bounds, max_cells: int) -> int:
    """The highest level of which at most this many cells cover the bounds; level 0 is a single cell."""
    return next(level for level in range(MAX_LEVEL, -1, -1) if level == 0 or _count(bounds, level) <= max_cells)


def cells_covering(bounds: Bounds, level: int) -> tuple[str, ...]:
    """The cells of a level that cover the bounds."""
    columns = _columns(bounds, level)
    return tuple(_cell(column, row, level) for row in _rows(bounds, level) for column in columns)


def _count(bounds: Bounds, level: int) -> int:
    return len(_columns(bounds, level)) * len(_rows(bounds, level))


def _rows(bounds: Bounds, level: int) -> range:
    return range(
        _column_and_row(0, bounds.south, level)[1],
        _column_and_row(0, max(bounds.south, bounds.north), level)[1] + 1,
    )


def _columns(bounds: Bounds, level: int) -> list[int]:
    first, _ = _column_and_row(bounds.west, 0, level)
    last, _ = _column_and_row(bounds.east, 0, level)
    if bounds.west <= bounds.east:
        return list(range(first, last + 1))
    return sorted({*range(first, _SIDE**level), *range(last + 1)})


def _column_and_row(longitude: int, latitude: int, level: int) -> tuple[int, int]:
    cells = _SIDE**level
    column = (longitude + MAX_LONGITUDE) * cells // _WIDTH
    row = (latitude + MAX_LATITUDE) * cells // _HEIGHT
    return min(column, cells - 1), min(row, cells - 1)


def _cell(column: int, row: int, level: int) -> str:
    digits = []
    for _ in range(level):
        column, x = divmod(column, _SIDE)
        row, y = divmod(row, _SIDE)
        digits.append(_DIGITS[y * _SIDE + x])
    return f"{level}:{''.join(reversed(digits))}"
