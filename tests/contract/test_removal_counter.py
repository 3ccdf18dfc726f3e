from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from chalicelib.ingest.removal_limit import RemovalCounts
from tests.contract.conftest import Store
from tests.support.factories import NOON


def test_removals_are_counted_from_zero_after_each_pass(store: Store) -> None:
    assert store.removals.read() == RemovalCounts()
    assert [store.removals.add().removals for _ in range(3)] == [1, 2, 3]
    store.removals.start_again(500)
    assert store.removals.read() == RemovalCounts(photos=500)
    assert store.removals.add() == RemovalCounts(removals=1, photos=500)


def test_stop_keeps_its_first_time_and_the_counts(store: Store) -> None:
    store.removals.add()
    store.removals.stop(NOON)
    store.removals.stop(NOON + timedelta(hours=1))
    store.removals.set_photos(7)
    assert store.removals.read() == RemovalCounts(removals=1, photos=7, stopped_at=NOON)
    store.removals.start_again(7)
    assert store.removals.read() == RemovalCounts(photos=7)


def test_concurrent_removals_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(lambda _: store.removals.add().removals, range(20)))
    assert sorted(counts) == list(range(1, 21))


def test_counts_are_no_trend(store: Store) -> None:
    store.removals.add()
    assert store.totals.next_trend(None) is None
