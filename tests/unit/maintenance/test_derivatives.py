"""Photos whose derivatives are gone are processed again, and few requests find them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ingest.key_migration import FORMER, former_keys
from chalicelib.ingest.processing import derivative_key
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Derivative, Photo, State
from chalicelib.maintenance.derivatives import list_derivatives
from tests.fakes.library import MemoryLibrary
from tests.fakes.s3 import MemoryDerivatives
from tests.support.factories import NOON, OWNER, photo
from tests.support.former_keys import with_former_keys
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.reconciliation_support import LATER, library

NAMES = ("thumbnail", "resized", "preview", "small")


def stored_photo(photo_id: str, *, drop: bool = False, **overrides: Any) -> Photo:
    """A photo with four derivatives."""
    keys = {name: derivative_key(photo_id, name, "image/webp") for name in NAMES}
    derivatives = {name: Derivative(key, "image/webp", "WEBP", 4, 3, 9) for name, key in keys.items()}
    key = f"drops/{photo_id}.jpg" if drop else f"uploads/{OWNER}/{photo_id}/beach.jpg"
    return photo(photo_id, **({"key": key, "derivatives": derivatives} | overrides))


def with_former_copies(photo: Photo) -> Photo:
    """The photo after its derivatives were copied from the keys of an earlier version."""
    former = {FORMER + name: derivative for name, derivative in with_former_keys(photo).derivatives.items()}
    return replace(photo, derivatives={**photo.derivatives, **former})


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


@pytest.mark.parametrize(
    ("others", "lists", "heads"),
    [
        (1, 1, 0),  # a listing has the keys of 250 photos, and of 100 in this page
        (4, 2, 0),
        (9, 4, 0),
        (15, 6, 10),  # of 15 photos each; the last few are asked for
        (24, 1, 90),  # of 10 photos: asking for each is cheaper
        (400, 1, 100),
    ],
)
def test_listings_end_when_one_request_for_each_photo_is_cheaper(others: int, lists: int, heads: int) -> None:
    photos = [stored_photo(f"p{n:03}") for n in range(100)]
    between = [stored_photo(f"p{n:03}-{other:03}") for n in range(100) for other in range(others)]
    derivatives = bucket([*photos, *between])
    derivatives.remove([each.key for each in photos[97].derivatives.values()])
    assert incomplete(photos, derivatives) == ["p097"]
    assert (derivatives.lists, derivatives.heads) == (lists, heads)


def test_page_with_uploads_of_two_owners_is_listed_from_where_each_begins() -> None:
    photos = [stored_photo(f"{first}{n:02}") for first in "za" for n in range(50)]
    derivatives = bucket([*photos, *(stored_photo(f"m{n:04}") for n in range(1000))])
    derivatives.remove([photos[3].derivatives["small"].key, photos[70].derivatives["preview"].key])
    assert incomplete(photos, derivatives) == ["z03", "a20"]
    assert (derivatives.lists, derivatives.heads) == (2, 0)


def test_copies_at_former_keys_are_not_looked_for() -> None:
    photos = [with_former_copies(stored_photo(f"p{n}")) for n in range(3)]
    derivatives = bucket(photos)
    derivatives.remove(sorted(key for each in photos for key in former_keys(each)))
    assert incomplete(photos, derivatives) == []


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
