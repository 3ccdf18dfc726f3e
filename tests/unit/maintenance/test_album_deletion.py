from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.albums.deletion import FIRST_PHOTOS
from chalicelib.albums.models import Role
from chalicelib.albums.service import AlbumEdit
from chalicelib.errors import NotFound, Unavailable
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.collections import album_of
from chalicelib.maintenance.album_deletion import AlbumDeletionReport
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory

MEMBER = "member"


class DeletionFixture:
    """A library with an album of some photos, which has a member."""

    def __init__(self, photos: int = FIRST_PHOTOS + 5) -> None:
        self.library = MemoryLibrary()
        self.album_id = self.library.albums.create(OWNER, "Lisbon", AlbumEdit()).album_id
        self.library.album_store.add_member(self.album_id, MEMBER, Role.VIEWER, NOON)
        self.photo_ids = [self.upload(str(number)) for number in range(photos)]
        for photo_id in self.photo_ids:
            self.library.albums.add_photo(OWNER, self.album_id, photo_id)

    def upload(self, content: str) -> str:
        photo = self.library.uploads.store_original(OWNER, UploadMetadata(f"{content}.jpg"), content.encode())
        self.library.deliver_event(photo.key)
        return photo.photo_id

    def delete(self) -> None:
        self.library.albums.delete(OWNER, self.album_id)

    def sweep(self) -> AlbumDeletionReport:
        return self.library.sweep.run(lambda: timedelta(seconds=40)).albums

    @property
    def rows(self) -> int:
        """The rows of the photos in the album."""
        return sum(album_of(scope) is not None for scope, _, _ in self.library.photos.memberships)

    def check_removed(self) -> None:
        """Check that nothing is left of the album, and that no photo is lost."""
        records = self.library.photos.records
        assert (self.rows, [records[each].albums for each in self.photo_ids]) == (0, [()] * len(self.photo_ids))
        assert (self.library.album_store.albums, self.library.album_store.members) == ({}, {})
        assert find_violations(read_memory(self.library)) == []


def test_small_album_is_removed_by_the_request() -> None:
    fixture = DeletionFixture(photos=3)
    fixture.delete()
    fixture.check_removed()
    assert fixture.sweep() == AlbumDeletionReport()


def test_request_takes_out_the_first_photos_and_the_schedule_the_others() -> None:
    fixture = DeletionFixture()
    fixture.delete()
    assert fixture.rows == 5
    with pytest.raises(NotFound):
        fixture.library.albums.get(fixture.album_id, OWNER)
    assert fixture.library.album_store.list_own(OWNER, after=None, limit=9) == []
    assert fixture.sweep() == AlbumDeletionReport(photos=5, albums=1)
    fixture.check_removed()


def test_pass_continues_where_its_time_ended() -> None:
    fixture = DeletionFixture()
    fixture.delete()
    left = iter(range(3))
    report = fixture.library.sweep.albums.run(lambda: next(left, None) is not None)
    assert (report, fixture.rows) == (AlbumDeletionReport(photos=2), 3)
    assert fixture.sweep() == AlbumDeletionReport(photos=3, albums=1)
    fixture.check_removed()


def test_deletion_continues_after_it_was_killed_at_any_write() -> None:
    for writes in range(20):
        fixture = DeletionFixture(photos=3)
        left = iter(range(writes))

        def die(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise ProcessKilled

        fixture.library.after = die
        try:
            fixture.delete()
        except ProcessKilled:
            fixture.library.after = no_hook
            fixture.sweep()
            fixture.check_removed()
        else:
            assert writes == 5  # the mark, three photos, the removal
            return
    pytest.fail("The deletion makes more writes than expected.")


def test_photo_that_cannot_be_changed_does_not_fail_the_request() -> None:
    fixture = DeletionFixture(photos=3)

    def fail(name: str) -> None:
        if name == "commit":
            raise Unavailable("The photo store is unavailable.")

    fixture.library.before = fail
    fixture.delete()
    report = fixture.sweep()
    assert [str(failure.error) for failure in report.failures] == ["The photo store is unavailable."]
    fixture.library.before = no_hook
    fixture.sweep()
    fixture.check_removed()


def test_album_that_fails_does_not_delay_others() -> None:
    fixture = DeletionFixture(photos=1)
    other = fixture.library.albums.create(OWNER, "Porto", AlbumEdit()).album_id
    for album_id in (fixture.album_id, other):
        stored = fixture.library.album_store.get_many([album_id], OWNER)[album_id]
        fixture.library.album_store.delete(stored.album, NOON)

    def fail(name: str) -> None:
        if name == "commit":
            raise Unavailable("The photo store is unavailable.")

    fixture.library.before = fail
    report = fixture.library.sweep.albums.run(lambda: True)
    assert (report.albums, len(report.failures)) == (1, 1)
    assert fixture.library.album_store.list_deleting(9) == [fixture.album_id]
