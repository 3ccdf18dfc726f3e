import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bundles.zip import BuiltVolume, Entry, Skipped
from chalicelib.bundles.zip.building import IMAGE_GONE
from chalicelib.errors import Conflict, Unavailable
from chalicelib.ingest.originals import ORIGINAL_VERSION
from tests.unit.bundles.zip.support import FILENAME, KEY, PIECE, WINDOW, ZipFixture


@pytest.fixture
def fixture() -> ZipFixture:
    """Originals shorter than a chunk, of the same size, longer, empty, and larger than the read-ahead."""
    made = ZipFixture()
    made.put(3, PIECE, 25, 0, PIECE - 1, PIECE + 1, 3 * WINDOW, 1)
    return made


@given(st.lists(st.integers(0, 4 * WINDOW), max_size=12))
def test_volume_contains_every_byte_of_every_photo(sizes: list[int]) -> None:
    fixture = ZipFixture()
    fixture.put(*sizes)
    built = fixture.build()
    assert fixture.photos() == fixture.expected()
    assert built == BuiltVolume(len(sizes), len(fixture.bundles.objects[KEY]), ())
    assert fixture.bundles.filenames[KEY] == FILENAME
    assert fixture.bundles.uploads == {}


def test_building_is_deterministic(fixture: ZipFixture) -> None:
    fixture.build()
    first = fixture.bundles.objects.pop(KEY)
    fixture.build()
    assert fixture.bundles.objects[KEY] == first


def test_progress_is_reported(fixture: ZipFixture) -> None:
    progress = list[tuple[int, int]]()
    fixture.build(lambda photos, size: progress.append((photos, size)))
    assert progress == sorted(progress)
    everything = (len(fixture.entries), sum(entry.bytes for entry in fixture.entries))
    assert progress[-1] == everything
    steps = [after - before for (_, before), (_, after) in pairwise(progress)]
    assert 0 < max(steps) <= PIECE


def test_deleted_photos_are_skipped_and_listed(fixture: ZipFixture) -> None:
    for number in (0, 6, 7):
        fixture.erase(number)
    built = fixture.build()
    assert built.photos == 5
    assert built.skipped == tuple(Skipped(f"p{n}", f"photo {n}.jpg", IMAGE_GONE) for n in (0, 6, 7))
    photos = fixture.photos()
    progress = photos.pop("not included.txt").decode()
    assert progress == f"photo 0.jpg: {IMAGE_GONE}\nphoto 6.jpg: {IMAGE_GONE}\nphoto 7.jpg: {IMAGE_GONE}\n"
    assert photos == fixture.expected(without=(0, 6, 7))


def test_volume_of_deleted_photos_contains_only_the_list(fixture: ZipFixture) -> None:
    for number in range(len(fixture.entries)):
        fixture.erase(number)
    built = fixture.build()
    assert (built.photos, len(built.skipped)) == (0, len(fixture.entries))
    assert list(fixture.photos()) == ["not included.txt"]


def test_volume_without_photos_is_an_empty_zip() -> None:
    fixture = ZipFixture()
    assert fixture.build() == BuiltVolume(0, 22, ())
    assert fixture.photos() == {}


@given(st.lists(st.tuples(st.integers(0, 4 * WINDOW), st.booleans()), max_size=12))
def test_volume_contains_originals_and_derivatives(images: list[tuple[int, bool]]) -> None:
    fixture = ZipFixture()
    for size, resized in images:
        fixture.put(size, resized=resized)
    fixture.build()
    assert fixture.photos() == fixture.expected()


@pytest.mark.parametrize("change", ["deleted", "of another original", "of another size"])
@pytest.mark.parametrize("number", range(8))
def test_derivative_that_is_gone_or_replaced_is_skipped(number: int, change: str) -> None:
    fixture = ZipFixture()
    fixture.put(3, PIECE, 25, 2, PIECE - 1, PIECE + 1, 3 * WINDOW, 1, resized=True)
    key, size = fixture.entries[number].key, fixture.entries[number].bytes
    version = "v2" if change == "of another original" else "v1"
    fixture.derivatives.put(
        key, b"." * (size + (change == "of another size")), "image/jpeg", {ORIGINAL_VERSION: version}
    )
    if change == "deleted":
        fixture.derivatives.remove([key])
    assert [skipped.photo_id for skipped in fixture.build().skipped] == [f"p{number}"]
    photos = fixture.photos()
    del photos["not included.txt"]
    assert photos == fixture.expected(without=(number,))


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("wrong", [-1, 1, -PIECE, PIECE, 100])
def test_original_of_another_size_raises_conflict(fixture: ZipFixture, number: int, wrong: int) -> None:
    entry = fixture.entries[number]
    if entry.bytes + wrong < 0:
        return
    fixture.entries[number] = replace(entry, bytes=entry.bytes + wrong)
    with pytest.raises(Conflict):
        fixture.build()
    assert_nothing_left(fixture)


def test_original_deleted_while_read_raises_conflict(fixture: ZipFixture) -> None:
    class DeletingReader:
        def read_range(self, entry: Entry, first: int, last: int) -> bytes:
            if (entry.key, first) == ("6.jpg", 2 * PIECE):
                fixture.erase(6)
            return fixture.reader.read_range(entry, first, last)

    with pytest.raises(Conflict):
        fixture.build(source=DeletingReader())
    assert_nothing_left(fixture)
    assert [skipped.photo_id for skipped in fixture.build().skipped] == ["p6"]
    photos = fixture.photos()
    del photos["not included.txt"]
    assert photos == fixture.expected(without=(6,))


@pytest.mark.parametrize("number", range(8))
def test_read_error_is_raised_and_the_upload_aborted(fixture: ZipFixture, number: int) -> None:
    class FailingReader:
        def read_range(self, entry: Entry, first: int, last: int) -> bytes:
            if entry.key == f"{number}.jpg":
                raise Unavailable("S3 does not answer.")
            return fixture.reader.read_range(entry, first, last)

    with pytest.raises(Unavailable):
        fixture.build(source=FailingReader())
    assert_nothing_left(fixture)


class Canceled(Exception):
    """The owner canceled the bundle."""


@pytest.mark.parametrize("cancel", [Canceled, KeyboardInterrupt, SystemExit, Conflict])
def test_cancellation_at_any_time_leaves_no_upload(fixture: ZipFixture, cancel: Callable[[], BaseException]) -> None:
    progress = list[tuple[int, int]]()
    fixture.build(lambda *far: progress.append(far))
    del fixture.bundles.objects[KEY]
    for moment in range(len(progress)):
        left = iter(range(moment))

        def tell(photos: int, size: int, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise cancel()

        with pytest.raises(cancel):  # type: ignore[call-overload]
            fixture.build(tell)
        assert_nothing_left(fixture)


def test_original_error_is_raised_if_abort_fails(fixture: ZipFixture) -> None:
    class FailingAbort(type(fixture.bundles)):  # type: ignore[misc]
        def abort(self, key: str, upload: str) -> None:
            raise Unavailable("S3 did not respond.")

    def tell(photos: int, size: int) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        fixture.build(tell, sink=FailingAbort(fixture.bundles.min_part_bytes, uploads=fixture.bundles.uploads))
    assert fixture.bundles.list_unfinished(KEY)
    fixture.build()
    assert fixture.bundles.uploads == {}


def test_uploads_to_other_keys_are_not_aborted(fixture: ZipFixture) -> None:
    other = fixture.bundles.create(f"{KEY}.other", "other.zip")
    fixture.build()
    assert fixture.bundles.list_unfinished(f"{KEY}.other") == [other]


def test_later_of_two_concurrent_workers_builds_the_volume(fixture: ZipFixture) -> None:
    def overtake(photos: int, size: int) -> None:
        if KEY not in fixture.bundles.objects:
            fixture.build()

    with pytest.raises(Conflict):
        fixture.build(overtake)
    assert fixture.photos() == fixture.expected()
    assert fixture.bundles.uploads == {}


def test_read_ahead_is_limited() -> None:
    fixture = ZipFixture()
    fixture.put(*[PIECE] * 40)
    keys, full = list[str](), Event()

    class CountingReader:
        def read_range(self, entry: Entry, first: int, last: int) -> bytes:
            keys.append(entry.key)
            if len(keys) == WINDOW // PIECE:
                full.set()
            assert full.wait(10)
            return fixture.reader.read_range(entry, first, last)

    ahead = list[int]()
    fixture.build(lambda photos, _: ahead.append(len(keys) - photos), source=CountingReader())
    assert WINDOW // PIECE <= max(ahead) <= WINDOW // PIECE + 1


def assert_nothing_left(fixture: ZipFixture) -> None:
    """There is no object, no upload and no thread."""
    assert fixture.bundles.objects == {}
    assert fixture.bundles.uploads == {}
    assert [thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name] == []
