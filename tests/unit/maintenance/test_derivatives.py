"""Photos whose derivatives are gone are processed again, and few requests find them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.maintenance.derivatives import MAX_LISTINGS, list_derivatives
from tests.fakes.library import MemoryLibrary
from tests.fakes.s3 import MemoryDerivatives
from tests.support.factories import NOON, OWNER, photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.reconciliation_support import LATER, library

NAMES = ("thumbnail", "resized", "preview", "small")


def stored_photo(photo_id: str, *, drop: bool = False, **overrides: Any) -> Photo:
    """A photo with four derivatives."""
    derivatives = {
        name: Derivative(f"{OWNER}/{photo_id}/{name}-beach.jpg", "image/jpeg", "JPEG", 4, 3, 9) for name in NAMES
    }
    key = f"drops/{photo_id}.jpg" if drop else f"uploads/{OWNER}/{photo_id}/beach.jpg"
    return photo(photo_id, **({"key": key, "derivatives": derivatives} | overrides))


def bucket(photos: list[Photo], *, page_size: int = 1000) -> MemoryDerivatives:
    keys = [derivative.key for each in photos for derivative in each.derivatives.values()]
    return MemoryDerivatives(images=dict.fromkeys(keys, b""), page_size=page_size)


def incomplete(photos: list[Photo], derivatives: MemoryDerivatives) -> list[str]:
    listing = list_derivatives(photos, derivatives)
    return [each.photo_id for each in photos if listing.is_incomplete(each, NOON)]


@pytest.mark.parametrize("name", NAMES)
def test_one_listing_finds_any_missing_derivative_of_a_page_of_uploads(name: str) -> None:
    photos = [stored_photo(f"p{n:03}") for n in range(100)]
    derivatives = bucket(photos)
    for number in (0, 50, 99):
        derivatives.remove([photos[number].derivatives[name].key])
    assert incomplete(photos, derivatives) == ["p000", "p050", "p099"]
    assert (derivatives.lists, derivatives.heads) == (1, 0)


def test_photos_without_any_derivative_are_found() -> None:
    photos = [stored_photo(f"p{n}") for n in range(3)]
    assert incomplete(photos, bucket([])) == ["p0", "p1", "p2"]
    assert incomplete(photos, bucket(photos[1:2])) == ["p0", "p2"]


def test_listing_is_bounded_and_the_rest_is_one_request_each() -> None:
    photos = [stored_photo(f"p{n}") for n in range(9)]
    derivatives = bucket(photos, page_size=6)
    derivatives.remove([each.key for each in photos[7].derivatives.values()])
    assert incomplete(photos, derivatives) == ["p7"]
    assert (derivatives.lists, derivatives.heads) == (MAX_LISTINGS, 6)  # twelve keys are those of the first three


def test_direct_drop_is_asked_for_each_derivative_on_another_day() -> None:
    drop = stored_photo("d1", drop=True)
    for name in NAMES:
        derivatives = bucket([drop])
        derivatives.remove([drop.derivatives[name].key])
        days = [NOON + timedelta(days=n) for n in range(4)]
        listing = list_derivatives([drop], derivatives)
        assert sum(listing.is_incomplete(drop, day) for day in days) == 1
        assert (derivatives.lists, derivatives.heads) == (0, 4)


@pytest.mark.parametrize(
    "overrides",
    [
        {"state": State.TRASHED},
        {"state": State.PROCESSING},
        {"state": State.REJECTED, "derivatives": {}},
        {"worker": "w1"},
    ],
)
def test_photos_that_another_step_takes_care_of_are_not_checked(overrides: dict[str, Any]) -> None:
    each, derivatives = stored_photo("p1", **overrides), bucket([])
    assert incomplete([each], derivatives) == []
    assert (derivatives.lists, derivatives.heads) == (0, 0)


def library_without_derivatives() -> MemoryLibrary:
    """An upload and a direct drop, both without derivatives."""
    fixture = library(1)
    fixture.deliver_event(fixture.uploads.store_original(OWNER, UploadMetadata("b.jpg", ("sea",)), b"sea").key)
    fixture.derivatives.images.clear()
    fixture.clock.advance(LATER)
    return fixture


def test_photos_without_derivatives_are_processed_again() -> None:
    fixture = library_without_derivatives()
    before = {p.photo_id: (p.key, p.tags, p.derivatives) for p in fixture.photos.records.values()}
    report = fixture.reconciliation.reconcile_originals(always)
    assert (report.checked, report.rendered, report.repaired, report.failures) == (2, 2, 0, ())
    assert {p.photo_id: (p.key, p.tags, p.derivatives) for p in fixture.photos.records.values()} == before
    assert {p.state for p in fixture.photos.records.values()} == {State.READY}
    assert find_violations(read_memory(fixture)) == []


def test_derivatives_are_looked_for_once_a_day() -> None:
    fixture = library(3)
    for hours, heads in [(0, 3), (22, 0), (2, 3)]:
        fixture.clock.advance(timedelta(hours=hours))
        fixture.derivatives.heads = 0
        fixture.reconciliation.reconcile_originals(always)
        assert fixture.derivatives.heads == heads


def test_pass_that_is_resumed_looks_for_derivatives_to_its_end() -> None:
    fixture = library(10)
    fixture.derivatives.images.clear()
    reports = [fixture.reconciliation.reconcile_originals(steps(3)) for _ in range(6)]
    assert sum(report.rendered for report in reports) == 10


def test_photo_that_has_changed_meanwhile_is_left_to_the_next_pass() -> None:
    fixture = library_without_derivatives()
    photo_id = next(iter(fixture.photos.records))
    read = fixture.photos.get_many

    class Editing:
        def get_many(self, ids: set[str]) -> dict[str, Photo]:
            found = read(ids)
            stored = fixture.photos.records[photo_id]
            fixture.photos.commit(stored, replace(stored, weight=7))
            return found

    reconciliation = replace(fixture.reconciliation, photos=Editing())  # type: ignore[arg-type]
    report = reconciliation.reconcile_originals(always)
    assert (report.rendered, len(report.failures)) == (1, 1)
    assert fixture.photos.records[photo_id].weight == 7
