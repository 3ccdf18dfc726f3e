"""The table of places that is deployed: what is in it, and that it is the one that the packages give."""

import hashlib
import zlib

import pytest

from chalicelib.places import columns
from chalicelib.places.columns import Columns

# Of the content, because versions of zlib compress differently.
CONTENT_SHA256 = "954e90697dac0d57b399c7b476fc6fddbf6c3823daa6349fa6204fae8a6fc262"


@pytest.fixture(scope="module")
def table() -> Columns:
    return columns.parse(columns.FILE.read_bytes())


def test_table_is_the_one_that_make_places_makes() -> None:
    """If it fails after a change of the packages or rules: look at the table, then change the hash."""
    content = zlib.decompress(columns.FILE.read_bytes())
    assert hashlib.sha256(content).hexdigest() == CONTENT_SHA256


def test_table_is_small() -> None:
    assert columns.FILE.stat().st_size < 1_500_000


def test_every_row_is_a_place_on_earth(table: Columns) -> None:
    rows = len(table.latitudes)
    assert {len(table.longitudes), len(table.cities), len(table.regions), len(table.name_ends)} == {rows}
    assert max(map(abs, table.latitudes)) <= 90_000
    assert max(map(abs, table.longitudes)) <= 180_000
    assert max(table.regions) == len(table.region_names) - 1
    assert table.name_ends[-1] == len(table.names)


def test_rows_are_sorted_by_degree_of_latitude_and_longitude(table: Columns) -> None:
    keys = [
        (latitude // 1000, longitude) for latitude, longitude in zip(table.latitudes, table.longitudes, strict=True)
    ]
    assert keys == sorted(keys)


def test_a_city_that_has_parts_is_not_a_part_itself(table: Columns) -> None:
    cities = {city for city in table.cities if city >= 0}
    assert cities
    assert {table.cities[city] for city in cities} == {-1}


def test_names_fit_the_place_of_a_photo(table: Columns) -> None:
    """At most four names of 64 characters, 200 altogether, separated by commas."""
    for row, city in enumerate(table.cities):
        names = [table.name(row), *([table.name(city)] if city >= 0 else []), *table.region_names[table.regions[row]]]
        assert len(", ".join(names)) <= 200
        assert all(len(name) <= 64 and "," not in name and name == name.strip() for name in names)
        assert names[0]
        assert names[-1]
