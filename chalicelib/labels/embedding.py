"""Embeddings in one bit per number, so that comparing two of them is counting the bits in which they differ.

The numbers of the model are averages of ReLU6, never negative, so their signs say nothing. They are centered on their
mean over 2,200 photos and rotated, which spreads each of them over 256 bits: random signs, then Hadamard's
matrix in blocks. The share of bits that differ is then close to the angle between two embeddings, divided by pi
(random hyperplanes, Charikar 2002), as with a random rotation of all 1,280 numbers, which would take a matrix of 6 MB.
"""

from functools import cache
from hashlib import shake_256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

NUMBERS = 1280
BLOCK = 256
# A byte for each number, in units of 1/256.
MEAN_FILE = Path(__file__).with_name("embedding_mean.bin")


def to_bits(embedding: "np.ndarray[Any, np.dtype[np.floating[Any]]]") -> bytes:
    """The 1,280 numbers of an embedding as 160 bytes."""
    import numpy as np

    mean, signs = _constants()
    values = ((np.asarray(embedding, dtype=np.float64) - mean) * signs).reshape(-1, BLOCK)
    half = 1
    while half < BLOCK:  # the fast Walsh-Hadamard transform of each block, unscaled: only signs count
        pairs = values.reshape(-1, BLOCK // (2 * half), 2, half)
        first, second = pairs[:, :, 0], pairs[:, :, 1]
        values = np.stack([first + second, first - second], axis=2).reshape(-1, BLOCK)
        half *= 2
    return np.packbits(values > 0).tobytes()


@cache
def _constants() -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """The mean of each number, and a sign for each, the same on every machine."""
    import numpy as np

    mean = np.frombuffer(MEAN_FILE.read_bytes(), dtype=np.uint8) / 256
    bits = np.unpackbits(np.frombuffer(shake_256(b"signs of embeddings").digest(NUMBERS // 8), dtype=np.uint8))
    return mean, bits * 2.0 - 1.0
