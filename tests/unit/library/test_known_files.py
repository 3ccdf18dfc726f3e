from collections.abc import Sequence
from typing import Any

from chalicelib.library.collections import owner_scope, trashed_tag
from chalicelib.library.known_files import KnownFile, KnownFiles
from chalicelib.library.photo import State
from chalicelib.library.sorted_rows import Row
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import OWNER, photo

READY, TRASHED, BOTH, OTHERS, UNKNOWN = (f"{number:064x}" for number in range(5))


def store_with(*photos: Any) -> MemoryPhotoStore:
    store = MemoryPhotoStore()
    for each in photos:
        store.commit(None, each)
    return store


class CountingReader:
    """Rows of a store, and which collections were read."""

    def __init__(self, store: MemoryPhotoStore) -> None:
        self.store = store
        self.tags: list[str] = []

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        assert (scope, limit) == (owner_scope(OWNER), 1)
        self.tags.append(tag)
        return self.store.list_rows(scope, tag, after=after, limit=limit)


def find(store: MemoryPhotoStore, digests: Sequence[str]) -> list[KnownFile]:
    return KnownFiles(store, store).find(OWNER, digests)


def test_own_files_are_found_published_and_in_the_trash() -> None:
    store = store_with(
        photo("p1", sha256=READY),
        photo("p2", sha256=TRASHED, state=State.TRASHED),
        photo("p3", sha256=BOTH),
        photo("p4", sha256=BOTH, state=State.TRASHED),
        photo("p5", sha256=OTHERS, owner="another"),
        photo("p6", sha256=OTHERS, owner="another", state=State.TRASHED),
    )
    assert find(store, [UNKNOWN, TRASHED, READY, BOTH, OTHERS]) == [
        KnownFile(TRASHED, "p2", State.TRASHED),
        KnownFile(READY, "p1", State.READY),
        KnownFile(BOTH, "p3", State.READY),
    ]


def test_trash_is_searched_only_if_there_is_something_in_it() -> None:
    store = store_with(photo("p1", sha256=READY))
    reader = CountingReader(store)
    KnownFiles(store, reader).find(OWNER, [READY])
    assert reader.tags == []
    KnownFiles(store, reader).find(OWNER, [READY, UNKNOWN])
    assert reader.tags == ["!trashed"]
    store.commit(None, photo("p2", sha256=TRASHED, state=State.TRASHED))
    reader.tags.clear()
    KnownFiles(store, reader).find(OWNER, [READY, UNKNOWN])
    assert reader.tags == ["!trashed", trashed_tag(UNKNOWN)]
