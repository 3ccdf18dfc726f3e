from hashlib import sha256
from itertools import combinations

import numpy as np

from chalicelib.labels.embedding import MEAN_FILE, NUMBERS, to_bits

MEAN = np.frombuffer(MEAN_FILE.read_bytes(), dtype=np.uint8) / 256
EMBEDDINGS = np.random.RandomState(5).exponential(MEAN, (40, NUMBERS))


def share_of_different_bits(first: bytes, second: bytes) -> float:
    return (int.from_bytes(first) ^ int.from_bytes(second)).bit_count() / NUMBERS


def angle(first: np.ndarray, second: np.ndarray) -> float:
    """The angle between two embeddings around the mean, as a share of pi."""
    first, second = first - MEAN, second - MEAN
    return float(np.arccos(first @ second / np.linalg.norm(first) / np.linalg.norm(second)) / np.pi)


def test_bits_are_the_same_on_every_machine() -> None:
    bits = to_bits(np.arange(NUMBERS) % 7 / 7)
    assert (len(bits), sha256(bits).hexdigest()[:16]) == (160, "6c315c0e57e84dee")


def test_share_of_different_bits_is_close_to_the_angle() -> None:
    pairs = [(EMBEDDINGS[0], (1 - share) * EMBEDDINGS[0] + share * EMBEDDINGS[1]) for share in np.linspace(0, 1, 21)]
    assert all(abs(share_of_different_bits(to_bits(a), to_bits(b)) - angle(a, b)) < 0.04 for a, b in pairs)


def test_unrelated_embeddings_differ_in_half_of_the_bits() -> None:
    bits = [to_bits(embedding) for embedding in EMBEDDINGS]
    shares = [share_of_different_bits(a, b) for a, b in combinations(bits, 2)]
    assert abs(np.mean(shares) - 0.5) < 0.02
    assert min(shares) > 0.4


def test_every_bit_depends_on_many_numbers() -> None:
    changed = EMBEDDINGS[0].copy()
    changed[7] += 3
    assert share_of_different_bits(to_bits(EMBEDDINGS[0]), to_bits(changed)) > 0.01
