"""Which file an exception is about."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def note_filename(name: str) -> Iterator[None]:
    """Add the filename to exceptions."""
    try:
        yield
    except Exception as error:
        error.add_note(f"File: {name}")
        raise
