from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import MIN_PAUSE
from chalicelib.maintenance.reconciliation import PAGE_SIZE, SETTLED_AFTER, ReconciliationReport
from tests.support.factories import OWNER, photo
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always
from tests.unit.maintenance.reconciliation_support import LATER, library, states


def test_original_without_event_becomes_a_photo() -> None:
    fixture = library(2)
    fixture.originals.drop("lost.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=3, repaired=1)
    assert states(fixture)["lost.jpg"] is State.READY
    (found,) = [p for p in fixture.photos.records.values() if p.key == "lost.jpg"]
    assert found.event == {"bucket": "originals", "key": "lost.jpg"}
    assert find_violations(read_memory(fixture)) == []


def test_upload_without_event_becomes_its_waiting_photo() -> None:
    fixture = library()
    announced = fixture.uploads.store_original(OWNER, UploadMetadata("a.jpg", user_tags=("sea",)), b"sea")
    fixture.clock.advance(SETTLED_AFTER)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1
    (stored,) = fixture.photos.records.values()
    assert (stored.photo_id, stored.state, stored.user_tags) == (announced.photo_id, State.READY, ("sea",))


def test_original_with_photo_is_left_alone() -> None:
    fixture = library(3)
    fixture.deliver_event(fixture.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea").key)
    fixture.clock.advance(LATER)
    before = dict(fixture.photos.records)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=4)
    assert fixture.photos.records == before


@pytest.mark.parametrize("state", [s for s in State if s is not State.UPLOADING])
def test_original_with_a_photo_in_any_state_is_left_alone(state: State) -> None:
    fixture = library()
    fixture.originals.drop(photo().key, b"sea")
    stored = fixture.photos.commit(None, photo(state=state))
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {"p1": stored}


def test_key_outside_the_upload_prefix_is_a_direct_drop() -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo())
    fixture.originals.drop("somebody/p1/else.jpg", b"sea")
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1
    assert fixture.photos.records["p1"] == stored
    assert states(fixture)["somebody/p1/else.jpg"] is State.READY
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)


def test_recent_original_is_left_for_the_next_pass() -> None:
    fixture = library()
    fixture.originals.drop("young.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert fixture.photos.records == {}
    fixture.clock.advance(MIN_PAUSE)
    assert fixture.reconciliation.reconcile_originals(always).repaired == 1


ORPHANS = ["uploads/unknown/p2/beach.jpg", "uploads/a.jpg", "uploads/x/p1/Thumbs.db", f"uploads/{OWNER}/p1/b.jpg"]


@pytest.mark.parametrize("key", ORPHANS)
def test_upload_without_record_and_known_owner_is_an_orphan(key: str) -> None:
    fixture = library()
    stored = fixture.photos.commit(None, photo(object_version="v0"))
    fixture.originals.drop(photo().key, b"sea")
    original = fixture.originals.drop(key, b"orphan")
    fixture.clock.advance(LATER)
    for _ in range(2):
        assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=2, orphans=1)
        fixture.clock.advance(LATER)
    assert fixture.photos.records == {"p1": stored}
    assert fixture.originals.head(key) == original


@pytest.mark.parametrize("key", ["a.jpg.xmp", "folder/", ".DS_Store", "x/p1/Thumbs.db"])
def test_sidecars_are_ignored(key: str) -> None:
    fixture = library()
    fixture.originals.drop(key, b"x")
    fixture.clock.advance(LATER)
    requested_ids = list[str]()

    class RecordingStore:
        def get_many(self, ids: Iterable[str]) -> dict[str, Photo]:
            requested_ids.extend(ids)
            return {}

    store: Any = RecordingStore()
    reconciliation = replace(fixture.reconciliation, photos=store)
    assert reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert requested_ids == []


def test_existing_originals_become_photos_on_any_page() -> None:
    fixture = library()
    for n in range(2 * PAGE_SIZE + 1):
        fixture.originals.drop(f"{n:04}.jpg", b"%d" % n)
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_originals(always) == ReconciliationReport(
        checked=2 * PAGE_SIZE + 1, repaired=2 * PAGE_SIZE + 1
    )
    assert set(states(fixture).values()) == {State.READY}
    assert find_violations(read_memory(fixture)) == []


def test_concurrent_event_is_not_counted_as_repaired() -> None:
    fixture = library()
    fixture.originals.drop("a.jpg", b"sea")
    fixture.clock.advance(SETTLED_AFTER)

    class Late:
        def get_many(self, ids: Any) -> Any:
            return {}

        def __getattr__(self, name: str) -> Any:
            return getattr(fixture.photos, name)

    fixture.deliver_event("a.jpg")
    reconciliation = replace(fixture.reconciliation, photos=Late())
    assert reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
