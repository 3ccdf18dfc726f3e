"""Retries of a change that conflicts with a concurrent one."""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.errors import Conflict

MAX_ATTEMPTS = 8


def retry_on_conflict[S, R](read: Callable[[], S], write: Callable[[S], R], message: str) -> R:
    """Read the state and write the change based on it, again each time that `write` raises Conflict.

    Raises Conflict(message) after 8 attempts; errors of `read`, a Conflict among them, are not retried.
    """
    for _ in range(MAX_ATTEMPTS):
        state = read()
        with suppress(Conflict):
            return write(state)
    raise Conflict(message)
