"""Two workers on one key: between any two writes of the first, the second does all of its work."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, PhotoNotFound
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.former_keys import use_former_keys
from tests.support.invariants import find_violations, read_memory

KEY = "a.jpg"
METADATA = {"tags": "sea", "status": "public"}


def new(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", METADATA)


def overwrite(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"png old", METADATA)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"sea", METADATA)


def overwrite_with_invalid_file(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", METADATA)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"bad", METADATA)


def removed(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", METADATA)
    library.deliver_event(KEY)
    library.originals.delete(KEY)


def finished(library: MemoryLibrary) -> None:
    new(library)
    library.deliver_event(KEY)


def of_earlier_version(library: MemoryLibrary) -> None:
    finished(library)
    for photo in list(library.photos.records.values()):
        use_former_keys(library, photo)


def repeat_event(library: MemoryLibrary) -> None:
    """Deliver the same event again."""


def replace_original(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"mountain", METADATA)


def replace_with_invalid_file(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"bad", METADATA)


def delete_object(library: MemoryLibrary) -> None:
    library.originals.delete(KEY)


def delete_and_restore(library: MemoryLibrary) -> None:
    """Delete and ingest; then remove the delete marker, which causes no event, and deliver an old event."""
    latest = library.originals.latest.get(KEY)
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    if latest:
        library.originals.latest[KEY] = latest


def delete_and_replace(library: MemoryLibrary) -> None:
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"mountain", METADATA)


def for_each_photo(library: MemoryLibrary, action: Callable[[str], object]) -> None:
    """Apply an owner action to every photo that the owner can see."""
    for photo_id in list(library.photos.records):
        with suppress(PhotoNotFound):
            action(photo_id)


def erase_all(library: MemoryLibrary) -> None:
    for_each_photo(library, lambda photo_id: library.editor.erase(OWNER, photo_id))


def erase_all_later(library: MemoryLibrary) -> None:
    for_each_photo(library, lambda photo_id: library.editor.erase_later(OWNER, photo_id))


def erase_and_replace(library: MemoryLibrary) -> None:
    erase_all(library)
    replace_original(library)


def trash_all(library: MemoryLibrary) -> None:
    for_each_photo(library, lambda photo_id: library.editor.trash(OWNER, photo_id))


def trash_and_replace(library: MemoryLibrary) -> None:
    trash_all(library)
    replace_original(library)


def trash_and_restore(library: MemoryLibrary) -> None:
    trash_all(library)
    for_each_photo(library, lambda photo_id: library.editor.restore(OWNER, photo_id))


def edit_tags(library: MemoryLibrary) -> None:
    edit = Edit(tags=("dune",), weight=7, visibility=Visibility.PRIVATE)
    for_each_photo(library, lambda photo_id: library.editor.edit(OWNER, photo_id, edit))


INITIAL_STATES = [new, overwrite, overwrite_with_invalid_file, removed, of_earlier_version]
BUCKET_CHANGES = [
    repeat_event,
    replace_original,
    replace_with_invalid_file,
    delete_object,
    delete_and_restore,
    delete_and_replace,
]
OWNER_ACTIONS = [
    erase_all,
    erase_all_later,
    erase_and_replace,
    trash_all,
    trash_and_replace,
    trash_and_restore,
    edit_tags,
]


@pytest.mark.parametrize("worker", ["survives", "is killed"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("interruption", BUCKET_CHANGES + OWNER_ACTIONS)
@pytest.mark.parametrize("initial_state", INITIAL_STATES)
def test_concurrent_change_between_any_two_writes_keeps_the_invariants(
    initial_state: Callable[[MemoryLibrary], None],
    interruption: Callable[[MemoryLibrary], None],
    when: str,
    worker: str,
) -> None:
    interruptions = 0
    for library, write in run_with_interruption(initial_state, interruption, when, worker):
        assert leftovers(library) == [], f"{interruption.__name__} {when} {write}"
        interruptions += 1
    assert interruptions >= 3


@pytest.mark.parametrize("worker", ["survives", "is killed"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("interruption", BUCKET_CHANGES + OWNER_ACTIONS)
def test_concurrent_change_during_erase_keeps_the_invariants(
    interruption: Callable[[MemoryLibrary], None], when: str, worker: str
) -> None:
    interruptions = 0
    for library, write in run_with_interruption(finished, interruption, when, worker, first=erase_all):
        assert leftovers(library) == [], f"{interruption.__name__} {when} {write}"
        interruptions += 1
    assert interruptions >= 3


def run_with_interruption(
    initial_state: Callable[[MemoryLibrary], None],
    interruption: Callable[[MemoryLibrary], None],
    when: str,
    worker: str,
    first: Callable[[MemoryLibrary], None] | None = None,
) -> Iterator[tuple[MemoryLibrary, str]]:
    """One library for each write of the first worker, settled after the second one ran at that point."""
    first, at = first or deliver, 0
    while True:
        library, writes = MemoryLibrary(), list[str]()
        initial_state(library)

        def interrupt(name: str, library: MemoryLibrary = library, writes: list[str] = writes, at: int = at) -> None:
            writes.append(name)
            if len(writes) == at + 1:
                setattr(library, when, no_hook)
                interruption(library)
                deliver(library)
                if worker == "is killed":
                    raise ProcessKilled

        setattr(library, when, interrupt)
        with suppress(ProcessKilled):
            first(library)
        setattr(library, when, no_hook)
        if len(writes) <= at:
            return
        settle(library)
        yield library, writes[at]
        at += 1


def deliver(library: MemoryLibrary) -> None:
    """Deliver until it succeeds, as Lambda does: immediately after an error, later after a crash."""
    while True:
        try:
            library.deliver_event(KEY)
        except Conflict:
            continue
        except ProcessKilled:
            library.clock.advance(LEASE_DURATION)
            continue
        return


def settle(library: MemoryLibrary) -> None:
    """Run the schedule."""
    for _ in range(3):
        library.clock.advance(LEASE_DURATION + timedelta(seconds=1))
        library.sweep.process_due(lambda: True)


def leftovers(library: MemoryLibrary) -> list[str]:
    """Differences between library and bucket."""
    found = find_violations(read_memory(library))
    original, photos = library.originals.head(KEY), list(library.photos.records.values())
    if original is None:
        return [*found, *(f"{photo.photo_id} is still {photo.state}" for photo in photos)]
    data = library.originals.versions[KEY, original.version][1]
    if [p.object_version for p in photos] != [original.version]:
        return [*found, f"the photo is of {[p.object_version for p in photos]}, the object is {original.version}"]
    (photo,) = photos
    if photo.state is State.TRASHED:
        return found
    if photo.state is not (State.REJECTED if data == b"bad" else State.READY):
        found.append(f"the photo is {photo.state}")
    if set(library.derivatives.images.values()) - {b"image of " + data}:
        found.append("the images are of another original")
    if library.originals.marks.get((KEY, original.version)) is not photo.state:
        found.append("the original is not marked")
    return found


@pytest.mark.parametrize("number", range(1, 4))  # both ids, and the first again before the record is added
def test_other_worker_between_any_two_reads_makes_no_second_photo(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    library = MemoryLibrary()
    new(library)
    get, reads = library.photos.get, 0

    def get_after_other_worker(photo_id: str) -> Photo | None:
        nonlocal reads
        reads += 1
        if reads == number:
            library.deliver_event(KEY)
        return get(photo_id)

    monkeypatch.setattr(library.photos, "get", get_after_other_worker)
    library.deliver_event(KEY)
    assert reads >= number
    assert [(photo.key, photo.state) for photo in library.photos.records.values()] == [(KEY, State.READY)]
    assert find_violations(read_memory(library)) == []
