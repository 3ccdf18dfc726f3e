"""The pass that saves all records to the originals bucket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.removal_limit import MIN_REMOVALS
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.maintenance.backup import BackupReport
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER, photo
from tests.support.fault_injection import ProcessKilled
from tests.unit.maintenance.backup_support import always, back_up, filled_library, without_tables


def saved_ids(library: MemoryLibrary) -> set[str]:
    """The ids of the photos that the manifest leads to."""
    manifest = library.backup_files.load_manifest()
    assert manifest is not None
    return {each.photo_id for segment in manifest.segments for each in library.backup_files.load_photos(segment)}


def library_of(photos: int) -> MemoryLibrary:
    """A library of records alone, as the pass reads nothing else."""
    library = MemoryLibrary()
    library.photos.records = {f"p{n}": photo(f"p{n}", sha256=f"{n:064}", version=1) for n in range(photos)}
    return library


def test_pass_saves_every_photo_in_segments() -> None:
    library = filled_library()
    back_up(library)
    manifest = library.backup_files.load_manifest()
    assert manifest is not None
    assert saved_ids(library) == library.photos.records.keys()
    assert manifest.photos == sum(segment.lines for segment in manifest.segments) == len(library.photos.records)
    assert len(manifest.segments) > 1
    assert set(library.backup_files.files) == {each.name for each in (*manifest.segments, manifest.albums)}


def test_ticket_without_upload_is_not_saved() -> None:
    library = library_of(0)
    library.uploads.create_upload_url(OWNER, UploadMetadata("later.jpg"))
    back_up(library)
    assert saved_ids(library) == set()


def test_unchanged_segments_are_not_saved_again() -> None:
    library = library_of(60)
    back_up(library)
    segments = len(library.backup_files.written)
    back_up(library)
    assert len(library.backup_files.written) == segments
    library.photos.records["p7"] = photo("p7", user_tags=("tiger",), version=2)
    back_up(library)
    assert len(library.backup_files.written) == segments + 1
    library.photos.records["new"] = photo("new")
    back_up(library)
    assert segments + 2 <= len(library.backup_files.written) <= segments + 3  # it may be the end of a segment
    assert saved_ids(library) == library.photos.records.keys()


def test_pass_pauses_in_proportion_to_its_photos_and_twice_as_long_without_changes() -> None:
    library = library_of(5000)
    backup = replace(library.backup, photos_per_segment=5000)
    assert backup.run(always).photos == 5000
    for minutes in (83, 166):
        library.clock.advance(timedelta(minutes=minutes))
        assert backup.run(always) == BackupReport()
        library.clock.advance(timedelta(minutes=1))
        assert backup.run(always).photos == 5000


def test_pass_continues_where_time_was_up() -> None:
    library = library_of(60)
    reports = []
    while library.backup_files.manifest is None:
        answers = iter([True, True, False])
        reports.append(library.backup.run(lambda answers=answers: next(answers)))  # type: ignore[misc]
    assert len(reports) > 5
    assert sum(report.photos for report in reports) == 60
    assert saved_ids(library) == library.photos.records.keys()


def test_kill_at_any_write_leaves_a_complete_backup() -> None:
    for at in range(40):
        library = library_of(9)
        back_up(library)
        library.photos.records["new"] = photo("new")
        writes = list[str]()

        def interrupt(name: str, writes: list[str] = writes, at: int = at) -> None:
            writes.append(name)
            if len(writes) == at + 1:
                raise ProcessKilled

        library.clock.advance(timedelta(days=2))
        library.after = interrupt
        try:
            library.backup.run(always)
        except ProcessKilled:
            assert saved_ids(library) in ({f"p{n}" for n in range(9)}, library.photos.records.keys())
        library.after = no_hook
        library.clock.advance(timedelta(days=2))
        library.backup.run(always)
        assert saved_ids(library) == library.photos.records.keys()
        if len(writes) <= at:
            return
    pytest.fail("The pass never ended.")


def test_empty_tables_do_not_replace_the_backup_of_others() -> None:
    library = filled_library()
    back_up(library)
    lost = without_tables(library)
    for key in library.originals.latest:
        lost.deliver_event(key)  # photos are back, without their metadata
    lost.clock.advance(timedelta(days=1))
    assert lost.backup.run(always) == BackupReport(held=True)
    assert lost.backup_files.manifest == library.backup_files.manifest
    assert saved_ids(lost) == library.photos.records.keys()


@pytest.mark.parametrize(("lost", "held"), [(MIN_REMOVALS, False), (MIN_REMOVALS + 1, True)])
def test_backup_of_many_more_photos_stays_unless_removals_are_allowed(lost: int, held: bool) -> None:
    library = library_of(MIN_REMOVALS + 20)
    back_up(library)
    before = library.backup_files.manifest
    for number in range(lost):
        del library.photos.records[f"p{number}"]
    library.clock.advance(timedelta(days=1))
    assert library.backup.run(always).held is held
    assert (library.backup_files.manifest == before) is held
    allowed = replace(library.backup.removals, allowed_until=library.clock() + timedelta(days=3))
    library.clock.advance(timedelta(days=2))
    assert not replace(library.backup, removals=allowed).run(always).held
    assert saved_ids(library) == library.photos.records.keys()


def test_failure_is_reported_and_the_next_run_continues() -> None:
    library = library_of(30)

    def fail(name: str) -> None:
        if name == "save_manifest":
            raise Unavailable("S3 is unavailable.")

    library.before = fail
    (failure,) = library.backup.run(always).failures
    assert (failure.photo_id, str(failure.error)) == (None, "S3 is unavailable.")
    library.before = no_hook
    assert library.backup.run(always).failures == ()
    assert saved_ids(library) == library.photos.records.keys()
