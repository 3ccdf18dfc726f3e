from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.photo import State
from chalicelib.library.similarity_index import embeddings_key, groups_key, parse_embedding_index, parse_group_index
from chalicelib.maintenance.similarity import SimilarityIndexing
from tests.fakes.library import Clock
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.similarity import MemoryFingerprints, MemoryIndexFiles
from tests.support.factories import NOON, OWNER, photo
from tests.support.time_left import always, steps

HASH = bytes(range(1, 17))
EMBEDDING = b"\x07" * 160
KEYS = {groups_key(OWNER), embeddings_key(OWNER)}


class IndexingFixture:
    """Indexing over an in-memory photo store."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.photos = MemoryPhotoStore(now=self.clock)
        self.fingerprints = MemoryFingerprints(self.photos)
        self.files = MemoryIndexFiles()
        self.indexing = SimilarityIndexing(self.fingerprints, self.files, self.clock)

    def add(self, photo_id: str, **fields: Any) -> None:
        defaults = {"perceptual_hash": HASH, "embedding": EMBEDDING}
        self.photos.commit(None, photo(photo_id, **{**defaults, **fields}))

    def run(self) -> int:
        """Run long after the last run; returns how many indexes were built."""
        self.clock.advance(timedelta(days=2))
        report = self.indexing.run(always)
        assert report.failures == ()
        return report.built

    def groups(self, owner: str = OWNER) -> list[set[str]]:
        return [set(group.photo_ids) for group in parse_group_index(self.files.files[groups_key(owner)]).groups]


def test_index_has_groups_and_embeddings() -> None:
    fixture = IndexingFixture()
    for photo_id in ("a", "b"):
        fixture.add(photo_id)
    fixture.add("c", perceptual_hash=b"\xff" * 16, embedding=b"")
    assert fixture.run() == 1
    assert fixture.groups() == [{"a", "b"}]
    index = parse_embedding_index(fixture.files.files[embeddings_key(OWNER)])
    assert (set(index.photo_ids), index.embeddings) == ({"a", "b"}, EMBEDDING * 2)
    assert parse_group_index(fixture.files.files[groups_key(OWNER)]).built_at == fixture.clock.time


def test_photos_without_a_hash_are_not_compared() -> None:
    fixture = IndexingFixture()
    fixture.add("a", perceptual_hash=b"")
    assert (fixture.run(), fixture.files.files) == (0, {})


def test_index_is_built_again_only_after_changes() -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    assert [fixture.run(), fixture.run()] == [1, 0]
    fixture.add("b")
    assert [fixture.run(), fixture.run()] == [1, 0]
    assert fixture.groups() == [{"a", "b"}]


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.TRASHED},
        {"owner": "another"},
        {"perceptual_hash": b"\xff" * 16},
        {"embedding": b"\x08" * 160},
        {"received_at": NOON - timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_change_of_a_fingerprint_is_noticed(change: dict[str, Any]) -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    fixture.run()
    before = fixture.photos.records["a"]
    fixture.photos.commit(before, replace(before, **change))
    assert fixture.run() > 0


def test_other_changes_are_not() -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    fixture.run()
    before = fixture.photos.records["a"]
    fixture.photos.commit(before, replace(before, user_tags=("new",), filename="new.jpg"))
    assert fixture.run() == 0


@pytest.mark.parametrize("key", sorted(KEYS))
def test_lost_file_is_built_again(key: str) -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    fixture.run()
    fixture.files.remove([key])
    assert fixture.run() == 1
    assert fixture.files.files.keys() == KEYS


def test_index_of_an_empty_library_is_removed() -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    fixture.run()
    fixture.photos.remove(fixture.photos.records["a"])
    assert [fixture.run(), fixture.run()] == [1, 0]
    assert fixture.files.files == {}


def test_index_rests_in_proportion_to_its_rows() -> None:
    fixture = IndexingFixture()
    for n in range(30):
        fixture.add(f"p{n}")
    fixture.run()
    fixture.add("new")
    fixture.clock.advance(timedelta(seconds=2.9))
    assert fixture.indexing.run(always).built == 0
    fixture.clock.advance(timedelta(seconds=0.2))
    assert fixture.indexing.run(always).built == 1


def test_owners_have_their_own_index_and_the_longest_waiting_is_first() -> None:
    fixture = IndexingFixture()
    for owner in ("anna", "ben", "cleo"):
        for side in "ab":
            fixture.add(f"{owner}-{side}", owner=owner)
    assert [fixture.indexing.run(steps(1)).built for _ in range(3)] == [1, 1, 1]
    assert [fixture.groups(owner) for owner in ("anna", "ben", "cleo")] == [
        [{f"{owner}-a", f"{owner}-b"}] for owner in ("anna", "ben", "cleo")
    ]


def test_change_during_the_comparison_is_compared_next() -> None:
    fixture = IndexingFixture()
    fixture.add("a")
    read = fixture.fingerprints.read_fingerprints

    def read_then_change(owner: str) -> Iterator[Fingerprint]:
        found = list(read(owner))
        fixture.fingerprints.read_fingerprints = read  # type: ignore[method-assign]
        fixture.add("b")
        return iter(found)

    fixture.fingerprints.read_fingerprints = read_then_change  # type: ignore[method-assign]
    assert [fixture.run(), fixture.run(), fixture.run()] == [1, 1, 0]
    assert fixture.groups() == [{"a", "b"}]


def test_failure_of_one_owner_does_not_stop_the_others() -> None:
    fixture = IndexingFixture()
    fixture.add("a", owner="anna")
    fixture.add("b", owner="ben")
    write = fixture.files.write

    def fail_for_anna(key: str, data: bytes) -> None:
        if "anna" in key:
            raise Unavailable("The bucket did not respond.")
        write(key, data)

    fixture.files.write = fail_for_anna  # type: ignore[method-assign]
    report = fixture.indexing.run(always)
    assert (report.built, [str(failure.error) for failure in report.failures]) == (1, ["The bucket did not respond."])
    fixture.files.write = write  # type: ignore[method-assign]
    assert fixture.run() == 1
    assert fixture.groups("anna") == []


def test_failing_list_of_changes_is_reported() -> None:
    fixture = IndexingFixture()

    def fail() -> list[Any]:
        raise Unavailable("The table did not respond.")

    fixture.fingerprints.list_changes = fail  # type: ignore[method-assign]
    assert len(fixture.indexing.run(always).failures) == 1


def test_only_the_newest_photos_are_compared_and_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = IndexingFixture()
    monkeypatch.setattr("chalicelib.maintenance.similarity.MAX_INDEXED", 3)
    monkeypatch.setattr("chalicelib.maintenance.similarity.MAX_COMPARED", 2)
    for n in range(4):
        fixture.add(f"p{n}", received_at=NOON + timedelta(hours=n))
    fixture.run()
    assert fixture.groups() == [{"p3", "p2"}]
    index = parse_embedding_index(fixture.files.files[embeddings_key(OWNER)])
    assert index.photo_ids == ("p3", "p2", "p1")
