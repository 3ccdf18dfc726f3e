from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.library.collections import (
    TimeRange,
    changes,
    collections_for,
    memberships_for,
    owner_scope,
    position,
    sampling_key,
    trashed_tag,
    weight_class_of,
)
from chalicelib.library.guest import Guest
from chalicelib.library.photo import State, Visibility
from chalicelib.util.capture_time import CaptureTime
from tests.support.factories import NOON, OWNER, clock, photo

OWNER_SCOPE = owner_scope(OWNER)


def tags(rows: object) -> set[tuple[str, str]]:
    return {(row.scope, row.tag) for row in rows}  # type: ignore[attr-defined]


def test_public_photo_has_memberships_of_its_tags_in_both_scopes() -> None:
    assert set(collections_for(photo())) == {(s, t) for s in (OWNER_SCOPE, "public") for t in ("*", "beach", "sea")}


def test_private_photo_has_memberships_in_its_owners_scope_only() -> None:
    assert {scope for scope, _ in collections_for(photo(visibility=Visibility.PRIVATE))} == {OWNER_SCOPE}


@pytest.mark.parametrize(
    ("state", "tag"), [(State.PROCESSING, "!processing"), (State.REJECTED, "!rejected"), (State.TRASHED, "!trashed")]
)
def test_photo_that_is_not_ready_is_only_in_the_collection_of_its_state(state: State, tag: str) -> None:
    assert collections_for(photo(state=state)) == ((OWNER_SCOPE, tag),)


def test_photo_in_the_trash_is_found_by_its_bytes_unless_a_guest_added_it() -> None:
    trashed = photo(state=State.TRASHED, sha256="a" * 64)
    assert collections_for(trashed) == ((OWNER_SCOPE, "!trashed"), (OWNER_SCOPE, trashed_tag("a" * 64)))
    assert collections_for(replace(trashed, guest=Guest("Ann", "share"))) == ((OWNER_SCOPE, "!trashed"),)


@pytest.mark.parametrize("state", [State.UPLOADING, State.REMOVED, State.ERASED])
def test_hidden_or_uploading_photo_has_no_memberships(state: State) -> None:
    assert collections_for(photo(state=state)) == ()


def test_publishing_adds_memberships_and_removes_the_processing_one() -> None:
    membership_changes = changes(photo(state=State.PROCESSING), photo())
    assert tags(membership_changes.added) == set(collections_for(photo()))
    assert tags(membership_changes.removed) == {(OWNER_SCOPE, "!processing")}


def test_set_tags_changes_only_different_tags() -> None:
    membership_changes = changes(photo(), photo(user_tags=("beach", "dune")))
    assert tags(membership_changes.added) == {(OWNER_SCOPE, "dune"), ("public", "dune")}
    assert tags(membership_changes.removed) == {(OWNER_SCOPE, "sea"), ("public", "sea")}


def test_new_weight_replaces_every_membership_at_its_position() -> None:
    membership_changes = changes(photo(), photo(weight=1))
    assert [r.position for r in membership_changes.added] == [r.position for r in membership_changes.removed]
    assert len(membership_changes.added) == 6


def test_unchanged_photo_has_no_changes() -> None:
    membership_changes = changes(photo(), replace(photo(), placeholder="x", version=7))
    assert membership_changes.added == membership_changes.removed == ()


def test_reverse_change_swaps_added_and_removed() -> None:
    there, back = changes(photo(), photo(user_tags=("dune",))), changes(photo(user_tags=("dune",)), photo())
    assert set(there.added) == set(back.removed)
    assert set(there.removed) == set(back.added)


def test_position_uses_the_time_taken() -> None:
    taken = clock(datetime(1999, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    (first, *_) = memberships_for(photo(camera_time=taken))
    assert first.position == "1999-01-02T03:04:05.000006Z#p1"


def test_positions_sort_by_time() -> None:
    early, noon, late = clock(NOON.replace(year=2025)), clock(NOON), clock(NOON.replace(microsecond=1))
    assert position(clock(NOON.replace(year=999)), "z") < position(early, "a")
    assert position(early, "z") < position(noon, "a") < position(noon, "b") < position(late, "a")


def test_photos_of_one_clock_time_sort_by_their_moment() -> None:
    noon = clock(NOON).local
    east, west = (CaptureTime(noon, timedelta(hours=hours)) for hours in (14, -12))
    first, second, last = (position(time, "p") for time in (east, west, CaptureTime(noon)))
    assert first < second < last
    assert last < position(CaptureTime(noon + timedelta.resolution, timedelta(hours=14)), "p")


def test_range_of_a_day_holds_that_day_by_the_clock_of_any_zone() -> None:
    day = TimeRange(datetime.fromisoformat("2026-03-14"), datetime.fromisoformat("2026-03-15"))
    start, end = day.positions
    for offset in (None, timedelta(hours=14), timedelta(hours=-12)):
        for clock_time, is_inside in (
            ("2026-03-13T23:59:59.999999", False),
            ("2026-03-14T00:00:00", True),
            ("2026-03-14T23:59:59.999999", True),
            ("2026-03-15T00:00:00", False),
        ):
            at = position(CaptureTime(datetime.fromisoformat(clock_time), offset), "p")
            assert (start <= at <= end) is is_inside


@pytest.mark.parametrize(
    ("weight", "weight_class"), [(999_999, 0), (500_001, 0), (500_000, 1), (250_001, 1), (250_000, 2), (2, 18), (1, 19)]
)
def test_weight_class_is_a_power_of_two(weight: int, weight_class: int) -> None:
    assert weight_class_of(weight) == weight_class


def test_sampling_key_holds_the_weight_class_and_a_hash_of_the_photo_id() -> None:
    assert sampling_key(500_000, "p1").startswith("01#")
    assert (
        sampling_key(500_000, "p1").split("#")[1]
        == sampling_key(1, "p1").split("#")[1]
        != sampling_key(1, "p2").split("#")[1]
    )


def test_changes_of_a_photo_with_20_tags_fit_one_transaction() -> None:
    user_tags = tuple(f"t{n}" for n in range(20))
    membership_changes = changes(photo(state=State.PROCESSING), photo(user_tags=user_tags))
    counted = {(r.scope, r.tag) for r in membership_changes.added}
    record_and_claim = 2
    assert len(membership_changes.added) + len(membership_changes.removed) + len(counted) + record_and_claim <= 100
