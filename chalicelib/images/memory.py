"""Returns freed memory to the operating system.

glibc keeps what is freed for each thread that allocated it, AVIF's decoder threads among them, so that a worker would
start a photo with up to 200 MB of the photos before. Returning it costs a tenth of the time of a usual photo, which has
to get it again; so it is returned before and after large images only.
"""

import ctypes
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

MAX_TOTAL_BYTES = 400_000_000
LARGE_IMAGE_BYTES = 100_000_000


@contextmanager
def limited(image_bytes: float) -> Iterator[None]:
    """Decode an image that takes this much memory; keeps the process below MAX_TOTAL_BYTES if that is possible."""
    if _resident_bytes() + image_bytes > MAX_TOTAL_BYTES:
        release()
    try:
        yield
    finally:
        if image_bytes > LARGE_IMAGE_BYTES:
            release()


def release() -> None:
    """Return memory that decoders have freed; without glibc, nothing happens."""
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def _resident_bytes() -> int:
    """The memory that the process uses now; where there is no `/proc`, nothing could be returned either."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0
