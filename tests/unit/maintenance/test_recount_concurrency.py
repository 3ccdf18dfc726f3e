import random
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.library.photo import Photo
from chalicelib.library.totals import Trend
from chalicelib.maintenance.recount import (
    MAX_RESTARTS,
    RecountReport,
)
from tests.fakes.library import MemoryLibrary
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.recount_support import OWNER_SCOPE, WatchedStore, damage, library, recount


def changing_store(fixture: MemoryLibrary, method: str, where: tuple[str, str], times: int) -> WatchedStore:
    """A store in which photo p0, and so this trend, changes at each call of this method."""
    left = [times]

    def change(name: str, args: tuple[Any, ...]) -> None:
        about = (args[0].scope, args[0].tag) if args and isinstance(args[0], Trend) else args[:2]
        if name == method and about == where and left[0]:
            left[0] -= 1
            stored = fixture.photos.records["p0"]
            fixture.photos.commit(stored, replace(stored, weight=stored.weight + 1))

    return WatchedStore(fixture.photos, change)


@pytest.mark.parametrize("method", ["members", "get_trend"])
@pytest.mark.parametrize("times", range(1, MAX_RESTARTS + 1))
def test_trend_that_changes_during_the_count_is_counted_again(method: str, times: int) -> None:
    fixture = library()
    report = recount(changing_store(fixture, method, (OWNER_SCOPE, "t0"), times)).run(always)
    assert (report.postponed, report.drifted) == (0, 0)
    assert find_violations(read_memory(fixture)) == []


def test_trend_that_keeps_changing_is_postponed() -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "t0", bytes=99)
    damage(fixture, "public", "t2", count=99)
    report = recount(changing_store(fixture, "members", (OWNER_SCOPE, "t0"), MAX_RESTARTS + 1)).run(always)
    assert report == RecountReport(recounted=len(fixture.photos.totals) - 1, drifted=1, postponed=1)
    assert len(find_violations(read_memory(fixture))) == 1
    assert recount(fixture.photos).run(always).drifted == 1
    assert find_violations(read_memory(fixture)) == []


def test_change_before_the_correction_is_not_overwritten() -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "t0", bytes=99)
    report = recount(changing_store(fixture, "correct", (OWNER_SCOPE, "t0"), 1)).run(always)
    assert report.drifted == 1
    assert find_violations(read_memory(fixture)) == []


def test_trend_deleted_during_the_count_is_postponed() -> None:
    fixture = library()

    def delete_trend(name: str, args: tuple[Any, ...]) -> None:
        if name == "members" and args[:2] == (OWNER_SCOPE, "t0"):
            fixture.photos.totals.pop((OWNER_SCOPE, "t0"), None)

    assert recount(WatchedStore(fixture.photos, delete_trend)).run(always).postponed == 1


@pytest.mark.parametrize("seed", range(20))
def test_recount_during_random_changes_keeps_totals_correct(seed: int) -> None:
    fixture, rng = library(), random.Random(seed)

    def change_concurrently(name: str, args: tuple[Any, ...]) -> None:
        if rng.random() < 0.5:
            change_randomly(fixture.photos, rng)

    report = recount(WatchedStore(fixture.photos, change_concurrently)).run(always)
    assert report.drifted == 0
    assert find_violations(read_memory(fixture)) == []


def change_randomly(photos: MemoryPhotoStore, rng: random.Random) -> None:
    """Add, remove or change one photo."""
    fresh = photo(f"new{rng.random()}", user_tags=tuple(rng.sample(["beach", "t0", "t1", "cat"], 2)))
    stored: Photo | None = rng.choice([None, *photos.records.values()])
    if stored is None:
        photos.commit(None, fresh)
    elif rng.random() < 0.3:
        photos.remove(stored)
    else:
        photos.commit(stored, replace(stored, user_tags=fresh.user_tags, weight=rng.randint(1, 999_999)))
