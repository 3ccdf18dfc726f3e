"""Positions by files and by owners."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.library.facets import Facet, facet_values
from chalicelib.library.photo import Photo
from chalicelib.library.positions import (
    drop_repeated_coordinates,
    has_position,
    set_coordinates,
    with_place,
    without_position,
)
from chalicelib.util.coordinates import UNKNOWN, Coordinates
from tests.fakes.processing import find_place
from tests.support.factories import photo

SINTRA = Coordinates(38_797_000, -9_390_000)
PORTO = Coordinates(41_149_600, -8_611_000)
PLACED = photo(file_coordinates=SINTRA, file_place=("City 38", "Country"))


@pytest.mark.parametrize(
    ("own", "expected", "place"),
    [
        (PORTO, PORTO, ("City 41", "Country")),
        (UNKNOWN, None, ()),
        (SINTRA, SINTRA, ("City 38", "Country")),
        (None, SINTRA, ("City 38", "Country")),
    ],
)
def test_coordinates_of_the_owner_count_with_their_place(
    own: Coordinates | None, expected: Coordinates | None, place: tuple[str, ...]
) -> None:
    for before in (PLACED, set_coordinates(PLACED, PORTO, find_place)):
        after = set_coordinates(before, own, find_place)
        assert (after.coordinates, after.place, after.file_coordinates) == (expected, place, SINTRA)
        assert (after.own_coordinates is None) is (expected == SINTRA)
        assert any(value.facet is Facet.CELL for value in facet_values(after)) is (expected is not None)


def test_removing_no_position_stores_nothing() -> None:
    assert set_coordinates(photo(), UNKNOWN, find_place) == photo()


@pytest.mark.parametrize(
    ("own", "is_stored"),
    [
        (Coordinates(38_797_002, -9_390_002), False),
        (Coordinates(38_797_003, -9_390_000), True),
        (Coordinates(38_797_000, -9_389_997), True),
    ],
)
def test_same_coordinates_may_be_rounded_otherwise(own: Coordinates, is_stored: bool) -> None:
    after = drop_repeated_coordinates(set_coordinates(PLACED, own, find_place))
    assert after.own_coordinates == (own if is_stored else None)


def test_place_by_the_owner_stays() -> None:
    named = photo(own_place=("Home",), file_coordinates=SINTRA)
    after = set_coordinates(named, PORTO, find_place)
    assert (after.place, after.file_place) == (("Home",), ("City 41", "Country"))


def test_library_without_places_takes_no_position() -> None:
    with pytest.raises(Invalid) as error:
        set_coordinates(photo(), PORTO, None)
    assert error.value.field == "coordinates"
    assert set_coordinates(photo(), UNKNOWN, None) == set_coordinates(photo(), None, None) == photo()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (photo(), False),
        (photo(own_coordinates=UNKNOWN), False),
        (photo(own_coordinates=PORTO), True),
        (photo(own_coordinates=UNKNOWN, file_coordinates=SINTRA), True),
    ],
)
def test_removed_position_of_a_file_is_still_in_the_record(record: Photo, expected: bool) -> None:
    assert has_position(record) is expected
    assert not has_position(without_position(record))


def test_removed_position_stays_removed_without_positions() -> None:
    record = photo(own_coordinates=UNKNOWN, file_coordinates=SINTRA)
    assert without_position(record) == photo(own_coordinates=UNKNOWN)
    placed = set_coordinates(PLACED, PORTO, find_place)
    assert without_position(placed) == photo()
    assert with_place(placed, None).file_place == ()
