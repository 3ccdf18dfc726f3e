import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.collections import memberships_for, owner_scope
from chalicelib.library.facets import Facet, facet_key, facet_of, facet_scope, facet_values
from chalicelib.library.search_index import index_photo
from chalicelib.util.coordinates import Coordinates
from tests.support.factories import OWNER, photo


def test_values_of_a_photo() -> None:
    values = facet_values(
        photo(
            camera="Apple  iPhone 13",
            own_place=("Lisbon", "LISBON", "Portugal"),
            favorite=True,
            own_rating=4,
            file_coordinates=Coordinates(0, 1),
        )
    )
    assert [(value.facet, value.key, value.name) for value in values if value.facet is not Facet.CELL] == [
        (Facet.CAMERA, "apple iphone 13", "Apple  iPhone 13"),
        (Facet.PLACE, "portugal", "Portugal"),
        (Facet.PLACE, "lisbon", "Lisbon"),
        (Facet.MARK, "favorite", "favorite"),
        (Facet.MARK, "rating 4", "rating 4"),
    ]
    assert [value.key[:2] for value in values if value.facet is Facet.CELL] == ["0:", "1:", "2:", "3:", "4:"]


@pytest.mark.parametrize("facet", list(Facet))
def test_scope_tells_its_facet(facet: Facet) -> None:
    assert facet_of(facet_scope(facet, OWNER)) is facet
    assert facet_of(owner_scope(OWNER)) is facet_of("public") is None


@pytest.mark.parametrize("name", ["*", "!", "!fingerprints", "* !w:dog", "\u0301"])
def test_key_does_not_begin_like_the_name_of_another_collection(name: str) -> None:
    assert facet_key(name)[:1] not in {"*", "!"}
    rows = memberships_for(index_photo(photo(camera=name, own_place=(name,))))
    assert all(row.has_totals and row.tag for row in rows if row.scope.startswith(("camera", "place")))


@given(st.text(max_size=64) | st.sampled_from(["\ufdfa" * 64, "\U0001f415" * 64]))
def test_keys_fit_and_are_found_by_themselves(name: str) -> None:
    key = facet_key(name)
    assert len(key.encode()) <= 1024
    assert facet_key(key) == key
