import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.map_cells import (
    MAX_LEVEL,
    Bounds,
    cell_bounds,
    cells_at,
    cells_covering,
    children_prefix,
    covering_level,
)
from chalicelib.util.coordinates import MAX_LATITUDE, MAX_LONGITUDE, Coordinates

COORDINATES = st.builds(
    Coordinates, st.integers(-MAX_LATITUDE, MAX_LATITUDE), st.integers(-MAX_LONGITUDE, MAX_LONGITUDE)
)
WORLD = Bounds(-MAX_LATITUDE, -MAX_LONGITUDE, MAX_LATITUDE, MAX_LONGITUDE)


@given(COORDINATES)
def test_each_level_has_a_cell_with_the_coordinates_inside_that_of_the_level_before(coordinates: Coordinates) -> None:
    cells = cells_at(coordinates)
    assert len(cells) == MAX_LEVEL + 1
    assert all(cell_bounds(cell).contains(coordinates) for cell in cells)
    assert all(child.startswith(children_prefix(cell)) for cell, child in itertools.pairwise(cells))


@given(COORDINATES, COORDINATES, COORDINATES, st.integers(1, 64))
def test_cells_cover_all_coordinates_in_bounds(
    corner: Coordinates, other: Coordinates, inside: Coordinates, max_cells: int
) -> None:
    south, north = sorted((corner.latitude, other.latitude))
    bounds = Bounds(south, corner.longitude, north, other.longitude)
    level = covering_level(bounds, max_cells)
    cells = cells_covering(bounds, level)
    assert len(cells) <= max_cells
    assert len(set(cells)) == len(cells)
    assert all(bounds.overlaps(cell_bounds(cell)) for cell in cells)
    if bounds.contains(inside):
        assert cells_at(inside)[level] in cells


def test_bounds_across_the_180th_meridian_have_both_sides() -> None:
    fiji = Bounds(-20_000_000, 177_000_000, -15_000_000, -178_000_000)
    assert fiji.contains(Coordinates(-17_000_000, 179_000_000))
    assert fiji.contains(Coordinates(-17_000_000, -179_000_000))
    assert not fiji.contains(Coordinates(-17_000_000, 0))
    assert len(cells_covering(fiji, 1)) == 2


@pytest.mark.parametrize(("max_cells", "level"), [(1, 0), (63, 0), (64, 1), (4096, 2)])
def test_level_follows_from_the_number_of_cells(max_cells: int, level: int) -> None:
    assert covering_level(WORLD, max_cells) == level
    assert len(cells_covering(WORLD, level)) == 64**level
