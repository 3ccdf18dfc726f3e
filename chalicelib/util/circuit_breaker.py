"""A circuit breaker: stop calling a service that failed several times in a row, and try again after a cooldown.

    closed     all calls pass           -> open, after `max_failures` consecutive Unavailable errors
    open       no call passes           -> half-open, when the cooldown ends
    half-open  one trial call passes    -> closed if it succeeds, open if it raises Unavailable

Without it, every call to a service that is down waits for its whole timeout. Only Unavailable counts: any other error
says nothing about the health of the service. A laptop's full disk (StorageFull) doesn't count either: the answer comes
at once, and there may be room at any moment.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from chalicelib.errors import StorageFull, Unavailable


class CircuitBreaker:
    """Guards one service for all threads of a process; guarded calls run concurrently.

    `on_open` is called whenever calls are paused, also after a failed trial.
    """

    def __init__(
        self,
        *,
        max_failures: int,
        cooldown: timedelta,
        now: Callable[[], datetime],
        on_open: Callable[[], None] = lambda: None,
    ) -> None:
        self._max_failures = max_failures
        self._cooldown = cooldown
        # The time of day: a monotonic clock may stop while a function is frozen between two events.
        self._now = now
        self._on_open = on_open
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: datetime | None = None
        self._trial_running = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run one call and record its outcome; raises Unavailable at once while the circuit is open."""
        is_trial = self.admit()
        succeeded: bool | None = None
        try:
            yield
            succeeded = True
        except Unavailable as error:
            succeeded = None if isinstance(error, StorageFull) else False
            raise
        finally:
            self.record(succeeded, is_trial=is_trial)

    def admit(self) -> bool:
        """Begin a call that `record` ends, and return whether it is the trial; raises Unavailable if it may not run."""
        with self._lock:
            if self._opened_at is None:
                return False
            if self._trial_running or self._is_cooling_down(self._opened_at):
                raise Unavailable("A service failed several times in a row, so calls to it are paused.")
            self._trial_running = True
            return True

    def record(self, succeeded: bool | None, *, is_trial: bool) -> None:
        """Update the state: True for success, False for a failure, None if the call says nothing about the service."""
        opens = False
        with self._lock:
            if is_trial:
                self._trial_running = False
            if succeeded:
                self._failures, self._opened_at = 0, None
            elif succeeded is False:
                self._failures += 1
                # A call that started before the circuit opened does not extend the cooldown.
                opens = is_trial or (self._opened_at is None and self._failures >= self._max_failures)
                if opens:
                    self._opened_at = self._now()
        if opens:
            self._on_open()

    def _is_cooling_down(self, opened_at: datetime) -> bool:
        """Whether the cooldown has not ended; a clock that was set back ends it."""
        return timedelta(0) <= self._now() - opened_at < self._cooldown
