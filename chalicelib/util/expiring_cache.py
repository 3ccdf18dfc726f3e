"""A value that is good for a while, then fetched again."""

import threading
from collections.abc import Callable


class ExpiringCache[T]:
    """Holds what `load` answered for `seconds`; one caller loads while the others wait."""

    def __init__(self, load: Callable[[], T], *, ttl_seconds: float, clock: Callable[[], float]) -> None:
        self._load = load
        self._seconds = ttl_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._held: tuple[float, T] | None = None

    def get(self) -> T:
        """The value, at most `seconds` old; an error of `load` goes through and nothing is kept."""
        with self._lock:
            now = self._clock()
            if self._held is None or now >= self._held[0]:
                self._held = (now + self._seconds, self._load())
            return self._held[1]
