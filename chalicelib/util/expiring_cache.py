"""A cached value that is loaded again when it expires."""

import threading
from collections.abc import Callable


class ExpiringCache[T]:
    """Caches the result of `load` for `ttl_seconds`; one caller loads while the others wait."""

    def __init__(self, load: Callable[[], T], *, ttl_seconds: float, clock: Callable[[], float]) -> None:
        self._load = load
        self._ttl_seconds = ttl_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._entry: tuple[float, T] | None = None

    def get(self, max_age_seconds: float | None = None) -> T:
        """The value, at most `ttl_seconds` old, or `max_age_seconds` if that is less.

        Raises what `load` raises, and caches nothing then.
        """
        max_age = self._ttl_seconds if max_age_seconds is None else min(max_age_seconds, self._ttl_seconds)
        with self._lock:
            now = self._clock()
            if self._entry is None or now >= self._entry[0] + max_age:
                self._entry = (now, self._load())
            return self._entry[1]
