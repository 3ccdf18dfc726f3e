"""Helpers of the tests of ingest."""

from datetime import timedelta

from chalicelib.library.photo import State
from tests.fakes.library import MemoryLibrary

METADATA = {"tags": "sea", "status": "public"}


def add_photo(library: MemoryLibrary, key: str = "a.jpg", data: bytes = b"sea") -> str:
    """Drop a photo and ingest it; returns its id."""
    library.originals.drop(key, data, METADATA)
    return str(library.deliver_event(key).photo_id)


def state(library: MemoryLibrary, photo_id: str) -> State:
    return library.photos.records[photo_id].state


def sweep(library: MemoryLibrary, after: timedelta) -> None:
    library.clock.advance(after)
    library.sweep.process_due(lambda: True)


def add_duplicates(library: MemoryLibrary) -> tuple[str, str, str]:
    """Three originals with the same bytes: the first is the photo, the others are its duplicates."""
    first, second, third = add_photo(library, "1.jpg"), add_photo(library, "2.jpg"), add_photo(library, "3.jpg")
    photos = library.photos.records
    assert [(photos[p].state, photos[p].duplicate_of) for p in (second, third)] == [(State.DUPLICATE, first)] * 2
    return first, second, third
