"""The sampling index: rows by weight class, complete windows and consistent reads."""

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

WEIGHT_CLASSES = 20
ALL = sampling_key_at(0, 0), sampling_key_at(WEIGHT_CLASSES - 1, HASH_COUNT - 1)


@contextmanager
def pages_of_two(store: Store) -> Iterator[None]:
    """Limit every query to two rows per page, as DynamoDB limits it to a megabyte."""

    def limited(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 2

    client = getattr(store.sampling_index, "client", None)
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


def list_rows(store: Store, first: str, last: str, scope: str = "public", tag: str = "sea") -> list[WeightedRow]:
    return sorted(store.sampling_index.rows_between(scope, tag, first, last), key=lambda weighted: weighted.photo_id)


def test_window_contains_exactly_the_rows_of_its_class_and_range(store: Store) -> None:
    weights = {f"p{n}": 400_000 for n in range(9)} | {"heavier": 600_000, "lighter": 200_000, "dust": 1}
    put(store, weights)
    windows = [list_rows(store, *window_bounds(1, 3, n)) for n in range(3)]
    assert sorted(weighted.photo_id for rows in windows for weighted in rows) == [f"p{n}" for n in range(9)]
    for number, rows in enumerate(windows):
        for weighted in rows:
            assert int(sampling_key(400_000, weighted.photo_id)[3:], 16) * 3 // HASH_COUNT == number
            assert weighted.weight == 400_000
    assert {weighted.photo_id: weighted.weight for weighted in list_rows(store, *ALL)} == weights
    assert list_rows(store, sampling_key_at(0, 0), sampling_key_at(0, HASH_COUNT - 1)) == [
        WeightedRow("heavier", 600_000)
    ]
    assert list_rows(store, sampling_key_at(19, 0), sampling_key_at(19, HASH_COUNT - 1)) == [WeightedRow("dust", 1)]


def test_window_includes_both_ends(store: Store) -> None:
    put(store, {f"p{n}": 500_000 for n in range(5)})
    sampling_keys = sorted((sampling_key(500_000, f"p{n}"), f"p{n}") for n in range(5))
    (first, lowest), *_, (last, highest) = sampling_keys
    assert {weighted.photo_id for weighted in list_rows(store, first, last)} == {f"p{n}" for n in range(5)}
    assert list_rows(store, first, first) == [WeightedRow(lowest, 500_000)]
    assert list_rows(store, last, sampling_key_at(1, HASH_COUNT - 1)) == [WeightedRow(highest, 500_000)]
    assert list_rows(store, sampling_key_at(1, 0), first) == [WeightedRow(lowest, 500_000)]


def test_window_of_many_pages_is_read_completely(store: Store) -> None:
    put(store, {f"p{n}": 500_000 for n in range(7)})
    with pages_of_two(store):
        assert [weighted.photo_id for weighted in list_rows(store, *window_bounds(1, 1, 0))] == [
            f"p{n}" for n in range(7)
        ]


def test_rows_follow_weight_visibility_and_tags(store: Store) -> None:
    first = store.photos.commit(None, photo(weight=500_000))
    heavy = store.photos.commit(first, replace(first, weight=900_000))
    assert list_rows(store, *ALL) == [WeightedRow("p1", 900_000)]
    assert list_rows(store, *window_bounds(1, 1, 0)) == []
    hidden = store.photos.commit(heavy, replace(heavy, visibility=Visibility.PRIVATE, user_tags=("dune",)))
    assert list_rows(store, *ALL) == list_rows(store, *ALL, tag="dune") == []
    assert list_rows(store, *ALL, scope=owner_scope(OWNER), tag="dune") == [WeightedRow("p1", 900_000)]
    store.photos.commit(hidden, replace(hidden, state=State.TRASHED))
    assert list_rows(store, *ALL, scope=owner_scope(OWNER), tag="dune") == []
    assert list_rows(store, *ALL, scope=owner_scope(OWNER), tag="!trashed") == []


def test_photo_and_trend_are_read_consistently(store: Store) -> None:
    stored = store.photos.commit(None, photo(weight=300_000))
    seen, trend = store.sampling_index.get_photo_and_trend("public", "sea", "p1")
    assert seen == stored
    assert trend == store.sampling_index.get_trend("public", "sea")
    assert trend
    assert trend.totals.classes == ((1, 1, 300_000),)
    assert store.sampling_index.get_photo_and_trend("public", "nowhere", "p2") == (None, None)


def test_drawn_photo_has_the_probability_of_its_weight(store: Store) -> None:
    weights = {"a": 999_999, "b": 500_000, "c": 500_000, "d": 250_000, "e": 1}
    put(store, weights)
    sampling = Sampler(store.sampling_index, random.Random(4))
    drawn = [sampling.draw("public", "sea", None) for _ in range(40)]
    assert {each.photo.photo_id for each in drawn} == set("abcd")
    assert {each.photo.photo_id: each.probability for each in drawn} == {n: weights[n] / 2_250_000 for n in "abcd"}
    with pytest.raises(NotFound):
        sampling.draw("public", "nowhere", None)
