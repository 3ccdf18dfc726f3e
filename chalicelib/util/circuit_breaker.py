"""A circuit breaker: a service that failed several times in a row is left in peace for a while.

    closed     every call goes out          -> open, after `failures` times Unavailable in a row
    open       no call goes out             -> half-open, when `rest` is over
    half-open  one call goes out to try it  -> closed where it is answered, open where it is Unavailable again

Without it each call to a service that is down takes its whole time-out, and whatever waits behind it waits
along. Only Unavailable counts: another error says nothing about the service.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from chalicelib.errors import Unavailable


class CircuitBreaker:
    """Stands before one service, for all threads of a process; the calls themselves run side by side."""

    def __init__(self, *, max_failures: int, cooldown: timedelta, now: Callable[[], datetime]) -> None:
        self._failures = max_failures
        self._rest = cooldown
        # The time of day: a monotonic clock may stand still while a function is frozen between two events.
        self._now = now
        self._lock = threading.Lock()
        self._failed = 0
        self._rests_until: datetime | None = None
        self._trying = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let one call through and learn how it ends; raises Unavailable at once while the service is left in peace."""
        trial = self._admit()
        answered: bool | None = None
        try:
            yield
            answered = True
        except Unavailable:
            answered = False
            raise
        finally:
            self._learn(answered, trial=trial)

    def _admit(self) -> bool:
        """Whether this call is the trial; raises Unavailable where it must not go out."""
        with self._lock:
            if self._rests_until is None:
                return False
            if self._trying or self._now() < self._rests_until:
                raise Unavailable("A service that failed several times in a row is left in peace for a while.")
            self._trying = True
            return True

    def _learn(self, answered: bool | None, *, trial: bool) -> None:
        """How a call ended: answered, Unavailable, or (None) with an error that says nothing about the service."""
        with self._lock:
            if trial:
                self._trying = False
            if answered:
                self._failed, self._rests_until = 0, None
            elif answered is False:
                self._failed += 1
                # A call that was under way when others opened it does not prolong the rest.
                if trial or (self._rests_until is None and self._failed >= self._failures):
                    self._rests_until = self._now() + self._rest
