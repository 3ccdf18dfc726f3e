"""Two workers at one key: between any two writes of the one, the other does all of its work."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, PhotoNotFound
from chalicelib.ingest.leases import LEASE_DURATION
from chalicelib.library.photo import State, Visibility
from chalicelib.library.transitions import Edit
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import OWNER
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_violations, read_memory

KEY = "a.jpg"
SAID = {"tags": "sea", "status": "public"}


def new(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", SAID)


def overwritten(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"old", SAID)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"sea", SAID)


def spoiled(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", SAID)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"bad", SAID)


def removed(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"sea", SAID)
    library.deliver_event(KEY)
    library.originals.delete(KEY)


def finished(library: MemoryLibrary) -> None:
    new(library)
    library.deliver_event(KEY)


def again(library: MemoryLibrary) -> None:
    """The same event is delivered a second time."""


def newer(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"mountain", SAID)


def no_picture(library: MemoryLibrary) -> None:
    library.originals.drop(KEY, b"bad", SAID)


def gone(library: MemoryLibrary) -> None:
    library.originals.delete(KEY)


def gone_and_back(library: MemoryLibrary) -> None:
    """Deleted, and seen to be; then the delete marker is taken away, which tells nobody, and an old event comes."""
    latest = library.originals.latest.get(KEY)
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    if latest:
        library.originals.latest[KEY] = latest


def gone_and_newer(library: MemoryLibrary) -> None:
    library.originals.delete(KEY)
    library.deliver_event(KEY)
    library.originals.drop(KEY, b"mountain", SAID)


def each(library: MemoryLibrary, decide: Callable[[str], object]) -> None:
    """What an owner decides about whatever they see."""
    for photo_id in list(library.photos.records):
        with suppress(PhotoNotFound):
            decide(photo_id)


def erased(library: MemoryLibrary) -> None:
    each(library, lambda photo_id: library.editor.erase(OWNER, photo_id))


def erased_and_newer(library: MemoryLibrary) -> None:
    erased(library)
    newer(library)


def trashed(library: MemoryLibrary) -> None:
    each(library, lambda photo_id: library.editor.trash(OWNER, photo_id))


def trashed_and_newer(library: MemoryLibrary) -> None:
    trashed(library)
    newer(library)


def trashed_and_restored(library: MemoryLibrary) -> None:
    trashed(library)
    each(library, lambda photo_id: library.editor.restore(OWNER, photo_id))


def retagged(library: MemoryLibrary) -> None:
    edit = Edit(tags=("dune",), weight=7, visibility=Visibility.PRIVATE)
    each(library, lambda photo_id: library.editor.edit(OWNER, photo_id, edit))


BEGINNINGS = [new, overwritten, spoiled, removed]
INTRUSIONS = [again, newer, no_picture, gone, gone_and_back, gone_and_newer]
DECISIONS = [erased, erased_and_newer, trashed, trashed_and_newer, trashed_and_restored, retagged]


@pytest.mark.parametrize("ends", ["lives", "dies"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("intrusion", INTRUSIONS + DECISIONS)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_whoever_comes_in_between_any_two_writes_the_library_is_in_order_in_the_end(
    beginning: Callable[[MemoryLibrary], None], intrusion: Callable[[MemoryLibrary], None], when: str, ends: str
) -> None:
    met = 0
    for library, write in interrupted(beginning, intrusion, when, ends):
        assert left_over(library) == [], f"{intrusion.__name__} {when} {write}"
        met += 1
    assert met >= 3


@pytest.mark.parametrize("ends", ["lives", "dies"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("intrusion", INTRUSIONS + DECISIONS)
def test_whoever_comes_in_while_an_owner_deletes_a_photo_for_ever_the_library_is_in_order_in_the_end(
    intrusion: Callable[[MemoryLibrary], None], when: str, ends: str
) -> None:
    met = 0
    for library, write in interrupted(finished, intrusion, when, ends, first=erased):
        assert left_over(library) == [], f"{intrusion.__name__} {when} {write}"
        met += 1
    assert met >= 3


def interrupted(
    beginning: Callable[[MemoryLibrary], None],
    intrusion: Callable[[MemoryLibrary], None],
    when: str,
    ends: str,
    first: Callable[[MemoryLibrary], None] | None = None,
) -> Iterator[tuple[MemoryLibrary, str]]:
    """One library for each write of the first worker, settled after the second one came in there."""
    first, at = first or deliver, 0
    while True:
        library, came = MemoryLibrary(), list[str]()
        beginning(library)

        def come_in(name: str, library: MemoryLibrary = library, came: list[str] = came, at: int = at) -> None:
            came.append(name)
            if len(came) == at + 1:
                setattr(library, when, no_hook)
                intrusion(library)
                deliver(library)
                if ends == "dies":
                    raise ProcessKilled

        setattr(library, when, come_in)
        with suppress(ProcessKilled):
            first(library)
        setattr(library, when, no_hook)
        if len(came) <= at:
            return
        settle(library)
        yield library, came[at]
        at += 1


def deliver(library: MemoryLibrary) -> None:
    """Deliver until it succeeds, as Lambda does: at once after an error, after a while when the process died."""
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
    """Let the schedule come round."""
    for _ in range(3):
        library.clock.advance(LEASE_DURATION + timedelta(seconds=1))
        library.sweep.process_due(lambda: True)


def left_over(library: MemoryLibrary) -> list[str]:
    """What is not as the bucket says."""
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
