import math

import pytest

from chalicelib.util.coordinates import Coordinates, coordinates_from_degrees


def test_degrees_are_rounded_to_millionths() -> None:
    assert coordinates_from_degrees(38.7223004, -9.1393) == Coordinates(38_722_300, -9_139_300)
    assert coordinates_from_degrees(-90, 180) == Coordinates(-90_000_000, 180_000_000)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(90.1, 0), (-91, 0), (0, 180.1), (math.nan, 0), (0, math.nan), (math.inf, 0)]
)
def test_degrees_beyond_the_earth_raise(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match=r"Earth|NaN"):
        coordinates_from_degrees(latitude, longitude)
