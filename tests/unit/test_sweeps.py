from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.leases import LEASE
from chalicelib.photos import Photo, State
from chalicelib.recount import Recounted
from chalicelib.sweeps import DUE_AT_ONCE
from chalicelib.uploads import TICKET_GRACE, TICKET_LIFE, Said
from tests.fakes.library import MemoryLibrary, nothing
from tests.recounting import in_memory, problems
from tests.samples import OWNER, photo

TICKET_AND_GRACE = TICKET_LIFE + TICKET_GRACE


class Died(BaseException):
    """The process is gone: nothing of ours runs any more."""


def always() -> bool:
    return True


def steps(count: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def states(library: MemoryLibrary) -> list[State]:
    return [p.state for p in library.catalogue.photos.values()]


def stuck(library: MemoryLibrary, key: str, at: str = "put") -> None:
    """An original whose worker died over it."""
    library.originals.drop(key, key.encode())

    def die(name: str) -> None:
        if name == at:
            raise Died

    library.before = die
    with pytest.raises(Died):
        library.arrive(key)
    library.before = nothing


def test_a_ticket_that_nobody_used_is_removed_after_its_time_and_not_before() -> None:
    library = MemoryLibrary()
    library.uploads.open_ticket(OWNER, Said("a.jpg"), None)
    library.clock.turn(TICKET_AND_GRACE - timedelta(seconds=1))
    assert library.sweeps.run(always).done == 0
    assert states(library) == [State.UPLOADING]
    library.clock.turn(timedelta(seconds=1))
    assert library.sweeps.run(always).done == 1
    assert library.catalogue.photos == {}


def test_a_ticket_that_was_used_and_whose_event_was_lost_becomes_its_photo() -> None:
    library = MemoryLibrary()
    library.uploads.receive(OWNER, Said("a.jpg"), b"sea")
    library.clock.turn(TICKET_AND_GRACE)
    library.sweeps.run(always)
    assert states(library) == [State.READY]
    assert problems(in_memory(library)) == []


def test_a_photo_that_was_published_is_none_of_the_schedules_business() -> None:
    library = MemoryLibrary()
    key = library.uploads.receive(OWNER, Said("a.jpg"), b"sea").key
    library.arrive(key)
    before = dict(library.catalogue.photos)
    library.clock.turn(timedelta(days=400))
    assert library.sweeps.run(always).done == 0
    assert library.catalogue.photos == before


def test_what_is_stuck_in_processing_is_taken_up_when_its_worker_must_be_dead() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    assert library.sweeps.run(always).done == 0
    library.clock.turn(LEASE)
    assert library.sweeps.run(always).done == 1
    assert states(library) == [State.READY]
    assert problems(in_memory(library)) == []


def test_what_is_stuck_and_whose_original_is_gone_meanwhile_goes_too() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    library.originals.delete("a.jpg")
    library.clock.turn(LEASE)
    library.sweeps.run(always)
    assert library.catalogue.photos == {}
    assert problems(in_memory(library)) == []


def test_a_removal_that_was_broken_off_is_finished() -> None:
    library = MemoryLibrary()
    library.originals.drop("a.jpg", b"sea")
    library.arrive("a.jpg")
    library.originals.delete("a.jpg")

    def die(name: str) -> None:
        if name == "remove":
            raise Died

    library.before = die
    with pytest.raises(Died):
        library.arrive("a.jpg")
    library.before = nothing
    assert states(library) == [State.REMOVED]
    library.clock.turn(LEASE)
    library.sweeps.run(always)
    assert library.catalogue.photos == {}
    assert problems(in_memory(library)) == []


def test_labels_are_asked_for_until_somebody_answers() -> None:
    library = MemoryLibrary()
    library.labeller.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.arrive("a.jpg")
    for _ in range(3):
        library.clock.turn(timedelta(hours=1))
        assert library.sweeps.run(always).done == 1
    library.labeller.broken = False
    library.clock.turn(timedelta(hours=1))
    library.sweeps.run(always)
    (stored,) = library.catalogue.photos.values()
    assert stored.auto_tags == ("sand",)
    assert problems(in_memory(library)) == []


@pytest.mark.parametrize("error", [Unavailable("S3 does not answer."), RuntimeError("nobody thought of this")])
def test_one_that_fails_keeps_nobody_waiting_and_stays_due(error: Exception) -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        stuck(library, key)
        library.clock.turn(timedelta(seconds=1))
    library.clock.turn(LEASE)
    left = [1]

    def fail(name: str) -> None:
        if name == "put" and left[0]:
            left[0] -= 1
            raise error

    library.before = fail
    swept = library.sweeps.run(always)
    library.before = nothing
    (failure,) = swept.failures
    assert (swept.done, failure.error) == (2, error)
    assert library.catalogue.photos[failure.photo_id].key == "a.jpg"  # the longest overdue
    assert swept.recounted.counted > 0
    assert library.sweeps.run(always).done == 1
    assert states(library) == [State.READY] * 3
    assert problems(in_memory(library)) == []


def test_without_time_nothing_is_begun() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    library.clock.turn(LEASE)
    before = dict(library.catalogue.photos)
    swept = library.sweeps.run(lambda: False)
    assert (swept.done, swept.failures, swept.recounted) == (0, (), Recounted())
    assert library.catalogue.photos == before


def test_when_time_is_up_the_rest_waits_for_the_next_run() -> None:
    library = MemoryLibrary()
    for key in ("a.jpg", "b.jpg", "c.jpg"):
        stuck(library, key)
    library.clock.turn(LEASE)
    swept = library.sweeps.run(steps(2))
    assert (swept.done, swept.recounted) == (2, Recounted())
    assert library.sweeps.run(always).done == 1
    assert states(library) == [State.READY] * 3


def test_a_run_looks_after_a_bounded_number_the_longest_overdue_first() -> None:
    library = MemoryLibrary()
    for _ in range(DUE_AT_ONCE + 1):
        library.uploads.open_ticket(OWNER, Said("a.jpg"), None)
        library.clock.turn(timedelta(seconds=1))
    library.clock.turn(TICKET_AND_GRACE)
    assert library.sweeps.run(always).done == DUE_AT_ONCE
    (last,) = library.catalogue.photos
    assert last == f"id{DUE_AT_ONCE}"


@pytest.mark.parametrize("stored", [None, photo(due_at=None), "later"])
def test_an_index_that_lags_behind_is_not_believed(stored: Any) -> None:
    library = MemoryLibrary()
    if stored == "later":
        stored = photo(due_at=library.clock() + timedelta(seconds=1))
    if stored:
        library.catalogue.commit(None, stored)

    class Lagging:
        def __getattr__(self, name: str) -> Any:
            return getattr(library.catalogue, name)

        def due(self, *_: Any) -> list[str]:
            return ["p1"]

    swept = replace(library.sweeps, catalogue=Lagging()).run(always)
    assert (swept.done, swept.failures) == (0, ())
    assert list(library.catalogue.photos.values()) == ([replace(stored, version=1)] if stored else [])


def test_somebody_who_changes_the_photo_meanwhile_is_not_overwritten() -> None:
    library = MemoryLibrary()
    library.labeller.broken = True
    library.originals.drop("a.jpg", b"sea")
    library.arrive("a.jpg")
    library.labeller.broken = False
    library.clock.turn(timedelta(hours=1))

    def retag(name: str) -> None:
        if name == "commit":
            library.before = nothing
            (stored,) = library.catalogue.photos.values()
            library.catalogue.commit(stored, replace(stored, words=("mine",)))

    library.before = retag
    sweeps = replace(library.sweeps, catalogue=library.ingest.catalogue)
    assert len(sweeps.run(always).failures) == 1
    library.before = nothing
    assert sweeps.run(always).done == 1
    (stored,) = library.catalogue.photos.values()
    assert stored.tags == ("mine", "sand")


def test_every_sweep_may_come_twice() -> None:
    library = MemoryLibrary()
    stuck(library, "a.jpg")
    library.clock.turn(LEASE)
    library.sweeps.run(always)
    before: dict[str, Photo] = dict(library.catalogue.photos)
    swept = library.sweeps.run(always)
    assert (swept.done, swept.recounted.drifted) == (0, 0)
    assert library.catalogue.photos == before
