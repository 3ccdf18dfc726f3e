"""Scenes from embeddings: with a file of small weights, and with the real one where it must fit the vocabulary."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from chalicelib.labels import scenes, vocabulary

EMBEDDING = np.array([1.0, 2.0, 0.5], np.float32)


@pytest.fixture
def small_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rows = np.zeros((len(scenes.WORDS), 4))
    rows[0] = [2, 0, 0, -2]
    rows[1] = [0, 1, 2, 0]
    rows[2] = [0, -1, 0, -1]
    file = tmp_path / "scenes.bin"
    file.write_bytes(rows.astype("<f2").tobytes())
    monkeypatch.setattr(scenes, "WEIGHTS_FILE", file)
    scenes._weights.cache_clear()
    yield
    scenes._weights.cache_clear()


@pytest.mark.usefixtures("small_weights")
def test_probability_follows_from_weights_and_bias() -> None:
    found = [round(probability, 4) for probability in scenes.probabilities(EMBEDDING).values()]
    assert found == [0.5, 0.9526, 0.0474, 0.5]


def test_file_has_weights_for_each_word() -> None:
    found = scenes.probabilities(np.zeros(1280, np.float32))
    assert tuple(found) == scenes.WORDS
    assert max(found.values()) < 0.05, "what shows nothing shows no scene"


def test_words_are_in_the_vocabulary() -> None:
    assert set(scenes.WORDS) <= set(vocabulary.load().parents)
