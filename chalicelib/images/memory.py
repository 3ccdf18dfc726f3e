"""Returns freed memory to the operating system."""

import ctypes
from collections.abc import Callable
from functools import cache


def release() -> None:
    """Return memory that decoders have freed; without glibc, nothing happens.

    glibc keeps what is freed for each thread that allocated it, AVIF's decoder threads among them, so that a worker
    would start each photo with up to 200 MB of the photos before.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
