"""Positions in the files of other programs."""

import math

import pytest

from tintype_cli.sources.positions import read_position


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (38.7, -9, (38.7, -9.0)),
        (0, -9, (0.0, -9.0)),
        (0, 0.0, None),
        (None, 1, None),
        ("38.7", 1, None),
        (True, 1, None),
        (math.nan, 1, None),
        (1, math.inf, None),
        (10**400, 1, None),
    ],
)
def test_position_is_two_numbers_but_not_both_0(
    latitude: object, longitude: object, expected: tuple[float, float] | None
) -> None:
    assert read_position(latitude, longitude) == expected
