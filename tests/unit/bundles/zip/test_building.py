import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bundles.zip import BuiltVolume, Skipped
from chalicelib.errors import Conflict, Unavailable
from tests.unit.bundles.zip.support import FILENAME, KEY, PIECE, WINDOW, Bundling

ORIGINAL_DELETED = "It was deleted before it could be copied."


@pytest.fixture
def bundling() -> Bundling:
    """Originals shorter than a piece, just as long, longer, empty, and longer than the window."""
    made = Bundling()
    made.put(3, PIECE, 25, 0, PIECE - 1, PIECE + 1, 3 * WINDOW, 1)
    return made


@given(st.lists(st.integers(0, 4 * WINDOW), max_size=12))
def test_volume_contains_every_byte_of_every_photo(sizes: list[int]) -> None:
    bundling = Bundling()
    bundling.put(*sizes)
    built = bundling.build()
    assert bundling.photos() == bundling.expected()
    assert built == BuiltVolume(len(sizes), len(bundling.bundles.objects[KEY]), ())
    assert bundling.bundles.filenames[KEY] == FILENAME
    assert bundling.bundles.uploads == {}


def test_building_is_deterministic(bundling: Bundling) -> None:
    bundling.build()
    first = bundling.bundles.objects.pop(KEY)
    bundling.build()
    assert bundling.bundles.objects[KEY] == first


def test_progress_is_reported(bundling: Bundling) -> None:
    progress = list[tuple[int, int]]()
    bundling.build(lambda photos, size: progress.append((photos, size)))
    assert progress == sorted(progress)
    everything = (len(bundling.entries), sum(entry.bytes for entry in bundling.entries))
    assert progress[-1] == everything
    steps = [after - before for (_, before), (_, after) in pairwise(progress)]
    assert 0 < max(steps) <= PIECE


def test_deleted_photos_are_skipped_and_listed(bundling: Bundling) -> None:
    for number in (0, 6, 7):
        bundling.erase(number)
    built = bundling.build()
    assert built.photos == 5
    assert built.skipped == tuple(Skipped(f"p{n}", f"photo {n}.jpg", ORIGINAL_DELETED) for n in (0, 6, 7))
    photos = bundling.photos()
    progress = photos.pop("not included.txt").decode()
    assert (
        progress
        == f"photo 0.jpg: {ORIGINAL_DELETED}\nphoto 6.jpg: {ORIGINAL_DELETED}\nphoto 7.jpg: {ORIGINAL_DELETED}\n"
    )
    assert photos == bundling.expected(without=(0, 6, 7))


def test_volume_of_deleted_photos_contains_only_the_list(bundling: Bundling) -> None:
    for number in range(len(bundling.entries)):
        bundling.erase(number)
    built = bundling.build()
    assert (built.photos, len(built.skipped)) == (0, len(bundling.entries))
    assert list(bundling.photos()) == ["not included.txt"]


def test_volume_without_photos_is_an_empty_zip() -> None:
    bundling = Bundling()
    assert bundling.build() == BuiltVolume(0, 22, ())
    assert bundling.photos() == {}


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("wrong", [-1, 1, -PIECE, PIECE, 100])
def test_original_of_another_size_raises_conflict(bundling: Bundling, number: int, wrong: int) -> None:
    entry = bundling.entries[number]
    if entry.bytes + wrong < 0:
        return
    bundling.entries[number] = replace(entry, bytes=entry.bytes + wrong)
    with pytest.raises(Conflict):
        bundling.build()
    nothing_is_there(bundling)


def test_original_deleted_while_read_raises_conflict(bundling: Bundling) -> None:
    class Vanishing:
        def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
            if (key, first) == ("6.jpg", 2 * PIECE):
                bundling.erase(6)
            return bundling.originals.read_range(key, version, first, last)

    with pytest.raises(Conflict):
        bundling.build(source=Vanishing())
    nothing_is_there(bundling)
    assert [skipped.photo_id for skipped in bundling.build().skipped] == ["p6"]
    photos = bundling.photos()
    del photos["not included.txt"]
    assert photos == bundling.expected(without=(6,))


@pytest.mark.parametrize("number", range(8))
def test_read_error_is_raised_and_the_upload_aborted(bundling: Bundling, number: int) -> None:
    class Failing:
        def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
            if key == f"{number}.jpg":
                raise Unavailable("S3 does not answer.")
            return bundling.originals.read_range(key, version, first, last)

    with pytest.raises(Unavailable):
        bundling.build(source=Failing())
    nothing_is_there(bundling)


class Cancelled(Exception):
    """The owner does not want it any more."""


@pytest.mark.parametrize("cancel", [Cancelled, KeyboardInterrupt, SystemExit, Conflict])
def test_cancellation_at_any_time_leaves_no_upload(bundling: Bundling, cancel: Callable[[], BaseException]) -> None:
    progress = list[tuple[int, int]]()
    bundling.build(lambda *far: progress.append(far))
    del bundling.bundles.objects[KEY]
    for moment in range(len(progress)):
        left = iter(range(moment))

        def tell(photos: int, size: int, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise cancel()

        with pytest.raises(cancel):  # type: ignore[call-overload]
            bundling.build(tell)
        nothing_is_there(bundling)


def test_original_error_is_raised_if_abort_fails(bundling: Bundling) -> None:
    class Stuck(type(bundling.bundles)):  # type: ignore[misc]
        def abort(self, key: str, upload: str) -> None:
            raise Unavailable("S3 does not answer.")

    def tell(photos: int, size: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        bundling.build(tell, sink=Stuck(bundling.bundles.smallest, uploads=bundling.bundles.uploads))
    assert bundling.bundles.list_unfinished(KEY)
    bundling.build()
    assert bundling.bundles.uploads == {}


def test_uploads_to_other_keys_are_not_aborted(bundling: Bundling) -> None:
    other = bundling.bundles.create(f"{KEY}.other", "other.zip")
    bundling.build()
    assert bundling.bundles.list_unfinished(f"{KEY}.other") == [other]


def test_later_of_two_concurrent_workers_builds_the_volume(bundling: Bundling) -> None:
    def overtake(photos: int, size: int) -> None:
        if KEY not in bundling.bundles.objects:
            bundling.build()

    with pytest.raises(Conflict):
        bundling.build(overtake)
    assert bundling.photos() == bundling.expected()
    assert bundling.bundles.uploads == {}


def test_read_ahead_is_limited() -> None:
    bundling = Bundling()
    bundling.put(*[PIECE] * 40)
    asked, full = list[str](), Event()

    class Counting:
        def read_range(self, key: str, version: str, first: int, last: int) -> bytes:
            asked.append(key)
            if len(asked) == WINDOW // PIECE:
                full.set()
            assert full.wait(10)
            return bundling.originals.read_range(key, version, first, last)

    ahead = list[int]()
    bundling.build(lambda photos, _: ahead.append(len(asked) - photos), source=Counting())
    assert WINDOW // PIECE <= max(ahead) <= WINDOW // PIECE + 1


def nothing_is_there(bundling: Bundling) -> None:
    """No object, no upload, no thread."""
    assert bundling.bundles.objects == {}
    assert bundling.bundles.uploads == {}
    assert [thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name] == []
