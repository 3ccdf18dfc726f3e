"""Which place a position gets, from the table that is deployed and from small ones."""

from math import acos, cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.places import PlaceTable
from chalicelib.places.table import CITY_KM, EARTH_RADIUS_KM, REGION_KM
from chalicelib.util.coordinates import Coordinates, coordinates_from_degrees
from infrastructure import place_table
from infrastructure.place_table import Place

KM_PER_DEGREE = 111.19  # of latitude, and of longitude at the equator


def at(latitude: float, longitude: float) -> Coordinates:
    return coordinates_from_degrees(latitude, longitude)


def small_table(*places: Place) -> PlaceTable:
    return PlaceTable(place_table.build(places))


def town(latitude: float, longitude: float, name: str = "Town", region: str = "Region") -> Place:
    return Place(name, latitude, longitude, 20_000, region, "Country")


@pytest.fixture(scope="module")
def table() -> PlaceTable:
    """The table that is deployed."""
    return PlaceTable()


@pytest.mark.parametrize(
    ("latitude", "longitude", "names"),
    [
        pytest.param(38.7075, -9.1365, ("Lisbon", "Portugal"), id="city and region of one name"),
        pytest.param(
            40.758, -73.9855, ("Times Square", "New York City", "New York", "United States"), id="a part of a city"
        ),
        pytest.param(35.6595, 139.7005, ("Shibuya", "Tokyo", "Japan"), id="a part of a city with its region's name"),
        pytest.param(1.2834, 103.8607, ("Singapore",), id="city and country of one name"),
        pytest.param(45.4342, 12.3388, ("Venice", "Veneto", "Italy"), id="English names"),
        pytest.param(36.0544, -112.1401, ("Grand Canyon", "Arizona", "United States"), id="a village"),
        pytest.param(63.4186, -19.006, ("Vík í Mýrdal", "South", "Iceland"), id="a hamlet where there is little else"),
        pytest.param(46.2044, 6.1432, ("Geneva", "Switzerland"), id="beside a border"),
        pytest.param(46.1944, 6.2377, ("Annemasse", "Auvergne-Rhône-Alpes", "France"), id="beyond it"),
        pytest.param(47.5596, 7.5886, ("Basel", "Basel-City", "Switzerland"), id="where three countries meet"),
        pytest.param(47.59, 7.565, ("Saint-Louis", "Grand Est", "France"), id="in the second of them"),
        pytest.param(32.5149, -117.0382, ("Tijuana", "Baja California", "Mexico"), id="a city at a border"),
        pytest.param(41.9022, 12.4539, ("Vatican City", "Vatican"), id="a country inside a city"),
        pytest.param(64.0484, -16.1794, ("East", "Iceland"), id="far from every town"),
        pytest.param(-16.8, -179.98, ("Northern", "Fiji"), id="Fiji, east of the antimeridian"),
        pytest.param(-16.8, 180, ("Northern", "Fiji"), id="Fiji, on the antimeridian"),
        pytest.param(35, -40, (), id="in the Atlantic"),
        pytest.param(0, 0, (), id="in the Gulf of Guinea"),
        pytest.param(90, 0, (), id="North Pole"),
        pytest.param(-90, 0, (), id="South Pole"),
    ],
)
def test_names_of_a_place(table: PlaceTable, latitude: float, longitude: float, names: tuple[str, ...]) -> None:
    assert table.find(at(latitude, longitude)) == names


@pytest.mark.parametrize(
    ("distance", "names"),
    [
        (0, ("Town", "Region", "Country")),
        (CITY_KM - 1, ("Town", "Region", "Country")),
        (CITY_KM + 1, ("Region", "Country")),
        (REGION_KM - 1, ("Region", "Country")),
        (REGION_KM + 1, ()),
    ],
)
@pytest.mark.parametrize("longitude", [0.0, 179.999, -180.0])
def test_the_city_is_named_only_if_it_is_near(distance: float, names: tuple[str, ...], longitude: float) -> None:
    table, degrees = small_table(town(0, longitude)), distance / KM_PER_DEGREE
    assert table.find(at(degrees, longitude)) == names
    for east in (longitude + degrees, longitude - degrees):
        assert table.find(at(0, (east + 180) % 360 - 180)) == names


def test_places_beyond_a_pole_are_near() -> None:
    table = small_table(town(89.9, 10))
    assert table.find(at(89.9, -170)) == table.find(at(90, 55)) == ("Town", "Region", "Country")
    south = small_table(town(-89.9, 10))
    assert south.find(at(-89.9, -170)) == south.find(at(-90, 55)) == ("Town", "Region", "Country")


def test_the_nearest_of_two_counts_across_the_antimeridian() -> None:
    table = small_table(town(0, 179.9, "West"), town(0, -179.7, "East"))
    assert table.find(at(0, -179.95))[0] == "West"
    assert table.find(at(0, -179.85))[0] == "East"


def test_names_are_not_repeated_whatever_their_case() -> None:
    assert small_table(town(0, 0, name="TOWN", region="Town")).find(at(0, 0)) == ("TOWN", "Country")
    assert small_table(town(0, 0, region="")).find(at(0, 0)) == ("Town", "Country")


positions = st.tuples(st.integers(-90_000, 90_000), st.integers(-180_000, 180_000))


@given(positions, st.lists(positions, min_size=1, max_size=4), st.integers(-900, 900), st.integers(-900, 900))
def test_finds_the_nearest_of_all(
    position: tuple[int, int], others: list[tuple[int, int]], north: int, east: int
) -> None:
    """Positions in thousandths of a degree; at least one place may be near."""
    latitude, longitude = position
    near = max(-90_000, min(90_000, latitude + north)), (longitude + east + 180_000) % 360_000 - 180_000
    places = [town(y / 1000, x / 1000, region=str(number)) for number, (y, x) in enumerate([near, *others])]
    distances = [distance(latitude / 1000, longitude / 1000, each.latitude, each.longitude) for each in places]
    found = small_table(*places).find(at(latitude / 1000, longitude / 1000))
    closest = min(distances)
    if found:
        assert closest < REGION_KM + 1
        assert distances[int(found[-2])] < closest + 1
    else:
        assert closest > REGION_KM - 1


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Distance in km, by the law of cosines: exact enough beyond a few meters."""
    a, b = radians(latitude), radians(other_latitude)
    cosine = sin(a) * sin(b) + cos(a) * cos(b) * cos(radians(other_longitude - longitude))
    return EARTH_RADIUS_KM * acos(max(-1.0, min(1.0, cosine)))
