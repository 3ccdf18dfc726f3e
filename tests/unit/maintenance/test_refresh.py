from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import IO

import pytest

from chalicelib.errors import Unavailable
from chalicelib.images import Metadata
from chalicelib.ingest.processing import READER_REVISION
from chalicelib.library.corrections import shift_time
from chalicelib.library.photo import Photo, State
from chalicelib.library.positions import FindPlace, has_position, set_coordinates
from chalicelib.library.transitions import Edit
from chalicelib.maintenance.pacing import PassProgress
from chalicelib.maintenance.reconciliation import REVISION, Reconciliation, ReconciliationReport
from chalicelib.maintenance.refresh import MetadataRefresh, PerceptualHashRefresh, PlaceRefresh
from chalicelib.maintenance.sources import Checkpoint
from chalicelib.util.capture_time import CaptureTime, parse_capture_time
from chalicelib.util.coordinates import UNKNOWN, Coordinates
from tests.fakes.library import MemoryLibrary
from tests.fakes.processing import find_place, hash_image, read_metadata
from tests.support.factories import NOON, OWNER, clock
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory
from tests.support.time_left import always, steps
from tests.unit.maintenance.reconciliation_support import LATER

TAKEN = parse_capture_time("2026-03-14T23:30:00.450000-08:00")


def old_library(photos: int) -> MemoryLibrary:
    """A library of photos that earlier code has read, which stored times in UTC only."""
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.originals.drop(f"{n}.jpg", f"{TAKEN} {n}".encode())
        fixture.deliver_event(f"{n}.jpg")
    for photo in list(fixture.photos.records.values()):
        utc = CaptureTime(TAKEN.presumed_utc.replace(tzinfo=None))
        fixture.photos.commit(photo, replace(photo, camera_time=utc, reader_revision=0))
    fixture.clock.advance(LATER)
    return fixture


def times(fixture: MemoryLibrary) -> list[CaptureTime | None]:
    return [photo.camera_time for photo in fixture.photos.records.values()]


def test_photos_that_earlier_code_has_read_are_read_again() -> None:
    fixture = old_library(3)
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=3, refreshed=3)
    assert times(fixture) == [TAKEN] * 3
    assert find_violations(read_memory(fixture)) == []
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=3)


def test_library_is_consistent_after_each_slice() -> None:
    fixture, refreshed = old_library(5), 0
    for _ in range(5):
        refreshed += fixture.reconciliation.reconcile_photos(steps(2)).refreshed
        assert times(fixture).count(TAKEN) == refreshed
        assert find_violations(read_memory(fixture)) == []
    assert refreshed == 5


def test_file_that_kills_its_reader_does_not_stop_the_pass() -> None:
    fixture = old_library(3)

    def kill(file: IO[bytes]) -> Metadata:
        file.seek(0)
        if file.read().endswith(b" 1"):
            raise ProcessKilled
        return read_metadata(file)

    refresh = MetadataRefresh(fixture.originals, replace(fixture.processor, read_metadata=kill))
    reconciliation = replace(fixture.reconciliation, refreshes=(refresh,))
    with pytest.raises(ProcessKilled):
        reconciliation.reconcile_photos(always)
    reconciliation.reconcile_photos(always)
    assert times(fixture).count(TAKEN) == 2


def test_pause_after_a_pass_ends_with_an_update() -> None:
    fixture = old_library(1)
    paused = PassProgress(paused_until=fixture.clock() + timedelta(days=1))
    fixture.scanner.save_checkpoint("photos", Checkpoint("zzz", paused, revision=REVISION - 1))
    assert fixture.reconciliation.reconcile_photos(always).refreshed == 1
    checkpoint = fixture.scanner.load_checkpoint("photos")
    assert (checkpoint.revision, checkpoint.progress.is_paused(fixture.clock())) == (REVISION, True)


def test_labels_follow_the_time_that_is_read_or_corrected() -> None:
    fixture = old_library(1)
    fixture.labeler.follows_time = True
    fixture.reconciliation.reconcile_photos(always)
    (photo,) = fixture.photos.records.values()
    assert (photo.labels_pending, photo.due_at) == (True, fixture.clock())
    fixture.sweep.process_due(always)
    editor = replace(fixture.editor, labels_follow_time=True)
    same = editor.edit(photo.owner, photo.photo_id, Edit(weight=1))
    assert (same.labels_pending, same.due_at) == (False, None)
    corrected = editor.edit(
        photo.owner, photo.photo_id, Edit(corrections=(partial(shift_time, by=timedelta(days=-90)),))
    )
    assert (corrected.labels_pending, corrected.due_at) == (True, fixture.clock())


def test_correction_stays_when_the_file_is_read_again() -> None:
    fixture = old_library(1)
    (photo,) = fixture.photos.records.values()
    fixture.photos.commit(photo, replace(photo, corrected_time=clock(NOON)))
    fixture.reconciliation.reconcile_photos(always)
    (refreshed,) = fixture.photos.records.values()
    assert (refreshed.capture_time, refreshed.camera_time) == (clock(NOON), TAKEN)


def test_photo_without_its_original_waits_for_ingest() -> None:
    fixture = old_library(1)
    fixture.originals.drop("0.jpg", b"another file")
    assert fixture.reconciliation.reconcile_photos(always).refreshed == 0
    (photo,) = fixture.photos.records.values()
    assert photo.reader_revision == 0


@pytest.mark.parametrize("state", [State.READY, State.TRASHED])
def test_photo_whose_file_cannot_be_read_now_is_tried_again(state: State) -> None:
    fixture = old_library(1)
    (photo,) = fixture.photos.records.values()
    fixture.photos.commit(photo, replace(photo, state=state))

    def fail(_: IO[bytes]) -> Metadata:
        raise Unavailable("S3 is unavailable.")

    broken = MetadataRefresh(fixture.originals, replace(fixture.processor, read_metadata=fail))
    assert len(replace(fixture.reconciliation, refreshes=(broken,)).reconcile_photos(always).failures) == 1
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_photos(always).refreshed == 1
    (refreshed,) = fixture.photos.records.values()
    assert (refreshed.reader_revision, refreshed.state) == (READER_REVISION, state)


def test_file_that_earlier_code_rejected_is_processed_again() -> None:
    fixture = MemoryLibrary()
    fixture.originals.drop("a.jpg", b"sea")
    fixture.deliver_event("a.jpg")
    (photo,) = fixture.photos.records.values()
    fixture.photos.commit(photo, replace(photo, state=State.REJECTED, reason="No.", derivatives={}, reader_revision=0))
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_photos(always).rendered == 1
    (processed,) = fixture.photos.records.values()
    assert (processed.state, processed.reason, processed.reader_revision) == (State.READY, None, READER_REVISION)


def test_rejected_file_is_not_read_again() -> None:
    fixture = MemoryLibrary()
    fixture.originals.drop("a.jpg", b"bad")
    fixture.deliver_event("a.jpg")
    fixture.clock.advance(LATER + timedelta(days=1))
    assert fixture.reconciliation.reconcile_photos(always).refreshed == 0


def without_hashes(photos: int) -> MemoryLibrary:
    """A library of photos that were processed before there were perceptual hashes."""
    fixture = MemoryLibrary()
    for n in range(photos):
        fixture.originals.drop(f"{n}.jpg", f"photo {n}".encode())
        fixture.deliver_event(f"{n}.jpg")
    for photo in list(fixture.photos.records.values()):
        fixture.photos.commit(photo, replace(photo, perceptual_hash=b""))
    fixture.clock.advance(LATER)
    return fixture


def hashes(fixture: MemoryLibrary) -> list[bytes]:
    return [photo.perceptual_hash for photo in fixture.photos.records.values()]


def test_missing_hashes_are_those_of_the_stored_images() -> None:
    fixture = without_hashes(3)
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=3, refreshed=3)
    assert set(hashes(fixture)) == {hash_image(f"image of photo {n}".encode()) for n in range(3)}
    assert len(list(fixture.fingerprints.read_fingerprints(OWNER))) == 3
    assert find_violations(read_memory(fixture)) == []
    fixture.clock.advance(LATER)
    assert fixture.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=3)


def test_photo_without_its_images_waits_for_them() -> None:
    fixture = without_hashes(1)
    fixture.derivatives.images.clear()
    report = fixture.reconciliation.reconcile_photos(always)
    assert (report.refreshed, report.failures, hashes(fixture)) == (0, (), [b""])


def test_hash_of_an_image_that_cannot_be_read_is_a_failure() -> None:
    fixture = without_hashes(2)

    def fail(_: bytes) -> bytes:
        raise Unavailable("The bucket did not respond.")

    refreshes = (PerceptualHashRefresh(fixture.derivatives, fail),)
    report = replace(fixture.reconciliation, refreshes=refreshes).reconcile_photos(always)
    assert (report.checked, len(report.failures)) == (2, 2)


def described_photo() -> tuple[MemoryLibrary, Photo]:
    fixture = MemoryLibrary()
    fixture.originals.drop("a.jpg", b"position=38.7,-9.4 sea")
    fixture.deliver_event("a.jpg")
    fixture.clock.advance(LATER)
    (photo,) = fixture.photos.records.values()
    return fixture, photo


def with_places(fixture: MemoryLibrary, find: FindPlace | None) -> Reconciliation:
    """The pass over the photos, as if the library had been deployed again with this table or without places."""
    fixture.clock.advance(LATER)
    processor = replace(fixture.processor, find_place=find)
    return replace(
        fixture.reconciliation, refreshes=(MetadataRefresh(fixture.originals, processor), PlaceRefresh(find))
    )


def test_positions_are_removed_when_places_are_turned_off_and_read_again_when_they_are_on() -> None:
    fixture, photo = described_photo()
    for find, position in ((None, (None, ())), (find_place, (photo.coordinates, photo.file_place))):
        reconciliation = with_places(fixture, find)
        assert reconciliation.reconcile_photos(always).refreshed == 1
        (refreshed,) = fixture.photos.records.values()
        assert (refreshed.coordinates, refreshed.file_place) == position
        fixture.clock.advance(LATER)
        assert reconciliation.reconcile_photos(always).refreshed == 0


@pytest.mark.parametrize("own", [Coordinates(41_000_000, -8_000_000), UNKNOWN])
def test_positions_of_owners_are_removed_when_places_are_turned_off(own: Coordinates) -> None:
    fixture, photo = described_photo()
    fixture.photos.commit(photo, set_coordinates(photo, own, find_place))
    reconciliation = with_places(fixture, None)
    assert reconciliation.reconcile_photos(always).refreshed == 1
    (refreshed,) = fixture.photos.records.values()
    assert (has_position(refreshed), refreshed.file_place) == (False, ())
    assert refreshed.own_coordinates == (UNKNOWN if own == UNKNOWN else None)
    assert refreshed.reader_revision < 0
    fixture.clock.advance(LATER)
    assert reconciliation.reconcile_photos(always).refreshed == 0


def test_position_of_an_owner_is_removed_before_its_file_was_read_with_positions() -> None:
    fixture, photo = described_photo()
    unread = replace(photo, file_coordinates=None, reader_revision=-photo.reader_revision)
    fixture.photos.commit(photo, set_coordinates(unread, Coordinates(41_000_000, -8_000_000), find_place))
    with_places(fixture, None).reconcile_photos(always)
    (refreshed,) = fixture.photos.records.values()
    assert (refreshed.coordinates, refreshed.reader_revision) == (None, -photo.reader_revision)


def test_places_follow_the_table() -> None:
    fixture, photo = described_photo()
    reconciliation = with_places(fixture, lambda _: ("Sintra",))
    assert reconciliation.reconcile_photos(always).refreshed == 1
    (refreshed,) = fixture.photos.records.values()
    assert (refreshed.coordinates, refreshed.file_place) == (photo.coordinates, ("Sintra",))
