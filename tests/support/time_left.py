"""The time that a run of the schedule has left, as its parts ask for it between two steps."""

from collections.abc import Callable


def always() -> bool:
    """Time without a limit."""
    return True


def steps(count: int) -> Callable[[], bool]:
    """Time for this number of steps."""
    left = iter(range(count))
    return lambda: next(left, None) is not None
