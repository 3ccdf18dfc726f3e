from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict
from chalicelib.maintenance.relabeling import Relabeling, Walk
from tests.contract.conftest import Store
from tests.support.factories import NOON, OWNER

LATER = NOON + timedelta(minutes=5)
NEW = Relabeling(OWNER, ("beach", "sea"), started_at=NOON, progressed_at=NOON, photos=2000)
WALK = Walk(is_first=False, after="2026#p1", is_read=True, photos=9, labeled=7, outdated=2, waiting=("p8", "p9"))


def test_relabeling_is_read_as_it_was_saved(store: Store) -> None:
    assert store.relabelings.get(OWNER) is None
    saved = store.relabelings.save(NEW)
    assert saved == store.relabelings.get(OWNER) == replace(NEW, version=1)
    progressed = replace(saved, walk=WALK, labeled=7, labeler="vision-1", walks_left=1, progressed_at=LATER)
    assert store.relabelings.save(progressed) == store.relabelings.get(OWNER) == replace(progressed, version=2)


def test_only_running_ones_are_listed(store: Store) -> None:
    running = store.relabelings.save(replace(NEW, owner="another"))
    finished = store.relabelings.save(replace(store.relabelings.save(NEW), finished_at=LATER))
    assert store.relabelings.list_running() == [running]
    assert store.relabelings.get(OWNER) == finished
    again = store.relabelings.save(replace(NEW, version=finished.version))
    assert {each.owner: each for each in store.relabelings.list_running()} == {"another": running, OWNER: again}


def test_version_that_is_not_stored_conflicts(store: Store) -> None:
    saved = store.relabelings.save(NEW)
    for outdated in (NEW, replace(saved, version=2), replace(NEW, owner="another", version=1)):
        with pytest.raises(Conflict):
            store.relabelings.save(outdated)
    assert store.relabelings.get(OWNER) == saved
    store.relabelings.remove(OWNER)
    with pytest.raises(Conflict):
        store.relabelings.save(saved)


def test_one_of_several_concurrent_starts_is_stored(store: Store) -> None:
    def start(photos: int) -> int:
        try:
            store.relabelings.save(replace(NEW, photos=photos))
        except Conflict:
            return 0
        return photos

    with ThreadPoolExecutor(4) as threads:
        started = sum(threads.map(start, range(1, 9)))
    stored = store.relabelings.get(OWNER)
    assert stored is not None
    assert stored.photos == started


def test_removed_relabeling_is_gone(store: Store) -> None:
    store.relabelings.remove(OWNER)
    store.relabelings.save(NEW)
    store.relabelings.remove(OWNER)
    assert (store.relabelings.get(OWNER), store.relabelings.list_running()) == (None, [])


def test_relabeling_is_no_trend(store: Store) -> None:
    store.relabelings.save(NEW)
    assert store.totals.next_trend(None) is None
