from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.library.collections import changes, memberships_for, owner_scope
from chalicelib.library.photo import MILLIONTHS, Photo, State, Visibility
from chalicelib.library.totals import MAX_HEAT, Totals, add_totals, deltas, heat, parse_epoch, sum_totals
from tests.support.factories import OWNER, photo

EPOCH = parse_epoch("2026-01-01")

photos = st.builds(
    photo,
    photo_id=st.sampled_from(["p1", "p2"]),
    state=st.sampled_from(list(State)),
    visibility=st.sampled_from(list(Visibility)),
    user_tags=st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
    weight=st.integers(1, MILLIONTHS - 1),
    heat=st.integers(1, 10**30),
    bytes=st.integers(0, 10**9),
)


def test_heat_doubles_every_30_days() -> None:
    assert heat(EPOCH + timedelta(days=30), EPOCH) == 2000
    assert heat(EPOCH + timedelta(days=60), EPOCH) == 4000


def test_photo_at_the_epoch_has_base_heat() -> None:
    assert heat(EPOCH, EPOCH) == 1000


def test_photo_before_the_epoch_has_minimum_heat() -> None:
    assert heat(EPOCH - timedelta(days=10_000), EPOCH) == 1


def test_newer_photos_have_more_heat_for_seven_and_a_half_years() -> None:
    last = EPOCH + timedelta(days=2790)
    assert last == datetime(2033, 8, 22, tzinfo=UTC)
    assert heat(last - timedelta(days=1), EPOCH) < heat(last, EPOCH) < MAX_HEAT


@pytest.mark.parametrize("days", [2791, 3000, 36_500, 365_000])
def test_maximum_heat_of_ten_million_photos_fits_38_digits(days: int) -> None:
    assert heat(EPOCH + timedelta(days=days), EPOCH) == MAX_HEAT
    assert len(str(10**7 * MAX_HEAT - 1)) <= 38


def test_publishing_adds_one_to_each_total_and_sets_the_cover() -> None:
    by_collection = {(d.scope, d.tag): d for d in deltas(changes(None, photo()))}
    assert by_collection["public", "beach"].totals == Totals(1, 1000, 1000, ((1, 1, 500_000),))
    assert by_collection["public", "beach"].cover == "p1"
    assert set(by_collection) == {(s, t) for s in ("public", owner_scope(OWNER)) for t in ("*", "beach", "sea")}


def test_removal_sets_no_cover() -> None:
    assert {d.cover for d in deltas(changes(photo(), None))} == {None}


@pytest.mark.parametrize("overrides", [{"weight": 1}, {"heat": 7}])
def test_change_of_weight_or_heat_sets_no_cover(overrides: dict[str, Any]) -> None:
    assert {d.cover for d in deltas(changes(photo(), photo(**overrides)))} == {None}


def test_state_collections_have_no_totals() -> None:
    assert deltas(changes(None, photo(state=State.REJECTED))) == ()


def test_change_of_weight_moves_the_photo_between_classes() -> None:
    (_, delta, _) = [d for d in deltas(changes(photo(), photo(weight=1))) if d.scope == "public"]
    assert delta.totals == Totals(0, 0, 0, ((1, -1, -500_000), (19, 1, 1)))


@given(st.lists(photos, max_size=6))
def test_totals_after_deltas_equal_a_recount(steps: list[Photo]) -> None:
    sums: dict[tuple[str, str], Totals] = {}
    now: dict[str, Photo] = {}
    for step in steps:
        for delta in deltas(changes(now.get(step.photo_id), step)):
            key = (delta.scope, delta.tag)
            sums[key] = add_totals(sums.get(key, Totals()), delta.totals)
        now[step.photo_id] = step
    rows = [row for p in now.values() for row in memberships_for(p) if row.has_totals]
    recount = {k: sum_totals(r for r in rows if (r.scope, r.tag) == k) for k in {(r.scope, r.tag) for r in rows}}
    assert {k: v for k, v in sums.items() if v} == recount
