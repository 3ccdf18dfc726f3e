from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.aws.dynamodb.transaction import PhotoWrite, Tables
from chalicelib.library.collections import collections_for
from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.photo import State
from chalicelib.library.steps import commit_steps
from chalicelib.maintenance.similarity import FingerprintChanges
from chalicelib.util.coordinates import Coordinates
from tests.contract.conftest import Store
from tests.support.factories import NOON, OWNER, clock, photo

HASH = bytes(range(16))
EMBEDDING = bytes(range(160))


def ids(store: Store, owner: str = OWNER) -> list[str]:
    return [each.photo_id for each in store.fingerprints.read_fingerprints(owner)]


def test_fingerprint_is_complete(store: Store) -> None:
    store.photos.commit(None, photo(perceptual_hash=HASH, embedding=EMBEDDING))
    store.photos.commit(None, photo("p2", perceptual_hash=HASH, owner="another"))
    (found,) = store.fingerprints.read_fingerprints(OWNER)
    first, second = int.from_bytes(HASH[:8]), int.from_bytes(HASH[8:])
    assert found == Fingerprint("p1", found.position, first, second, EMBEDDING)
    assert found.position.startswith("2026-11-20T12:00:00.000000")
    assert [each.embedding for each in store.fingerprints.read_fingerprints("another")] == [b""]


def test_fingerprints_are_those_of_ready_photos_newest_first(store: Store) -> None:
    for n in range(3):
        taken = clock(NOON - timedelta(days=n))
        store.photos.commit(None, photo(f"p{n}", perceptual_hash=HASH, camera_time=taken))
    store.photos.commit(None, photo("without"))
    store.photos.commit(None, photo("trashed", perceptual_hash=HASH, state=State.TRASHED))
    assert ids(store) == ["p0", "p1", "p2"]
    first = store.photos.get("p0")
    assert first
    store.photos.commit(first, replace(first, state=State.TRASHED))
    assert ids(store) == ["p1", "p2"]


def test_changes_are_counted_by_owner(store: Store) -> None:
    assert store.fingerprints.list_changes() == []
    stored = store.photos.commit(None, photo(perceptual_hash=HASH))
    store.photos.commit(None, photo("p2"))
    assert store.fingerprints.list_changes() == [FingerprintChanges(OWNER, 1)]
    stored = store.photos.commit(stored, replace(stored, user_tags=("new",)))
    assert store.fingerprints.list_changes() == [FingerprintChanges(OWNER, 1)]
    stored = store.photos.commit(stored, replace(stored, owner="another"))
    assert store.fingerprints.list_changes() == [FingerprintChanges(OWNER, 2), FingerprintChanges("another", 1)]


def test_comparison_is_stored(store: Store) -> None:
    stored = store.photos.commit(None, photo(perceptual_hash=HASH))
    compared = FingerprintChanges(OWNER, changes=1, compared=1, compared_at=NOON, rows=1)
    store.fingerprints.save_comparison(compared)
    assert store.fingerprints.list_changes() == [compared]
    store.photos.remove(stored)
    assert store.fingerprints.list_changes() == [replace(compared, changes=2)]


def test_recount_does_not_see_the_counts(store: Store) -> None:
    store.photos.commit(None, photo(perceptual_hash=HASH, user_tags=()))
    seen, after = [], None
    while trend := store.totals.next_trend(after):
        after = (trend.scope, trend.tag)
        seen.append(trend.tag)
    assert seen == ["*", "*"]


def test_change_of_two_steps_keeps_the_fingerprint(store: Store) -> None:
    tags = tuple(f"tag {n}" for n in range(20))
    stored = store.photos.commit(None, photo(perceptual_hash=HASH, embedding=EMBEDDING, user_tags=tags))
    moved = store.photos.commit(stored, replace(stored, camera_time=clock(NOON - timedelta(days=400))))
    assert moved.pending_rows is None
    assert [each.embedding for each in store.fingerprints.read_fingerprints(OWNER)] == [EMBEDDING]


NEW_FACETS = {"camera": "Canon EOS R5", "own_place": ("Faro", "Algarve", "Europe", "Earth"), "own_rating": 5}


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "another"} | NEW_FACETS,
        {"camera_time": clock(NOON)},
        {"sha256": "2" * 64, "file_coordinates": Coordinates(0, 1), "own_caption": "as well as many others"}
        | NEW_FACETS,
    ],
    ids=["owner", "time", "facets"],
)
def test_every_step_of_the_largest_change_fits_in_a_transaction(change: dict[str, Any]) -> None:
    tags = tuple(f"tag {n}" for n in range(20))
    before = photo(
        perceptual_hash=HASH,
        embedding=EMBEDDING,
        user_tags=tags,
        sha256="1" * 64,
        camera="Apple iPhone 13",
        favorite=True,
        own_rating=3,
        file_place=("Lisbon", "Portugal"),
        file_coordinates=Coordinates(38_722_300, -9_139_300),
        own_caption=" ".join(f"word{n}" for n in range(40)),
    )
    before = commit_steps(None, before, NOON)[-1]
    after = replace(before, **change, user_tags=tuple(f"new {tag}" for tag in tags), perceptual_hash=HASH[::-1])
    steps = (before, *commit_steps(before, after, NOON))
    for step, next_step in pairwise(steps):
        edges = frozenset((scope, tag) for each in (step, next_step) for scope, tag in collections_for(each))
        write = PhotoWrite(Tables("p", "m", "t", "a"), "p1", step, next_step, NOON, edges)
        assert len(write.transaction().writes) <= 100
