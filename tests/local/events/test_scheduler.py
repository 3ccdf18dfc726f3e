import os
from types import SimpleNamespace
from typing import Any

import pytest
from chalice.app import Rate, ScheduledEventConfig

from local.events import scheduler
from local.events.scheduler import MAX_INTERVAL_SECONDS, run_schedules

SWEEP = ScheduledEventConfig("sweep", "app.sweep", schedule_expression=Rate(5, unit=Rate.MINUTES), description="")


class Clock:
    """A clock that goes on while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the scheduler asks for; the priority of this process stays."""
    asked: list[int] = []
    monkeypatch.setattr(os, "nice", asked.append)
    return asked


def starts(durations: list[float]) -> list[float]:
    """When the handler starts, by the durations of its calls, s; every second one fails."""
    clock, started = Clock(), list[float]()

    def handle(name: str, event: Any) -> None:
        assert (name, event["detail-type"]) == ("sweep", "Scheduled Event")
        started.append(clock.now)
        clock.now += durations[len(started) - 1]
        if len(started) % 2 == 0:
            raise ValueError("an error of the handler")

    stopping: Any = SimpleNamespace(is_set=lambda: len(started) == len(durations), wait=clock.wait)
    run_schedules([SWEEP], handle, stopping, clock.monotonic)
    return started


def test_short_calls_start_in_the_interval(niceness: list[int]) -> None:
    first = scheduler.START_DELAY_SECONDS
    assert starts([1, 2, 1]) == [first, first + MAX_INTERVAL_SECONDS, first + 2 * MAX_INTERVAL_SECONDS]
    assert niceness == [scheduler.NICENESS]


@pytest.mark.usefixtures("niceness")
def test_long_calls_take_at_most_a_fifth_of_the_time() -> None:
    first = scheduler.START_DELAY_SECONDS
    assert starts([60, 30, 1]) == [first, first + 300, first + 450]
