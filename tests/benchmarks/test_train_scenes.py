"""The logistic layer for scenes, trained on a few points."""

import numpy as np
import pytest

from benchmarks.train_scenes import fit, layer

POINTS = np.random.RandomState(7).normal(size=(60, 3))
PRESENT = POINTS[:, 0] > 0.5


def test_fit_is_where_the_penalized_likelihood_is_highest() -> None:
    weights = fit(POINTS, PRESENT.astype(float), 2.0)
    errors = 1 / (1 + np.exp(-(POINTS @ weights[:-1] + weights[-1]))) - PRESENT
    assert POINTS.T @ errors + 2.0 * weights[:-1] == pytest.approx(0, abs=1e-6)
    assert errors.sum() == pytest.approx(0, abs=1e-6)


def test_layer_finds_what_it_learned_and_judges_by_parts_not_seen() -> None:
    weights, probabilities = layer(POINTS, PRESENT, np.ones(60, bool), np.arange(60) % 5)
    assert ((POINTS @ weights[:-1] + weights[-1] > 0) == PRESENT).mean() > 0.9
    assert 0.8 < ((probabilities > 0.5) == PRESENT).mean() < 1


def test_photo_that_is_uncertain_changes_nothing() -> None:
    certain = np.arange(60) > 5
    other = np.where(certain, PRESENT, ~PRESENT)
    parts = np.arange(60) % 5
    assert layer(POINTS, PRESENT, certain, parts)[0] == pytest.approx(layer(POINTS, other, certain, parts)[0])
