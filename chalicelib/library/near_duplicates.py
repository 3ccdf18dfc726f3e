"""Near-duplicates: photos whose perceptual hashes differ in few bits, in groups.

A pair can be anywhere in a library, or close in time, as the photos of a burst are, which may then differ more. Hashes
of the first kind are equal in one of 28 bands of 16 bits, so that only photos that share a band are compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from chalicelib.library.fingerprints import Fingerprint

# Measured in decision 47.
MAX_DISTANCE = 6
MAX_DISTANCE_IN_BURST = 12
# The photos after each one, in order of time, that may be of the same burst.
BURST_LENGTH = 20
# A request reads the records of a group at once.
MAX_GROUP = 50
# Two of the eight bytes of a hash: hashes that differ in up to six bits are equal in at least two bytes.
_BANDS = tuple(255 << 8 * first | 255 << 8 * second for first, second in combinations(range(8), 2))

type Pair = tuple[int, int]
type _Hashes = tuple[int, int, int]
"""The index of a photo, and the hashes of the image and of its middle."""


def find_groups(fingerprints: Sequence[Fingerprint]) -> list[list[Fingerprint]]:
    """Groups of near-duplicates among fingerprints in order of time; the order stays, and no photo is in two groups.

    All photos of a group are near to one of them, so that a chain of small changes doesn't make one group.
    """
    neighbors: dict[int, set[int]] = defaultdict(set)
    for first, second in _find_pairs(fingerprints):
        neighbors[first].add(second)
        neighbors[second].add(first)
    free = set(neighbors)
    groups = []
    for center in sorted(neighbors, key=lambda index: (-len(neighbors[index]), index)):
        members = sorted(neighbors[center] & free)[: MAX_GROUP - 1] if center in free else []
        if members:
            free -= {center, *members}
            groups.append(sorted((center, *members)))
    return [[fingerprints[index] for index in group] for group in sorted(groups)]


def _find_pairs(fingerprints: Sequence[Fingerprint]) -> Iterator[Pair]:
    described = [(index, each.whole, each.middle) for index, each in enumerate(fingerprints) if each.whole]
    yield from _pairs_in_bursts(described)
    yield from _pairs_anywhere(described)


def _pairs_in_bursts(described: Sequence[_Hashes]) -> Iterator[Pair]:
    for at, (index, whole, middle) in enumerate(described):
        for other, other_whole, other_middle in described[at + 1 : at + 1 + BURST_LENGTH]:
            if (
                (whole ^ other_whole).bit_count() <= MAX_DISTANCE_IN_BURST
                or (whole ^ other_middle).bit_count() <= MAX_DISTANCE_IN_BURST
                or (middle ^ other_whole).bit_count() <= MAX_DISTANCE_IN_BURST
            ):
                yield index, other


def _pairs_anywhere(described: Sequence[_Hashes]) -> Iterator[Pair]:
    for mask in _BANDS:
        table: dict[int, list[tuple[int, int]]] = {}
        for index, whole, _ in described:
            sharing = table.setdefault(whole & mask, [])
            for other, other_whole in sharing:
                if (whole ^ other_whole).bit_count() <= MAX_DISTANCE:
                    yield index, other
            sharing.append((index, whole))
        for index, _, middle in described:
            for other, other_whole in table.get(middle & mask, ()):
                if (middle ^ other_whole).bit_count() <= MAX_DISTANCE and index != other:
                    yield index, other
