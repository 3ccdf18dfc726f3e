"""Spacing of requests."""

from dataclasses import dataclass, field

import pytest

from tintype_cli.api.pace import BURST, MAX_RATE, MIN_RATE, Pace


@dataclass
class Clock:
    now: float = 50.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def test_burst_then_even_spacing() -> None:
    clock = Clock()
    pace = Pace(lambda: clock.now, clock.sleep)
    for _ in range(BURST + 10):
        pace.wait()
    assert clock.waits == [pytest.approx(1 / MAX_RATE)] * 10


def test_refusal_pauses_and_halves_the_rate() -> None:
    clock = Clock()
    pace = Pace(lambda: clock.now, clock.sleep)
    pace.lower_rate(3.0)
    pace.wait()
    pace.wait()
    assert clock.waits == [pytest.approx(3.0), pytest.approx(2 / MAX_RATE)]


def test_rate_stays_within_limits_and_recovers() -> None:
    pace = Pace(lambda: 0.0)
    for _ in range(20):
        pace.lower_rate(0)
    assert pace.rate == MIN_RATE
    for _ in range(1000):
        pace.raise_rate()
    assert pace.rate == MAX_RATE
