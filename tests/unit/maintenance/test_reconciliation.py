from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ingest.ingest import FINISHED_STATES
from chalicelib.ingest.uploads import UploadMetadata
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import PAUSE_PER_ROW
from chalicelib.maintenance.reconciliation import (
    ORIGINALS,
    PAGE_SIZE,
    PHOTOS,
    SETTLED_AFTER,
    Checkpoint,
    Reconciliation,
    ReconciliationReport,
)
from tests.fakes.library import MemoryLibrary, no_hook
from tests.support.factories import NOON, OWNER, photo
from tests.support.invariants import find_violations, read_memory

LATER = timedelta(days=2)  # no round of a test rests that long


def always() -> bool:
    return True


def steps(count: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def library(drops: int = 0) -> MemoryLibrary:
    """A library of so many direct drops, all published, long ago."""
    made = MemoryLibrary()
    for n in range(drops):
        made.originals.drop(f"{n:04}.jpg", b"%d" % n)
        made.deliver_event(f"{n:04}.jpg")
    made.clock.advance(LATER)
    return made


def states(made: MemoryLibrary) -> dict[str, State]:
    return {p.key: p.state for p in made.photos.records.values()}


# Bucket to catalogue


def test_an_original_whose_event_was_lost_becomes_its_photo() -> None:
    made = library(2)
    made.originals.drop("lost.jpg", b"sea")
    made.clock.advance(SETTLED_AFTER)
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=3, repaired=1)
    assert states(made)["lost.jpg"] is State.READY
    (found,) = [p for p in made.photos.records.values() if p.key == "lost.jpg"]
    assert found.event == {"bucket": "originals", "key": "lost.jpg"}
    assert find_violations(read_memory(made)) == []


def test_an_original_of_our_own_doors_whose_event_was_lost_becomes_the_photo_that_waits_for_it() -> None:
    made = library()
    announced = made.uploads.store_original(OWNER, UploadMetadata("a.jpg", user_tags=("sea",)), b"sea")
    made.clock.advance(SETTLED_AFTER)
    assert made.reconciliation.reconcile_originals(always).repaired == 1
    (stored,) = made.photos.records.values()
    assert (stored.photo_id, stored.state, stored.user_tags) == (announced.photo_id, State.READY, ("sea",))


def test_what_has_its_photo_is_left_alone_whichever_door_it_came_through() -> None:
    made = library(3)
    made.deliver_event(made.uploads.store_original(OWNER, UploadMetadata("a.jpg"), b"sea").key)
    made.clock.advance(LATER)
    before = dict(made.photos.records)
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=4)
    assert made.photos.records == before


@pytest.mark.parametrize("state", [s for s in State if s is not State.UPLOADING])
def test_what_is_in_hand_or_in_the_trash_has_its_photo(state: State) -> None:
    made = library()
    made.originals.drop(photo().key, b"sea")
    stored = made.photos.commit(None, photo(state=state))
    made.clock.advance(LATER)
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert made.photos.records == {"p1": stored}


def test_a_key_that_only_looks_like_one_of_ours_is_a_direct_drop() -> None:
    made = library()
    stored = made.photos.commit(None, photo())
    made.originals.drop("somebody/p1/else.jpg", b"sea")
    made.clock.advance(LATER)
    assert made.reconciliation.reconcile_originals(always).repaired == 1
    assert made.photos.records["p1"] == stored
    assert states(made)["somebody/p1/else.jpg"] is State.READY
    made.clock.advance(LATER)
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)


def test_what_is_so_young_that_its_event_may_be_on_its_way_is_left_for_the_next_round() -> None:
    made = library()
    made.originals.drop("young.jpg", b"sea")
    made.clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert made.photos.records == {}
    made.clock.advance(timedelta(seconds=1))
    assert made.reconciliation.reconcile_originals(always).repaired == 1


@pytest.mark.parametrize("key", ["uploads/somebody/p1/else.jpg", f"uploads/{OWNER}/p2/beach.jpg", "uploads/a.jpg"])
def test_an_upload_that_no_record_holds_is_counted_and_left_alone(key: str) -> None:
    made = library()
    stored = made.photos.commit(None, photo(object_version="v0"))
    made.originals.drop(photo().key, b"sea")
    original = made.originals.drop(key, b"orphan")
    made.clock.advance(LATER)
    for _ in range(2):
        assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(checked=2, orphans=1)
        made.clock.advance(LATER)
    assert made.photos.records == {"p1": stored}
    assert made.originals.head(key) == original


@pytest.mark.parametrize("key", ["a.jpg.xmp", "folder/", ".DS_Store", "uploads/x/p1/Thumbs.db"])
def test_sidecars_are_no_originals_and_nobody_asks_for_their_photo(key: str) -> None:
    made = library()
    made.originals.drop(key, b"x")
    made.clock.advance(LATER)
    asked = list[str]()

    class Asked:
        def get_many(self, ids: Iterable[str]) -> dict[str, Photo]:
            asked.extend(ids)
            return {}

    catalogue: Any = Asked()
    walking = replace(made.reconciliation, photos=catalogue)
    assert walking.reconcile_originals(always) == ReconciliationReport(checked=1)
    assert asked == []


def test_an_original_that_was_there_before_the_library_becomes_a_photo_on_any_page() -> None:
    made = library()
    for n in range(2 * PAGE_SIZE + 1):
        made.originals.drop(f"{n:04}.jpg", b"%d" % n)
    made.clock.advance(LATER)
    assert made.reconciliation.reconcile_originals(always) == ReconciliationReport(
        checked=2 * PAGE_SIZE + 1, repaired=2 * PAGE_SIZE + 1
    )
    assert set(states(made).values()) == {State.READY}
    assert find_violations(read_memory(made)) == []


def test_one_whose_event_comes_in_this_very_moment_is_none_that_was_lost() -> None:
    made = library()
    made.originals.drop("a.jpg", b"sea")
    made.clock.advance(SETTLED_AFTER)

    class Late:
        def get_many(self, ids: Any) -> Any:
            return {}

        def __getattr__(self, name: str) -> Any:
            return getattr(made.photos, name)

    made.deliver_event("a.jpg")
    walking = replace(made.reconciliation, photos=Late())
    assert walking.reconcile_originals(always) == ReconciliationReport(checked=1)


# Catalogue to bucket


@pytest.mark.parametrize("data", [b"sea", b"bad"])
def test_a_photo_whose_original_is_gone_goes_too(data: bytes) -> None:
    made = library(1)
    made.originals.drop("gone.jpg", data)
    made.deliver_event("gone.jpg")
    made.originals.delete("gone.jpg")
    assert made.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=2, repaired=1)
    assert list(states(made)) == ["0000.jpg"]
    assert find_violations(read_memory(made)) == []


def test_a_photo_whose_original_was_overwritten_is_made_anew() -> None:
    made = library(1)
    version = made.originals.drop("0000.jpg", b"another").version
    made.clock.advance(SETTLED_AFTER - timedelta(seconds=1))
    assert made.reconciliation.reconcile_photos(always) == ReconciliationReport(
        checked=1
    )  # its event may be on its way
    made.clock.advance(timedelta(seconds=1))
    assert made.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1, repaired=1)
    (stored,) = made.photos.records.values()
    assert (stored.object_version, stored.state) == (version, State.READY)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED_STATES))
def test_a_photo_that_is_not_finished_is_the_due_lists_business(state: State) -> None:
    made = library()
    stored = made.photos.commit(None, photo(state=state))
    assert made.reconciliation.reconcile_photos(always) == ReconciliationReport(checked=1)
    assert made.photos.records == {"p1": stored}


def test_a_library_in_order_is_left_as_it_is() -> None:
    made = library(PAGE_SIZE + 5)
    before = dict(made.photos.records)
    assert (
        made.reconciliation.reconcile_photos(always)
        == made.reconciliation.reconcile_originals(always)
        == ReconciliationReport(checked=PAGE_SIZE + 5)
    )
    assert made.photos.records == before


# A new epoch


def by_another_epoch(made: MemoryLibrary) -> Reconciliation:
    """The inventory of the same library, whose heat is measured differently from now on."""
    return replace(made.reconciliation, heat=lambda received: 7 if received <= NOON else 9)


def sums(made: MemoryLibrary) -> set[tuple[str, int, int]]:
    return {(tag, trend.totals.count, trend.totals.heat) for (_, tag), trend in made.photos.totals.items()}


def test_photos_of_another_epoch_are_measured_anew_with_all_that_is_counted_of_them() -> None:
    made = library(3)
    covers = {place: trend.cover for place, trend in made.photos.totals.items()}
    assert by_another_epoch(made).reconcile_photos(always) == ReconciliationReport(checked=3, heat_updated=3)
    assert {p.heat for p in made.photos.records.values()} == {7}
    assert {heat for _, _, heat in sums(made)} == {3 * 7}
    assert {place: trend.cover for place, trend in made.photos.totals.items()} == covers
    assert find_violations(read_memory(made)) == []
    made.clock.advance(LATER)
    assert by_another_epoch(made).reconcile_photos(always) == ReconciliationReport(checked=3)


@pytest.mark.parametrize("at_once", [2, 3])
def test_a_new_epoch_comes_in_slices_and_every_total_is_right_after_each(at_once: int) -> None:
    made = library(4)
    walking, reheated = by_another_epoch(made), list[int]()
    for _ in range(4):
        reheated.append(walking.reconcile_photos(steps(at_once)).heat_updated)
        assert sum(p.heat == 7 for p in made.photos.records.values()) == sum(reheated)
        assert find_violations(read_memory(made)) == []
    assert 0 < reheated[0] < 4
    assert sum(reheated) == 4


def test_a_photo_in_hand_or_changed_meanwhile_waits_for_the_next_round() -> None:
    made = library(2)
    first, second = made.photos.records.values()
    made.photos.commit(first, replace(first, worker="somebody"))

    def changed(name: str) -> None:
        made.before = no_hook
        made.photos.commit(second, replace(second, weight=1))

    made.before = changed
    assert by_another_epoch(made).reconcile_photos(always) == ReconciliationReport(checked=2)
    assert {p.heat for p in made.photos.records.values()} == {1000}
    assert find_violations(read_memory(made)) == []


def test_what_another_machine_rounds_otherwise_is_no_other_epoch() -> None:
    made = library(1)
    walking = replace(made.reconciliation, heat=lambda _: 1001)
    assert walking.reconcile_photos(always) == ReconciliationReport(checked=1)


@pytest.mark.parametrize("state", sorted(set(State) - FINISHED_STATES))
def test_a_photo_that_is_not_finished_keeps_its_heat_until_it_is(state: State) -> None:
    made = library()
    stored = made.photos.commit(None, photo(state=state))
    assert by_another_epoch(made).reconcile_photos(always) == ReconciliationReport(checked=1)
    assert made.photos.records == {"p1": stored}


# Both


type Walk = Callable[[Reconciliation, Callable[[], bool]], ReconciliationReport]
WALKS = [Reconciliation.reconcile_originals, Reconciliation.reconcile_photos]


def amiss(walk: Walk, things: int) -> MemoryLibrary:
    """A library in which everything that this walk comes to is amiss."""
    made = library(0 if walk is Reconciliation.reconcile_originals else things)
    for n in range(things):
        if walk is Reconciliation.reconcile_originals:
            made.originals.drop(f"{n:04}.jpg", b"%d" % n)
        else:
            made.originals.delete(f"{n:04}.jpg")
    made.clock.advance(LATER)
    return made


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("at_once", [2, 3, 50])
def test_slices_of_any_size_make_one_round(walk: Walk, at_once: int) -> None:
    made = amiss(walk, PAGE_SIZE + 7)
    came = []
    while True:
        came.append(walk(made.reconciliation, steps(at_once)))
        if not any(mark.progress.rows for mark in made.scanner.checkpoints.values()):
            break
        assert len(came) < 300
    assert sum(c.repaired for c in came) == sum(c.checked for c in came) == PAGE_SIZE + 7
    assert all(c.checked < at_once for c in came)
    assert find_violations(read_memory(made)) == []


@pytest.mark.parametrize("walk", WALKS)
def test_without_time_nothing_is_read(walk: Walk) -> None:
    made = amiss(walk, 2)
    assert walk(made.reconciliation, lambda: False) == ReconciliationReport()
    assert made.scanner.checkpoints == {}


@pytest.mark.parametrize("walk", WALKS)
def test_one_that_fails_is_reported_stops_nobody_and_is_met_again(walk: Walk) -> None:
    made = amiss(walk, 5)
    error = Unavailable("S3 does not answer.")
    left = [1]

    def fail(name: str) -> None:
        if left[0] and name in {"put", "remove"}:
            left[0] -= 1
            raise error

    made.before = fail
    came = walk(made.reconciliation, always)
    made.before = no_hook
    ((failure),) = came.failures
    assert (came.checked, came.repaired, failure.error) == (5, 4, error)
    assert failure.photo_id in made.photos.records
    made.clock.advance(LATER)
    made.sweep.process_due(always)  # it was begun, so the due list knows of it, too
    assert walk(made.reconciliation, always).failures == ()
    assert find_violations(read_memory(made)) == []


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_that_cannot_go_on_says_so_and_goes_on_from_its_place(walk: Walk) -> None:
    made = amiss(walk, 2 * PAGE_SIZE)
    reads = [1]

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(made.scanner, name)

        def _page(self, read: Callable[..., Any], *args: Any) -> Any:
            reads[0] -= 1
            if reads[0] < 0:
                raise Unavailable("AWS does not answer.")
            return read(*args)

        def list_originals(self, *args: Any) -> Any:
            return self._page(made.originals.list_originals, *args)

        def scan(self, *args: Any) -> Any:
            return self._page(made.scanner.scan, *args)

    came = walk(replace(made.reconciliation, lister=Failing(), scanner=Failing()), always)
    assert (came.checked, [f.photo_id for f in came.failures]) == (PAGE_SIZE, [None])
    assert walk(made.reconciliation, always) == ReconciliationReport(checked=PAGE_SIZE, repaired=PAGE_SIZE)


@pytest.mark.parametrize("walk", WALKS)
def test_a_round_is_followed_by_a_rest_in_proportion_to_what_it_read(walk: Walk) -> None:
    made = library(50)
    assert walk(made.reconciliation, always).checked == 50
    made.clock.advance(50 * PAUSE_PER_ROW - timedelta(seconds=1))
    assert walk(made.reconciliation, always) == ReconciliationReport()
    made.clock.advance(timedelta(seconds=1))
    assert walk(made.reconciliation, always).checked == 50


def test_the_two_walks_keep_their_places_apart() -> None:
    made = library(5)
    made.reconciliation.reconcile_originals(steps(3))
    assert made.scanner.checkpoints.keys() == {ORIGINALS}
    made.reconciliation.reconcile_photos(steps(4))
    assert (made.scanner.checkpoints[ORIGINALS].after, made.scanner.checkpoints[PHOTOS].progress.rows) == (
        "0001.jpg",
        3,
    )


def test_an_empty_library_is_gone_through_in_a_moment() -> None:
    made = library()
    for _ in range(2):
        assert (
            made.reconciliation.reconcile_originals(always)
            == made.reconciliation.reconcile_photos(always)
            == ReconciliationReport()
        )
    assert {mark.after for mark in made.scanner.checkpoints.values()} == {None}
    assert Checkpoint() not in made.scanner.checkpoints.values()


def test_a_failure_without_a_photo_is_told_by_an_id_that_gives_nothing_away() -> None:
    made = library()
    made.originals.drop("aunt-mary/on/holiday.jpg", b"sea")
    made.clock.advance(LATER)

    def fail(name: str) -> None:
        raise Unavailable("DynamoDB does not answer.")

    made.before = fail
    (failure,) = made.reconciliation.reconcile_originals(always).failures
    assert len(failure.photo_id or "") == 32
