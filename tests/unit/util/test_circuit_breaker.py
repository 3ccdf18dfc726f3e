import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.errors import StorageFull, Unavailable
from chalicelib.util.circuit_breaker import CircuitBreaker
from tests.fakes.library import Clock

REST = timedelta(minutes=1)


class Service:
    """Counts calls, and fails as configured."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.breaker = CircuitBreaker(max_failures=3, cooldown=REST, now=self.clock)
        self.problem: type[BaseException] | None = None
        self.calls = 0

    def call(self) -> None:
        with self.breaker.guard():
            self.calls += 1
            if self.problem:
                raise self.problem

    def fails(self, times: int, error: type[BaseException] = Unavailable) -> None:
        self.problem = error
        for _ in range(times):
            with pytest.raises(error):
                self.call()
        self.problem = None

    def is_refused(self) -> bool:
        before = self.calls
        try:
            self.call()
        except Unavailable:
            assert self.calls == before
            return True
        return False


def open_circuit() -> Service:
    service = Service()
    service.fails(3)
    return service


def test_successful_calls_pass_through() -> None:
    service = Service()
    assert not any(service.is_refused() for _ in range(10))


def test_consecutive_failures_open_the_circuit() -> None:
    service = open_circuit()
    assert [service.is_refused(), service.is_refused()] == [True, True]
    assert service.calls == 3


def test_failures_between_successes_do_not_open_the_circuit() -> None:
    service = Service()
    for _ in range(5):
        service.fails(2)
        service.call()
    assert not service.is_refused()


def test_success_after_the_cooldown_closes_the_circuit() -> None:
    service = open_circuit()
    service.clock.advance(REST - timedelta(seconds=1))
    assert service.is_refused()
    service.clock.advance(timedelta(seconds=1))
    service.call()
    service.fails(2)
    assert not service.is_refused()


def test_failure_after_the_cooldown_reopens_the_circuit() -> None:
    service = open_circuit()
    service.clock.advance(REST)
    service.fails(1)
    assert service.is_refused()
    service.clock.advance(REST)
    assert not service.is_refused()


def test_one_trial_call_passes_at_a_time() -> None:
    service = open_circuit()
    service.clock.advance(REST)
    with service.breaker.guard():
        assert service.is_refused()
    assert not service.is_refused()


@pytest.mark.parametrize("error", [ValueError, StorageFull, KeyboardInterrupt])
def test_other_errors_do_not_change_the_state(error: type[BaseException]) -> None:
    service = Service()
    service.fails(5, error)
    assert not service.is_refused()
    service = open_circuit()
    service.clock.advance(REST)
    service.fails(1, error)  # the trial was inconclusive, so the next call is the trial
    service.fails(1)
    assert service.is_refused()


def test_other_errors_do_not_reset_the_failure_count() -> None:
    service = Service()
    service.fails(2)
    service.fails(1, ValueError)
    service.fails(1)
    assert service.is_refused()


def test_call_in_flight_does_not_extend_the_cooldown() -> None:
    service = Service()

    def slow() -> None:
        with service.breaker.guard():
            service.fails(3)
            service.clock.advance(timedelta(seconds=50))
            raise Unavailable

    with pytest.raises(Unavailable):
        slow()
    service.clock.advance(timedelta(seconds=10))
    assert not service.is_refused()


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(microseconds=-1)])
def test_clock_that_was_set_back_ends_the_cooldown(step: timedelta) -> None:
    service = open_circuit()
    service.clock.advance(step)
    assert not service.is_refused()


def test_every_opening_is_reported_once() -> None:
    openings, clock = list[None](), Clock()
    breaker = CircuitBreaker(max_failures=2, cooldown=REST, now=clock, on_open=lambda: openings.append(None))

    def fail() -> None:
        with pytest.raises(Unavailable), breaker.guard():
            raise Unavailable

    reported = list[int]()
    for _ in range(4):
        fail()
        reported.append(len(openings))
    clock.advance(REST)
    fail()
    assert [*reported, len(openings)] == [0, 1, 1, 1, 2]


def test_concurrent_threads_share_one_trial_call() -> None:
    breaker = CircuitBreaker(max_failures=1, cooldown=timedelta(0), now=Clock())
    together = threading.Barrier(4, timeout=10)

    def call(outcome: list[str]) -> None:
        try:
            with breaker.guard():
                together.wait()  # fails unless all four are inside concurrently
            outcome.append("through")
        except Unavailable:
            outcome.append("refused")

    assert _in_threads(4, call) == ["through"] * 4

    with pytest.raises(Unavailable), breaker.guard():
        raise Unavailable
    tried = threading.Event()
    refused = threading.Semaphore(0)

    def attempt(outcome: list[str]) -> None:
        try:
            with breaker.guard():
                for _ in range(3):
                    assert refused.acquire(timeout=10)
                tried.set()
            outcome.append("through")
        except Unavailable:
            refused.release()
            outcome.append("refused")

    assert sorted(_in_threads(4, attempt)) == ["refused"] * 3 + ["through"]
    assert tried.is_set()


def _in_threads(count: int, work: Callable[[list[str]], None]) -> list[str]:
    outcome: list[str] = []
    threads = [threading.Thread(target=work, args=(outcome,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcome
