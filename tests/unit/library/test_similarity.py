from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import PhotoNotFound
from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.photo import Photo, State
from chalicelib.library.similarity import MAX_READS, Comparison, NearDuplicatePage, SimilarityQueries
from chalicelib.library.similarity_index import Group, GroupIndex, embeddings_key, groups_key, pack_embeddings
from chalicelib.util.capture_time import CaptureTime
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.similarity import MemoryIndexFiles
from tests.support.factories import NOON, OWNER, photo

EMBEDDING = bytes(160)
HIDDEN = [state for state in State if state is not State.READY]


@dataclass
class SimilarityFixture:
    """Queries over an in-memory store that counts its reads."""

    photos: MemoryPhotoStore = field(default_factory=MemoryPhotoStore)
    files: MemoryIndexFiles = field(default_factory=MemoryIndexFiles)

    def __post_init__(self) -> None:
        self.queries = SimilarityQueries(self.photos, self.files)

    def add(self, *photos: Photo) -> None:
        for each in photos:
            self.photos.commit(None, each)

    def index_groups(self, *groups: Iterable[str]) -> None:
        """Store these groups, the first one the newest; each has the position of its number."""
        stored = tuple(Group(f"{9_999 - n}", tuple(ids)) for n, ids in enumerate(groups))
        self.files.write(groups_key(OWNER), GroupIndex(NOON, stored).to_bytes())

    def index_embeddings(self, **embeddings: bytes) -> None:
        rows = [Fingerprint(photo_id, "", 1, 1, embedding) for photo_id, embedding in embeddings.items()]
        self.files.write(embeddings_key(OWNER), pack_embeddings(rows).to_bytes())

    def groups(self, after: str | None = None, limit: int = 9) -> list[list[str]]:
        page = self.queries.list_near_duplicates(OWNER, after=after, limit=limit)
        return [[each.photo_id for each in group.photos] for group in page.groups]

    def similar(self, photo_id: str = "p", viewer: str | None = OWNER, limit: int = 9) -> tuple[list[str], Comparison]:
        found = self.queries.find_similar(viewer, photo_id, limit=limit)
        return [each.photo_id for each in found.photos], found.state


def test_near_duplicates_before_the_first_index() -> None:
    page = SimilarityFixture().queries.list_near_duplicates(OWNER, after=None, limit=9)
    assert page == NearDuplicatePage((), None, None)


def test_photo_to_keep_is_first() -> None:
    fixture = SimilarityFixture()
    fixture.add(
        photo("small", bytes=9999, width=20, height=15),
        photo("damaged", width=80, height=60, incomplete=True),
        photo("large"),
        photo("detailed", bytes=2000),
        photo("first", bytes=2000, received_at=NOON - timedelta(days=1)),
    )
    fixture.index_groups(["small", "damaged", "large", "detailed", "first"])
    assert fixture.groups() == [["first", "detailed", "large", "small", "damaged"]]


@pytest.mark.parametrize("metadata", [{"camera": "Nikon Z6"}, {"camera_time": CaptureTime(NOON.replace(tzinfo=None))}])
def test_photo_from_a_camera_comes_before_a_larger_file_of_its_size(metadata: dict[str, Any]) -> None:
    fixture = SimilarityFixture()
    fixture.add(
        photo("brightened", bytes=9000),
        photo("original", bytes=5000, **metadata),
        photo("upscaled", width=80, height=60),
    )
    fixture.index_groups(["brightened", "original", "upscaled"])
    assert fixture.groups() == [["upscaled", "original", "brightened"]]


@pytest.mark.parametrize("state", HIDDEN)
def test_photos_that_are_not_ready_are_in_no_group(state: State) -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("a"), photo("b"), photo("c", state=state), photo("d"), photo("e", state=state))
    fixture.index_groups(["a", "c", "b"], ["d", "e"], ["gone", "c"])
    assert fixture.groups() == [["a", "b"]]


def test_photos_of_other_owners_are_in_no_group() -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("a"), photo("b", owner="another"))
    fixture.index_groups(["a", "b"])
    assert fixture.groups() == []


def test_keep_groups_are_left_out_until_they_get_another_photo() -> None:
    fixture = SimilarityFixture()
    fixture.add(
        photo("a", keep_groups=("1",)),
        photo("b", keep_groups=("1",)),
        photo("c", keep_groups=("1",), state=State.TRASHED),
        photo("d"),
    )
    fixture.index_groups(["a", "b", "c"])
    assert fixture.groups() == []
    fixture.index_groups(["a", "b", "c", "d"])
    assert fixture.groups() == [["a", "b", "d"]]


@pytest.mark.parametrize(("width", "in_group"), [(36, True), (50, True), (30, False), (54, False), (40_000, False)])
def test_photo_of_another_shape_is_in_no_group(width: int, in_group: bool) -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("a"), photo("b"), photo("c", width=width))
    fixture.index_groups("abc")
    assert fixture.groups() == [["c", "a", "b"] if width > 40 and in_group else ["a", "b", *("c" * in_group)]]


def test_groups_have_pages() -> None:
    fixture = SimilarityFixture()
    fixture.add(*(photo(f"{n}{side}") for n in range(5) for side in "ab"))
    fixture.index_groups(*([f"{n}a", f"{n}b"] for n in range(5)))
    seen, after = [], None
    for _ in range(3):
        page = fixture.queries.list_near_duplicates(OWNER, after=after, limit=2)
        seen += [group.photos[0].photo_id for group in page.groups]
        after = page.next_position
    assert (seen, after) == (["0a", "1a", "2a", "3a", "4a"], None)


def test_request_reads_a_bounded_number_of_records() -> None:
    fixture = SimilarityFixture()
    fixture.index_groups(*([f"gone{n}-{m}" for m in range(50)] for n in range(2 * MAX_READS + 3)))
    page = fixture.queries.list_near_duplicates(OWNER, after=None, limit=9)
    assert (page.groups, page.next_position) == ((), f"{9_999 - (2 * MAX_READS - 1)}")
    rest = fixture.queries.list_near_duplicates(OWNER, after=page.next_position, limit=9)
    assert (rest.groups, rest.next_position) == ((), None)


def test_short_batches_fill_a_page() -> None:
    fixture = SimilarityFixture()
    fixture.add(*(photo(f"{n}{side}") for n in range(4) for side in "ab"))
    fixture.index_groups(["gone", "0a"], ["0a", "0b"], ["gone", "1a"], ["1a", "1b"], ["2a", "2b"])
    assert fixture.groups(limit=2) == [["0a", "0b"], ["1a", "1b"]]


def test_similar_photos_are_sorted_without_the_photo_itself() -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p", embedding=EMBEDDING), *(photo(each) for each in ("near", "nearer", "far")))
    near, nearer = b"\x0f" + EMBEDDING[1:], b"\x01" + EMBEDDING[1:]
    fixture.index_embeddings(p=EMBEDDING, near=near, nearer=nearer, far=b"\xff" * 160)
    assert fixture.similar() == (["nearer", "near"], Comparison.READY)
    assert fixture.similar(limit=1) == (["nearer"], Comparison.READY)


@pytest.mark.parametrize("state", HIDDEN)
def test_similar_photos_are_ready(state: State) -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p", embedding=EMBEDDING), photo("hidden", state=state), photo("foreign", owner="another"))
    fixture.index_embeddings(p=EMBEDDING, hidden=EMBEDDING, foreign=EMBEDDING, gone=EMBEDDING)
    assert fixture.similar() == ([], Comparison.READY)


def test_similar_photos_before_the_index_is_built() -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p", embedding=EMBEDDING))
    assert fixture.similar() == ([], Comparison.PENDING)


def test_photo_without_an_embedding_has_no_similar_photos() -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p"))
    fixture.index_embeddings(q=EMBEDDING)
    assert fixture.similar() == ([], Comparison.UNAVAILABLE)


@pytest.mark.parametrize("viewer", [None, "another"])
def test_similar_photos_of_others_raise(viewer: str | None) -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p", embedding=EMBEDDING))  # public
    fixture.index_embeddings(p=EMBEDDING)
    with pytest.raises(PhotoNotFound):
        fixture.similar(viewer=viewer)


def test_similar_photos_of_hidden_and_missing_photos_raise() -> None:
    fixture = SimilarityFixture()
    fixture.add(photo("p", embedding=EMBEDDING, state=State.ERASED))
    for photo_id in ("p", "missing"):
        with pytest.raises(PhotoNotFound):
            fixture.similar(photo_id)


def test_photo_in_the_trash_has_similar_photos() -> None:
    fixture = SimilarityFixture()
    trashed = photo("p", embedding=EMBEDDING, state=State.TRASHED)
    fixture.add(trashed, replace(photo("q")))
    fixture.index_embeddings(q=EMBEDDING)
    assert fixture.similar() == (["q"], Comparison.READY)
