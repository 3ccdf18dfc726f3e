import threading
from collections.abc import Callable

import pytest

from chalicelib.util.expiring_cache import ExpiringCache


class Loads:
    """Counts loads, and fails if broken."""

    def __init__(self) -> None:
        self.count = 0
        self.broken = False

    def __call__(self) -> int:
        self.count += 1
        if self.broken:
            raise OSError
        return self.count


def cache(load: Callable[[], int], time: list[float]) -> ExpiringCache[int]:
    return ExpiringCache(load, ttl_seconds=10, clock=lambda: time[0])


def test_value_is_loaded_once_and_cached() -> None:
    time, loads = [0.0], Loads()
    value = cache(loads, time)
    assert loads.count == 0
    time[0] = 9.9
    assert [value.get(), value.get()] == [1, 1]
    time[0] = 19.8
    assert value.get() == 1


def test_value_is_reloaded_after_it_expires() -> None:
    time, loads = [0.0], Loads()
    value = cache(loads, time)
    value.get()
    time[0] = 10
    assert value.get() == 2


def test_value_older_than_a_call_allows_is_reloaded() -> None:
    time, loads = [0.0], Loads()
    value = cache(loads, time)
    value.get()
    time[0] = 4
    assert [value.get(max_age_seconds=5), value.get(max_age_seconds=4), value.get()] == [1, 2, 2]
    time[0] = 14
    assert value.get(max_age_seconds=100) == 3


def test_none_is_cached() -> None:
    asked: list[int] = []
    value = ExpiringCache(lambda: asked.append(1), ttl_seconds=10, clock=lambda: 0.0)
    value.get()
    value.get()
    assert asked == [1]


def test_error_is_raised_and_not_cached() -> None:
    time, loads = [0.0], Loads()
    value = cache(loads, time)
    loads.broken = True
    with pytest.raises(OSError):
        value.get()
    loads.broken = False
    assert value.get() == 2


def test_expired_value_is_not_returned_on_error() -> None:
    time, loads = [0.0], Loads()
    value = cache(loads, time)
    value.get()
    time[0], loads.broken = 10, True
    with pytest.raises(OSError):
        value.get()


def test_concurrent_calls_load_once() -> None:
    loads, entered, go = Loads(), threading.Event(), threading.Event()

    def slow() -> int:
        entered.set()
        go.wait(5)
        return loads()

    value, got = cache(slow, [0.0]), list[int]()
    threads = [threading.Thread(target=lambda: got.append(value.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    entered.wait(5)
    go.set()
    for thread in threads:
        thread.join()
    assert got == [1] * 8
