"""Tables that are thrown away and rebuilt from the backup, compared field by field."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, NotFound, Unreadable
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import State, Visibility
from chalicelib.library.transitions import Edit
from chalicelib.maintenance.rebuild import RebuildReport
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_count_violations, find_violations, read_memory
from tests.unit.maintenance.backup_support import (
    SOMEONE,
    albums_of,
    always,
    back_up,
    filled_library,
    photos_of,
    plenty,
    upload,
    without_tables,
)


@pytest.fixture
def library() -> MemoryLibrary:
    """A library that is backed up."""
    library = filled_library()
    back_up(library)
    return library


def rebuild(library: MemoryLibrary) -> RebuildReport:
    return library.rebuild.run(0, "", plenty)


def test_everything_returns(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    report = rebuild(lost)
    assert (report.restored, report.failed, report.is_complete) == (len(library.photos.records), 0, True)
    assert photos_of(lost) == photos_of(library)
    assert albums_of(lost) == albums_of(library)
    assert {p.state for p in lost.photos.records.values()} == {
        *(State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED, State.PROCESSING)
    }
    assert lost.photos.memberships == library.photos.memberships
    assert {key: trend.totals for key, trend in lost.photos.totals.items()} == {
        key: trend.totals for key, trend in library.photos.totals.items() if trend.totals.count
    }
    assert find_count_violations(read_memory(lost)) == []
    lost.clock.advance(timedelta(days=1))
    lost.sweep.process_due(lambda: True)
    assert find_violations(read_memory(lost)) == []


def test_schedule_makes_lost_derivatives_again(library: MemoryLibrary) -> None:
    lost = without_tables(library, derivatives=False)
    rebuild(lost)
    lost.clock.advance(timedelta(days=1))
    lost.sweep.run(plenty)
    lost.sweep.run(plenty)
    (trashed,) = [photo for photo in lost.photos.records.values() if photo.state is State.TRASHED]
    lost.editor.restore(trashed.owner, trashed.photo_id)  # in the trash, a photo is not looked at
    lost.clock.advance(timedelta(days=2))
    lost.sweep.run(plenty)
    assert find_violations(read_memory(lost)) == []
    images = {photo_id: set(photo.derivatives) for photo_id, photo in library.photos.records.items()}
    assert {photo_id: set(photo.derivatives) for photo_id, photo in lost.photos.records.items()} == images
    # But for what is found of the files, again, and for the one that was not finished.
    assert {(p.photo_id, p.owner, p.tags, p.albums, p.visibility) for p in lost.photos.records.values()} >= {
        (p.photo_id, p.owner, p.tags, p.albums, p.visibility)
        for p in library.photos.records.values()
        if p.state is not State.PROCESSING
    }


def test_rebuilding_again_changes_nothing(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    rebuild(lost)
    before = dict(lost.photos.records)
    report = rebuild(lost)
    changed = [photo_id for photo_id, photo in lost.photos.records.items() if photo != before[photo_id]]
    assert (report.restored, report.unchanged, changed) == (0, len(before), [])


def test_slices_continue_where_time_was_up(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    position, written_at, slices = 0, "", 0
    while True:
        answers = iter([*[timedelta(minutes=1)] * 4])
        report = lost.rebuild.run(position, written_at, lambda answers=answers: next(answers, timedelta(0)))  # type: ignore[misc]
        position, written_at, slices = report.position, report.written_at, slices + 1
        if report.is_complete:
            break
    assert slices > 5
    assert photos_of(lost) == photos_of(library)


def test_slice_of_a_newer_backup_starts_over(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    assert lost.rebuild.run(3, "2026-01-01T00:00:00+00:00", plenty).restored == len(library.photos.records)


@pytest.mark.parametrize("hook", ["before", "after"])
def test_kill_at_any_write_is_repaired_by_running_it_again(library: MemoryLibrary, hook: str) -> None:
    for at in range(200):
        lost, writes = without_tables(library), list[str]()

        def interrupt(name: str, writes: list[str] = writes, at: int = at) -> None:
            writes.append(name)
            if len(writes) == at + 1:
                raise ProcessKilled

        setattr(lost, hook, interrupt)
        try:
            rebuild(lost)
        except ProcessKilled:
            setattr(lost, hook, no_hook)
            assert rebuild(lost).is_complete
        assert photos_of(lost) == photos_of(library)
        assert find_count_violations(read_memory(lost)) == []
        if len(writes) <= at:
            return
    pytest.fail("The rebuild never ended.")


def test_photos_that_came_back_meanwhile_get_their_fields_back(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    for key in reversed(library.originals.latest):  # so that duplicates are first
        lost.deliver_event(key)
    assert all(p.recovered or p.key.startswith("inbox/") for p in lost.photos.records.values())
    rebuild(lost)
    assert photos_of(lost) == photos_of(library)
    assert find_count_violations(read_memory(lost)) == []


def test_photos_added_since_the_backup_stay(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    new, again = upload(lost, OWNER, b"elk", user_tags=("deer",)), upload(lost, OWNER, b"cat", user_tags=("lion",))
    assert lost.photos.records[again].state is State.READY
    rebuild(lost)
    assert photos_of(lost).items() >= photos_of(library).items()
    (first,) = [p.photo_id for p in library.photos.records.values() if p.user_tags == ("tiger",)]
    added, copy = lost.photos.records[new], lost.photos.records[again]
    assert (added.user_tags, added.state) == (("deer",), State.READY)
    assert (copy.user_tags, copy.state, copy.duplicate_of) == (("lion",), State.DUPLICATE, first)
    assert find_count_violations(read_memory(lost)) == []


def test_other_photo_with_the_id_of_a_lost_one_stays(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    taken = next(photo for photo in library.photos.records.values() if photo.state is State.READY)
    metadata = UploadMetadata("other.jpg", photo_id=taken.photo_id)
    other = lost.uploads.store_original(SOMEONE, metadata, b"gnu")
    rebuild(lost)
    found = lost.photos.records[taken.photo_id]
    assert (found.owner, found.key) == (SOMEONE, other.key)


def test_edits_after_the_backup_are_undone(library: MemoryLibrary) -> None:
    before = photos_of(library)
    (first,) = [p.photo_id for p in library.photos.records.values() if p.user_tags == ("tiger",)]
    library.editor.edit(OWNER, first, Edit(tags=("wrong",), visibility=Visibility.PRIVATE))
    assert rebuild(library).restored == 1
    assert photos_of(library) == before


def test_photo_that_its_owner_has_deleted_since_stays_deleted(library: MemoryLibrary) -> None:
    (first,) = [p.photo_id for p in library.photos.records.values() if p.user_tags == ("tiger",)]
    library.editor.erase(OWNER, first)
    rebuild(library)
    assert first not in library.photos.records
    lost = without_tables(library)
    report = rebuild(lost)
    assert report.without_original == 1
    assert first not in lost.photos.records
    # Its duplicate takes its place, as it does when the first is deleted.
    (photo,) = [p for p in lost.photos.records.values() if p.filename == "cat.jpg"]
    assert photo.state is State.READY


def test_duplicate_of_a_trashed_photo_does_not_come_into_view(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    published = list[bool]()
    lost.photos.on_commit = lambda _, after: published.append(after is not None and after.visible_to(None))
    rebuild(lost)
    (trashed,) = [p for p in lost.photos.records.values() if p.state is State.TRASHED]
    (duplicate,) = [p for p in lost.photos.records.values() if p.duplicate_of == trashed.photo_id]
    assert duplicate.state is State.DUPLICATE
    assert sum(published) == sum(p.visible_to(None) for p in lost.photos.records.values())


def test_photo_that_cannot_be_committed_is_counted_and_the_others_return(library: MemoryLibrary) -> None:
    lost, refused = without_tables(library), list[str]()

    def refuse(name: str) -> None:
        if name == "commit" and not refused:
            refused.append(name)
            raise Conflict("The photo has changed since it was read.")

    lost.before = refuse
    report = rebuild(lost)
    assert (report.failed, report.is_complete) == (1, True)
    assert lost.backup.run(always).held
    assert rebuild(lost).failed == 0
    assert photos_of(lost) == photos_of(library)


def test_schedule_backs_up_rebuilt_tables(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    assert lost.backup.run(always).held
    rebuild(lost)
    before = lost.backup_files.manifest
    assert not lost.backup.run(always).held
    assert lost.backup_files.manifest != before


def test_without_a_backup_nothing_is_changed() -> None:
    with pytest.raises(NotFound, match="There is no backup"):
        rebuild(MemoryLibrary())


def test_missing_segment_is_reported_and_all_others_are_restored(library: MemoryLibrary) -> None:
    manifest, files = library.backup_files.manifest, library.backup_files.files
    assert manifest is not None
    missing, *others = manifest.segments
    expected = {photo.photo_id for segment in others for photo in library.backup_files.load_photos(segment)}
    lost = without_tables(library)
    lost.backup_files.files = {name: content for name, content in files.items() if name != missing.name}
    report = rebuild(lost)
    assert report.is_complete
    assert report.unreadable == (
        f"The backup is incomplete: {missing.name} is missing. Its {missing.lines} records were not restored.",
    )
    assert lost.photos.records.keys() == expected
    # The schedule does not replace the backup by what could be restored, also after slices that could be read.
    assert lost.rebuild.run(report.positions, report.written_at, plenty, skipped=True).is_complete
    assert lost.backup.run(always).held
    lost.backup_files.files = files
    assert rebuild(lost).unreadable == ()
    assert photos_of(lost) == photos_of(library)
    assert not lost.backup.run(always).held


def test_backup_is_not_replaced_by_tables_that_are_half_restored(library: MemoryLibrary) -> None:
    answers = iter([timedelta(minutes=1)] * 3)
    assert not library.rebuild.run(0, "", lambda: next(answers, timedelta(0))).is_complete
    library.clock.advance(timedelta(days=1))
    assert library.backup.run(always).held
    rebuild(library)
    assert not library.backup.run(always).held


def test_damaged_albums_change_nothing(library: MemoryLibrary) -> None:
    lost = without_tables(library)
    lost.backup_files.files = {name: f for name, f in lost.backup_files.files.items() if name.startswith("photos")}
    with pytest.raises(Unreadable, match=r"albums-.* is missing"):
        rebuild(lost)
    assert lost.photos.records == {}


def test_tombstones_return_but_not_expired_ones(library: MemoryLibrary) -> None:
    (tombstone, expired) = (
        replace(
            next(iter(library.photos.records.values())),
            photo_id=name,
            key=f"uploads/{SOMEONE}/{name}/a.jpg",
            state=State.REMOVED,
            sha256=None,
            albums=(),
            expires_at=library.clock() + timedelta(days=days),
        )
        for name, days in (("gone", 1), ("long-gone", -1))
    )
    manifest = library.backup_files.manifest
    assert manifest is not None
    segment = library.backup_files.save_photos([tombstone, expired], ())
    library.backup_files.manifest = replace(manifest, segments=(*manifest.segments, segment))
    lost = without_tables(library)
    rebuild(lost)
    assert lost.photos.tombstones.keys() == {"gone"}
