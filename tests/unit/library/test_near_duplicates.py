from random import Random

from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.near_duplicates import BURST_LENGTH, MAX_DISTANCE, MAX_DISTANCE_IN_BURST, MAX_GROUP, find_groups

RNG = Random(7)
FIRST = RNG.getrandbits(64)


def flipped(value: int, bits: int, seed: int = 1) -> int:
    """The value with so many of its bits flipped."""
    return value ^ sum(1 << bit for bit in Random(seed).sample(range(64), bits))


def fingerprints(*hashes: int, apart: int = BURST_LENGTH) -> list[Fingerprint]:
    """Fingerprints of these hashes, with so many unrelated photos between each two."""
    rng, found = Random(3), []
    for index, each in enumerate(hashes):
        found.append(Fingerprint(f"p{index}", f"{index}", each, rng.getrandbits(64), b""))
        found += [Fingerprint("other", "", rng.getrandbits(64), rng.getrandbits(64), b"") for _ in range(apart)]
    return found


def groups_of(found: list[Fingerprint]) -> list[list[str]]:
    return [[each.photo_id for each in group] for group in find_groups(found)]


def test_every_pair_within_the_distance_is_found_anywhere() -> None:
    for seed in range(200):
        assert groups_of(fingerprints(FIRST, flipped(FIRST, MAX_DISTANCE, seed))) == [["p0", "p1"]]


def test_no_pair_beyond_the_distance_is_found() -> None:
    for seed in range(200):
        assert groups_of(fingerprints(FIRST, flipped(FIRST, MAX_DISTANCE + 1, seed))) == []


def test_photos_close_in_time_may_differ_more() -> None:
    burst = (FIRST, flipped(FIRST, MAX_DISTANCE_IN_BURST))
    assert groups_of(fingerprints(*burst, apart=BURST_LENGTH - 1)) == [["p0", "p1"]]
    assert groups_of(fingerprints(*burst, apart=BURST_LENGTH)) == []
    assert groups_of(fingerprints(FIRST, flipped(FIRST, MAX_DISTANCE_IN_BURST + 1), apart=0)) == []


def test_crop_is_found_by_the_middle_of_the_image() -> None:
    for order in (1, -1):
        image = Fingerprint("image", "", FIRST, flipped(FIRST, 30), b"")
        crop = Fingerprint("crop", "", flipped(image.middle, 4), RNG.getrandbits(64), b"")
        assert groups_of([image, *fingerprints(apart=0), crop][::order]) == [["image", "crop"][::order]]
        far = fingerprints(RNG.getrandbits(64), apart=30)
        assert groups_of([image, *far, crop][::order]) == [["image", "crop"][::order]]


def test_images_without_content_are_in_no_group() -> None:
    assert groups_of([Fingerprint("a", "", 0, 0, b""), Fingerprint("b", "", 0, 0, b"")]) == []
    assert groups_of([Fingerprint("a", "", 5, 0, b""), Fingerprint("b", "", 5 << 40, 0, b"")]) == [["a", "b"]]


def test_chain_of_small_changes_is_not_one_group() -> None:
    chain = [FIRST]
    for step in range(6):
        chain.append(chain[-1] ^ 0b111111 << 8 * step)
    found = groups_of(fingerprints(*chain))
    assert sorted(photo_id for group in found for photo_id in group) == sorted(
        {photo_id for group in found for photo_id in group}
    )
    assert max(map(len, found)) == 3


def test_groups_and_their_photos_are_in_the_order_of_time() -> None:
    second = RNG.getrandbits(64)
    found = groups_of(fingerprints(second, FIRST, second ^ 1, FIRST ^ 1, FIRST ^ 2))
    assert found == [["p0", "p2"], ["p1", "p3", "p4"]]


def test_large_group_is_split() -> None:
    found = groups_of(fingerprints(*[FIRST] * (MAX_GROUP + 5), apart=0))
    assert [len(group) for group in found] == [MAX_GROUP, 5]


def test_no_photos_have_no_groups() -> None:
    assert find_groups([]) == []
