"""`PHOTOS=folder python -m benchmarks.train_scenes`: makes chalicelib/labels/scenes.bin, by hand.

`PHOTOS` is the folder of the benchmark of labels. It trains on the half that thresholds are chosen on, without sets
that are not freely licensed. A photo whose word is in `also` counts neither way. Probabilities are calibrated (Platt),
and thresholds evaluated, on photos that the layer wasn't trained on, in five parts. The same photos give the same file.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from benchmarks.labels import half_for_thresholds, pixels_of, words_of
from chalicelib.labels import scenes, vocabulary
from chalicelib.labels.vision import VisionModel

type Numbers = np.ndarray[Any, np.dtype[np.float64]]
type Flags = np.ndarray[Any, np.dtype[np.bool]]
type Indexes = np.ndarray[Any, np.dtype[np.integer[Any]]]

# Watermarks of agencies; photos under Unsplash's license, which is not a free one.
NOT_TRAINED_ON = ("weather", "elementary", "joelazar", "divested")
PENALTY = 3.0  # on the squares of weights; the best of 0.03 to 10 on half the photos
PARTS = 5
STEPS = 50  # of Newton's method; it needs about 10
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)


def main(folder: Path) -> None:
    """Writes the file; prints how many labels are right and how many photos are found, by word and threshold."""
    photos = [row for row in half_for_thresholds(folder) if row[0].parent.name not in NOT_TRAINED_ON]
    model = VisionModel()
    outputs = [model.run(pixels_of(path)) for path, _, _ in photos]
    examples = [(photo, output) for photo, output in zip(photos, outputs, strict=True) if output is not None]
    embeddings = np.array([output.embedding for _, output in examples], dtype=np.float64)
    parts = np.array([crc32(f"part {path.name}".encode()) % PARTS for (path, _, _), _ in examples])
    rows = []
    for word in scenes.WORDS:
        present = np.array([word in words_of(words) for (_, words, _), _ in examples])
        uncertain = np.array([word in words_of(also) for (_, _, also), _ in examples])
        weights, probabilities = layer(embeddings, present, ~uncertain, parts)
        rows.append(weights)
        print(word, *evaluate(probabilities, present, uncertain), sep="\n  ")
    scenes.WEIGHTS_FILE.write_bytes(np.array(rows).astype("<f2").tobytes())
    print(f"thresholds in {vocabulary.FOLDER / 'words.tsv'} are changed by hand")


def layer(embeddings: Numbers, present: Flags, certain: Flags, parts: Indexes) -> tuple[Numbers, Numbers]:
    """Weights with the bias last, calibrated; and of each photo the probability from a layer that hasn't seen it."""
    logits = np.zeros(len(present))
    for part in range(PARTS):
        seen = certain & (parts != part)
        weights = fit(embeddings[seen], present[seen].astype(float), PENALTY)
        logits[parts == part] = embeddings[parts == part] @ weights[:-1] + weights[-1]
    yes, no = present[certain].sum(), (~present[certain]).sum()
    targets = np.where(present[certain], (yes + 1) / (yes + 2), 1 / (no + 2))  # Platt 1999
    slope, shift = fit(logits[certain][:, None], targets, 0.0)
    weights = slope * fit(embeddings[certain], present[certain].astype(float), PENALTY)
    weights[-1] += shift
    return weights, 1 / (1 + np.exp(-(slope * logits + shift)))


def fit(inputs: Numbers, targets: Numbers, penalty: float) -> Numbers:
    """The weights of a logistic regression, the bias last, by Newton's method in the space that the inputs span."""
    mean = inputs.mean(axis=0)
    left, sizes, axes = np.linalg.svd(inputs - mean, full_matrices=False)
    points = np.column_stack([left * sizes, np.ones(len(targets))])
    penalties = np.append(np.full(len(sizes), penalty), 0.0) + 1e-9
    weights = np.zeros(points.shape[1])
    for _ in range(STEPS):
        guesses = 1 / (1 + np.exp(-points @ weights))
        slope = points.T @ (guesses - targets) + penalties * weights
        curvature = (points.T * (guesses * (1 - guesses))) @ points + np.diag(penalties)
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    found = axes.T @ weights[:-1]
    return np.append(found, weights[-1] - mean @ found)


def evaluate(probabilities: Numbers, present: Flags, uncertain: Flags) -> Iterator[str]:
    """A line for each threshold."""
    for threshold in THRESHOLDS:
        given = probabilities >= threshold
        right, found = (given & (present | uncertain)).sum(), (given & present).sum()
        yield f"{threshold}: {right} of {given.sum()} labels right, {found} of {present.sum()} photos found"


if __name__ == "__main__":
    main(Path(os.environ["PHOTOS"]))
