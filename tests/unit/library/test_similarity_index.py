from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.similarity_index import (
    Group,
    GroupIndex,
    pack_embeddings,
    parse_embedding_index,
    parse_group_index,
)
from tests.support.factories import NOON


def fingerprint(photo_id: str, embedding: bytes) -> Fingerprint:
    return Fingerprint(photo_id, "", 1, 1, embedding)


def test_groups_are_stored() -> None:
    index = GroupIndex(NOON, (Group("2026-01-02#b", ("b", "a")), Group("2026-01-01#d", ("d", "c", "e"))))
    assert parse_group_index(index.to_bytes()) == index
    assert parse_group_index(GroupIndex(NOON, ()).to_bytes()) == GroupIndex(NOON, ())


def test_embeddings_are_stored() -> None:
    index = pack_embeddings([fingerprint("a", b"\n\0\n"), fingerprint("b", b'["]')])
    assert (index.photo_ids, index.embeddings) == (("a", "b"), b'\n\0\n["]')
    assert parse_embedding_index(index.to_bytes()) == index


def test_photos_without_an_embedding_or_of_another_model_are_left_out() -> None:
    index = pack_embeddings(
        [fingerprint("a", b""), fingerprint("b", b"12"), fingerprint("c", b"1"), fingerprint("d", b"34")]
    )
    assert index.photo_ids == ("b", "d")
    assert pack_embeddings([fingerprint("a", b"")]) == parse_embedding_index(b"[0]\n")


def test_nearest_are_sorted_by_the_bits_that_differ() -> None:
    index = pack_embeddings([fingerprint(f"{byte:08b}", bytes([0, byte])) for byte in (0b111, 0b1, 0b1111, 0, 0b11)])
    assert index.nearest(b"\0\0", limit=9, max_distance=3) == ["00000000", "00000001", "00000011", "00000111"]
    assert index.nearest(b"\0\0", limit=2, max_distance=3) == ["00000000", "00000001"]
    assert index.nearest(b"\xff\xff", limit=9, max_distance=3) == []


def test_nearest_to_an_embedding_of_another_model_is_nothing() -> None:
    assert pack_embeddings([fingerprint("a", b"12")]).nearest(b"1", limit=9, max_distance=99) == []
    assert pack_embeddings([]).nearest(b"1", limit=9, max_distance=99) == []
