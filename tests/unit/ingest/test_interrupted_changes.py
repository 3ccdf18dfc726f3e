"""Changes of a public photo with 20 tags, which take several transactions, killed between any two of them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.library.corrections import set_time, shift_time
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.steps import COMPLETION_DELAY
from chalicelib.library.transitions import Edit, apply_edit, restore, trash
from tests.fakes.library import MemoryLibrary
from tests.support.factories import NOON, OWNER, clock, photo
from tests.support.fault_injection import ProcessKilled
from tests.support.invariants import find_count_violations, read_memory
from tests.support.time_left import always

FULL = photo(
    user_tags=tuple(f"a{n}" for n in range(20)),
    camera_time=clock(NOON - timedelta(days=9)),
    sha256="a" * 64,
    derivatives={"preview": Derivative("k", "image/webp", "WEBP", 10, 20, 30)},
)
OTHER_TAGS = tuple(f"b{n}" for n in range(20))
SET_TIME = partial(set_time, local=datetime.fromisoformat("2019-07-01T08:00"))

CHANGES: dict[str, tuple[Photo, Callable[[Photo], Photo]]] = {
    "date": (FULL, lambda p: apply_edit(p, Edit(corrections=(SET_TIME,)))),
    "shift": (FULL, partial(shift_time, by=timedelta(hours=-1))),
    "trash": (FULL, lambda p: trash(p, NOON)),
    "restore": (trash(FULL, NOON), lambda p: restore(p, NOON)),
    "publish": (replace(FULL, visibility=Visibility.PRIVATE), lambda p: replace(p, visibility=Visibility.PUBLIC)),
    "hide": (FULL, lambda p: replace(p, visibility=Visibility.PRIVATE)),
    "tags": (FULL, lambda p: apply_edit(p, Edit(tags=OTHER_TAGS))),
    "tags and date": (FULL, lambda p: apply_edit(p, Edit(tags=OTHER_TAGS, corrections=(SET_TIME,), weight=1))),
    "hide with another date": (FULL, lambda p: replace(SET_TIME(p), visibility=Visibility.PRIVATE)),
    "new owner": (FULL, lambda p: replace(SET_TIME(p), owner="another", user_tags=OTHER_TAGS)),
    "file read again": (FULL, lambda p: replace(p, camera_time=clock(NOON - timedelta(days=8)), reader_revision=1)),
}


def kill_at(library: MemoryLibrary, step: int) -> None:
    """Kill the worker before the transaction of this number, from now on."""
    numbers = iter(range(step))

    def kill(_: Photo | None, __: Photo | None) -> None:
        if next(numbers, None) is None:
            raise ProcessKilled

    library.photos.before_commit = kill


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize(("before", "change"), CHANGES.values(), ids=CHANGES)
def test_killed_change_is_consistent_and_is_completed(
    before: Photo, change: Callable[[Photo], Photo], step: int
) -> None:
    for complete in (complete_by_schedule, complete_by_next_commit):
        library = MemoryLibrary()
        stored = library.photos.commit(None, before)
        after = change(stored)
        kill_at(library, step)
        with suppress(ProcessKilled):
            library.photos.commit(stored, after)
        library.photos.before_commit = lambda _, __: None
        assert find_count_violations(read_memory(library)) == []
        interrupted = library.photos.records["p1"]
        assert without_store_fields(interrupted) == without_store_fields(after if step else stored)
        complete(library)
        settled = library.photos.records["p1"]
        assert settled.pending_rows is None
        assert without_store_fields(settled) == without_store_fields(after if step else stored)
        assert find_count_violations(read_memory(library)) == []


def without_store_fields(photo: Photo) -> Photo:
    """The photo without what the store adds to it."""
    return replace(photo, version=1, pending_rows=None, words=(), public_words=())


def complete_by_schedule(library: MemoryLibrary) -> None:
    library.clock.advance(COMPLETION_DELAY)
    library.sweep.process_due(always)


def complete_by_next_commit(library: MemoryLibrary) -> None:
    photo = library.photos.records["p1"]
    library.photos.commit(photo, photo)


@pytest.mark.parametrize("name", ["date", "tags", "tags and date", "hide with another date", "new owner"])
def test_large_changes_take_several_transactions(name: str) -> None:
    before, change = CHANGES[name]
    library = MemoryLibrary()
    stored = library.photos.commit(None, before)
    library.photos.commit(stored, change(stored))
    assert library.photos.records["p1"].version > stored.version + 1


def test_photo_that_is_hidden_is_never_left_in_the_public_scope() -> None:
    before, hide = CHANGES["hide with another date"]
    library = MemoryLibrary()
    stored = library.photos.commit(None, before)
    kill_at(library, 1)
    with pytest.raises(ProcessKilled):
        library.photos.commit(stored, hide(stored))
    assert not any(scope == "public" for scope, _, _ in library.photos.memberships)
    assert library.photos.records["p1"].state is State.READY
    assert library.photos.records["p1"].owner == OWNER
