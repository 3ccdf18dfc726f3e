from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.library.photo import Visibility
from chalicelib.library.totals import Totals
from chalicelib.maintenance.recount import (
    PAGE_SIZE,
    RecountCheckpoint,
    RecountReport,
)
from chalicelib.util.coordinates import Coordinates
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON, clock, photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.recount_support import OWNER_SCOPE, damage, library, recount


def test_correct_totals_stay_unchanged() -> None:
    fixture = library()
    before = dict(fixture.photos.totals)
    assert recount(fixture.photos).run(always) == RecountReport(recounted=len(before))
    assert fixture.photos.totals == before


def test_empty_library_has_nothing_to_count() -> None:
    fixture = MemoryLibrary()
    assert recount(fixture.photos).run(always) == RecountReport()
    assert fixture.photos.checkpoint == RecountCheckpoint(progress=fixture.photos.checkpoint.progress)


@pytest.mark.parametrize("different", [{"count": 7}, {"bytes": 0}, {"heat": 10**30}, {"classes": ((3, 1, 1),)}])
@pytest.mark.parametrize("where", [("public", "beach"), (OWNER_SCOPE, "*"), (OWNER_SCOPE, "t1")])
def test_wrong_totals_are_corrected_and_reported(where: tuple[str, str], different: dict[str, Any]) -> None:
    fixture = library()
    damage(fixture, *where, **different)
    assert len(find_violations(read_memory(fixture))) == 1
    came = recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert came == RecountReport(recounted=len(fixture.photos.totals), drifted=1)
    assert recount(fixture.photos).run(always).drifted == 0


def test_all_wrong_totals_are_corrected() -> None:
    fixture = library()
    for scope, tag in fixture.photos.totals:
        damage(fixture, scope, tag, count=99, classes=(), tag_count=1)
    assert recount(fixture.photos).run(always).drifted == len(fixture.photos.totals)
    assert find_violations(read_memory(fixture)) == []


def test_totals_of_an_empty_collection_are_corrected() -> None:
    fixture = library()
    for stored in list(fixture.photos.records.values()):
        fixture.photos.remove(stored)
    damage(fixture, "public", "beach", count=3, heat=3)
    recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert recount(fixture.photos).run(always).drifted == 0


def test_number_of_tags_in_use_is_recounted() -> None:
    fixture = library()
    damage(fixture, "public", "*", tag_count=77)
    assert recount(fixture.photos).run(always).drifted == 1
    assert find_violations(read_memory(fixture)) == []


@pytest.mark.parametrize(("tag", "figures"), [("t1", {"count": 0, "classes": ()}), ("unused", {"count": 3})])
def test_correcting_a_tag_corrects_the_number_of_tags(tag: str, figures: dict[str, Any]) -> None:
    fixture = library()
    fixture.photos.remove(fixture.photos.commit(None, photo("gone", user_tags=("unused",))))
    damage(fixture, OWNER_SCOPE, tag, **figures)
    recount(fixture.photos).run(always)
    assert find_violations(read_memory(fixture)) == []
    assert recount(fixture.photos).run(always).drifted == 0


@pytest.mark.parametrize("cover", [None, "p4", "long gone"])
def test_cover_is_corrected_without_counting_as_drift(cover: str | None) -> None:
    fixture = library()
    damage(fixture, OWNER_SCOPE, "beach", cover=cover)
    assert recount(fixture.photos).run(always).drifted == 0
    assert fixture.photos.totals[OWNER_SCOPE, "beach"].cover == "p0"


def test_empty_collection_has_no_cover() -> None:
    fixture = MemoryLibrary()
    fixture.photos.remove(fixture.photos.commit(None, photo()))
    recount(fixture.photos).run(always)
    assert {trend.cover for trend in fixture.photos.totals.values()} == {None}


@pytest.mark.parametrize("photos", [PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE])
def test_collection_of_many_pages_is_counted_completely(photos: int) -> None:
    fixture = MemoryLibrary()
    for n in range(photos):
        moment = NOON - timedelta(minutes=n)
        fixture.photos.commit(
            None, photo(f"p{n}", user_tags=(), visibility=Visibility.PRIVATE, camera_time=clock(moment))
        )
    right = fixture.photos.totals[OWNER_SCOPE, "*"]
    damage(fixture, OWNER_SCOPE, "*", count=1, cover=None)
    assert recount(fixture.photos).run(always) == RecountReport(recounted=1, drifted=1)
    counted = fixture.photos.totals[OWNER_SCOPE, "*"]
    assert (counted.totals, counted.cover) == (right.totals, "p0")


def test_months_are_counted_across_pages_and_runs() -> None:
    fixture = MemoryLibrary()
    for n in range(PAGE_SIZE + 40):
        fixture.photos.commit(None, photo(f"p{n}", user_tags=(), camera_time=clock(NOON - timedelta(days=n))))
    while fixture.photos.totals["public", "*"].counted_at is None:
        steps = iter([True, False])
        recount(fixture.photos).run(lambda steps=steps: next(steps))  # type: ignore[misc]
    counted = fixture.photos.totals["public", "*"]
    assert sum(counted.months.values()) == PAGE_SIZE + 40
    assert (counted.months["2026-11"], counted.months["2026-10"]) == (20, 31)
    assert counted.counted_at == counted.updated_at


def test_cells_of_the_map_are_skipped() -> None:
    fixture = MemoryLibrary()
    fixture.photos.commit(None, photo(file_coordinates=Coordinates(38_722_300, -9_139_300), camera="Jolla"))
    skipped = {key: replace(trend, totals=Totals(count=7)) for key, trend in fixture.photos.totals.items()}
    fixture.photos.totals.update(skipped)
    report = fixture.sweep.recount.run(always)
    assert {key[0].split("/")[0] for key, trend in fixture.photos.totals.items() if trend.totals.count == 7} == {"cell"}
    assert report.drifted == report.recounted > 4
