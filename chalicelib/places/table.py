"""Which place a position is at: the nearest of the table, if it is near enough."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from math import asin, ceil, cos, degrees, floor, radians, sin, sqrt

from chalicelib.places import columns
from chalicelib.places.columns import Columns
from chalicelib.util.coordinates import MILLIONTHS, Coordinates

CITY_KM = 50.0  # up to this distance, a position is called by the city's name
REGION_KM = 150.0  # up to this distance, by its region and country
SEARCH_KM = (10.0, CITY_KM, REGION_KM)  # most positions have a place within the first
EARTH_RADIUS_KM = 6371.0
THOUSANDTHS = 1000
HALF_TURN_DEGREES = 180.0
TURN = 360 * THOUSANDTHS


class PlaceTable:
    """The table of places; it is loaded when it is first used."""

    def __init__(self, file: bytes | None = None) -> None:
        self._file = file

    def find(self, coordinates: Coordinates) -> tuple[str, ...]:
        """The names of a position's place in English, most specific first, without repetition; () far from every city.

        At most four: a part of a city, the city, its region, its country.
        """
        latitude, longitude = coordinates.latitude / MILLIONTHS, coordinates.longitude / MILLIONTHS
        for radius in SEARCH_KM:
            found = min(self._within(latitude, longitude, radius), default=None)
            if found:
                distance, row = found
                return self._names(row, with_city=distance <= CITY_KM)
        return ()

    @cached_property
    def _columns(self) -> Columns:
        return columns.parse(columns.FILE.read_bytes() if self._file is None else self._file)

    @cached_property
    def _bands(self) -> list[int]:
        """The first row of each whole degree of latitude, from -90 to 90."""
        latitudes = self._columns.latitudes
        return [bisect_left(latitudes, band, key=lambda each: each // THOUSANDTHS) for band in range(-90, 92)]

    def _names(self, row: int, *, with_city: bool) -> tuple[str, ...]:
        table = self._columns
        names = list(table.region_names[table.regions[row]])
        if with_city:
            city = table.cities[row]
            names = [table.name(row), *([table.name(city)] if city >= 0 else []), *names]
        return tuple({name.casefold(): name for name in reversed(names) if name}.values())[::-1]

    def _within(self, latitude: float, longitude: float, radius: float) -> Iterator[tuple[float, int]]:
        """Distance in km and row of all places within this radius; position in degrees."""
        table = self._columns
        cosine = cos(radians(latitude))
        for row in self._candidates(latitude, longitude, radius):
            other = table.latitudes[row] / THOUSANDTHS
            north = sin(radians(other - latitude) / 2)
            east = sin(radians(table.longitudes[row] / THOUSANDTHS - longitude) / 2)
            half_chord = north * north + cosine * cos(radians(other)) * east * east  # haversine
            distance = 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord)))
            if distance <= radius:
                yield distance, row

    def _candidates(self, latitude: float, longitude: float, radius: float) -> Iterator[int]:
        """The rows of all places in a box around the circle of this radius, across the antimeridian and the poles."""
        height = degrees(radius / EARTH_RADIUS_KM)
        width = _width(latitude, height)
        longitudes, bands = self._columns.longitudes, self._bands
        west, east = floor((longitude - width) * THOUSANDTHS), ceil((longitude + width) * THOUSANDTHS)
        for band in range(max(floor(latitude - height), -90), min(floor(latitude + height), 90) + 1):
            start, end = bands[band + 90], bands[band + 91]
            for turn in (-TURN, 0, TURN):
                first = bisect_left(longitudes, west + turn, start, end)
                yield from range(first, bisect_right(longitudes, east + turn, first, end))


def _width(latitude: float, height: float) -> float:
    """The degrees of longitude on each side of a position that a circle of `height` degrees reaches."""
    if abs(latitude) + height >= 90:  # a pole is inside
        return HALF_TURN_DEGREES
    return min(HALF_TURN_DEGREES, degrees(asin(sin(radians(height)) / cos(radians(latitude)))))
