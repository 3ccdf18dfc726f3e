"""Positions are fractions and text that any file may hold."""

from io import BytesIO

import pytest

from chalicelib.images.metadata import exif
from chalicelib.images.metadata.budget import Budget
from chalicelib.images.metadata.positions import parse_position
from chalicelib.util.coordinates import Coordinates
from tests.support.images import blocks

BARCELONA = Coordinates(41_408_333, 2_166_667)


def read(directory: blocks.Directory) -> Coordinates | None:
    return exif.read(BytesIO(blocks.exif({blocks.MODEL: "X100"}, gps=directory)), Budget()).coordinates


def test_degrees_minutes_and_seconds_are_a_position() -> None:
    assert read(blocks.position()) == BARCELONA
    assert read(blocks.position(hemispheres="SW")) == Coordinates(-41_408_333, -2_166_667)
    assert read(blocks.position(hemispheres="ne", _9="A")) == BARCELONA


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [((41_408_333, 1_000_000), (2_166_667, 1_000_000)), ((41, 1, 245, 10), (2, 1, 10, 1)),
     ((41, 1, 245, 10, 0, 0), (2, 1, 10, 1, 0, 0)), ((41, 1, 23, 1, 90 * 2 // 3, 1), (2, 1, 10, 1, 0, 1))],
    ids=["degrees", "decimal minutes", "no seconds", "60 seconds"],
)  # fmt: skip
def test_parts_may_be_missing(latitude: tuple[int, ...], longitude: tuple[int, ...]) -> None:
    found = read(blocks.position(latitude, longitude))
    assert found is not None
    assert abs(found.latitude - BARCELONA.latitude) <= 8_334
    assert abs(found.longitude - BARCELONA.longitude) <= 1


@pytest.mark.parametrize(
    "directory",
    [
        blocks.position((0, 1, 0, 1, 0, 1), (0, 1, 0, 1, 0, 1)),
        blocks.position((0, 0, 24, 1, 30, 1)),
        blocks.position((0, 0), (0, 0)),
        blocks.position((91, 1)),
        blocks.position((90, 1, 0, 1, 1, 1)),
        blocks.position(longitude=(180, 1, 1, 1)),
        blocks.position((41, 1, 61, 1)),
        blocks.position((41, 1, 24, 1, 61, 1)),
        blocks.position((2**32 - 1, 1)),
        blocks.position((41, 1) * 4),
        blocks.position(_9="V"),
        blocks.position(hemispheres="EN"),
        blocks.position(hemispheres="??"),
        {2: ("Q", (41, 1)), 4: ("Q", (2, 1))},
        {1: "N", 2: ("L", (41,)), 3: "E", 4: ("L", (2,))},
        {1: "N", 2: "41", 3: "E", 4: "2"},
        {1: "N", 2: ("Q", (41, 1))},
    ],
    ids=str,
)
def test_position_that_is_none_is_missing(directory: blocks.Directory) -> None:
    assert read(directory) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "coordinates"),
    [("41,24.5N", "2,10E", BARCELONA), ("41,24,30N", "2,10,0E", BARCELONA), ("41.5s", " 2.25 W ", (-41.5, -2.25)),
     ("41.5", "-2.25", (41.5, -2.25)), ("90,0N", "180,0W", (90, -180))],
)  # fmt: skip
def test_position_as_text(latitude: str, longitude: str, coordinates: Coordinates | tuple[float, float]) -> None:
    if isinstance(coordinates, tuple):
        coordinates = Coordinates(*(round(degrees * 1_000_000) for degrees in coordinates))
    assert parse_position(latitude, longitude, "A") == coordinates


@pytest.mark.parametrize(
    ("latitude", "longitude", "status"),
    [("41,24.5N", "2,10E", "V"), ("91,0N", "2,0E", ""), ("nan", "nan", ""), ("1e400", "2", ""),
     ("41,24.5E", "2,10N", ""),
     ("", "", ""), ("0,0N", "0,0E", ""), ("41,24.5N", "", ""), ("٤١,0N", "2,0E", ""), ("41,99N", "2,0E", ""),
     ("9" * 200, "9" * 200, "")],
)  # fmt: skip
def test_text_that_is_no_position_is_missing(latitude: str, longitude: str, status: str) -> None:
    assert parse_position(latitude, longitude, status) is None
