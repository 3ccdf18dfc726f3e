"""Spaces requests out, so that many threads together stay under the API's throttle.

API Gateway allows 20 requests per second and bursts of 10, for each method of each route. A library may have other
clients, and a laptop may be slower: each refusal halves the rate, each answer raises it a little, as TCP does. The
spacing is GCRA (ITU-T I.371).
"""

import time
from collections.abc import Callable
from threading import Lock

MAX_RATE = 16.0  # requests per second
MIN_RATE = 0.5
BURST = 6
RAISE = 0.02  # of the rate, for each answer


class Pace:
    """The pace of one kind of requests. Usable by several threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        max_rate: float = MAX_RATE,
    ) -> None:
        self._max_rate = max_rate
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._rate = max_rate
        self._full_at = 0.0  # when a burst will be possible again

    @property
    def rate(self) -> float:
        """The current rate, requests per second."""
        return self._rate

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now, interval = self._clock(), 1 / self._rate
            full_at = max(self._full_at, now)
            self._full_at = full_at + interval
            early = full_at - (BURST - 1) * interval - now
        if early > 0:
            self._sleep(early)

    def raise_rate(self) -> None:
        """Note that a request was answered."""
        with self._lock:
            self._rate = min(self._max_rate, self._rate * (1 + RAISE))

    def lower_rate(self, pause: float) -> None:
        """Note that a request was refused because there were too many; none is sent for `pause` seconds."""
        with self._lock:
            self._rate = max(MIN_RATE, self._rate / 2)
            self._full_at = max(self._full_at, self._clock() + pause + (BURST - 1) / self._rate)
