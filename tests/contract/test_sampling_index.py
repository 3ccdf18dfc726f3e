"""The dials of the collections: what lies on them, whole windows however many pages they take, and one instant."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import NotFound
from chalicelib.library.collections import HASH_COUNT, owner_scope, sampling_key, sampling_key_at
from chalicelib.library.photo import State, Visibility
from chalicelib.library.sampling import Sampler, WeightedRow, window_bounds
from tests.contract.conftest import Store
from tests.support.factories import OWNER, photo

DIALS = 20
ALL = sampling_key_at(0, 0), sampling_key_at(DIALS - 1, HASH_COUNT - 1)


@contextmanager
def pages_of_two(store: Store) -> Iterator[None]:
    """Make every query of a real service end after two rows, as DynamoDB ends it after a megabyte."""

    def limited(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 2

    client = getattr(store.slots, "client", None)
    if client is None:
        yield
        return
    client.meta.events.register("provide-client-params.dynamodb.Query", limited)
    try:
        yield
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.Query", limited)


def put(store: Store, weights: dict[str, int]) -> None:
    for name, weight in weights.items():
        store.photos.commit(None, photo(name, weight=weight))


def lots(store: Store, first: str, last: str, scope: str = "public", tag: str = "sea") -> list[WeightedRow]:
    return sorted(store.slots.rows_between(scope, tag, first, last), key=lambda lot: lot.photo_id)


def test_window_contains_exactly_the_rows_of_its_class_and_range(store: Store) -> None:
    weights = {f"p{n}": 400_000 for n in range(9)} | {"heavier": 600_000, "lighter": 200_000, "dust": 1}
    put(store, weights)
    windows = [lots(store, *window_bounds(1, 3, n)) for n in range(3)]
    assert sorted(lot.photo_id for rows in windows for lot in rows) == [f"p{n}" for n in range(9)]
    for number, rows in enumerate(windows):
        for lot in rows:
            assert int(sampling_key(400_000, lot.photo_id)[3:], 16) * 3 // HASH_COUNT == number
            assert lot.weight == 400_000
    assert {lot.photo_id: lot.weight for lot in lots(store, *ALL)} == weights
    assert lots(store, sampling_key_at(0, 0), sampling_key_at(0, HASH_COUNT - 1)) == [WeightedRow("heavier", 600_000)]
    assert lots(store, sampling_key_at(19, 0), sampling_key_at(19, HASH_COUNT - 1)) == [WeightedRow("dust", 1)]


def test_window_includes_both_ends(store: Store) -> None:
    put(store, {f"p{n}": 500_000 for n in range(5)})
    places = sorted((sampling_key(500_000, f"p{n}"), f"p{n}") for n in range(5))
    (first, lowest), *_, (last, highest) = places
    assert {lot.photo_id for lot in lots(store, first, last)} == {f"p{n}" for n in range(5)}
    assert lots(store, first, first) == [WeightedRow(lowest, 500_000)]
    assert lots(store, last, sampling_key_at(1, HASH_COUNT - 1)) == [WeightedRow(highest, 500_000)]
    assert lots(store, sampling_key_at(1, 0), first) == [WeightedRow(lowest, 500_000)]


def test_window_of_many_pages_is_read_completely(store: Store) -> None:
    put(store, {f"p{n}": 500_000 for n in range(7)})
    with pages_of_two(store):
        assert [lot.photo_id for lot in lots(store, *window_bounds(1, 1, 0))] == [f"p{n}" for n in range(7)]


def test_rows_follow_weight_visibility_and_tags(store: Store) -> None:
    first = store.photos.commit(None, photo(weight=500_000))
    heavy = store.photos.commit(first, replace(first, weight=900_000))
    assert lots(store, *ALL) == [WeightedRow("p1", 900_000)]
    assert lots(store, *window_bounds(1, 1, 0)) == []
    hidden = store.photos.commit(heavy, replace(heavy, visibility=Visibility.PRIVATE, user_tags=("dune",)))
    assert lots(store, *ALL) == lots(store, *ALL, tag="dune") == []
    assert lots(store, *ALL, scope=owner_scope(OWNER), tag="dune") == [WeightedRow("p1", 900_000)]
    store.photos.commit(hidden, replace(hidden, state=State.TRASHED))
    assert lots(store, *ALL, scope=owner_scope(OWNER), tag="dune") == []
    assert lots(store, *ALL, scope=owner_scope(OWNER), tag="!trashed") == []


def test_photo_and_trend_are_read_consistently(store: Store) -> None:
    stored = store.photos.commit(None, photo(weight=300_000))
    seen, trend = store.slots.get_photo_and_trend("public", "sea", "p1")
    assert seen == stored
    assert trend == store.slots.get_trend("public", "sea")
    assert trend
    assert trend.totals.classes == ((1, 1, 300_000),)
    assert store.slots.get_photo_and_trend("public", "nowhere", "p2") == (None, None)


def test_drawn_photo_has_the_probability_of_its_weight(store: Store) -> None:
    weights = {"a": 999_999, "b": 500_000, "c": 500_000, "d": 250_000, "e": 1}
    put(store, weights)
    sampling = Sampler(store.slots, random.Random(4))
    drawn = [sampling.draw("public", "sea", None) for _ in range(40)]
    assert {each.photo.photo_id for each in drawn} == set("abcd")
    assert {each.photo.photo_id: each.probability for each in drawn} == {n: weights[n] / 2_250_000 for n in "abcd"}
    with pytest.raises(NotFound):
        sampling.draw("public", "nowhere", None)
