"""Scenes that ImageNet has no class for, or hardly finds: a logistic layer on the vision model's embedding.

scenes.bin has a row for each word: 1,280 weights and a bias, float16, little-endian. `benchmarks.train_scenes` makes
it. The probabilities are calibrated; from which one on a word is a label is in words.tsv.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

WORDS = ("mountain", "lake", "clouds", "forest")
WEIGHTS_FILE = Path(__file__).with_name("scenes.bin")


def probabilities(embedding: "np.ndarray[Any, np.dtype[np.floating[Any]]]") -> dict[str, float]:
    """The probability of each of WORDS, from an embedding of 1,280 numbers."""
    import numpy as np

    weights = _weights()
    logits = weights[:, :-1] @ np.asarray(embedding, dtype=np.float64) + weights[:, -1]
    return dict(zip(WORDS, (1 / (1 + np.exp(-logits))).tolist(), strict=True))


@cache
def _weights() -> "np.ndarray[Any, np.dtype[np.float64]]":
    """A row for each of WORDS: 1,280 weights and a bias."""
    import numpy as np

    values = np.frombuffer(WEIGHTS_FILE.read_bytes(), dtype="<f2")
    return values.reshape(len(WORDS), -1).astype(np.float64)
