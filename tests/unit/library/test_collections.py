from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.library.collections import (
    changes,
    collections_for,
    memberships_for,
    owner_scope,
    position,
    sampling_key,
    weight_class_of,
)
from chalicelib.library.photo import State, Visibility
from tests.support.factories import NOON, OWNER, photo

MINE = owner_scope(OWNER)


def tags(rows: object) -> set[tuple[str, str]]:
    return {(row.scope, row.tag) for row in rows}  # type: ignore[attr-defined]


def test_a_public_photo_stands_in_its_tags_and_the_timeline_of_both_scopes() -> None:
    assert set(collections_for(photo())) == {(s, t) for s in (MINE, "public") for t in ("*", "beach", "sea")}


def test_a_private_photo_stands_in_its_owners_library_alone() -> None:
    assert {scope for scope, _ in collections_for(photo(visibility=Visibility.PRIVATE))} == {MINE}


@pytest.mark.parametrize(
    ("state", "tag"), [(State.PROCESSING, "!processing"), (State.REJECTED, "!rejected"), (State.TRASHED, "!trashed")]
)
def test_a_photo_that_is_not_ready_stands_only_among_its_owners_of_that_state(state: State, tag: str) -> None:
    assert collections_for(photo(state=state)) == ((MINE, tag),)


@pytest.mark.parametrize("state", [State.UPLOADING, State.REMOVED, State.ERASED])
def test_a_photo_that_nobody_lists_stands_nowhere(state: State) -> None:
    assert collections_for(photo(state=state)) == ()


def test_publishing_joins_everything_and_leaves_processing() -> None:
    moved = changes(photo(state=State.PROCESSING), photo())
    assert tags(moved.added) == set(collections_for(photo()))
    assert tags(moved.removed) == {(MINE, "!processing")}


def test_retagging_touches_only_the_tags_that_differ() -> None:
    moved = changes(photo(), photo(user_tags=("beach", "dune")))
    assert tags(moved.added) == {(MINE, "dune"), ("public", "dune")}
    assert tags(moved.removed) == {(MINE, "sea"), ("public", "sea")}


def test_a_new_weight_replaces_every_row_in_its_place() -> None:
    moved = changes(photo(), photo(weight=1))
    assert [r.position for r in moved.added] == [r.position for r in moved.removed]
    assert len(moved.added) == 6


def test_what_did_not_change_is_not_touched() -> None:
    moved = changes(photo(), replace(photo(), placeholder="x", version=7))
    assert moved.added == moved.removed == ()


def test_changes_there_and_back_cancel_out() -> None:
    there, back = changes(photo(), photo(user_tags=("dune",))), changes(photo(user_tags=("dune",)), photo())
    assert set(there.added) == set(back.removed)
    assert set(there.removed) == set(back.added)


def test_a_photo_is_listed_under_the_time_it_was_taken() -> None:
    taken = datetime(1999, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    (first, *_) = memberships_for(photo(taken_at=taken))
    assert first.position == "1999-01-02T03:04:05.000006Z#p1"


def test_positions_sort_as_the_moments_do() -> None:
    early, late = NOON.replace(year=2025), NOON.replace(microsecond=1)
    assert position(NOON.replace(year=999), "z") < position(early, "a")
    assert position(early, "z") < position(NOON, "a") < position(NOON, "b") < position(late, "a")


@pytest.mark.parametrize(
    ("weight", "octave"), [(999_999, 0), (500_001, 0), (500_000, 1), (250_001, 1), (250_000, 2), (2, 18), (1, 19)]
)
def test_a_weight_class_is_an_octave(weight: int, octave: int) -> None:
    assert weight_class_of(weight) == octave


def test_a_slot_names_its_class_and_depends_on_the_photo_alone() -> None:
    assert sampling_key(500_000, "p1").startswith("01#")
    assert (
        sampling_key(500_000, "p1").split("#")[1]
        == sampling_key(1, "p1").split("#")[1]
        != sampling_key(1, "p2").split("#")[1]
    )


def test_the_largest_photo_fits_into_one_transaction() -> None:
    words = tuple(f"t{n}" for n in range(20))
    moved = changes(photo(state=State.PROCESSING), photo(user_tags=words))
    counted = {(r.scope, r.tag) for r in moved.added}
    record_and_claim = 2
    assert len(moved.added) + len(moved.removed) + len(counted) + record_and_claim <= 100
